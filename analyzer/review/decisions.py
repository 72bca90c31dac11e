"""What moderators do with items: claim, decide, undo, give a second opinion. Every decision is in the audit log."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, or_, select, update

from analyzer.errors import ConflictError, MissingError, RefusedError, ReviewError
from analyzer.flags import POSITIVE
from analyzer.review import audit, ranking
from analyzer.review.accounts import User
from analyzer.review.store import Store, flags, items, now
from analyzer.review.store import audit as log

Action = Literal["approve", "hide", "escalate", "wrong"]
ACTIONS: Mapping[str, str] = {"approve": "approved", "hide": "hidden", "escalate": "escalated", "wrong": "approved"}
"""Each action with the state it leaves an item in; `wrong` approves and says that the flags erred."""
REASONS: Mapping[str, Mapping[str, str]] = {
    "hide": {
        "personal_attack": "attacks a person instead of what they say",
        "harassment": "harasses, or joins others in harassing, a person",
        "hate": "attacks people for what they are",
        "threat": "threatens or calls for violence",
        "spam": "is advertising, spam or the same text over again",
        "off_topic": "has nothing to do with the article or the thread",
        "privacy": "makes a person's private details public",
        "illegal": "is unlawful content",
        "other": "breaks another of the house's rules",
    },
    "wrong": {
        "harmless": "the words are harmless here",
        "quotation": "it quotes or reports what others said",
        "irony": "it is irony or a joke among friends",
        "criticism": "it is sharp, but about the matter",
        "not_the_same": "it is no copy, or the link belongs here",
        "context": "the flag misreads the comments around it",
        "other": "another mistake",
    },
}
CLAIM_SECONDS = 300
_SECOND_OPINIONS = 20  # one decision in so many is put before somebody else
_REWEIGH = 50  # entries between two times the queue is put in order anew


def claim(store: Store, item_id: int, user: User) -> None:
    """Keep an item for this moderator for five minutes; raises ConflictError where another has it."""
    with store.writing() as connection:
        item = _item(connection, item_id)
        _check_claim(item, user)
        _hold(connection, item_id, user)


def release(store: Store, user: User) -> None:
    """Let go of everything this moderator holds."""
    with store.writing() as connection:
        _release(connection, user)


def claim_next(store: Store, user: User, chosen: Sequence[Any], *, after: int | None = None) -> int | None:
    """Keep the most urgent open item under these conditions that nobody else holds; None where there is none.

    With `after`, the most urgent of those that come after this item. What else the moderator held is free again.
    """
    with store.writing() as connection:
        free = or_(items.c.claimed_by.is_(None), items.c.claimed_by == user.name, items.c.claimed_until < now())
        query = select(items.c.id).where(items.c.state == "open", free, *chosen)
        if after is not None:
            skipped = _item(connection, after)
            same = (items.c.priority == skipped.priority) & (items.c.id > after)
            query = query.where(or_(items.c.priority < skipped.priority, same))
        item_id = connection.execute(query.order_by(items.c.priority.desc(), items.c.id).limit(1)).scalar()
        if item_id is None:
            _release(connection, user)
        else:
            _hold(connection, item_id, user)
        return item_id


def decide(
    store: Store,
    item_id: int,
    user: User,
    action: str,
    *,
    request: str,
    reason: str = "",
    note: str = "",
    wrong: Sequence[str] = (),
) -> int:
    """Decide an open (or, as an admin, an escalated) item; return the number of its entry in the audit log.

    `request` names this very decision: sent twice, it is written once. `wrong` are the kinds of flags that erred; with
    the action `wrong`, none means all. Raises ConflictError where the item is another's or decided, ReviewError for an
    unknown action or reason.
    """
    if action not in ACTIONS:
        raise ReviewError(f"unknown action {action!r}; known: {', '.join(ACTIONS)}")
    if action in REASONS and reason not in REASONS[action]:
        raise ReviewError(f"{action} needs a reason: {', '.join(REASONS[action])}")
    with store.writing() as connection:
        if (done := _done(connection, request, user, action, item_id)) is not None:
            return done
        seq = _decide(connection, item_id, user, action, request, reason, note, wrong)
    if seq % _REWEIGH == 0:
        ranking.weigh_queue(store)
    return seq


def decide_many(
    store: Store, item_ids: Sequence[int], user: User, action: str, *, request: str, reason: str = "", note: str = ""
) -> tuple[int, list[str]]:
    """Decide several items alike; return how many were decided, and why the others were not."""
    refused = []
    for item_id in item_ids:
        try:
            decide(store, item_id, user, action, request=f"{request}-{item_id}", reason=reason, note=note)
        except (ConflictError, RefusedError) as error:
            refused.append(str(error))
    return len(item_ids) - len(refused), refused


def undo(store: Store, user: User, *, request: str, item_id: int | None = None) -> int:
    """Take back this moderator's last decision, or that on an item, and hold the item again; return the item's number.

    An admin may take back anyone's decision on an item. Raises ConflictError where there is nothing to take back.
    """
    with store.writing() as connection:
        known = connection.execute(select(log).where(log.c.request == request)).first()
        if known is not None and known.actor == user.name and known.action == "undo":
            return int(known.item_id)
        undone = select(log.c.undoes).where(log.c.undoes.is_not(None))
        query = select(log).where(log.c.action.in_(ACTIONS), log.c.seq.not_in(undone))
        if item_id is not None:
            query = query.where(log.c.item_id == item_id)
        if item_id is None or user.role != "admin":
            query = query.where(log.c.actor == user.name)
        last = connection.execute(query.order_by(log.c.seq.desc()).limit(1)).first()
        if last is None:
            raise ConflictError("there is no decision of yours to take back")
        newer = select(func.max(log.c.seq)).where(log.c.item_id == last.item_id, log.c.action.in_((*ACTIONS, "reopen")))
        if connection.execute(newer.where(log.c.seq.not_in(undone))).scalar() != last.seq:
            raise ConflictError(f"item {last.item_id} has moved on since; open it to decide again")
        before = json.loads(last.detail)["was"]
        audit.append(
            connection,
            user.name,
            "undo",
            item_id=last.item_id,
            undoes=last.seq,
            request=request,
            detail={"state": before},
        )
        connection.execute(
            update(items).where(items.c.id == last.item_id).values(state=before, decided_by=None, second=False)
        )
        connection.execute(update(flags).where(flags.c.item_id == last.item_id).values(judged=None))
        _hold(connection, last.item_id, user)
        return int(last.item_id)


def give_opinion(store: Store, item_id: int, user: User, choice: str, *, request: str) -> int:
    """Write down a second opinion on a decided item, which its state does not follow; return the entry's number."""
    if choice not in ("approve", "hide", "escalate"):
        raise ReviewError(f"unknown opinion {choice!r}; known: approve, hide, escalate")
    with store.writing() as connection:
        if (done := _done(connection, request, user, "opinion", item_id)) is not None:
            return done
        item = _item(connection, item_id)
        if not item.second or item.decided_by == user.name:
            raise ConflictError(f"no second opinion of yours is asked for on item {item_id}")
        connection.execute(update(items).where(items.c.id == item_id).values(second=False))
        detail = {"choice": choice}
        return audit.append(connection, user.name, "opinion", item_id=item_id, request=request, detail=detail)


