"""Files of labelled rows -> Examples, each label checked. Needs no torch, so the baseline and evaluation share it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.classifier.inputs import make_turn
from analyzer.errors import DataError
from analyzer.predictions import AGREEMENT_LABELS, Turn


@dataclass(frozen=True, slots=True)
class Example:
    """A turn with whatever labels its row carries; None where a row is silent, so sets can be mixed.

    `thread` groups rows that must not be split between training and held-out data. `sure` is 1 to 3.
    """

    turn: Turn
    thread: str
    stance: str | None
    agreement: str | None
    attack: int | None
    sure: int


def read_examples(paths: Sequence[Path], stance_labels: Sequence[str] | None) -> list[Example]:
    """Return the examples in JSON Lines files with `text` and any of `parent_text`, `stance`, `relation`, `attack`.

    `agreement` is read like `relation`. Stances are ignored where `stance_labels` is None. Raises DataError with file
    and line for a row that cannot be used.
    """
    examples = []
    for path in paths:
        for number, row in _rows(path):
            try:
                examples.append(_example(row, stance_labels))
            except ValueError as error:
                raise DataError(f"{path}, line {number}: {error}") from error
    if not examples:
        raise DataError(f"no labelled rows in {', '.join(map(str, paths))}")
    return examples


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
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
    stance = (row.get("stance") or None) if stance_labels is not None else None
    agreement = row.get("relation") or row.get("agreement") or None
    attack = row.get("attack")
    if stance is not None and stance_labels is not None and stance not in stance_labels:
        raise ValueError(f"unknown stance {stance!r}; the scheme has {', '.join(stance_labels)}")
    if agreement is not None and agreement not in AGREEMENT_LABELS:
        raise ValueError(f"unknown agreement {agreement!r}; known: {', '.join(AGREEMENT_LABELS)}")
    if attack not in (None, 0, 1):
        raise ValueError(f"attack is 0 or 1, not {attack!r}")
    return Example(
        turn=make_turn(row["text"], parent_text),
        thread=str(row.get("thread") or row.get("id") or row["text"]),
        stance=stance,
        agreement=agreement if parent_text else None,
        attack=attack,
        sure=row.get("sure") or 2,
    )
