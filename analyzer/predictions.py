"""What a classifier is asked and what it answers, free of any particular model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

AGREEMENT_LABELS = ("agree", "disagree", "neutral")
UNCLEAR = "unclear"

Progress = Callable[[int], None]
"""Called with the number of items finished since the last call."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One comment in the author's own words (quotations masked) and its parent's text; None for a top-level comment."""

    text: str
    parent_text: str | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A label and the calibrated probability of each label it was chosen from; `unclear` is an abstention."""

    label: str
    scores: dict[str, float]

    @property
    def confidence(self) -> float:
        """The probability of the likeliest label."""
        return max(self.scores.values())


@dataclass(frozen=True, slots=True)
class Prediction:
    """Stance to the topic, agreement with the parent (None without one), probability of a personal attack."""

    stance: Scored
    agreement: Scored | None
    attack: float


class Predictor(Protocol):
    """Anything that turns turns into predictions, one each, in order."""

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]: ...
