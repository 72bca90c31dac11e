"""Isso's comments: the API's answer for a page, or its generic import file -> a Thread a page."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import count, fields, load_json, objects, walk, words
from analyzer.thread import Comment, Thread, build_thread

_ANSWER = re.compile(r'"hidden_replies"\s*:')
_IMPORT = (re.compile(r'"remote_addr"\s*:'), re.compile(r'"comments"\s*:\s*\['))
_DELETED = 4  # Isso's mode of a comment that is kept only for its replies


EXAMPLE = '{"total_replies": 1, "hidden_replies": 0, "replies": [{"id": 1, "text": "<p>Keep it.</p>"}]}'


def looks_like(head: str, name: str) -> bool:
    """JSON that counts "hidden_replies", or pages of comments with a "remote_addr"."""
    start = head.lstrip()[:1]
    return (start == "{" and _ANSWER.search(head) is not None) or (
        start == "[" and all(mark.search(head) for mark in _IMPORT)
    )


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each page; raises NoCommentsError if none has comments."""
    document = load_json(text, name)
    pages = objects(document) if isinstance(document, list) else [fields(document)]
    threads = [thread for thread in map(_thread, pages) if thread.comments]
    if not threads:
        raise NoCommentsError(f"no reader comments found in {name}: no page in it has comments")
    return threads


def _thread(page: dict[str, Any]) -> Thread:
    """Return a page's thread; the page counts its top-level comments, and each of those its replies."""
    items = list(walk(objects(page.get("replies")) or objects(page.get("comments")), _replies))
    levels = [page, *(item for item, _, _ in items)]
    counts = [count(level.get("total_replies")) for level in levels]
    return build_thread(
        [_comment(item, key, above) for item, key, above in items],
        id=words(page.get("id")),
        title=words(page.get("title")),
        declared=None if counts[0] is None else sum(number or 0 for number in counts),
        hidden=sum(count(level.get("hidden_replies")) or 0 for level in levels),
    )


def _replies(item: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(item.get("replies"))


def _comment(item: dict[str, Any], id: str, above: str | None) -> Comment:
    return make_comment(
        id,
        words(item.get("parent")) or above,
        text=html_to_text(words(item.get("text"))),
        author=words(item.get("author")),
        time=item.get("created"),
        deleted=item.get("mode") == _DELETED,
    )
