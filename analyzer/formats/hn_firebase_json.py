"""Items of the Hacker News API (Firebase), by their ids, in a list or a line each -> a Thread a story."""

import re
from collections import Counter
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, count, load_documents, words
from analyzer.thread import Comment, Thread

_MARKS = (
    re.compile(r'"type"\s*:\s*"(?:comment|story)"'),
    re.compile(r'"(?:kids|parent)"\s*:\s*[\[\d]'),
    re.compile(r'"(?:by|kids)"\s*:'),
)


EXAMPLE = '{"id": 2, "type": "comment", "by": "ole", "parent": 1, "kids": [3], "text": "Keep it."}'


def looks_like(head: str, name: str) -> bool:
    """JSON with items of the type "comment" or "story" that have "kids" or a "parent", and a name in "by"."""
    return head.lstrip()[:1] in {"{", "["} and all(mark.search(head) for mark in _MARKS)


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each story, which need not be in the file; a deleted or dead comment stays as a node.

    A comment that only the "kids" of another name is a placeholder if it has replies in the file, else it is counted
    as hidden. Raises NoCommentsError if there are no comments.
    """
    items = [item for document in load_documents(text, name) for item in _items(document)]
    said = [
        (key, item) for key, item in items if item.get("type") == "comment" or ("parent" in item and "deleted" in item)
    ]
    if not said:
        raise NoCommentsError(f"no reader comments found in {name}: none of its items is a comment")
    present = {key for key, _ in items}
    parents = {kid: key for key, item in items for kid in _kids(item)}
    parents |= {key: words(item.get("parent")) for key, item in said}
    implied = _implied(parents, present)
    stories = _stories(parents)
    comments = [(stories[key], _comment(key, item, stories[key])) for key, item in said]
    comments += [(stories[key], Comment(key, _below(parents[key], stories[key]), status="missing")) for key in implied]
    return by_thread(
        comments,
        titles={key: words(item.get("title")) for key, item in items},
        declared={key: count(item.get("descendants")) for key, item in items},
        hidden=Counter(stories[key] for key in parents if key not in present and key not in implied),
    )


def _items(document: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the items of a document with their ids."""
    if isinstance(document, dict):
        pairs = [("", document)] if isinstance(document.get("type"), str) else list(document.items())
    else:
        pairs = [("", item) for item in document] if isinstance(document, list) else []
    items = [(key, item) for key, item in pairs if isinstance(item, dict)]
    return [(words(item.get("id")) or key or f"item-{n}", item) for n, (key, item) in enumerate(items, start=1)]


def _kids(item: dict[str, Any]) -> list[str]:
    kids = item.get("kids")
    return [kid for kid in map(words, kids) if kid] if isinstance(kids, list) else []


def _implied(parents: dict[str, str], present: set[str]) -> set[str]:
    """Return the ids of comments that are not in the file but stand above one that is."""
    implied: set[str] = set()
    for key in present & parents.keys():
        above = parents[key]
        while above in parents and above not in present and above not in implied:
            implied.add(above)
            above = parents[above]
    return implied


def _stories(parents: dict[str, str]) -> dict[str, str]:
    """Return what each comment is finally about: the first id on its way up that has no parent."""
    stories: dict[str, str] = {}
    for key in parents:
        path: dict[str, None] = {}
        above = key
        while above in parents and above not in stories and above not in path:
            path[above] = None
            above = parents[above]
        # A path that comes back to itself is a reply loop, which is about nothing; build_thread will name it.
        stories.update(dict.fromkeys(path, "" if above in path else stories.get(above, above)))
    return stories


def _below(parent: str, story: str) -> str | None:
    return None if parent in {"", story} else parent


def _comment(id: str, item: dict[str, Any], story: str) -> Comment:
    return make_comment(
        id,
        _below(words(item.get("parent")), story),
        text=html_to_text(words(item.get("text"))),
        author=words(item.get("by")),
        time=item.get("time"),
        deleted=bool(item.get("deleted") or item.get("dead")),
    )
