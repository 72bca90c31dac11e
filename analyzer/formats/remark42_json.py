"""Remark42's comments, as a tree, a flat list, or the lines of a backup -> a Thread a page."""

import json
import re
from typing import Any

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, fields, load_json, objects, walk, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread

_MARKS = (re.compile(r'"pid"\s*:'), re.compile(r'"locator"\s*:\s*\{'))
_LINE = re.compile(r"\A\{.*\}\s*\n\s*\{")


def looks_like(head: str, name: str) -> bool:
    """JSON whose comments have a "pid" and a "locator"."""
    return head.lstrip()[:1] in {"{", "["} and all(mark.search(head) for mark in _MARKS)


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each page; a deleted comment stays as a node. Raises NoCommentsError if there are none."""
    items: list[dict[str, Any]] = []
    titles: dict[str, str] = {}
    top = [{"comment": item} if "comment" not in item else item for item in _items(text, name)]
    for node, _ in walk(top, lambda node: objects(node.get("replies"))):
        item = fields(node.get("comment"))
        if "pid" in item or "text" in item:
            items.append(item)
            titles.setdefault(_page(item), words(item.get("title")))
    if not items:
        raise NoCommentsError(f"no reader comments found in {name}: its list of comments is empty")
    return by_thread(((_page(item), _comment(item, number)) for number, item in enumerate(items, 1)), titles=titles)


def _items(text: str, name: str) -> list[dict[str, Any]]:
    if not _LINE.match(text):
        document = load_json(text, name)
        return objects(document if isinstance(document, list) else fields(document).get("comments"))
    items = []
    for number, line in enumerate(text.split("\n"), 1):
        try:
            items += objects([json.loads(line)] if line.strip() else [])
        except (ValueError, RecursionError) as error:
            raise ReadError(f"{name}, line {number}: not valid JSON ({error})") from error
    return items


def _page(item: dict[str, Any]) -> str:
    return words(fields(item.get("locator")).get("url"))


def _comment(item: dict[str, Any], number: int) -> Comment:
    gone = bool(item.get("delete"))
    return Comment(
        id=words(item.get("id")) or f"comment-{number}",
        parent_id=words(item.get("pid")) or None,
        text="" if gone else html_to_text(words(item.get("text"))),
        author=words(fields(item.get("user")).get("name")) or None,
        created=read_time(item.get("time")),
        status="deleted" if gone else "ok",
    )
