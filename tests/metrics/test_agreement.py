from collections.abc import Sequence

import pytest

from analyzer.metrics import Agreement, measure
from analyzer.predictions import Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread


def agreement(thread: Thread, predictions: Sequence[Prediction | None]) -> Agreement:
    return measure(thread, predictions, ("pro", "contra", "none"), draws=0, shuffles=0).agreement


def judge(thread: Thread, **labels: str) -> list[Prediction | None]:
    """Return predictions from comment id -> agreement, or "stance agreement"."""
    predictions: list[Prediction | None] = []
    for comment in thread.comments:
        if comment.id not in labels:
            predictions.append(None)
            continue
        *stance, agreement = labels[comment.id].split(" ")
        judged = None if agreement == "-" else Scored(agreement, {agreement: 1.0})
        predictions.append(Prediction(Scored(*stance or ["none"], {"none": 1.0}), judged, 0.0))
    return predictions


# a ─┬─ b ─── d
#    ├─ c
#    └─ e
THREAD = build_thread(
    [
        Comment("a", author="Ann"),
        Comment("b", "a", author="Bo"),
        Comment("c", "a", author="Cy"),
        Comment("d", "b", author="Cy"),
        Comment("e", "a", author="Dee"),
    ]
)


def test_a_small_quarrel():
    predictions = judge(THREAD, a="-", b="disagree", c="agree", d="disagree", e="neutral")
    assert agreement(THREAD, predictions) == Agreement(
        agree=1,
        disagree=2,
        neutral=1,
        disagreement_ratio=2 / 3,
        disagreement_by_depth=(None, 1 / 2, 1.0),
        controversy={"a": 2.0},  # 1 / 1 * 2
        balance=1.0,  # Ann - Bo is -, Ann - Cy is +, Bo - Cy is -
        consistency=None,  # nobody takes a stance
    )


@pytest.mark.parametrize(("comments", "depths"), [([], ()), ([Comment("a")], (None,))])
def test_nothing_to_agree_with(comments, depths):
    thread = build_thread(comments)
    found = agreement(thread, judge(thread, a="-"))
    assert found == Agreement(0, 0, 0, None, depths, {}, None, None)


def test_a_parent_that_is_missing_is_answered_by_nobody():
    thread = build_thread([Comment("a", "gone"), Comment("b", "a")])
    predictions = judge(thread, a="disagree", b="agree")
    assert agreement(thread, predictions).disagree == 0
    assert agreement(thread, predictions).disagreement_by_depth == (None, None, 0.0)


def test_unclear_agreement_is_in_no_count():
    found = agreement(THREAD, judge(THREAD, b="unclear", c="agree"))
    assert (found.agree, found.disagree, found.neutral) == (1, 0, 0)


def test_neutral_replies_alone_have_no_disagreement_ratio():
    assert agreement(THREAD, judge(THREAD, b="neutral", c="neutral")).disagreement_ratio is None


def test_controversy_weighs_the_smaller_side():
    thread = build_thread([Comment("a"), *(Comment(name, "a") for name in "bcdef")])
    predictions = judge(thread, b="agree", c="agree", d="disagree", e="disagree", f="disagree")
    assert agreement(thread, predictions).controversy == {"a": pytest.approx(2 / 3 * 5)}


def test_one_sided_replies_are_no_controversy():
    assert agreement(THREAD, judge(THREAD, b="agree", c="agree", d="disagree")).controversy == {}


def test_a_triangle_with_one_quarrel_is_not_balanced():
    assert agreement(THREAD, judge(THREAD, b="agree", c="agree", d="disagree")).balance == 0


def test_a_tie_between_two_authors_makes_no_triangle():
    thread = build_thread([*THREAD.comments, Comment("f", "d", author="Bo")])
    assert agreement(thread, judge(thread, b="agree", c="agree", d="disagree", f="agree")).balance is None


def test_a_neutral_reply_ties_nobody():
    assert agreement(THREAD, judge(THREAD, b="agree", c="agree", d="neutral")).balance is None


def test_balance_needs_authors():
    thread = build_thread([Comment("a"), Comment("b", "a"), Comment("c", "b")])
    assert agreement(thread, judge(thread, b="agree", c="agree")).balance is None


def test_half_of_four_triangles():
    # Ann +Bo +Cy +Dee, Bo -Cy +Dee, Cy +Dee: ABC -, ABD +, ACD +, BCD -
    thread = build_thread(
        [
            Comment("a", author="Ann"),
            Comment("b", "a", author="Bo"),
            Comment("c", "a", author="Cy"),
            Comment("d", "a", author="Dee"),
            Comment("e", "b", author="Cy"),
            Comment("f", "b", author="Dee"),
            Comment("g", "c", author="Dee"),
        ]
    )
    predictions = judge(thread, b="agree", c="agree", d="agree", e="disagree", f="agree", g="agree")
    assert agreement(thread, predictions).balance == 2 / 4


@pytest.mark.parametrize(
    ("parent", "reply", "expected"),
    [
        ("pro -", "pro agree", 1),
        ("pro -", "contra disagree", 1),
        ("pro -", "contra agree", 0),
        ("pro -", "pro disagree", 0),
        ("pro -", "contra neutral", None),
        ("pro -", "none disagree", None),
        ("unclear -", "pro agree", None),
    ],
)
def test_agreement_and_stances_may_contradict(parent, reply, expected):
    thread = build_thread([Comment("a"), Comment("b", "a")])
    assert agreement(thread, judge(thread, a=parent, b=reply)).consistency == expected


def test_predictions_must_stand_beside_the_comments():
    with pytest.raises(ValueError, match="1 predictions do not stand beside 5 comments"):
        agreement(THREAD, [None])