def ask_opinion(store: Store, item_id: int, user: User) -> None:
    """Put a decided item before somebody else; raises ConflictError for one that is not decided."""
    with store.writing() as connection:
        if _item(connection, item_id).state == "open":
            raise ConflictError(f"item {item_id} is not decided yet")
        connection.execute(update(items).where(items.c.id == item_id).values(second=True))
        audit.append(connection, user.name, "ask", item_id=item_id)


def statement(action: str, reason: str, note: str, kinds: Sequence[str]) -> dict[str, Any] | None:
    """Return the statement of reasons for a hidden comment, with the parts of Article 17(3) of the EU's DSA."""
    if action != "hide":
        return None
    ground = "legal" if reason == "illegal" else "terms"
    return {
        "restriction": "the comment is no longer visible to readers",
        "facts": f"The comment {REASONS['hide'][reason]}." + (f" {note}" if note else ""),
        "ground": ground,
        "ground_code": reason,
        "automated_detection": bool(kinds),
        "automated_decision": False,
        "redress": "The author may complain to the moderators, and go to a dispute settlement body or a court.",
    }


def _decide(
    connection: Connection,
    item_id: int,
    user: User,
    action: str,
    request: str,
    reason: str,
    note: str,
    wrong: Sequence[str],
) -> int:
    item = _item(connection, item_id)
    if item.state not in ("open", "escalated"):
        raise ConflictError(f"item {item_id} is already {item.state}, by {item.decided_by}")
    if item.state == "escalated" and (user.role != "admin" or action == "escalate"):
        raise RefusedError(f"item {item_id} was escalated: an admin decides it")
    _check_claim(item, user)
    kinds = list(connection.execute(_raised(item_id)).scalars())
    erred = set(wrong) & set(kinds) or (set(kinds) if action == "wrong" else set())
    state = ACTIONS[action]
    detail = {"state": state, "was": item.state, "kinds": kinds, "reason": reason, "note": note}
    detail |= {"wrong": sorted(erred), "statement": statement(action, reason, note, kinds)}
    seq = audit.append(connection, user.name, action, item_id=item_id, request=request, detail=detail)
    connection.execute(
        update(items)
        .where(items.c.id == item_id)
        .values(
            state=state,
            news="",
            decided_by=user.name,
            claimed_by=None,
            claimed_until=None,
            second=item_id % _SECOND_OPINIONS == 0 and action != "escalate",
        )
    )
    if action != "escalate":
        for kind in kinds:
            right = kind not in erred and (action == "hide") != (kind in POSITIVE)
            judged = update(flags).where(flags.c.item_id == item_id, flags.c.kind == kind)
            connection.execute(judged.values(judged=right))
    return seq


