"""What a classifier is asked and what it answers, free of any particular model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

AGREEMENT_LABELS = ("agree", "disagree", "neutral")
TARGET_LABELS = ("favor", "against", "none")
"""Stances towards a target given in words, in the terms of the published sets."""
EMBEDDING_SIZE = 64
UNCLEAR = "unclear"
Reason = Literal["language", "low_confidence"]

Progress = Callable[[int], None]
"""Called with the number of items finished since the last call."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One comment in the author's own words (quotations masked) and its parent's text; None for a top-level comment.

    With a `target` in words ("building the bypass"), the stance asked for is the one towards it.
    """

    text: str
    parent_text: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A label and the calibrated probability of each label it was chosen from.

    `unclear` is an abstention, `reason` why: the comment is in none of the model's languages, or no label is likely
    enough.
    """

    label: str
    scores: dict[str, float]
    reason: Reason | None = None

    @property
    def confidence(self) -> float:
        """The probability of the likeliest label."""
        return max(self.scores.values())

    @property
    def best(self) -> str:
        """The likeliest label, whether or not it is likely enough."""
        return max(self.scores, key=self.scores.__getitem__)

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON output shows; `reason` only where there is one."""
        shown: dict[str, Any] = {"label": self.label, "scores": dict(self.scores)}
        return shown | ({"reason": self.reason} if self.reason else {})


@dataclass(frozen=True, slots=True)
class Prediction:
    """Stance to the topic, agreement with the parent (None without one), probability of a personal attack.

    `embedding` says what the comment is about: a vector of which only the direction counts, as 64 signed bytes in
    base64; None from a model without one.
    """

    stance: Scored
    agreement: Scored | None
    attack: float
    embedding: str | None = None


class Predictor(Protocol):
    """Anything that turns turns into predictions, one each, in order."""

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]: ...
