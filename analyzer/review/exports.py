"""Decisions out of the store: as rows for a table or for JSON, and as rows to train or to judge a model by."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from analyzer.formats.thread_rows import write_cell
from analyzer.plain import json_text
from analyzer.review.decisions import ACTIONS
from analyzer.review.store import audit, comments, items, threads

COLUMNS = (
    *("entry", "at", "moderator", "action", "reason", "note", "undone", "flags", "wrong_flags"),
    *("site", "thread", "title", "comment", "author", "text", "statement"),
)
_ATTACK = "attack"  # the kind of flag that speaks of the comment alone
Row = dict[str, Any]
_THREAD_COLUMNS = (threads.c.site, threads.c.key, threads.c.title)


def decisions(connection: Connection) -> Iterator[Row]:
    """Yield every decision ever made, oldest first, those that were taken back among them and marked."""
    undone = set(connection.execute(select(audit.c.undoes).where(audit.c.undoes.is_not(None))).scalars())
    query = select(audit, items.c.comment_id, items.c.author, items.c.text, *_THREAD_COLUMNS)
    query = query.join(items, items.c.id == audit.c.item_id).join(threads, threads.c.id == items.c.thread_id)
    for row in connection.execute(query.where(audit.c.action.in_(ACTIONS)).order_by(audit.c.seq)):
        detail = json.loads(row.detail)
        yield {
            "entry": row.seq,
            "at": row.at,
            "moderator": row.actor,
            "action": row.action,
            "reason": detail["reason"],
            "note": detail["note"],
            "undone": row.seq in undone,
            "flags": detail["kinds"],
            "wrong_flags": detail["wrong"],
            "site": row.site,
            "thread": row.key,
            "title": row.title,
            "comment": row.comment_id,
            "author": row.author,
            "text": row.text,
            "statement": detail["statement"],
        }


def training_rows(connection: Connection) -> Iterator[Row]:
    """Yield a row with `attack` 1 or 0 for each decided comment that was flagged as an attack, for `analyzer train`.

    1 where moderators hid it and let the flag stand, 0 where they approved it or found the flag wrong.
    """
    parent = comments.alias()
    last: dict[int, Any] = {}
    for row in connection.execute(select(audit).where(audit.c.item_id.is_not(None)).order_by(audit.c.seq)):
        if row.action in ("undo", "reopen"):
            last.pop(row.item_id, None)
        elif row.action in ACTIONS:
            last[row.item_id] = row
    query = select(items.c.id, items.c.text, parent.c.text.label("parent_text"), threads.c.site, threads.c.key)
    query = query.join(threads, threads.c.id == items.c.thread_id)
    query = query.join(
        comments, (comments.c.thread_id == items.c.thread_id) & (comments.c.comment_id == items.c.comment_id)
    )
    query = query.outerjoin(
        parent, (parent.c.thread_id == comments.c.thread_id) & (parent.c.position == comments.c.parent)
    )
    for row in connection.execute(query.order_by(items.c.id)):
        if row.id not in last or last[row.id].action == "escalate":
            continue
        detail = json.loads(last[row.id].detail)
        if _ATTACK in detail["kinds"] and row.text.strip():
            right = last[row.id].action == "hide" and _ATTACK not in detail["wrong"]
            known = {"parent_text": row.parent_text} if row.parent_text else {}
            yield (
                {"id": str(row.id), "thread": f"{row.site}/{row.key}", "text": row.text}
                | known
                | {"attack": int(right)}
            )


def as_csv(rows: Sequence[Row]) -> str:
    """Return decisions as a table that is safe to open in a spreadsheet."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow(write_cell(_cell(row[column])) for column in COLUMNS)
    return out.getvalue()


def as_json(rows: Sequence[Row]) -> str:
    """Return decisions as a list in JSON."""
    return json_text(rows, indent=2) + "\n"


def as_json_lines(rows: Sequence[Row]) -> str:
    """Return rows as JSON Lines."""
    return "".join(json_text(row) + "\n" for row in rows)


FILES: Mapping[str, tuple[Callable[[Connection], Iterator[Row]], Callable[[Sequence[Row]], str], str]] = {
    "decisions.csv": (decisions, as_csv, "text/csv; charset=utf-8"),
    "decisions.json": (decisions, as_json, "application/json"),
    "training.jsonl": (training_rows, as_json_lines, "application/x-ndjson"),
}
"""The files that can be had: what rows, how they are written, and their media type."""


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = " ".join(value)
    return json_text(value) if isinstance(value, dict) else value if value != "" else None
