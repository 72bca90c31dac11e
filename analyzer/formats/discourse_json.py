"""A Discourse topic (`/t/ID.json`) -> one Thread whose first post is its first comment."""

import re

from analyzer.errors import NoCommentsError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import count, fields, load_json, objects, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread, build_thread

_MARK = re.compile(r'"post_stream"\s*:\s*\{')


def looks_like(head: str, name: str) -> bool:
    """A JSON object with a "post_stream"."""
    return head.lstrip()[:1] == "{" and _MARK.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return the topic's thread; its comments are named by their post numbers, which replies refer to.

    `declared` is the topic's own count, `hidden` the posts of its stream that this page leaves out. What Discourse
    itself notes in a topic ("closed", "split") is no comment. Raises NoCommentsError for a topic without posts.
    """
    topic = fields(load_json(text, name))
    stream = fields(topic.get("post_stream"))
    posts = objects(stream.get("posts"))
    comments = [_comment(post, number) for number, post in enumerate(posts, 1) if post.get("post_type") != 3]
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its topic has no posts")
    ids = stream.get("stream")
    return [
        build_thread(
            comments,
            id=words(topic.get("id")),
            title=words(topic.get("title")),
            declared=count(topic.get("posts_count")),
            hidden=max(len(ids) - len(posts), 0) if isinstance(ids, list) else 0,
        )
    ]


def _comment(post: dict[str, object], number: int) -> Comment:
    gone = bool(post.get("deleted_at") or post.get("user_deleted") or post.get("hidden"))
    return Comment(
        id=words(post.get("post_number")) or f"post-{number}",
        parent_id=words(post.get("reply_to_post_number")) or None,
        text="" if gone else html_to_text(words(post.get("cooked"))),
        author=words(post.get("username")) or None,
        created=read_time(post.get("created_at")),
        status="deleted" if gone else "ok",
    )
