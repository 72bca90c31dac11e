"""A model folder -> how fast each engine classifies on this machine, and whether they agree."""

import json
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from analyzer.classifier.inputs import make_turn
from analyzer.classifier.predictor import load_predictor
from analyzer.predictions import Turn
from analyzer.resources import resource

_COMMENTS = 400


@dataclass(frozen=True, slots=True)
class EngineSpeed:
    """One engine: what it is used for, seconds to load it, comments a second, share of stances as the first engine's.

    A stance is the likeliest label, whether or not it is likely enough.
    """

    name: str
    used_for: str
    start_seconds: float
    per_second: float
    same_stance: float


def time_engines(folder: Path, *, comments: int = _COMMENTS) -> list[EngineSpeed]:
    """Return the speed of the engine for one thread and of the one for many, on bundled comments."""
    turns = bundled_turns(comments)
    speeds: list[EngineSpeed] = []
    expected: list[str] = []
    for used_for, bulk in (("one thread", False), ("many", True)):
        start = time.perf_counter()
        predictor = load_predictor(folder, bulk=bulk)
        loaded = time.perf_counter()
        predictor.predict(turns[:8])  # the first call also lays out the weights
        ready = time.perf_counter()
        stances = [prediction.stance.best for prediction in predictor.predict(turns)]
        seconds = time.perf_counter() - ready
        expected = expected or stances
        same = sum(a == b for a, b in zip(stances, expected, strict=True)) / len(stances)
        speeds.append(EngineSpeed(predictor.engine.name, used_for, loaded - start, len(turns) / seconds, same))
    return speeds


def bundled_turns(count: int) -> list[Turn]:
    """Return the first `count` written comments that are shipped."""
    with resource("data", "labelled", "written.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, count)]
    return [make_turn(row["text"], row["parent_text"]) for row in rows]
