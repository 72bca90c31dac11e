"""WordPress's REST API (`/wp-json/wp/v2/comments`), a list of comments or a single one -> a thread a post."""

import re

from analyzer.errors import NoCommentsError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, fields, load_json, objects, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread

_MARKS = (re.compile(r'"content"\s*:\s*\{\s*"rendered"\s*:'), re.compile(r'"author_name"\s*:'))
_REMOVED = {"spam", "trash"}


def looks_like(head: str, name: str) -> bool:
    """JSON with an "author_name" and a "content" that is "rendered"."""
    return head.lstrip()[:1] in {"[", "{"} and all(mark.search(head) for mark in _MARKS)


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each post; a parent on another page of the list becomes a placeholder.

    Raises NoCommentsError for an empty list.
    """
    document = load_json(text, name)
    items = objects(document if isinstance(document, list) else [document])
    items = [item for item in items if "rendered" in fields(item.get("content"))]
    if not items:
        raise NoCommentsError(f"no reader comments found in {name}: its list of comments is empty")
    return by_thread((words(item.get("post")), _comment(item, number)) for number, item in enumerate(items, 1))


def _comment(item: dict[str, object], number: int) -> Comment:
    removed = words(item.get("status")) in _REMOVED
    parent = words(item.get("parent"))
    return Comment(
        id=words(item.get("id")) or f"comment-{number}",
        parent_id=None if parent in {"", "0"} else parent,
        text="" if removed else html_to_text(words(fields(item.get("content")).get("rendered"))),
        author=words(item.get("author_name")) or None,
        created=read_time(item.get("date_gmt") or item.get("date")),
        status="deleted" if removed else "ok",
    )
