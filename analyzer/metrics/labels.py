"""Predictions -> the labels that count: which comments take a stance, which replies are judged.

`predictions` always stands beside `thread.comments`, one entry each, None where there was nothing to read.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.predictions import UNCLEAR, Prediction
from analyzer.scheme import NO_STANCE
from analyzer.thread import Thread


class JudgedReply(NamedTuple):
    """A reply (its position), its parent's position, and the predicted agreement label, `unclear` included."""

    reply: int
    parent: int
    label: str


def stances_taken(predictions: Sequence[Prediction | None]) -> list[str | None]:
    """Return the stance of each stance-taker, None for everyone else: `none`, `unclear` and not predicted."""
    stances = [prediction.stance.label if prediction else None for prediction in predictions]
    return [None if stance in (NO_STANCE, UNCLEAR) else stance for stance in stances]


def stance_pairs(thread: Thread, predictions: Sequence[Prediction | None]) -> list[tuple[str, str]]:
    """Return (reply's stance, parent's stance) for every reply where both take one."""
    stances = stances_taken(predictions)
    pairs = []
    for stance, parent in zip(stances, thread.parents, strict=True):
        parent_stance = stances[parent] if parent >= 0 else None
        if stance is not None and parent_stance is not None:
            pairs.append((stance, parent_stance))
    return pairs


def judged_replies(thread: Thread, predictions: Sequence[Prediction | None]) -> Iterator[JudgedReply]:
    """Yield the replies that have an agreement label and whose parent is in the file, no placeholder."""
    for i in judged_positions(thread, predictions):
        prediction = predictions[i]
        if prediction is not None and prediction.agreement is not None:
            yield JudgedReply(i, thread.parents[i], prediction.agreement.label)


def judged_positions(thread: Thread, predictions: Sequence[Prediction | None]) -> list[int]:
    """Return the positions of `judged_replies`."""
    complete = not thread.missing
    return [
        i
        for i, (prediction, parent) in enumerate(zip(predictions, thread.parents, strict=True))
        if parent >= 0
        and prediction is not None
        and prediction.agreement is not None
        and (complete or thread.comments[parent].status != "missing")
    ]
