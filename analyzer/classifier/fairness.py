"""Pairs of comments with the sides swapped -> how differently a model sees attacks in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analyzer.classifier.examples import read_rows
from analyzer.classifier.inputs import make_turn
from analyzer.errors import DataError
from analyzer.predictions import Predictor, Turn


@dataclass(frozen=True, slots=True)
class MirroredPair:
    """The same words for one side and for the other."""

    id: str
    first: Turn
    second: Turn


@dataclass(frozen=True, slots=True)
class MirroredDifference:
    """How far apart the attack scores of mirrored comments are: the mean, and the largest with its pair's id."""

    pairs: int
    mean: float
    largest: float
    largest_id: str


def read_pairs(path: Path) -> list[MirroredPair]:
    """Return the pairs of a JSON Lines file; raises DataError with file and line for a row that is none.

    A row has `text` and `mirrored_text`, and perhaps `parent_text` and `mirrored_parent_text`.
    """
    pairs = [_pair(path, number, row) for number, row in read_rows(path)]
    if not pairs:
        raise DataError(f"no mirrored pairs in {path}")
    return pairs


def mirrored_difference(predictor: Predictor, pairs: Sequence[MirroredPair]) -> MirroredDifference:
    """Return how much the attack scores change when the sides are swapped; 0 is a model blind to sides."""
    predictions = predictor.predict([turn for pair in pairs for turn in (pair.first, pair.second)])
    scores = np.array([prediction.attack for prediction in predictions]).reshape(-1, 2)
    gaps = np.abs(scores[:, 0] - scores[:, 1])
    worst = int(gaps.argmax())
    return MirroredDifference(len(pairs), float(gaps.mean()), float(gaps[worst]), pairs[worst].id)


def _pair(path: Path, number: int, row: Any) -> MirroredPair:
    texts = [row.get(key) if isinstance(row, dict) else None for key in ("text", "mirrored_text")]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise DataError(f"{path}, line {number}: a mirrored pair needs text and mirrored_text")
    first, second = (make_turn(row[f"{prefix}text"], row.get(f"{prefix}parent_text")) for prefix in ("", "mirrored_"))
    return MirroredPair(str(row.get("id") or number), first, second)
