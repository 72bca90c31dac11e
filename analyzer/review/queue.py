"""What moderators see: the queue under conditions, and one comment inside its ancestors and replies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, exists, func, or_, select

from analyzer.errors import MissingError
from analyzer.review.intake import WHOLE_THREAD
from analyzer.review.store import IS_NEWS, audit, comments, flags, items, now, threads

PAGE = 25
_ANCESTORS = 6
_REPLIES = 30
_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """The conditions of a look at the queue; empty ones hold for every item.

    `state` is a state, "news" (open again on new evidence) or "second" (a second opinion is asked for).
    """

    state: str = "open"
    kind: str = ""
    thread: int | None = None
    words: str = ""
    page: int = 1

    def conditions(self, name: str) -> list[Any]:
        """Return the conditions for SQL, as they hold for the moderator of this name."""
        found: list[Any] = []
        if self.state == "second":
            found += [items.c.second, items.c.decided_by != name]
        elif self.state == "news":
            found += [items.c.state == "open", IS_NEWS]
        elif self.state != "all":
            found.append(items.c.state == self.state)
        if self.kind:
            found.append(exists().where(flags.c.item_id == items.c.id, flags.c.kind == self.kind, flags.c.raised))
        if self.thread is not None:
            found.append(items.c.thread_id == self.thread)
        if self.words:
            found.append(
                or_(
                    items.c.text.icontains(self.words, autoescape=True),
                    items.c.author.icontains(self.words, autoescape=True),
                )
            )
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of the queue with its raised flags, strongest first, and its thread's title; the holder if another's."""

    item: Row[Any]
    flags: tuple[Row[Any], ...]
    title: str
    holder: str | None


@dataclass(frozen=True, slots=True)
class Context:
    """An item inside its thread: ancestors from the nearest shown down, the comment, its nearest replies.

    `above` and `below` count the ancestors and replies that are not shown.
    """

    entry: Entry
    comment: Row[Any] | None
    ancestors: tuple[Row[Any], ...]
    replies: tuple[Row[Any], ...]
    above: int
    below: int
    history: tuple[Row[Any], ...]


def look(connection: Connection, wanted: Wanted, name: str) -> tuple[list[Entry], int]:
    """Return one page of the queue, most urgent first, and the number of items on all pages."""
    conditions = wanted.conditions(name)
    total = connection.execute(select(func.count()).select_from(items).where(*conditions)).scalar_one()
    query = select(items).where(*conditions).order_by(items.c.priority.desc(), items.c.id)
    rows = connection.execute(query.limit(PAGE).offset((wanted.page - 1) * PAGE)).all()
    return _entries(connection, rows, name), total


def tallies(connection: Connection, name: str) -> dict[str, int]:
    """Return the items in each state, those with news, and those that wait for this moderator's second opinion."""
    counted = {"open": 0, "escalated": 0, "approved": 0, "hidden": 0}
    for state, number in connection.execute(select(items.c.state, func.count()).group_by(items.c.state)):
        counted[state] = number
    for state in ("news", "second"):
        query = select(func.count()).select_from(items).where(*Wanted(state=state).conditions(name))
        counted[state] = connection.execute(query).scalar_one()
    return counted


def kinds(connection: Connection) -> list[str]:
    """Return the kinds of flags in the store."""
    return list(connection.execute(select(flags.c.kind).distinct().order_by(flags.c.kind)).scalars())


def open_item(connection: Connection, item_id: int, name: str) -> Context:
    """Return an item with what stands around it; raises ReviewError where there is no such item."""
    row = connection.execute(select(items).where(items.c.id == item_id)).first()
    if row is None:
        raise MissingError(f"there is no item {item_id}")
    (entry,) = _entries(connection, [row], name)
    log = select(audit).where(audit.c.item_id == item_id).order_by(audit.c.seq)
    history = tuple(connection.execute(log))
    ours = select(comments).where(comments.c.thread_id == row.thread_id)
    comment = connection.execute(ours.where(comments.c.comment_id == row.comment_id)).first()
    if comment is None:
        roots = ours.where(comments.c.depth == 0).order_by(comments.c.position).limit(_REPLIES)
        shown = connection.execute(roots).all() if row.comment_id == WHOLE_THREAD else ()
        return Context(entry, None, (), tuple(shown), 0, 0, history)
    ancestors: list[Row[Any]] = []
    parent = comment.parent
    while parent >= 0 and len(ancestors) < _ANCESTORS:
        found = connection.execute(ours.where(comments.c.position == parent)).one()
        ancestors.insert(0, found)
        parent = found.parent
    branch = (comments.c.position > comment.position) & (comments.c.position < comment.position + comment.size)
    near = ours.where(branch, comments.c.depth <= comment.depth + _LEVELS).order_by(comments.c.position)
    replies = tuple(connection.execute(near.limit(_REPLIES)))
    return Context(
        entry,
        comment,
        tuple(ancestors),
        replies,
        above=comment.depth - len(ancestors),
        below=comment.size - 1 - len(replies),
        history=history,
    )


def _entries(connection: Connection, rows: Sequence[Row[Any]], name: str) -> list[Entry]:
    raised: dict[int, list[Row[Any]]] = {row.id: [] for row in rows}
    query = select(flags).where(flags.c.item_id.in_(raised), flags.c.raised)
    for flag in connection.execute(query.order_by(flags.c.score.desc(), flags.c.kind)):
        raised[flag.item_id].append(flag)
    named = select(threads.c.id, threads.c.title, threads.c.key).where(
        threads.c.id.in_({row.thread_id for row in rows})
    )
    titles = {row.id: row.title or row.key for row in connection.execute(named)}
    moment = now()
    return [
        Entry(
            row,
            tuple(raised[row.id]),
            titles[row.thread_id],
            row.claimed_by if row.claimed_by not in (None, name) and row.claimed_until > moment else None,
        )
        for row in rows
    ]
