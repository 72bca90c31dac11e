"""A saved page of an unknown site -> one Thread, by the way pages usually mark comments. The last resort for HTML.

Certain marks come first: schema.org's Comment, then ids and attributes that number comments, then nested elements of
one class that speaks of comments. A page with none of them has no comments; nothing is made up.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING

from analyzer.errors import NoCommentsError
from analyzer.formats.html_page import Identify, article_of, classes, declared_count, find_comments, parse_page
from analyzer.thread import Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

_NUMBERED = re.compile(r"(?:^|[-_])(?:comment|reply|post|message|msg|cmt)[-_]?(\w*\d\w*)$", re.I)
_OWN_ID = ("data-comment-id", "data-commentid", "data-comment_id", "data-reply-id", "data-post-id")
_PARENT_ID = ("data-parent-id", "data-parentid", "data-parent", "data-parent_id", "data-reply-to", "data-in-reply-to")
_COMMENT_CLASS = re.compile(
    r"^(?:\w+[-_])*(?:comment|reply)(?:[-_]*(?:item|node|container|wrapper|box|thread|single|row|card))?$", re.I
)
_HOLDERS = frozenset(("li", "div", "article", "section", "dd", "tr", "ul", "ol", "details"))
_FEWEST_LETTERS = 2


def looks_like(head: str, name: str) -> bool:
    """Any page of HTML."""
    start = head[:2048].lower()
    return any(mark in start for mark in ("<!doctype html", "<html", "<body", "<head")) or (
        head.lstrip()[:1] == "<" and re.match(r"\s*<(?:div|ul|ol|article|section|main|table)\b", head) is not None
    )


def read(text: str, name: str) -> list[Thread]:
    """Return the page's thread; raises NoCommentsError where no markup speaks of comments."""
    root = parse_page(text, name)
    for identify in (_by_schema(), _by_number, _by_class(root)):
        found = [(comment, marks) for comment, marks in find_comments(root, identify)]
        comments = [comment for comment, _ in found]
        parents = {comment.parent_id for comment in comments}
        kept = [comment for comment in comments if len(comment.text) >= _FEWEST_LETTERS or comment.id in parents]
        if any(comment.text for comment in kept):
            title, article = article_of(root)
            return [build_thread(kept, title=title, article=article, declared=declared_count(root))]
    raise NoCommentsError(f"no reader comments found in {name}: nothing in its page is marked as comments")


def _by_schema() -> Identify:
    numbers: Counter[str] = Counter()

    def identify(element: "etree._Element") -> tuple[str, str | None] | None:
        if not re.search(r"schema\.org/(?:User)?Comments?$", str(element.get("itemtype") or "")):
            return None
        numbers["comment"] += 1
        return _own_id(element) or str(element.get("id") or f"comment-{numbers['comment']}"), _parent_id(element)

    return identify


def _by_number(element: "etree._Element") -> tuple[str, str | None] | None:
    if element.tag not in _HOLDERS:
        return None
    own = _own_id(element)
    if own is None and (match := _NUMBERED.search(str(element.get("id") or ""))):
        own = match[1]
    return (own, _parent_id(element)) if own else None


def _by_class(root: "etree._Element") -> Identify:
    """Return what recognises the most frequent class of elements that speaks of single comments."""
    counts = Counter(
        mark for element in root.iter(*_HOLDERS) for mark in classes(element) if _COMMENT_CLASS.match(mark)
    )
    chosen = max(counts, key=lambda mark: (counts[mark], -len(mark), mark), default=None)
    number = 0

    def identify(element: "etree._Element") -> tuple[str, str | None] | None:
        nonlocal number
        if chosen is None or element.tag not in _HOLDERS or chosen not in classes(element):
            return None
        number += 1
        return f"comment-{number}", _parent_id(element)

    return identify


def _own_id(element: "etree._Element") -> str | None:
    return next((str(value) for name in _OWN_ID if (value := element.get(name))), None)


def _parent_id(element: "etree._Element") -> str | None:
    """Return the parent the markup names, "" where it says there is none, None where it is silent."""
    for name in _PARENT_ID:
        value = element.get(name)
        if value is not None:
            match = _NUMBERED.search(value)
            return "" if value in {"", "0", "null", "none", "root"} else match[1] if match else str(value)
    return None
