"""What comes first: an item's priority, from its flags' scores and from how often moderators found each rule right.

priority = 1 - product over the item's raised flags of (1 - score x weight), between 0 and 1. A rule's weight is
(right + 2) / (judged + 4): one half before anybody judged it, then ever closer to its precision. Nothing else enters:
neither who wrote a comment nor which side it takes.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update

from analyzer.review.store import flags, items

_SMALLEST_CHANGE = 1e-6


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of flag: how often it was raised, judged and found right."""

    kind: str
    raised: int
    judged: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share found right of those judged; None before the first."""
        return self.right / self.judged if self.judged else None

    @property
    def weight(self) -> float:
        """What the rule's scores count for."""
        return (self.right + 2) / (self.judged + 4)


def rules(connection: Connection) -> list[Rule]:
    """Return every kind of flag in the store, by name."""
    query = select(
        flags.c.kind,
        func.count().label("raised"),
        func.count(flags.c.judged).label("judged"),
        func.count().filter(flags.c.judged.is_(True)).label("right"),
    )
    return [Rule(*row) for row in connection.execute(query.group_by(flags.c.kind).order_by(flags.c.kind))]


def weigh(connection: Connection) -> None:
    """Bring the priorities of all items that wait up to date with the flags and the weights of now."""
    weights = {rule.kind: rule.weight for rule in rules(connection)}
    rest: dict[int, float] = {}
    query = select(items.c.id, items.c.priority, flags.c.kind, flags.c.score)
    query = query.outerjoin(flags, (flags.c.item_id == items.c.id) & flags.c.raised).where(
        items.c.state.in_(("open", "escalated"))
    )
    old: dict[int, float] = {}
    for row in connection.execute(query):
        old[row.id] = row.priority
        rest[row.id] = rest.get(row.id, 1.0) * (1 - (row.score * weights[row.kind] if row.kind else 0))
    changed = [
        {"which": item_id, "value": 1 - left}
        for item_id, left in rest.items()
        if abs(1 - left - old[item_id]) > _SMALLEST_CHANGE
    ]
    if changed:
        statement = update(items).where(items.c.id == bindparam("which")).values(priority=bindparam("value"))
        connection.execute(statement, changed)
