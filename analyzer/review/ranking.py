"""What comes first: an item's priority, by the flags' own formula and what decisions taught of each rule's precision.

priority = 1 - product over the item's raised flags of (1 - weight x precision x score), as `flags.prioritise` has it
for a comment; flags that praise count nothing. Neither who wrote a comment nor which side it takes enters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from analyzer.flags import POSITIVE, default_thresholds, learned_precision
from analyzer.review.store import Store, flags, items

_SMALLEST_CHANGE = 1e-6
_AT_ONCE = 500
_UNKNOWN_KIND = {"weight": 0.5, "precision": 0.5}  # a rule of another version of this program


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of flag: how often it was raised, judged and found right, and what its scores count for in the queue."""

    kind: str
    raised: int
    judged: int
    right: int
    factor: float

    @property
    def precision(self) -> float | None:
        """The share found right of those judged; None before the first."""
        return self.right / self.judged if self.judged else None


def rules(connection: Connection) -> list[Rule]:
    """Return every kind of flag in the store, by name."""
    query = select(
        flags.c.kind,
        func.count().label("raised"),
        func.count(flags.c.judged).label("judged"),
        func.count().filter(flags.c.judged.is_(True)).label("right"),
    )
    rows = connection.execute(query.group_by(flags.c.kind).order_by(flags.c.kind)).all()
    thresholds = default_thresholds()
    thresholds = dict.fromkeys((row.kind for row in rows), _UNKNOWN_KIND) | dict(thresholds)
    judged = {row.kind: (row.right, row.judged - row.right) for row in rows}
    learned = learned_precision(judged, thresholds=thresholds)
    factors = {kind: limits["weight"] * learned[kind] for kind, limits in thresholds.items()} | dict.fromkeys(
        POSITIVE, 0.0
    )
    return [Rule(row.kind, row.raised, row.judged, row.right, factors[row.kind]) for row in rows]


def weigh_thread(connection: Connection, thread_id: int) -> None:
    """Bring the priorities of a thread's waiting items up to date with flags and precisions."""
    _write(connection, _changes(connection, items.c.thread_id == thread_id))


def weigh_queue(store: Store) -> None:
    """Bring the priorities of all items that wait up to date, a few at a time, so that no decision waits for long."""
    with store.reading() as connection:
        changes = _changes(connection)
    for start in range(0, len(changes), _AT_ONCE):
        with store.writing() as connection:
            _write(connection, changes[start : start + _AT_ONCE])


def _changes(connection: Connection, *chosen: ColumnElement[bool]) -> list[dict[str, float]]:
    """Return the waiting items whose priority is not what flags and precisions make it: which, old and new."""
    factors = {rule.kind: rule.factor for rule in rules(connection)}
    query = select(items.c.id, items.c.priority, flags.c.kind, flags.c.score)
    query = query.outerjoin(flags, (flags.c.item_id == items.c.id) & flags.c.raised)
    old: dict[int, float] = {}
    needless: dict[int, float] = {}
    for row in connection.execute(query.where(items.c.state.in_(("open", "escalated")), *chosen)):
        old[row.id] = row.priority
        needless[row.id] = needless.get(row.id, 1.0) * (1 - (factors[row.kind] * row.score if row.kind else 0))
    return [
        {"which": item_id, "old": old[item_id], "new": 1 - chance}
        for item_id, chance in needless.items()
        if abs(1 - chance - old[item_id]) > _SMALLEST_CHANGE
    ]


def _write(connection: Connection, changes: Sequence[dict[str, float]]) -> None:
    """Write new priorities, each only where the old one still stands."""
    if changes:
        unchanged = (items.c.id == bindparam("which")) & (items.c.priority == bindparam("old"))
        connection.execute(update(items).where(unchanged).values(priority=bindparam("new")), changes)