def _done(connection: Connection, request: str, user: User, action: str, item_id: int) -> int | None:
    """Return the entry this request has already made, None before; raises ConflictError where it made another."""
    entry = connection.execute(select(log).where(log.c.request == request)).first()
    if entry is None:
        return None
    if (entry.actor, entry.action, entry.item_id) != (user.name, action, item_id):
        raise ConflictError("this form was used before; load the page again")
    return int(entry.seq)


def _item(connection: Connection, item_id: int) -> Row[Any]:
    item = connection.execute(select(items).where(items.c.id == item_id)).first()
    if item is None:
        raise MissingError(f"there is no item {item_id}")
    return item


def _check_claim(item: Row[Any], user: User) -> None:
    if item.claimed_by not in (None, user.name) and item.claimed_until > now():
        raise ConflictError(f"item {item.id} is with {item.claimed_by} until {item.claimed_until[11:16]} UTC")


def _hold(connection: Connection, item_id: int, user: User) -> None:
    """Keep an item for this moderator, who holds one at a time."""
    _release(connection, user)
    held = update(items).where(items.c.id == item_id)
    connection.execute(held.values(claimed_by=user.name, claimed_until=now(seconds=CLAIM_SECONDS)))


def _release(connection: Connection, user: User) -> None:
    held = update(items).where(items.c.claimed_by == user.name)
    connection.execute(held.values(claimed_by=None, claimed_until=None))


def _raised(item_id: int) -> Any:
    return select(flags.c.kind).where(flags.c.item_id == item_id, flags.c.raised).order_by(flags.c.score.desc())
