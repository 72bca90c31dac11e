"""Files of labelled rows -> Examples, each label checked. Needs no torch, so the baseline and evaluation share it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.classifier.inputs import make_turn
from analyzer.errors import DataError
from analyzer.predictions import AGREEMENT_LABELS, TARGET_LABELS, Turn


@dataclass(frozen=True, slots=True)
class Example:
    """A turn with whatever labels its row carries; None where a row is silent, so sets can be mixed.

    A row written by `analyzer predict` carries another model's scores instead of labels, in the order of the labels
    they are for: a student learns from those. `target_stance` is the stance towards the turn's target. `thread` groups
    rows that must not be split between training and held-out data. `sure` is 1 to 3.
    """

    turn: Turn
    thread: str
    stance: str | None = None
    agreement: str | None = None
    attack: float | None = None
    sure: int = 2
    stance_scores: tuple[float, ...] | None = None
    agreement_scores: tuple[float, ...] | None = None
    target_stance: str | None = None
    target_scores: tuple[float, ...] | None = None

    @property
    def is_taught(self) -> bool:
        """Whether its labels are another model's scores: good to learn from, not to be judged by."""
        return any(scores is not None for scores in (self.stance_scores, self.agreement_scores, self.target_scores))


def read_examples(
    paths: Sequence[Path], stance_labels: Sequence[str] | None, *, only: tuple[str, str] | None = None
) -> list[Example]:
    """Return the examples in JSON Lines files with `text` and any of `parent_text`, `stance`, `relation`, `attack`.

    `agreement` is read like `relation`. In a row with a `target` in words, `stance` is favor, against or none towards
    it; other stances are ignored where `stance_labels` is None. `only` is a (key, value) that rows must have. Raises
    DataError with file and line for a row that cannot be used.
    """
    examples = []
    for path in paths:
        for number, row in read_rows(path):
            if only and isinstance(row, dict) and str(row.get(only[0])) != only[1]:
                continue
            try:
                examples.append(_example(row, stance_labels))
            except ValueError as error:
                raise DataError(f"{path}, line {number}: {error}") from error
    if not examples:
        raise DataError(f"no labelled rows in {', '.join(map(str, paths))}")
    return examples


def split_by_thread(examples: Sequence[Example], share: float) -> tuple[list[Example], list[Example]]:
    """Return (kept, held out): about `share` of the threads held out, chosen by a hash of the thread's id."""
    held_out = [example for example in examples if thread_value(example.thread) < share]
    return [example for example in examples if thread_value(example.thread) >= share], held_out


def thread_value(thread: str) -> float:
    """Return a number in 0 .. 1 that depends on the thread's id alone."""
    return int.from_bytes(sha256(thread.encode(errors="replace")).digest()[:4]) / 2**32


def read_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (line number, value) of each line that is not blank; raises DataError for a file that is no JSON Lines."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {number}: not valid JSON ({error.msg})") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot read the labelled rows: {error}") from error


def _example(row: Any, stance_labels: Sequence[str] | None) -> Example:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
        raise ValueError("a labelled row needs a text")
    parent_text = row.get("parent_text") or None
    if parent_text != parent_text:  # NaN, which pandas writes for no value
        parent_text = None
    if not isinstance(parent_text, str | None):
        raise ValueError(f"parent_text is a string or null, not {str(parent_text)[:40]!r}")
    target = row.get("target") or None
    stance, stance_scores, target_stance, target_scores = None, None, None, None
    if target:
        target_stance, target_scores = _label(row.get("stance"), "stance towards a target", TARGET_LABELS)
    else:
        stance, stance_scores = _label(row.get("stance"), "stance", stance_labels or ())
    relation, relation_scores = _label(row.get("relation") or row.get("agreement"), "agreement", AGREEMENT_LABELS)
    attack = row.get("attack")
    if isinstance(attack, dict):
        attack = attack.get("score")
    if attack is not None and (isinstance(attack, bool) or not isinstance(attack, int | float) or not 0 <= attack <= 1):
        raise ValueError(f"attack is 0, 1 or a score between, not {attack!r}")
    return Example(
        turn=make_turn(row["text"], parent_text, target),
        thread=str(row.get("thread") or row.get("id") or row["text"]),
        stance=stance,
        agreement=relation if parent_text else None,
        attack=attack,
        sure=row.get("sure") or 2,
        stance_scores=stance_scores,
        agreement_scores=relation_scores if parent_text else None,
        target_stance=target_stance,
        target_scores=target_scores,
    )


def _label(value: Any, name: str, labels: Sequence[str]) -> tuple[str | None, tuple[float, ...] | None]:
    """Return (label, None), or (None, scores) where the value is an object with scores; no labels, nothing read."""
    if not value or not labels:
        return None, None
    scores = value.get("scores") if isinstance(value, dict) else None
    if isinstance(scores, dict):
        if set(scores) != set(labels) or not all(isinstance(score, int | float) for score in scores.values()):
            raise ValueError(f"{name} scores are for {', '.join(map(str, scores))}; expected {', '.join(labels)}")
        return None, tuple(float(scores[label]) for label in labels)
    if value not in labels:
        known = f"the scheme has {', '.join(labels)}" if name == "stance" else f"known: {', '.join(labels)}"
        raise ValueError(f"unknown {name} {value!r}; {known}")
    return value, None
