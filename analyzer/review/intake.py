"""Threads and their documents -> rows of the review store. Decisions on what was there before are kept.

A thread that has grown is put in again as a whole; only what the model has not read before is classified, and an item
that was decided comes back only on new evidence: a flag it did not have, a score clearly higher, or other words.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, select, update

from analyzer.analysis import Model, analyze
from analyzer.document import to_document
from analyzer.errors import ReviewError
from analyzer.formats import Source
from analyzer.plain import without_surrogates
from analyzer.predictions import Prediction, Progress, Scored, Turn
from analyzer.review import audit, ranking
from analyzer.review.store import Store, comments, flags, items, now, threads
from analyzer.thread import Thread

HIGHER = 0.15
"""How much a flag's score must rise to bring a decided item back."""
WHOLE_THREAD = ""
"""The comment of an item that is about a thread as a whole."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a document: the thread's number, its comments new to the store, items new and brought back."""

    thread_id: int
    comments: int
    items: int
    reopened: int


class Remembering:
    """A predictor that asks another one only for turns it does not know; `read` has keys and embeddings, in order."""

    def __init__(self, predictor: Model, known: dict[str, Prediction]):
        self.name, self.sha256 = predictor.name, predictor.sha256
        self.scheme, self.correction = predictor.scheme, predictor.correction
        self.read: list[tuple[str, str | None]] = []
        self._predictor = predictor
        self._known = known

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        keys = [_turn_key(turn) for turn in turns]
        unknown = {key: turn for key, turn in zip(keys, turns, strict=True) if key not in self._known}
        if unknown:
            self._known |= zip(unknown, self._predictor.predict(list(unknown.values()), progress=progress), strict=True)
        answers = [self._known[key] for key in keys]
        self.read += [(key, answer.embedding) for key, answer in zip(keys, answers, strict=True)]
        return answers


def add_thread(
    store: Store,
    thread: Thread,
    predictor: Model,
    *,
    source: Source,
    site: str = "",
    actor: str = "command line",
    progress: Progress | None = None,
) -> Added:
    """Classify what is new of a thread, and put it in."""
    key = thread.id or source.name
    with store.reading() as connection:
        remembering = Remembering(predictor, _known_predictions(connection, site, key, predictor.sha256))
    document = to_document(analyze(thread, remembering, source=source, progress=progress))
    return add_document(store, document, site=site, actor=actor, turns=remembering.read)


