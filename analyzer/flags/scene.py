"""What every rule looks at: a thread, what the model said of it, and who speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from analyzer.metrics.graphs import known_authors
from analyzer.predictions import Prediction
from analyzer.thread import Thread


@dataclass(frozen=True, slots=True)
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
        return cls(thread, predictions, words, known_authors(thread))

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
