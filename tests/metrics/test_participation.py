from datetime import UTC, datetime, timedelta

import pytest

from analyzer.metrics.participation import (
    Participation,
    back_and_forth,
    burstiness,
    measure_participation,
    median_reply_seconds,
    participation_gini,
    reentry_share,
)
from analyzer.thread import Comment, Thread, build_thread

UNDEFINED = Participation(None, None, None, None, None, None, None, None)
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)

# Ann ─┬─ Bo ─── Ann ─── Bo
#      └─ Cy
TALK = build_thread(
    [
        Comment("a", author="Ann"),
        Comment("b", "a", author="Bo"),
        Comment("c", "b", author="Ann"),
        Comment("d", "c", author="Bo"),
        Comment("e", "a", author="Cy"),
    ]
)


def timed(*seconds: int) -> Thread:
    """Return a root and its replies at these seconds."""
    return build_thread(
        Comment(str(i), "0" if i else None, created=NOON + timedelta(seconds=second))
        for i, second in enumerate(seconds)
    )


def test_a_small_talk():
    participation = measure_participation(TALK)
    assert participation.authors == 3
    assert participation.comments_per_author == 5 / 3
    assert participation.participation_gini == pytest.approx((-2 * 1 + 0 * 2 + 2 * 2) / (3 * 5))
    assert participation.reciprocity == 2 / 3  # Bo -> Ann and Ann -> Bo are returned, Cy -> Ann is not
    assert participation.reentry_share == 2 / 5
    assert participation.back_and_forth == 4
    assert participation.median_reply_seconds is None


def test_no_comments():
    assert measure_participation(build_thread([])) == UNDEFINED


def test_no_authors():
    assert measure_participation(build_thread([Comment("a"), Comment("b", "a")])) == UNDEFINED


def test_one_comment():
    one = measure_participation(build_thread([Comment("a", author="Ann")]))
    assert one == Participation(1, 1.0, 0.0, None, 0.0, 0, None, None)


def test_comments_without_author_do_not_enter():
    thread = build_thread([Comment("a", author="Ann"), Comment("b", "a"), Comment("c", "b", author="Ann")])
    assert measure_participation(thread).comments_per_author == 2
    assert reentry_share(thread) == 1 / 2
    assert back_and_forth(thread) == 0


def test_gini_of_one_and_three():
    comments = [Comment("a", author="Ann"), *(Comment(name, "a", author="Bo") for name in "bcd")]
    assert participation_gini(build_thread(comments)) == pytest.approx(0.25)


def test_a_third_author_ends_the_back_and_forth():
    who = ["Ann", "Bo", "Ann", "Cy", "Ann"]
    chain = build_thread(Comment(str(i), str(i - 1) if i else None, author=author) for i, author in enumerate(who))
    assert back_and_forth(chain) == 3


def test_a_self_reply_ends_the_back_and_forth():
    who = ["Ann", "Bo", "Bo", "Ann"]
    chain = build_thread(Comment(str(i), str(i - 1) if i else None, author=author) for i, author in enumerate(who))
    assert back_and_forth(chain) == 2


def test_the_median_wait_for_a_reply():
    assert median_reply_seconds(timed(0, 10, 600, 20)) == 20


def test_a_reply_dated_before_its_parent_is_left_out():
    assert median_reply_seconds(timed(100, 10, 130)) == 30


def test_regular_comments_are_not_bursty():
    assert burstiness(timed(0, 10, 20, 30)) == -1


def test_burstiness_worked_out_by_hand():
    assert burstiness(timed(0, 0, 8)) == pytest.approx((4 - 4) / (4 + 4))  # gaps 0 and 8: mean 4, deviation 4


@pytest.mark.parametrize("seconds", [(), (0,), (0, 10), (5, 5, 5)])
def test_burstiness_needs_two_gaps_and_some_time(seconds):
    assert burstiness(timed(*seconds)) is None
