import pytest

from analyzer.flags import Flag, learned_precision, prioritise
from analyzer.thread import Comment, build_thread

# a ─┬─ b ─── c        e
#    └─ d
THREAD = build_thread([Comment("a"), Comment("b", "a"), Comment("c", "b"), Comment("d", "a"), Comment("e")])
THRESHOLDS = {
    "attack": {"weight": 1.0, "precision": 0.5},
    "pile_on": {"weight": 0.5, "precision": 0.8},
    "bridge": {"weight": 1.0, "precision": 1.0},
}


def flag(kind: str, comment_id: str, score: float) -> Flag:
    return Flag(kind, comment_id, score, "because")


def test_a_comment_counts_the_chance_that_a_flag_is_right_and_matters() -> None:
    flags = [flag("attack", "b", 0.8), flag("pile_on", "b", 0.5)]
    # 1 - (1 - 1.0 * 0.5 * 0.8) * (1 - 0.5 * 0.8 * 0.5) = 1 - 0.6 * 0.8
    assert prioritise(THREAD, flags, thresholds=THRESHOLDS).comments == pytest.approx((0, 0.52, 0, 0, 0))


def test_a_branch_and_a_thread_are_the_sums_of_their_comments() -> None:
    flags = [flag("attack", "a", 0.2), flag("attack", "c", 0.4), flag("attack", "e", 1.0)]
    priorities = prioritise(THREAD, flags, thresholds=THRESHOLDS)
    assert priorities.branches == pytest.approx((0.1 + 0.2, 0.2, 0.2, 0, 0.5))
    assert priorities.thread == pytest.approx(0.8)


def test_a_learned_precision_replaces_the_shipped_one() -> None:
    priorities = prioritise(THREAD, [flag("attack", "e", 1.0)], precision={"attack": 0.9}, thresholds=THRESHOLDS)
    assert priorities.thread == pytest.approx(0.9)


def test_praise_does_not_count() -> None:
    assert prioritise(THREAD, [flag("bridge", "a", 1.0)], thresholds=THRESHOLDS).thread == 0


def test_precision_is_learned_over_ten_earlier_decisions() -> None:
    learned = learned_precision({"attack": (2, 8)}, thresholds=THRESHOLDS)
    # (2 + 0.5 * 10) / (10 + 10); no decision on the others
    assert learned == {"attack": pytest.approx(0.35), "pile_on": 0.8, "bridge": 1.0}
