"""Lemmy's list of comments (`/api/v3/comment/list`) -> a Thread a post."""

import re
from collections import Counter
from itertools import pairwise
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.json_tree import by_thread, count, fields, load_json, objects, words
from analyzer.thread import Comment, Thread

_MARKS = (re.compile(r'"path"\s*:\s*"0\.\d'), re.compile(r'"post_id"\s*:'))


EXAMPLE = '{"comments": [{"comment": {"id": 1, "post_id": 7, "path": "0.1", "content": "Keep it."}}]}'


def looks_like(head: str, name: str) -> bool:
    """A JSON object with a "post_id" and a "path" of comment ids that begins with 0."""
    return head.lstrip()[:1] == "{" and all(mark.search(head) for mark in _MARKS)


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each post of the list; raises NoCommentsError for an empty list.

    A comment's path names its ancestors, so those that are not in the list have their place in the tree. `hidden`
    counts what top-level comments have below them and the list leaves out.
    """
    views = [view for view in objects(fields(load_json(text, name)).get("comments")) if fields(view.get("comment"))]
    if not views:
        raise NoCommentsError(f"no reader comments found in {name}: its list of comments is empty")
    comments = [(_post(view), _comment(view)) for view in views]
    roots = {(_post(view), _path(view)[-1]): _path(view)[1] for view in views}
    for view in views:
        post, path = _post(view), _path(view)
        for above, key in pairwise(path[:-1]):
            if (post, key) not in roots:
                roots[post, key] = path[1]
                comments.append((post, Comment(key, None if above == "0" else above, status="missing")))
    sizes = Counter(roots.values())
    hidden: Counter[str] = Counter()
    for view in views:
        if len(path := _path(view)) == 2:
            replies = count(fields(view.get("counts")).get("child_count")) or 0
            hidden[_post(view)] += max(replies - sizes[path[1]] + 1, 0)
    titles = {_post(view): words(fields(view.get("post")).get("name")) for view in views}
    return by_thread(comments, titles=titles, hidden=hidden)


def _post(view: dict[str, Any]) -> str:
    return words(fields(view.get("comment")).get("post_id"))


def _path(view: dict[str, Any]) -> list[str]:
    """Return the ids from "0", which stands for the post, down to the comment's own."""
    comment = fields(view.get("comment"))
    path = words(comment.get("path")).split(".")
    own = words(comment.get("id")) or path[-1] or "comment"
    return [*path[:-1], own] if len(path) > 1 else ["0", own]


def _comment(view: dict[str, Any]) -> Comment:
    comment, path = fields(view.get("comment")), _path(view)
    return make_comment(
        path[-1],
        path[-2] if len(path) > 2 else None,
        text=words(comment.get("content")),
        author=words(fields(view.get("creator")).get("name")),
        time=comment.get("published"),
        deleted=bool(comment.get("deleted") or comment.get("removed")),
    )
