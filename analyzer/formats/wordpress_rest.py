"""WordPress's REST API (`/wp-json/wp/v2/comments`), a list of comments or a single one -> a thread a post."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, fields, load_json, objects, words
from analyzer.formats.times import is_no_time
from analyzer.thread import Comment, Thread

_MARKS = (re.compile(r'"content"\s*:\s*\{\s*"(?:rendered|raw)"\s*:'), re.compile(r'"author_name"\s*:'))


EXAMPLE = '[{"id": 1, "post": 9, "parent": 0, "author_name": "Ole", "content": {"rendered": "<p>Keep it.</p>"}}]'


def looks_like(head: str, name: str) -> bool:
    """JSON with an "author_name" and a "content" that is "rendered"."""
    return head.lstrip()[:1] in {"[", "{"} and all(mark.search(head) for mark in _MARKS)


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each post; a parent on another page of the list becomes a placeholder.

    A comment in the trash counts as deleted; spam and what waits for approval stay what they are, as in WordPress's
    exports. Raises NoCommentsError for an empty list.
    """
    document = load_json(text, name)
    items = objects(document if isinstance(document, list) else [document])
    items = [item for item in items if "rendered" in fields(item.get("content"))]
    if not items:
        raise NoCommentsError(f"no reader comments found in {name}: its list of comments is empty")
    titles = {words(item.get("post")): _title(item) for item in items}
    comments = ((words(item.get("post")), _comment(item, number)) for number, item in enumerate(items, start=1))
    return by_thread(comments, titles=titles)


def _title(item: dict[str, Any]) -> str:
    """Return the title of the post, which an answer to `?_embed` holds."""
    posts = objects(fields(item.get("_embedded")).get("up"))
    return html_to_text(words(fields(posts[0].get("title")).get("rendered"))) if posts else ""


def _comment(item: dict[str, Any], number: int) -> Comment:
    parent, time = words(item.get("parent")), item.get("date_gmt")
    return make_comment(
        words(item.get("id")) or f"comment-{number}",
        None if parent == "0" else parent,
        text=html_to_text(words(fields(item.get("content")).get("rendered"))),
        author=words(item.get("author_name")),
        time=item.get("date") if is_no_time(time) else time,
        deleted=item.get("status") == "trash",
    )
