"""Mastodon's context of a status: its ancestors and descendants, the status itself left out -> one Thread."""

import re
from dataclasses import replace
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import fields, load_json, objects, words
from analyzer.thread import Comment, Thread, build_thread

_MARKS = tuple(re.compile(rf'"{name}"\s*:\s*\[') for name in ("ancestors", "descendants"))


EXAMPLE = '{"ancestors": [], "descendants": [{"id": "2", "in_reply_to_id": "1", "content": "<p>Keep it.</p>"}]}'


def looks_like(head: str, name: str) -> bool:
    """A JSON object with lists of "ancestors" and, in a file that is short enough to tell, "descendants"."""
    ancestors, descendants = (mark.search(head) is not None for mark in _MARKS)
    in_reply = '"in_reply_to_id"' in head or (ancestors and descendants)
    return head.lstrip()[:1] == "{" and (ancestors or descendants) and in_reply


def read(text: str, name: str) -> list[Thread]:
    """Return the thread around a status.

    The status is what the thread is about, so answers to it are top-level comments; where there are ancestors it is
    itself a comment that is not in the file, and a placeholder stands for it. Raises NoCommentsError for an empty
    context.
    """
    context = fields(load_json(text, name))
    ancestors, descendants = objects(context.get("ancestors")), objects(context.get("descendants"))
    comments = [_comment(status, number) for number, status in enumerate(ancestors + descendants, start=1)]
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its context is empty")
    if ancestors:
        return [build_thread(comments)]
    known = {None, *(comment.id for comment in comments)}
    # Descendants stand depth-first, so the first that answers none of them answers the status itself.
    status_id = next((comment.parent_id for comment in comments if comment.parent_id not in known), None)
    return [
        build_thread(
            [replace(comment, parent_id=None) if comment.parent_id == status_id else comment for comment in comments],
            id=status_id or "",
        )
    ]


def _comment(status: dict[str, Any], number: int) -> Comment:
    warning = words(status.get("spoiler_text"))
    text = html_to_text(words(status.get("content")))
    return make_comment(
        words(status.get("id")) or f"status-{number}",
        words(status.get("in_reply_to_id")),
        text=f"{warning}\n\n{text}" if warning else text,
        author=words(fields(status.get("account")).get("acct")),
        time=status.get("created_at"),
        deleted=False,
    )
