"""An item of the Hacker News search API (Algolia), its comments nested in it -> one Thread."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import fields, load_json, objects, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread, build_thread

_MARKS = tuple(re.compile(rf'"{name}"\s*:') for name in ("id", "author"))
_NEXT_OBJECT = re.compile(r"\}\s*\n\{")
_CHILDREN = re.compile(r'"children"\s*:\s*\[\s*[{\]]')


def looks_like(head: str, name: str) -> bool:
    """One JSON object with an id, an author and a list of children; several, a line each, are flat records."""
    one_object = head.lstrip()[:1] == "{" and not _NEXT_OBJECT.search(head)
    return one_object and all(mark.search(head) for mark in (*_MARKS, _CHILDREN))


def read(text: str, name: str) -> list[Thread]:
    """Return the thread below a story, or the one that begins with a comment if the item is one.

    A comment without text is deleted. Raises NoCommentsError if there are none.
    """
    item = fields(load_json(text, name))
    is_comment = item.get("type") == "comment"
    comments: list[Comment] = []
    waiting: list[tuple[dict[str, Any], str | None]]
    waiting = [(item, None)] if is_comment else [(child, None) for child in objects(item.get("children"))]
    while waiting:
        child, above = waiting.pop()
        comment = _comment(child, above, len(comments) + 1)
        comments.append(comment)
        waiting.extend((reply, comment.id) for reply in objects(child.get("children")))
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its item has no children")
    article = "" if is_comment else html_to_text(words(item.get("text")))
    return [build_thread(comments, id=words(item.get("id")), title=words(item.get("title")), article=article)]


def _comment(item: dict[str, Any], above: str | None, number: int) -> Comment:
    text = item.get("text")
    return Comment(
        id=words(item.get("id")) or f"comment-{number}",
        parent_id=above,
        text=html_to_text(words(text)),
        author=words(item.get("author")) or None,
        created=read_time(item.get("created_at")),
        status="deleted" if text is None else "ok",
    )
