"""A page of the Guardian's discussion API -> one Thread."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import count, fields, load_json, objects, walk, words
from analyzer.thread import Comment, Thread, build_thread

_MARK = re.compile(r'"discussion"\s*:\s*\{')
_FIELD = re.compile(r'"(?:commentCount|topLevelCommentCount|isoDateTime)"\s*:')


EXAMPLE = '{"status": "ok", "discussion": {"key": "/p/1", "commentCount": 1, "comments": [{"id": 1}]}}'


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
    for item, key, above in walk(objects(discussion.get("comments")), _responses):
        comments.append(_comment(item, key, above))
        hidden += max((count(fields(item.get("metaData")).get("responseCount")) or 0) - len(_responses(item)), 0)
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its discussion has an empty list of comments")
    declared = count(discussion.get("commentCount"))
    title = words(discussion.get("title"))
    return [build_thread(comments, id=words(discussion.get("key")), title=title, declared=declared, hidden=hidden)]


def _responses(item: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(item.get("responses"))


def _comment(item: dict[str, Any], id: str, above: str | None) -> Comment:
    """Return a comment whose parent is the one it names, else the one it is nested in."""
    return make_comment(
        id,
        words(fields(item.get("responseTo")).get("commentId")) or above,
        text=html_to_text(words(item.get("body"))),
        author=words(fields(item.get("userProfile")).get("displayName")),
        time=item.get("isoDateTime"),
        deleted=words(item.get("status")) not in {"", "visible"},
    )
