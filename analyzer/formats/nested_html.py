"""A saved page of an unknown site -> one Thread, by the way pages usually mark comments. The last resort for HTML.

Certain marks come first: schema.org's Comment, then ids and attributes that number comments, then the class that most
elements which speak of a single comment share. An element is a comment only if it also has words of its own and a name,
a time or a parent: navigation, forms and lists of related articles have not. A page without such has no comments.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from analyzer.errors import NoCommentsError
from analyzer.formats.html_page import (
    Identify,
    PageComment,
    article_of,
    classes,
    declared_count,
    find_comments,
    is_page,
    parse_page,
)
from analyzer.thread import Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

_NUMBERED = re.compile(r"(?:^|[-_])(?:comment|reply|message|msg|cmt)[-_]?((?:[a-z]{0,3}[-_])?\w*\d[\w-]*)$", re.I)
_SCHEMA = re.compile(r"schema\.org/(?:User)?Comments?$")
_OWN_ID = ("data-comment-id", "data-commentid", "data-comment_id", "data-reply-id", "data-message-id")
_PARENT_ID = (
    "data-parent-id",
    "data-parentid",
    "data-parent_id",
    "data-parent-comment-id",
    "data-parent",
    "data-reply-to",
    "data-in-reply-to",
)
_NO_PARENT = {"", "0", "null", "none", "root", "undefined", "-1"}
_IN_REPLY_TO = re.compile(r"(?:^|[-_])(?:in-?reply-?to|reply-?to|parent-?link|replied-?to)$", re.I)
_COMMENT_CLASS = re.compile(
    r"(?:[a-z]+[-_]+)*(?:comment|reply|message)(?:[-_]*(?:item|node|container|wrapper|box|thread|single|row|card|block))?",
    re.I,
)
# A class that speaks of what is done with comments or of how many there are, not of one.
_NO_COMMENT_CLASS = re.compile(
    r"(?:^|[-_])(?:add|post|leave|write|new|no|count|icon|nav|menu|share|form|recent)[-_]", re.I
)
_HOLDERS = ("li", "div", "article", "section", "dd", "dt", "tr", "ul", "ol", "details", "shreddit-comment")
_HEADINGS = ("h1", "h2", "h3", "h4")
_FEWEST_LETTERS = 2
_MOST_LINKED = 0.6


def looks_like(head: str, name: str) -> bool:
    """Any page of HTML."""
    return is_page(head)


def read(text: str, name: str) -> list[Thread]:
    """Return the page's thread; raises NoCommentsError where no markup speaks of comments."""
    root = parse_page(text, name)
    for identify in (_by_schema(), _by_number, _by_class(root)):
        found = find_comments(root, identify)
        comments = _believable(found)
        if comments:
            title, article = article_of(root, comments)
            thread = build_thread(
                [comment.comment for comment in comments],
                title=title,
                article=article,
                declared=declared_count(root, comments),
                issues=[issue for comment in comments for issue in comment.issues],
            )
            return [thread]
    raise NoCommentsError(f"no reader comments found in {name}: nothing in its page is marked as comments")


def _believable(found: list[PageComment]) -> list[PageComment]:
    """Return the comments without empty boxes, if most of the others have what a comment has; else none."""
    parents = {item.comment.parent_id for item in found}
    kept = [item for item in found if len(item.comment.text) >= _FEWEST_LETTERS or item.comment.id in parents]
    sure = [item for item in kept if (item.comment.author or item.comment.created or item.unreadable) and _speaks(item)]
    return kept if sure and 2 * len(sure) >= len(kept) else []


def _speaks(item: PageComment) -> bool:
    """Say whether the words are more than a headline and its link."""
    words = item.comment.text
    if any(heading.find(".//a") is not None for heading in item.element.iter(*_HEADINGS)):
        return False
    linked = sum(len("".join(map(str, link.itertext())).strip()) for link in item.element.iter("a") if link.text)
    return len(words) >= _FEWEST_LETTERS and (linked < _MOST_LINKED * len(words) or item.comment.created is not None)


def _by_schema() -> Identify:
    number = 0

    def identify(element: "etree._Element") -> tuple[str, str | None] | None:
        nonlocal number
        if not _SCHEMA.search(element.get("itemtype") or ""):
            return None
        number += 1
        return _own_id(element) or element.get("id") or f"comment-{number}", _parent_id(element)

    return identify


def _by_number(element: "etree._Element") -> tuple[str, str | None] | None:
    own = _own_id(element) if element.tag in _HOLDERS else None
    return (own, _parent_id(element)) if own else None


def _by_class(root: "etree._Element") -> Identify:
    """Return what recognises the most frequent class of elements that speaks of single comments."""
    counts = Counter(mark for element in root.iter(*_HOLDERS) for mark in _comment_classes(classes(element)))
    chosen = max(counts, key=lambda mark: (counts[mark], -len(mark), mark), default=None)
    number = 0

    def identify(element: "etree._Element") -> tuple[str, str | None] | None:
        nonlocal number
        if chosen is None or element.tag not in _HOLDERS or chosen not in classes(element):
            return None
        number += 1
        return f"comment-{number}", _parent_id(element)

    return identify


def _comment_classes(marks: Iterable[str]) -> list[str]:
    return [mark for mark in marks if _COMMENT_CLASS.fullmatch(mark) and not _NO_COMMENT_CLASS.search(mark)]


def _own_id(element: "etree._Element") -> str | None:
    for name in _OWN_ID:
        if value := element.get(name):
            return value
    match = _NUMBERED.search(element.get("id") or "")
    return match[1] if match else None


def _parent_id(element: "etree._Element") -> str | None:
    """Return the parent the markup names, "" where it says there is none, None where it is silent."""
    for name in _PARENT_ID:
        value = element.get(name)
        if value is not None:
            match = _NUMBERED.search(value)
            return "" if value.lower() in _NO_PARENT else match[1] if match else value.lstrip("#")
    return None
