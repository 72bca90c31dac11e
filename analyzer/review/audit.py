"""The append-only log of decisions: each entry holds the hash of the one before it, so that no change goes unseen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, func, select

from analyzer.review.store import audit, items, now

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries were read, the hash of the last one, and the first thing that is wrong; None if nothing is."""

    entries: int
    head: str
    problem: str | None


def append(
    connection: Connection,
    actor: str,
    action: str,
    *,
    item_id: int | None = None,
    undoes: int | None = None,
    request: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write one entry and return its number; the connection must be a writer's, alone in the store."""
    last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    entry = {
        "seq": last.seq + 1 if last else 1,
        "at": now(),
        "actor": actor,
        "action": action,
        "item_id": item_id,
        "undoes": undoes,
        "request": request,
        "detail": json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True),
        "previous": last.hash if last else _START,
    }
    connection.execute(audit.insert().values(entry | {"hash": _hash(entry)}))
    return int(entry["seq"] or 0)


def verify(connection: Connection, *, head: str | None = None) -> Verdict:
    """Read the whole log: every hash, every number in turn, and every item's state against its last entry.

    Entries cut off at the end leave a chain that is whole; `head`, a hash kept elsewhere from an earlier time, must
    therefore still be in it.
    """
    previous, entries, states, seen = _START, 0, {}, head in (None, _START)
    with connection.execute(select(audit).order_by(audit.c.seq).execution_options(yield_per=1000)) as rows:
        for row in rows:
            entry = dict(row._mapping)
            stated = entry.pop("hash")
            if row.seq != entries + 1:
                return Verdict(entries, previous, f"entry {entries + 1} is missing: {row.seq} follows {entries}")
            if row.previous != previous or stated != _hash(entry):
                return Verdict(entries, previous, f"entry {row.seq} was changed after it was written")
            entries, previous = row.seq, stated
            seen = seen or stated == head
            if state := json.loads(row.detail).get("state"):
                states[row.item_id] = state
    if not seen:
        return Verdict(entries, previous, f"the entry {head} is gone: the end of the log was cut off")
    for item in connection.execute(select(items.c.id, items.c.state).order_by(items.c.id)):
        if states.get(item.id, "open") != item.state:
            problem = f"item {item.id} is {item.state}, its last entry says {states.get(item.id, 'open')}"
            return Verdict(entries, previous, problem)
    return Verdict(entries, previous, None)


def newest(connection: Connection, limit: int) -> list[Row[Any]]:
    """Return the newest entries, newest first."""
    return list(connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(limit)))


def count(connection: Connection) -> int:
    """Return the number of entries."""
    return connection.execute(select(func.count()).select_from(audit)).scalar_one()


def _hash(entry: Mapping[str, Any]) -> str:
    fields = ("seq", "at", "actor", "action", "item_id", "undoes", "request", "detail", "previous")
    return sha256(json.dumps([entry[field] for field in fields]).encode()).hexdigest()
