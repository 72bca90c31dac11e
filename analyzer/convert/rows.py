"""Threads -> rows, a comment each, in the columns that `formats.thread_rows` reads. Knows no file."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from analyzer.formats.thread_rows import COMMENT_COLUMNS, THREAD_COLUMNS, comment_row
from analyzer.plain import without_surrogates
from analyzer.thread import Thread

COLUMNS = COMMENT_COLUMNS + THREAD_COLUMNS


def to_rows(threads: Sequence[Thread]) -> list[dict[str, Any]]:
    """Return a row for each comment, placeholders included, in reading order.

    A thread's title, article, declared and hidden counts and issues stand in its first row only; a thread without
    comments is one row without an id. The second thread with an id becomes "id#2", as rows are sorted by it.
    """
    pairs = zip(threads, unique_ids(threads), strict=True)
    return [row for thread, thread_id in pairs for row in thread_rows(thread, thread_id)]


def unique_ids(threads: Sequence[Thread]) -> list[str]:
    """Return an id for each thread that no other one has: its own for the first that has it."""
    own = {thread.id for thread in threads}
    given: list[str] = []
    taken: set[str] = set()
    for thread in threads:
        name, number = thread.id, 1
        while name in taken or (number > 1 and name in own):
            number += 1
            name = f"{thread.id}#{number}"
        taken.add(name)
        given.append(without_surrogates(name))
    return given


def thread_rows(thread: Thread, thread_id: str) -> list[dict[str, Any]]:
    """Return the rows of one thread under the given id."""
    if not thread.comments:
        return [thread_row(thread, thread_id)]
    rows = [comment_row(thread, i, thread_id) for i in range(len(thread.comments))]
    rows[0] |= _facts(thread)
    return rows


def thread_row(thread: Thread, thread_id: str) -> dict[str, Any]:
    """Return a row that is no comment: the thread's own facts alone."""
    return {"thread_id": thread_id} | dict.fromkeys(COMMENT_COLUMNS[1:]) | _facts(thread)


def _facts(thread: Thread) -> dict[str, Any]:
    return {
        "title": without_surrogates(thread.title),
        "article": without_surrogates(thread.article),
        "declared": thread.declared,
        "hidden": thread.hidden,
        "issues": [list(map(without_surrogates, astuple(issue))) for issue in thread.issues],
    }
