"""Threads -> the files of a ConvoKit corpus, which ConvoKit loads with the same reply trees.

ConvoKit wants ids that are unique in the corpus, one root a conversation and a speaker for every utterance. Where a
thread has not just one root, a post with its article or title stands above its comments. Our own row is in `meta`.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from analyzer.convert.rows import COLUMNS, thread_row, thread_rows, unique_ids
from analyzer.plain import json_text
from analyzer.thread import Thread

_NOBODY = "[unknown]"
_CONVERSATION_META = ("title", "declared", "hidden")


def write(threads: Sequence[Thread]) -> dict[str, bytes]:
    """Return the contents of utterances.jsonl, speakers.json, conversations.json, corpus.json and index.json.

    An id that is not unique in the corpus, as c1 in each page saved as text, gets its thread's number before it.
    """
    conversations = dict(zip(_names(threads), threads, strict=True))
    utterances = list(_utterances(conversations))
    index = {
        "utterances-index": {column: [] for column in COLUMNS if column != "text"},  # [] lets a value have any type
        "speakers-index": {},
        "conversations-index": {key: [] for key in _CONVERSATION_META},
        "overall-index": {},
        "version": 1,
        "vectors": [],
    }
    return {
        "utterances.jsonl": "".join(json.dumps(utterance) + "\n" for utterance in utterances).encode(),
        "speakers.json": _objects({utterance["speaker"]: {} for utterance in utterances}),
        "conversations.json": _objects(
            {name: {key: getattr(thread, key) for key in _CONVERSATION_META} for name, thread in conversations.items()}
        ),
        "corpus.json": b"{}",
        "index.json": json.dumps(index).encode(),
    }


def _objects(metas: dict[str, dict[str, Any]]) -> bytes:
    return json.dumps({name: {"meta": meta, "vectors": []} for name, meta in metas.items()}).encode()


def _names(threads: Sequence[Thread]) -> list[str]:
    names = unique_ids(threads)
    return names if all(names) else [f"thread-{number}" for number in range(1, len(names) + 1)]


def _utterances(conversations: dict[str, Thread]) -> Iterator[dict[str, Any]]:
    thread_ids = unique_ids(list(conversations.values()))
    ids = [comment.id for thread in conversations.values() for comment in thread.comments]
    ids += [name for name, thread in conversations.items() if len(thread.roots) != 1]
    unique = len(set(ids)) == len(ids) and all(ids)
    for number, ((name, thread), thread_id) in enumerate(zip(conversations.items(), thread_ids, strict=True), start=1):
        prefix = "" if unique else f"{number}-"
        seconds = _seconds(thread)
        post_id = None
        if len(thread.roots) != 1:
            post_id = name if unique else str(number)
            post = thread_row(thread, thread_id)
            yield _utterance(post, post_id, name, None, thread.article or thread.title, min(seconds, default=0))
        if not thread.comments:
            continue
        for row, second in zip(thread_rows(thread, thread_id), seconds, strict=True):
            above = post_id if row["parent_id"] is None else prefix + row["parent_id"]
            yield _utterance(row, prefix + row["id"], name, above, row["text"], second)


def _utterance(
    row: dict[str, Any], id: str, conversation: str, reply_to: str | None, text: str, second: float
) -> dict[str, Any]:
    meta = {column: value for column, value in row.items() if column != "text"}
    if "issues" in meta:
        meta["issues"] = json_text(meta["issues"])
    return {
        "id": id,
        "conversation_id": conversation,
        "meta": meta,
        "reply-to": reply_to,
        "speaker": row["author"] or _NOBODY,
        "timestamp": second,
        "vectors": [],
        "text": text,
    }


def _seconds(thread: Thread) -> list[float]:
    """Return a timestamp for each comment, as ConvoKit sorts replies by time and cannot do without one.

    A placeholder has that of its first reply; any other comment without a time has the thread's latest.
    """
    own = [comment.created.timestamp() if comment.created else None for comment in thread.comments]
    latest = max((second for second in own if second is not None), default=0.0)
    seconds = [latest if second is None else second for second in own]
    for i in range(len(seconds) - 2, -1, -1):
        if thread.comments[i].status == "missing" and thread.parents[i + 1] == i:
            seconds[i] = seconds[i + 1]
    return [int(second) if second.is_integer() else second for second in seconds]
