"""A page of the Guardian's discussion API -> one Thread."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import count, fields, load_json, objects, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread, build_thread

_MARK = re.compile(r'"discussion"\s*:\s*\{')
_FIELD = re.compile(r'"(?:commentCount|topLevelCommentCount|isoDateTime)"\s*:')


def looks_like(head: str, name: str) -> bool:
    """A JSON object with a "discussion" that counts or dates its comments."""
    return head.lstrip()[:1] == "{" and _MARK.search(head) is not None and _FIELD.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return the thread of a page; a comment that a moderator removed stays as a deleted node.

    `hidden` counts the responses that comments have but the page does not show. Raises NoCommentsError if the page
    has no comments.
    """
    discussion = fields(fields(load_json(text, name)).get("discussion"))
    comments: list[Comment] = []
    hidden = 0
    waiting: list[tuple[dict[str, Any], str | None]] = [(item, None) for item in objects(discussion.get("comments"))]
    while waiting:
        item, above = waiting.pop()
        comment = _comment(item, above, len(comments) + 1)
        comments.append(comment)
        responses = objects(item.get("responses"))
        waiting.extend((response, comment.id) for response in responses)
        hidden += max((count(fields(item.get("metaData")).get("responseCount")) or 0) - len(responses), 0)
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its discussion has an empty list of comments")
    declared = count(discussion.get("commentCount"))
    title = words(discussion.get("title"))
    return [build_thread(comments, id=words(discussion.get("key")), title=title, declared=declared, hidden=hidden)]


def _comment(item: dict[str, Any], above: str | None, number: int) -> Comment:
    """Return a comment whose parent is the one it names, else the one it is nested in."""
    removed = words(item.get("status")) not in {"", "visible"}
    return Comment(
        id=words(item.get("id")) or f"comment-{number}",
        parent_id=words(fields(item.get("responseTo")).get("commentId")) or above,
        text="" if removed else html_to_text(words(item.get("body"))),
        author=words(fields(item.get("userProfile")).get("displayName")) or None,
        created=read_time(item.get("isoDateTime")),
        status="deleted" if removed else "ok",
    )
