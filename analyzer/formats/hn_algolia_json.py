"""An item of the Hacker News search API (Algolia), its comments nested in it -> one Thread."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import fields, load_json, objects, walk, words
from analyzer.thread import Comment, Thread, build_thread

_MARKS = tuple(re.compile(rf'"{name}"\s*:') for name in ("id", "author"))
_NEXT_OBJECT = re.compile(r"\}\s*\n\{")
_CHILDREN = re.compile(r'"children"\s*:\s*\[\s*[{\]]')


EXAMPLE = '{"id": 1, "author": "ole", "title": "Ferry", "children": [{"id": 2, "author": "brit", "text": "Keep it."}]}'


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
    top = [item] if is_comment else _children(item)
    comments = [_comment(child, key, above) for child, key, above in walk(top, _children)]
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its item has no children")
    article = "" if is_comment else html_to_text(words(item.get("text")))
    return [build_thread(comments, id=words(item.get("id")), title=words(item.get("title")), article=article)]


def _children(item: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(item.get("children"))


def _comment(item: dict[str, Any], id: str, above: str | None) -> Comment:
    return make_comment(
        id,
        above,
        text=html_to_text(words(item.get("text"))),
        author=words(item.get("author")),
        time=item.get("created_at"),
        deleted=item.get("text") is None,
    )
