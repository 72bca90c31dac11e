"""What every rule looks at: a thread, what the model said of it, and who speaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from analyzer.predictions import Prediction
from analyzer.thread import Thread

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Scene:
    """A thread with, beside its comments: predictions, the words that are their author's own, and known authors."""

    thread: Thread
    predictions: Sequence[Prediction | None]
    words: Sequence[str]
    authors: Sequence[str | None]

    @classmethod
    def of(cls, thread: Thread, predictions: Sequence[Prediction | None], own_words: Sequence[str] | None) -> Self:
        """Return the scene of a thread; raises ValueError when the sequences differ in length."""
        words = [comment.text for comment in thread.comments] if own_words is None else own_words
        if not len(predictions) == len(words) == len(thread.comments):
            raise ValueError("predictions and own words must stand beside the thread's comments, one each")
        return cls(thread, predictions, words, thread.authors)

    @cached_property
    def tokens(self) -> list[list[str]]:
        """The words of each comment in lower case; equal words are one string, so that many comments fit in memory."""
        known: dict[str, str] = {}
        return [[known.setdefault(word, word) for word in find_words(text)] for text in self.words]

    def id(self, i: int) -> str:
        """Return the id of the comment at a position."""
        return self.thread.comments[i].id

    def seconds(self, i: int) -> float | None:
        """Return when a comment was written, None where that is not known."""
        created = self.thread.comments[i].created
        return created.timestamp() if created else None

    def attack(self, i: int) -> float:
        """Return the probability that a comment is a personal attack; 0 where there was nothing to read."""
        prediction = self.predictions[i]
        return prediction.attack if prediction else 0.0


def find_words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _WORD.findall(text.lower())


def densest(scene: Scene, positions: Sequence[int], *, seconds: float) -> tuple[Sequence[int], float | None]:
    """Return the most of these comments that were written within so many seconds, and the minutes they took.

    All of them, and None, where no time is known.
    """
    timed = sorted((time, i) for i in positions if (time := scene.seconds(i)) is not None)
    if not timed:
        return positions, None
    best, start = (0, 0), 0
    for end in range(len(timed)):
        while timed[end][0] - timed[start][0] > seconds:
            start += 1
        best = max(best, (start, end), key=lambda window: window[1] - window[0])
    window = timed[best[0] : best[1] + 1]
    return [i for _, i in window], (window[-1][0] - window[0][0]) / 60


def sums_below(rows: np.ndarray, parents: Sequence[int]) -> np.ndarray:
    """Return, for each comment, the sum of the rows of all comments below it."""
    below = np.zeros_like(rows)
    for i in range(len(parents) - 1, -1, -1):
        if parents[i] >= 0:
            below[parents[i]] += below[i] + rows[i]
    return below
