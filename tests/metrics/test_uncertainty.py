import numpy as np
import pytest

from analyzer.metrics import Interval, Metrics, measure
from analyzer.metrics.draws import affordable
from analyzer.metrics.uncertainty import intervals, shuffled_stances
from analyzer.predictions import Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread

LABELS = ("pro", "contra", "none")


def sided(label: str, score: float = 1.0, *, agreement: Scored | None = None) -> Prediction:
    """Return a stance with this probability; the rest of it is the other side's."""
    other = "contra" if label == "pro" else "pro"
    return Prediction(Scored(label, {label: score, other: 1 - score}), agreement, 0.0)


def measured(thread: Thread, *predictions: Prediction | None) -> Metrics:
    return measure(thread, predictions, LABELS)


PAIR = build_thread([Comment("a"), Comment("b", "a")])
STAR = build_thread([Comment("a"), Comment("b", "a"), Comment("c", "a")])


def test_certain_labels_leave_no_doubt():
    agrees = Scored("agree", {"agree": 1.0, "disagree": 0.0, "neutral": 0.0})
    metrics = measured(PAIR, sided("pro"), sided("pro", agreement=agrees))
    assert metrics.intervals["agree"] == Interval(1, 1)
    assert metrics.intervals["ei_index"] == Interval(-1, -1)
    assert metrics.intervals["disagreement_by_depth"] == (Interval(None, None), Interval(0, 0))


def test_a_reply_that_may_as_well_cross():
    metrics = measured(PAIR, sided("pro"), sided("pro", 0.5))
    assert metrics.as_dict()["cross_cutting_share"] == {"value": 0.0, "low": 0.0, "high": 1.0, "z": None, "p": 1.0}


def test_the_interval_of_a_count_is_the_binomial_one():
    # 100 replies that disagree with probability 0.9: mean 90, deviation 3.
    thread = build_thread([Comment("a"), *(Comment(f"r{i}", "a") for i in range(100))])
    doubtful = Scored("disagree", {"agree": 0.1, "disagree": 0.9, "neutral": 0.0})
    metrics = measured(thread, sided("pro"), *[sided("pro", agreement=doubtful)] * 100)
    interval = metrics.intervals["disagree"]
    assert metrics.agreement.disagree == 100
    assert interval.low == pytest.approx(90 - 1.96 * 3, abs=1.5)
    assert interval.high == pytest.approx(90 + 1.96 * 3, abs=1.5)


@pytest.mark.parametrize(
    ("columns", "tables", "low", "high"),
    [
        (np.arange(1, 200), 199, 6, 194),  # of 199 independent draws the sixth: 6 in 200 further ones lie below it
        (np.repeat(np.arange(1, 40), 5), 39, 1, 39),  # five times the same 39 draws
        (np.array([[i, 201 - i] for i in range(1, 101)]), 100, 6.03, 194.97),  # equal means: 200 draws
        (np.arange(1, 201), 100, 5.081, 195.919),  # neighbours drawn with one table: a little over 100 draws
    ],
)
def test_an_interval_counts_on_as_many_draws_as_are_independent(columns, tables, low, high):
    found = intervals({"agree": columns.ravel(), "disagreement_by_depth": np.stack([columns.ravel()] * 2)}, tables)
    interval = found["agree"]
    assert (interval.low, interval.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
    assert found["disagreement_by_depth"] == (interval, interval)


def test_an_interval_is_of_the_draws_in_which_a_value_is_defined():
    columns = np.array([np.nan, np.nan, 3.0, 1.0, 2.0, np.nan])
    assert intervals({"balance": columns, "ei_index": np.full(6, np.nan)}, 6) == {
        "balance": Interval(1, 3),
        "ei_index": Interval(None, None),
    }


def test_a_comment_too_uncertain_to_label_is_drawn():
    unclear = Prediction(Scored("unclear", {"pro": 0.5, "contra": 0.5}, "low_confidence"), None, 0.0)
    assert measured(STAR, sided("pro"), sided("pro"), unclear).intervals["ei_index"] == Interval(-1, 0)


def test_a_comment_in_another_language_is_not_drawn():
    foreign = Prediction(Scored("unclear", {"pro": 0.5, "contra": 0.5}, "language"), None, 0.0)
    assert measured(STAR, sided("pro"), sided("pro"), foreign).intervals["ei_index"] == Interval(-1, -1)


def test_only_contested_comments_have_an_interval_of_controversy():
    thread = build_thread([*STAR.comments, Comment("d", "b")])
    answers = {"b": "agree", "c": "disagree", "d": "agree"}
    predictions = [
        sided("pro", agreement=Scored(answers[comment.id], {answers[comment.id]: 1.0}) if comment.parent_id else None)
        for comment in thread.comments
    ]
    assert measured(thread, *predictions).intervals["controversy"] == {"a": Interval(2, 2)}


def test_the_null_of_three_comments():
    # Root contra in one of three arrangements (all cross), pro in two (half cross): mean 2/3, only the first as far.
    null = measured(STAR, sided("contra"), sided("pro"), sided("pro")).nulls["cross_cutting_share"]
    assert null.p == pytest.approx(1 / 3, abs=0.05)
    assert null.z == pytest.approx((1 / 3) / np.sqrt(1 / 18), abs=0.15)  # variance 1/3 · 1/9 + 2/3 · 1/36


def test_a_thread_without_stances_has_no_null():
    assert measured(PAIR, None, None).nulls == {}


def test_shuffles_keep_the_stances_and_who_answers_whom():
    stances = np.array([[1], [-1], [0], [0]], dtype=np.int8)
    parents = np.array([-1, 0, 0, 2])
    ((kept, shuffled),) = shuffled_stances(parents, stances, shuffles=50, seed=1)
    assert kept.tolist() == [-1, 0, 1]  # the comment without stance is gone
    assert np.sort(shuffled, axis=0).T.tolist() == [[0, 0, 1]] * 50
    assert {tuple(column) for column in shuffled.T.tolist()} == {(0, 0, 1), (0, 1, 0), (1, 0, 0)}


def test_an_undefined_walk_has_no_interval():
    metrics = measured(STAR, sided("pro", 0.6), sided("pro", 0.6), sided("pro", 0.6))
    assert metrics.polarization.controversy_rwc is None
    assert "controversy_rwc" not in metrics.intervals
    assert metrics.as_dict()["controversy_rwc"] is None


def test_the_same_seed_gives_the_same_intervals():
    predictions = sided("pro", 0.7), sided("contra", 0.6), sided("pro", 0.55)
    assert measure(STAR, predictions, LABELS, seed=3) == measure(STAR, predictions, LABELS, seed=3)


def test_nothing_is_drawn_where_nothing_is_asked_for():
    metrics = measure(STAR, [sided("pro")] * 3, LABELS, draws=0, shuffles=0)
    assert (metrics.intervals, metrics.nulls) == ({}, {})
    assert metrics.as_dict()["ei_index"] == -1


def test_a_long_thread_is_drawn_less_often():
    assert [affordable(200, comments) for comments in (0, 100, 30_000, 1_000_000)] == [200, 200, 133, 40]


def test_without_labels_nothing_is_drawn():
    assert measured(PAIR, None, None).intervals == {}
