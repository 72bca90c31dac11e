"""A Discourse topic (`/t/ID.json`) -> one Thread: its first post is the article, the others are comments."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import count, fields, load_json, objects, words
from analyzer.thread import Comment, Thread, build_thread

_MARK = re.compile(r'"post_stream"\s*:\s*\{')
_TOPIC = "1"  # the post number of what opens a topic
_NOTE = 3  # the type of a post that Discourse writes itself ("closed", "split")


EXAMPLE = '{"post_stream": {"posts": [{"id": 1, "post_number": 1, "cooked": "<p>Keep it.</p>"}]}}'


def looks_like(head: str, name: str) -> bool:
    """A JSON object with a "post_stream"."""
    return head.lstrip()[:1] == "{" and _MARK.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return the topic's thread; its comments are named by their post numbers, which replies refer to.

    `declared` is the topic's own count, `hidden` the posts of its stream that this page leaves out; neither counts
    the first post. Discourse's own notes are no comments. Raises NoCommentsError for a topic without replies.
    """
    topic = fields(load_json(text, name))
    stream = fields(topic.get("post_stream"))
    posts = objects(stream.get("posts"))
    opening = [post for post in posts if words(post.get("post_number")) == _TOPIC]
    replies = [post for post in posts if post not in opening and post.get("post_type") != _NOTE]
    if not replies:
        raise NoCommentsError(f"no reader comments found in {name}: its topic has no replies")
    ids = stream.get("stream")
    declared = count(topic.get("posts_count"))
    return [
        build_thread(
            [_comment(post, number) for number, post in enumerate(replies, start=1)],
            id=words(topic.get("id")),
            title=words(topic.get("title")),
            article=html_to_text(words(opening[0].get("cooked"))) if opening else "",
            declared=None if declared is None else max(declared - 1, 0),
            hidden=max(len(ids) - len(posts) - (not opening), 0) if isinstance(ids, list) else 0,
        )
    ]


def _comment(post: dict[str, Any], number: int) -> Comment:
    parent = words(post.get("reply_to_post_number"))
    return make_comment(
        words(post.get("post_number")) or f"post-{number}",
        None if parent == _TOPIC else parent,
        text=html_to_text(words(post.get("cooked"))),
        author=words(post.get("username")),
        time=post.get("created_at"),
        deleted=bool(post.get("deleted_at") or post.get("user_deleted") or post.get("hidden")),
    )
