"""Items of the Hacker News API (Firebase), by their ids or in a list -> a Thread a story."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, fields, load_json, objects, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread

_MARKS = (re.compile(r'"type"\s*:\s*"(?:comment|story)"'), re.compile(r'"(?:kids|parent)"\s*:\s*[\[\d]'))


def looks_like(head: str, name: str) -> bool:
    """JSON with items of the type "comment" or "story" that have "kids" or a "parent"."""
    return head.lstrip()[:1] in {"{", "["} and all(mark.search(head) for mark in _MARKS)


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each story, which need not be in the file; a deleted or dead comment stays as a node.

    Raises NoCommentsError if there are no comments.
    """
    document = load_json(text, name)
    values = document if isinstance(document, list) else list(fields(document).values())
    items = {words(item.get("id")): item for item in objects(values)}
    comments = {key: item for key, item in items.items() if item.get("type") == "comment" or item.get("deleted")}
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: none of its items is a comment")
    stories = _stories(comments)
    titles = {story: words(fields(items.get(story)).get("title")) for story in set(stories.values())}
    return by_thread(
        ((stories[key], _comment(key, item, stories[key])) for key, item in comments.items()), titles=titles
    )


def _stories(comments: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return what each comment is finally about: the first id on its way up that is no comment of the file."""
    stories: dict[str, str] = {}
    for key in comments:
        path: list[str] = []
        above = key
        while above in comments and above not in stories and above not in path[-1:]:
            path.append(above)
            above = words(comments[above].get("parent"))
            if len(path) > len(comments):  # a reply loop, which build_thread will name
                break
        story = stories.get(above, above)
        stories.update(dict.fromkeys(path, story))
    return stories


def _comment(key: str, item: dict[str, Any], story: str) -> Comment:
    gone = bool(item.get("deleted") or item.get("dead"))
    parent = words(item.get("parent"))
    return Comment(
        id=key,
        parent_id=None if parent in {"", story} else parent,
        text="" if gone else html_to_text(words(item.get("text"))),
        author=words(item.get("by")) or None,
        created=read_time(item.get("time")),
        status="deleted" if gone else "ok",
    )
