"""Reddit's JSON of a post and its comments, or of comments alone, bare or in a recorded HTTP exchange -> Threads."""

import json
import re
from collections.abc import Iterator
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.json_tree import count, fields, load_json, objects, words
from analyzer.thread import Comment, Thread, build_thread

_LISTING = re.compile(r'\\?"kind\\?"\s*:\s*\\?"Listing\\?"')
_THINGS = re.compile(r'\\?"things\\?"\s*:\s*\[\s*\{[^{}]*\\?"(?:kind|data)\\?"\s*:')
_SAID = ("t1", "more")
_REMOVED = {"[deleted]", "[removed]"}


EXAMPLE = '[{"kind": "Listing", "data": {"children": [{"kind": "t3", "data": {"id": "p1"}}]}}, {"kind": "Listing"}]'


def looks_like(head: str, name: str) -> bool:
    """A JSON document with an object of the kind "Listing", or with a list of "things", near its beginning."""
    return head.lstrip()[:1] in {"[", "{"} and any(mark.search(head) for mark in (_LISTING, _THINGS))


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each post with its comments; `hidden` counts those behind "load more" stubs.

    Raises ReadError for damaged JSON and NoCommentsError if no post has comments.
    """
    pairs = list(_posts(load_json(text, name)))
    threads = [_thread(post, things) for post, things in pairs]
    if not any(thread.comments or thread.hidden for thread in threads):
        why = "no listing of a post's comments" if not pairs else "its posts have none"
        raise NoCommentsError(f"no reader comments found in {name}: {why}")
    return threads


def _posts(document: Any) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield the data of each post and the things said about it, wherever they stand in the document."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if _is_page(value):
            yield _data(_children(value[0])[0]), _children(value[1])
        elif loose := _loose_comments(value):
            yield from _by_post(loose)
        elif isinstance(value, list | dict):
            waiting.extend(reversed(value if isinstance(value, list) else list(value.values())))
        elif isinstance(value, str) and value.startswith("[") and _LISTING.search(value):
            try:
                waiting.append(json.loads(value))
            except (ValueError, RecursionError):
                continue  # not a recorded answer but a text that resembles one


def _is_page(value: Any) -> bool:
    """Say whether `value` is what Reddit answers for a post: a listing of that post and one of its comments."""
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_listing, value)):
        return False
    return [child.get("kind") for child in _children(value[0])] == ["t3"]


def _loose_comments(value: Any) -> list[dict[str, Any]]:
    """Return comments and stubs that stand without their post: in a listing, or as the "things" that were loaded."""
    things = objects(fields(value).get("things")) or _children(value)
    return things if any(thing.get("kind") in _SAID for thing in things) else []


def _by_post(things: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield what the comments know of their posts with the things said about each; a stub belongs to the one before."""
    posts: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
    link = ""
    for thing in things:
        data = _data(thing)
        link = words(data.get("link_id")) or link
        post = {"id": link.removeprefix("t3_"), "title": data.get("link_title")}
        posts.setdefault(link, (post, []))[1].append(thing)
    yield from posts.values()


def _is_listing(value: Any) -> bool:
    return isinstance(value, dict) and value.get("kind") == "Listing"


def _children(value: Any) -> list[dict[str, Any]]:
    """Return the things in a listing; none for the "" that stands for no replies."""
    return objects(_data(value).get("children")) if _is_listing(value) else []


def _data(value: dict[str, Any]) -> dict[str, Any]:
    return fields(value.get("data"))


def _thread(post: dict[str, Any], things: list[dict[str, Any]]) -> Thread:
    comments: list[Comment] = []
    hidden = 0
    waiting: list[tuple[dict[str, Any], str | None]] = [(thing, None) for thing in things]
    while waiting:
        thing, above = waiting.pop()
        data = _data(thing)
        if thing.get("kind") == "more":
            hidden += count(data.get("count")) or 0
        elif thing.get("kind") == "t1":
            comment = _comment(data, above, len(comments) + 1)
            comments.append(comment)
            waiting.extend((child, comment.id) for child in _children(data.get("replies")))
    return build_thread(
        comments,
        id=_words(post.get("id")),
        title=_words(post.get("title")),
        article=_words(post.get("selftext")),
        declared=count(post.get("num_comments")),
        hidden=hidden,
    )


def _comment(data: dict[str, Any], above: str | None, number: int) -> Comment:
    """Return a comment whose parent is the one it names, else the one it is nested in."""
    parent = _words(data.get("parent_id"))
    text, author = _words(data.get("body")), _words(data.get("author"))
    return make_comment(
        _words(data.get("id")) or f"comment-{number}",
        None if parent.startswith("t3_") else parent.removeprefix("t1_") or above,
        text=text,
        author=None if author in _REMOVED else author,
        time=data.get("created_utc"),
        deleted="body" not in data or text.strip() in _REMOVED,
    )


def _words(value: Any) -> str:
    """Return a value as text; Reddit writes &, < and > in it as entities."""
    return words(value).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
