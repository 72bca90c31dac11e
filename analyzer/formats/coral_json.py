"""What Coral's GraphQL API answers for a story: edges and nodes, replies nested -> one Thread."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import count, fields, load_json, objects, walk, words
from analyzer.thread import Comment, Thread, build_thread

_MARKS = tuple(
    re.compile(mark) for mark in (r'"(?:story|stream)"\s*:\s*\{', r'"edges"\s*:\s*\[', r'"body"\s*:\s*(?:"|null)')
)


EXAMPLE = '{"data": {"story": {"comments": {"edges": [{"node": {"id": "a", "body": "Keep it."}}]}}}}'


def looks_like(head: str, name: str) -> bool:
    """A JSON object with a "story", "edges" and a "body" of text."""
    return head.lstrip()[:1] == "{" and all(mark.search(head) for mark in _MARKS)


def read(text: str, name: str) -> list[Thread]:
    """Return the story's thread; a rejected comment stays as a deleted node.

    `declared` is what the story says to have published, `hidden` the replies that a comment counts and the
    answer leaves out. Raises NoCommentsError if there are no edges.
    """
    document = fields(load_json(text, name))
    data = fields(document.get("data")) or document
    story = fields(data.get("story")) or fields(data.get("stream"))
    comments: list[Comment] = []
    hidden = 0
    for node, key, above in walk(_nodes(story.get("comments")), _replies):
        comments.append(_comment(node, key, above))
        hidden += max((count(node.get("replyCount")) or 0) - len(_replies(node)), 0)
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its story has no comments")
    title = words(fields(story.get("metadata")).get("title")) or words(story.get("title"))
    declared = count(fields(story.get("commentCounts")).get("totalPublished"))
    return [build_thread(comments, id=words(story.get("id")), title=title, declared=declared, hidden=hidden)]


def _replies(node: dict[str, Any]) -> list[dict[str, Any]]:
    return _nodes(node.get("replies"))


def _nodes(connection: Any) -> list[dict[str, Any]]:
    nodes = [edge.get("node") for edge in objects(fields(connection).get("edges"))]
    return objects(nodes or fields(connection).get("nodes"))


def _comment(node: dict[str, Any], id: str, above: str | None) -> Comment:
    return make_comment(
        id,
        words(fields(node.get("parent")).get("id")) or above,
        text=html_to_text(words(node.get("body"))),
        author=words(fields(node.get("author")).get("username")),
        time=node.get("createdAt"),
        deleted=bool(node.get("deleted")) or node.get("status") == "REJECTED",
    )
