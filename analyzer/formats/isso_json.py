"""Isso's comments: the API's answer for a page, or its generic import file -> a Thread a page."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import count, fields, load_json, objects, walk, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread, build_thread

_ANSWER = re.compile(r'"(?:total_replies|hidden_replies)"\s*:')
_IMPORT = (re.compile(r'"remote_addr"\s*:'), re.compile(r'"comments"\s*:\s*\['))
_DELETED = 4  # Isso's mode of a comment that is kept only for its replies


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
    items = objects(page.get("replies")) or objects(page.get("comments"))
    hidden = count(page.get("hidden_replies")) or 0
    comments: list[Comment] = []
    for item, above in walk(items, lambda item: objects(item.get("replies")), id="id"):
        comments.append(_comment(item, above, len(comments) + 1))
        hidden += count(item.get("hidden_replies")) or 0
    return build_thread(comments, id=words(page.get("id")), title=words(page.get("title")), hidden=hidden)


def _comment(item: dict[str, Any], above: str | None, number: int) -> Comment:
    gone = item.get("mode") == _DELETED
    return Comment(
        id=words(item.get("id")) or f"comment-{number}",
        parent_id=words(item.get("parent")) or above,
        text="" if gone else html_to_text(words(item.get("text"))),
        author=words(item.get("author")) or None,
        created=read_time(item.get("created")),
        status="deleted" if gone else "ok",
    )
