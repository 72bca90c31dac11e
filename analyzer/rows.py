"""Lines of JSON, one row a comment -> lines of JSON, one prediction a row, as a stream of any length."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from analyzer.classifier.inputs import make_turn
from analyzer.plain import json_text
from analyzer.predictions import Prediction, Predictor, Turn

_BATCH_ROWS = 4096


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that was read: what to classify, or why it cannot be."""

    id: str | int | None
    turn: Turn | None = None
    error: dict[str, Any] | None = None
    words: dict[str, Any] = field(default_factory=dict)


def predict_rows(
    lines: Iterable[str],
    predictor: Predictor,
    *,
    target_column: str | None = None,
    with_text: bool = False,
    batch_rows: int = _BATCH_ROWS,
) -> Iterator[str]:
    """Yield one line of JSON for each row, in order: its prediction, or what is wrong with it.

    A row is an object with `text`, and perhaps `id` and `parent_text`. Its answer has `id`, `stance`, `agreement`
    (null without a parent's text) and `attack`; a row that cannot be read has `id` and `error` with `kind`, `line`
    and `detail`. With `target_column`, a row's stance is the one towards the words in that column. `with_text` repeats
    the row's `text` and `parent_text` in the answer, so that another model can be trained on it. Blank lines are no
    rows. At most `batch_rows` rows are held at a time.
    """
    rows = (_read_row(number, line, target_column) for number, line in enumerate(lines, 1) if line.strip())
    while batch := list(islice(rows, batch_rows)):
        turns = [row.turn for row in batch if row.turn]
        predictions = iter(predictor.predict(turns) if turns else [])
        for row in batch:
            answer = _answer(next(predictions)) if row.turn else {"error": row.error}
            yield json_text({"id": row.id, **(row.words if with_text else {}), **answer})


def _read_row(number: int, line: str, target_column: str | None) -> _Row:
    try:
        line.encode()
    except UnicodeEncodeError:
        return _bad_row(number, "invalid_encoding", "the line is not UTF-8")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _bad_row(number, "invalid_json", str(error))
    if not isinstance(row, dict):
        return _bad_row(number, "not_an_object", f"expected an object with 'text', found {_json_type(row)}")
    row_id, text, parent_text = row.get("id"), row.get("text"), row.get("parent_text")
    if not isinstance(row_id, str | int):
        row_id = None
    if not isinstance(text, str) or not text.strip():
        found = "an empty string" if isinstance(text, str) else _json_type(text) if "text" in row else "no such key"
        return _bad_row(number, "missing_text", f"'text' must be a string with words, found {found}", id=row_id)
    if parent_text is not None and not isinstance(parent_text, str):
        detail = f"'parent_text' must be a string or null, found {_json_type(parent_text)}"
        return _bad_row(number, "invalid_parent_text", detail, id=row_id)
    parent_text = parent_text if parent_text and parent_text.strip() else None
    target = row.get(target_column) if target_column else None
    if target_column and (not isinstance(target, str) or not target.strip()):
        return _bad_row(number, "missing_target", f"{target_column!r} must be a string with words", id=row_id)
    return _Row(row_id, turn=make_turn(text, parent_text, target), words={"text": text, "parent_text": parent_text})


def _bad_row(number: int, kind: str, detail: str, *, id: str | int | None = None) -> _Row:
    return _Row(id, error={"kind": kind, "line": number, "detail": detail})


def _json_type(value: object) -> str:
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return names.get(type(value), "null")


def _answer(prediction: Prediction) -> dict[str, Any]:
    return {
        "stance": prediction.stance.as_dict(),
        "agreement": prediction.agreement.as_dict() if prediction.agreement else None,
        "attack": {"score": prediction.attack},
    }
