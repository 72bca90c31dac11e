"""Commento's API answer or export, commenters listed apart -> a Thread a page."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, fields, load_json, objects, words
from analyzer.thread import Comment, Thread

_MARK = re.compile(r'"commentHex"\s*:')


EXAMPLE = '{"comments": [{"commentHex": "a1", "parentHex": "root", "markdown": "Keep it."}]}'


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
    return by_thread((_page(item), _comment(item, names, number)) for number, item in enumerate(items, start=1))


def _names(commenters: Any) -> dict[str, str]:
    """Return the name of each commenter; the API answers with a mapping, an export holds a list."""
    listed = list(fields(commenters).values()) or commenters
    return {words(one.get("commenterHex")): words(one.get("name")) for one in objects(listed)}


def _page(item: dict[str, Any]) -> str:
    return words(item.get("url")) or words(item.get("path"))


def _comment(item: dict[str, Any], names: dict[str, str], number: int) -> Comment:
    parent = words(item.get("parentHex"))
    return make_comment(
        words(item.get("commentHex")) or f"comment-{number}",
        None if parent == "root" else parent,
        text=words(item.get("markdown")) or html_to_text(words(item.get("html"))),
        author=names.get(words(item.get("commenterHex"))),
        time=item.get("creationDate"),
        deleted=bool(item.get("deleted")),
    )
