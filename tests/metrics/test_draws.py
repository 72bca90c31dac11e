import random

import numpy as np

from analyzer.metrics import Interval, measure
from analyzer.metrics.arrays import layout
from analyzer.metrics.draws import drawn_labels
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread

LABELS = ("pro", "contra", "none")


def seen(choose: random.Random, truth: str, labels: tuple[str, ...]) -> Scored:
    """Return the answer of a classifier that sees the right one of equally frequent labels in 3 of 4 comments."""
    label = truth if choose.random() < 0.75 else choose.choice([other for other in labels if other != truth])
    return Scored(label, {other: 0.75 if other == label else 0.25 / (len(labels) - 1) for other in labels})


def quarrel(*, comments: int) -> tuple[Thread, list[Prediction | None], float]:
    """Return a thread in which 9 of 10 replies share their parent's stance, and the true share of those that do not."""
    choose = random.Random(5)
    thread = build_thread(Comment(str(i), str(choose.randrange(i)) if i >= 20 else None) for i in range(comments))
    stances: list[str] = []
    for parent in thread.parents:
        same = parent >= 0 and choose.random() < 0.9
        stances.append(stances[parent] if same else choose.choice(("pro", "contra")))
    crossing = [stances[i] != stances[parent] for i, parent in enumerate(thread.parents) if parent >= 0]
    answers: list[Prediction | None] = [
        Prediction(seen(choose, stance, ("pro", "contra")), None, 0.0) for stance in stances
    ]
    return thread, answers, sum(crossing) / len(crossing)


def test_replies_that_take_after_their_parents_are_drawn_so():
    thread, predictions, crossing = quarrel(comments=400)
    metrics = measure(thread, predictions, LABELS, shuffles=0)
    interval = metrics.intervals["cross_cutting_share"]
    assert isinstance(interval, Interval)
    assert (
        interval.low <= crossing <= interval.high < 0.25
    )  # drawn one by one, labels would cross in half of the replies


def test_agreement_is_drawn_by_its_probabilities():
    thread = build_thread([Comment("a"), *(Comment(f"r{i}", "a") for i in range(200))])
    doubtful = Scored("agree", dict(zip(AGREEMENT_LABELS, (0.6, 0.3, 0.1), strict=True)))
    stance = Scored("pro", {"pro": 1.0})
    predictions = [Prediction(stance, doubtful if comment.parent_id else None, 0.0) for comment in thread.comments]
    known = layout(thread, predictions)
    drawn = [labels.agreements for labels in drawn_labels(known, predictions, ("contra", "pro"), draws=200, seed=1)]
    shares = np.bincount(np.concatenate(drawn, axis=1).ravel(), minlength=3) / sum(part.size for part in drawn)
    assert np.abs(shares - (0.6, 0.3, 0.1)).max() < 0.02


def test_a_long_chain_is_drawn_in_pieces():
    chain = build_thread(Comment(str(i), str(i - 1) if i else None) for i in range(3_000))
    choose = random.Random(2)
    predictions = [Prediction(seen(choose, "pro", ("pro", "contra")), None, 0.0) for _ in chain.comments]
    assert measure(chain, predictions, LABELS, draws=40, shuffles=0).intervals["ei_index"] is not None