def add_document(
    store: Store,
    document: Any,
    *,
    site: str = "",
    actor: str = "command line",
    turns: Sequence[tuple[str, str | None]] = (),
) -> Added:
    """Put a document in, or its newer version; raises ReviewError for one that is not of the documented form.

    `turns` are the keys and the embeddings of what the model read, one pair for each comment with words.
    """
    try:
        thread, rows = document["thread"], _comment_rows(document["comments"], turns)
        found = _flags_by_comment(document["flags"], rows)
        key = _text(thread["id"]) or _text(document["source"]["name"])
        title, model = _text(thread["title"]), _text(document["model"]["sha256"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReviewError(
            f"not a document of this program: {error!r}; `analyzer report --format json` makes one"
        ) from error
    with store.writing() as connection:
        thread_id, known = _thread_row(connection, site, key, title, model, rows)
        for row in rows:
            row["thread_id"] = thread_id
        connection.execute(delete(comments).where(comments.c.thread_id == thread_id))
        if rows:
            connection.execute(comments.insert(), rows)
        opened, reopened = _put_items(connection, thread_id, title, rows, found, actor)
        fresh = sum(row["comment_id"] not in known for row in rows)
        audit.append(connection, actor, "add", detail={"site": site, "thread": key, "comments": fresh, "items": opened})
        ranking.weigh_thread(connection, thread_id)
    return Added(thread_id, fresh, opened, reopened)


def find_document(data: bytes) -> Any | None:
    """Return the document that these bytes are, or None where they are something else, as a saved thread."""
    if b'"format_version"' not in data:
        return None
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "format_version" in found else None


def _comment_rows(listed: Any, turns: Sequence[tuple[str, str | None]]) -> list[dict[str, Any]]:
    """Return the rows of a document's comments; raises ReviewError where they are not in reading order."""
    rows: list[dict[str, Any]] = []
    positions: dict[str, int] = {}
    path: list[int] = []
    read = iter(turns)
    for i, comment in enumerate(listed):
        comment_id, parent_id = _text(comment["id"]), comment["parent_id"]
        parent = -1 if parent_id is None else positions.get(_text(parent_id), -2)
        while path and path[-1] != parent:
            path.pop()
        if not comment_id or comment_id in positions or parent == -2 or (parent >= 0 and not path):
            raise ReviewError(
                f"comment {comment_id!r} is listed twice, has no id, or does not follow its parent's branch"
            )
        positions[comment_id] = i
        path.append(i)
        has_words = comment["status"] == "ok"
        turn, embedding = next(read, (None, None)) if has_words else (None, None)
        prediction = {name: comment[name] for name in ("stance", "agreement", "attack")} if has_words else None
        rows.append(
            {
                "position": i,
                "comment_id": comment_id,
                "parent": parent,
                "depth": len(path) - 1,
                "size": 1,
                "status": _text(comment["status"]),
                "author": _text(comment["author"]) or None,
                "created": _text(comment["created"]) or None,
                "text": _text(comment["text"]),
                "turn": turn,
                "prediction": json.dumps(prediction | {"embedding": embedding}) if prediction else None,
            }
        )
    for row in reversed(rows):
        if row["parent"] >= 0:
            rows[row["parent"]]["size"] += row["size"]
    return rows


def _flags_by_comment(listed: Any, rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the flags by comment and kind, the strongest of each kind; one on no known comment is the thread's."""
    known = {row["comment_id"] for row in rows}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for flag in listed:
        comment_id = _text(flag["comment_id"])
        kinds = found.setdefault(comment_id if comment_id in known else WHOLE_THREAD, {})
        kind, score = _text(flag["kind"]), float(flag["score"])
        if not 0 <= score <= 1 or not kind:
            raise ReviewError(f"flag {kind!r} on {comment_id!r}: its score is {score}, not between 0 and 1")
        if kind not in kinds or kinds[kind]["score"] < score:
            kinds[kind] = {"kind": kind, "score": score, "reason": _text(flag["reason"])}
    return found


def _thread_row(
    connection: Connection, site: str, key: str, title: str, model: str, rows: Sequence[dict[str, Any]]
) -> tuple[int, set[str]]:
    """Return the number of the thread's row, made or brought up to date, and the ids of the comments it had."""
    values = {"title": title, "model": model, "updated": now()}
    here = connection.execute(select(threads.c.id).where(threads.c.site == site, threads.c.key == key)).scalar()
    if here is None:
        values |= {"site": site, "key": key, "added": now()}
        return connection.execute(threads.insert().values(values).returning(threads.c.id)).scalar_one(), set()
    known = set(connection.execute(select(comments.c.comment_id).where(comments.c.thread_id == here)).scalars())
    if known and known.isdisjoint(row["comment_id"] for row in rows):
        raise ReviewError(f"another thread {key!r} is in the store; tell the two apart with --site NAME")
    connection.execute(update(threads).where(threads.c.id == here).values(values))
    return here, known


def _put_items(
    connection: Connection,
    thread_id: int,
    title: str,
    rows: Sequence[dict[str, Any]],
    found: dict[str, dict[str, dict[str, Any]]],
    actor: str,
) -> tuple[int, int]:
    """Write the items and flags of a thread; return how many items are new, and how many decided ones came back."""
    words = {row["comment_id"]: (row["author"], row["text"]) for row in rows} | {WHOLE_THREAD: (None, title)}
    ours = select(items).where(items.c.thread_id == thread_id)
    here = {item.comment_id: item for item in connection.execute(ours)}
    blank = {"thread_id": thread_id, "priority": 0.0, "state": "open", "news": "", "second": False}
    fresh = [
        blank | {"comment_id": new, "author": words[new][0], "text": words[new][1]} for new in found if new not in here
    ]
    if fresh:
        connection.execute(items.insert(), fresh)
    ids = {item.comment_id: item.id for item in connection.execute(ours)}

    before: dict[int, dict[str, dict[str, Any]]] = {item_id: {} for item_id in ids.values()}
    old_flags = select(flags).join(items, items.c.id == flags.c.item_id).where(items.c.thread_id == thread_id)
    for row in connection.execute(old_flags):
        before[row.item_id][row.kind] = dict(row._mapping) | {"raised": False}
    reopened = 0
    for comment_id, item in here.items():
        author, text = words.get(comment_id, (item.author, item.text))
        changes = {"author": author, "text": text}
        news = _news(found.get(comment_id, {}), before[item.id], text != item.text)
        if news and item.state in ("approved", "hidden"):
            reopened += 1
            changes |= {"state": "open", "news": news}
            detail = {"state": "open", "news": news, "was": item.state}
            audit.append(connection, actor, "reopen", item_id=item.id, detail=detail)
        connection.execute(update(items).where(items.c.id == item.id).values(changes))
    for comment_id, kinds in found.items():
        flagged = before[ids[comment_id]]
        for kind, flag in kinds.items():
            judged = flagged.get(kind, {}).get("judged")
            flagged[kind] = flag | {"item_id": ids[comment_id], "raised": True, "judged": judged}
    connection.execute(delete(flags).where(flags.c.item_id.in_(select(ours.subquery().c.id))))
    if rows_of_flags := [flag for flagged in before.values() for flag in flagged.values()]:
        connection.execute(flags.insert(), rows_of_flags)
    return len(fresh), reopened


def _news(kinds: dict[str, dict[str, Any]], before: dict[str, dict[str, Any]], rewritten: bool) -> str:
    """Return what is new since the decision, in words; empty where it is not worth a second look."""
    news = ["the comment was edited"] if rewritten else []
    for kind, flag in kinds.items():
        if kind not in before:
            news.append(f"new flag: {kind}")
        elif flag["score"] >= before[kind]["score"] + HIGHER:
            news.append(f"{kind} rose from {before[kind]['score']:.2f} to {flag['score']:.2f}")
    return "; ".join(news)


def _known_predictions(connection: Connection, site: str, key: str, model: str) -> dict[str, Prediction]:
    """Return what this very model said of the thread's turns before."""
    query = select(comments.c.turn, comments.c.prediction).join(threads, threads.c.id == comments.c.thread_id)
    query = query.where(
        threads.c.site == site, threads.c.key == key, threads.c.model == model, comments.c.turn.is_not(None)
    )
    return {row.turn: _prediction(json.loads(row.prediction)) for row in connection.execute(query)}


def _prediction(shown: dict[str, Any]) -> Prediction:
    stance, agreement = shown["stance"], shown["agreement"]
    attack, embedding = shown["attack"]["score"], shown.get("embedding")
    return Prediction(Scored(**stance), Scored(**agreement) if agreement else None, attack, embedding)


def _turn_key(turn: Turn) -> str:
    return sha256(json.dumps([turn.text, turn.parent_text]).encode()).hexdigest()


def _text(value: Any) -> str:
    """Return a text that every database can hold; empty for None. Raises TypeError for what is no text."""
    if not isinstance(value, str | None):
        raise TypeError(f"{value!r:.40} where a text was expected")
    return without_surrogates(value or "").replace("\0", "\ufffd")
