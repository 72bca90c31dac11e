"""Remark42's comments, as a tree, a flat list, or the lines of a backup -> a Thread a page."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, count, fields, load_documents, objects, walk, words
from analyzer.thread import Comment, Thread

_MARKS = (re.compile(r'"pid"\s*:'), re.compile(r'"locator"\s*:\s*\{'))


EXAMPLE = '{"comments": [{"id": "1", "pid": "", "text": "<p>Keep it.</p>", "locator": {"url": "/ferry"}}]}'


def looks_like(head: str, name: str) -> bool:
    """JSON whose comments have a "pid" and a "locator"."""
    return head.lstrip()[:1] in {"{", "["} and all(mark.search(head) for mark in _MARKS)


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each page; a deleted comment stays as a node.

    `declared` is the count in the answer's "info". Raises NoCommentsError if there are no comments.
    """
    comments: list[tuple[str, Comment]] = []
    titles: dict[str, str] = {}
    declared: dict[str, int | None] = {}
    for document in load_documents(text, name):
        info = fields(fields(document).get("info"))
        declared[words(info.get("url"))] = count(info.get("count"))
        for node, key, above in walk(_nodes(document), lambda node: objects(node.get("replies")), identify=_id):
            item = _item(node)
            page = words(fields(item.get("locator")).get("url"))
            comments.append((page, _comment(item, key, above)))
            titles.setdefault(page, words(item.get("title")))
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its list of comments is empty")
    return by_thread(comments, titles=titles, declared=declared)


def _nodes(document: Any) -> list[dict[str, Any]]:
    """Return the comments in an answer, a list, or one line of a backup, whose first line holds none."""
    listed = fields(document).get("comments", [document]) if isinstance(document, dict) else document
    return [node for node in objects(listed) if "pid" in _item(node)]


def _item(node: dict[str, Any]) -> dict[str, Any]:
    """Return the comment of a tree's node; in a flat list it stands alone."""
    return fields(node["comment"]) if "comment" in node else node


def _id(node: dict[str, Any]) -> Any:
    return _item(node).get("id")


def _comment(item: dict[str, Any], id: str, above: str | None) -> Comment:
    return make_comment(
        id,
        words(item.get("pid")) or above,
        text=html_to_text(words(item.get("text"))),
        author=words(fields(item.get("user")).get("name")),
        time=item.get("time"),
        deleted=bool(item.get("delete")),
    )
