import random

import numpy as np

from analyzer.metrics import Interval, measure
from analyzer.metrics.arrays import layout
from analyzer.metrics.draws import _choices, _Forest, _Tree, _under, batches, drawn_labels
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
    labellings = drawn_labels([known], [predictions], ("contra", "pro"), draws=200, seed=1)
    drawn = [labels.agreements for _, labels in labellings]
    shares = np.bincount(np.concatenate(drawn, axis=1).ravel(), minlength=3) / sum(part.size for part in drawn)
    assert np.abs(shares - (0.6, 0.3, 0.1)).max() < 0.02


def test_a_long_chain_is_drawn_in_pieces():
    chain = build_thread(Comment(str(i), str(i - 1) if i else None) for i in range(3_000))
    choose = random.Random(2)
    predictions = [Prediction(seen(choose, "pro", ("pro", "contra")), None, 0.0) for _ in chain.comments]
    assert measure(chain, predictions, LABELS, draws=40, shuffles=0).intervals["ei_index"] is not None


def test_replies_to_one_comment_stand_together_however_deep_the_thread():
    # Below a chain of 200 stands a reply of the same level, of 200, as the two replies to the root: between them.
    chain = [Comment(f"{i:03}", f"{i - 1:03}" if i else None) for i in range(202)]
    thread = build_thread([*chain, Comment("last", "000")])
    predictions = [Prediction(Scored("pro", {"pro": 1.0}), None, 0.0) for _ in thread.comments]
    forest = _Forest([_Tree.of(layout(thread, predictions), predictions, ("contra", "pro"), None)])
    for level in forest._below:
        assert len(set(level.answered.tolist())) == len(level.answered)
    assert [len(level.answered) for level in forest._below[:2]] == [2, 1]


def test_a_label_is_chosen_by_its_chances_and_its_parents_state():
    # Two conditions, three labels, one comment, two tables: 1/4, 1/2, 1/4 under the first; the last for sure.
    chances = np.array([[[1, 1]], [[2, 2]], [[1, 1]]], dtype=np.float32)
    certain = np.array([[[0, 0]], [[0, 0]], [[5, 5]]], dtype=np.float32)
    luck = np.array([[[0.2, 0.7]], [[0.3, 0.8]]], dtype=np.float32)  # (each, comments, tables)
    choices = _choices(np.stack([chances, certain]), luck)
    assert choices.tolist() == [[[[0, 1]], [[1, 2]]], [[[2, 2]], [[2, 2]]]]
    assert _under(choices, np.array([[[1, 0]], [[0, 1]]], dtype=np.int8)).tolist() == [[[2, 1]], [[1, 2]]]


def test_short_threads_are_drawn_together_and_long_ones_alone():
    assert list(batches([150] * 13 + [300] + [150] * 2)) == [[13], [*range(13), 14], [15]]
