"""Commento's API answer or export, commenters listed apart -> a Thread a page."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, fields, load_json, objects, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread

_MARK = re.compile(r'"commentHex"\s*:')


def looks_like(head: str, name: str) -> bool:
    """A JSON object whose comments have a "commentHex"."""
    return head.lstrip()[:1] == "{" and _MARK.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each page; a deleted comment stays as a node. Raises NoCommentsError if there are none."""
    document = fields(load_json(text, name))
    names = _names(document.get("commenters"))
    items = objects(document.get("comments"))
    if not items:
        raise NoCommentsError(f"no reader comments found in {name}: its list of comments is empty")
    return by_thread(
        (words(item.get("url")) or words(item.get("path")), _comment(item, names, number))
        for number, item in enumerate(items, 1)
    )


def _names(commenters: Any) -> dict[str, str]:
    """Return the name of each commenter; the API answers with a mapping, an export holds a list."""
    listed = list(fields(commenters).values()) or commenters
    return {words(one.get("commenterHex")): words(one.get("name")) for one in objects(listed)}


def _comment(item: dict[str, Any], names: dict[str, str], number: int) -> Comment:
    gone = bool(item.get("deleted"))
    parent = words(item.get("parentHex"))
    markdown = words(item.get("markdown"))
    return Comment(
        id=words(item.get("commentHex")) or f"comment-{number}",
        parent_id=None if parent in {"", "root"} else parent,
        text="" if gone else markdown or html_to_text(words(item.get("html"))),
        author=names.get(words(item.get("commenterHex"))) or None,
        created=read_time(item.get("creationDate")),
        status="deleted" if gone else "ok",
    )
