"""Lemmy's list of comments (`/api/v3/comment/list`) -> a Thread a post."""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.json_tree import by_thread, fields, load_json, objects, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread

_MARK = re.compile(r'"path"\s*:\s*"0(?:\.\d+)+"')


def looks_like(head: str, name: str) -> bool:
    """A JSON object with a "path" of comment ids that begins with 0."""
    return head.lstrip()[:1] == "{" and _MARK.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each post of the list; a comment's path names its ancestors, so also those left out.

    Raises NoCommentsError for an empty list.
    """
    views = objects(fields(load_json(text, name)).get("comments"))
    views = [view for view in views if fields(view.get("comment"))]
    if not views:
        raise NoCommentsError(f"no reader comments found in {name}: its list of comments is empty")
    titles = {_post(view): words(fields(view.get("post")).get("name")) for view in views}
    return by_thread(((_post(view), _comment(view)) for view in views), titles=titles)


def _post(view: dict[str, Any]) -> str:
    return words(fields(view.get("comment")).get("post_id"))


def _comment(view: dict[str, Any]) -> Comment:
    comment, creator = fields(view["comment"]), fields(view.get("creator"))
    path = words(comment.get("path")).split(".")
    gone = bool(comment.get("deleted") or comment.get("removed"))
    return Comment(
        id=words(comment.get("id")) or path[-1],
        parent_id=path[-2] if len(path) > 2 else None,
        text="" if gone else words(comment.get("content")),
        author=words(creator.get("name")) or None,
        created=read_time(comment.get("published")),
        status="deleted" if gone else "ok",
    )
