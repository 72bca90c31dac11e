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
    declared_count,
    find_comments,
    is_page,
    parse_page,
)
from analyzer.thread import Comment, Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

_NUMBERED = re.compile(r"(?:^|[-_])(?:comment|reply|message|msg|cmt)[-_]?((?:[a-z]{0,3}[-_])?\w*\d[\w-]*)$", re.I)
_SCHEMA = re.compile(r"schema\.org/(?:User)?Comments?\b")
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
_FEWEST_LETTERS = 2
_MOST_LINKED = 0.6


EXAMPLE = '<html><article class="comment"><p>Keep it.</p><article class="comment">No.</article></article></html>'


def looks_like(head: str, name: str) -> bool:
    """Any page of HTML."""
    return is_page(head)


def read(text: str, name: str) -> list[Thread]:
    """Return the page's thread; raises NoCommentsError where no markup speaks of comments."""
    root = parse_page(text, name)
    for identify in (_by_schema(text), _by_number(text), _by_class(root)):
        if identify is None:
            continue
        found = find_comments(root, identify, name)
        comments = _believable(found)
        if comments:
            title, article = article_of(root, comments)
            thread = build_thread(
                [comment.comment for comment in comments],
                title=title,
                article=article,
                declared=declared_count(root, comments),
            )
            return [thread]
    raise NoCommentsError(f"no reader comments found in {name}: nothing in its page is marked as comments")


def _believable(found: list[PageComment]) -> list[PageComment]:
    """Return the comments without empty boxes, if most of the others have what a comment has; else none."""
    parents = {item.comment.parent_id for item in found}
    kept = [item for item in found if len(item.comment.text) >= _FEWEST_LETTERS or item.comment.id in parents]
    sure = [item for item in kept if _is_signed(item.comment) and _speaks(item)]
    return kept if sure and 2 * len(sure) >= len(kept) else []


def _is_signed(comment: Comment) -> bool:
    return bool(comment.author or comment.created or comment.unread_time)


def _speaks(item: PageComment) -> bool:
    """Say whether the words are more than a headline and its link."""
    letters = len(item.comment.text)
    own = item.linked < _MOST_LINKED * letters or item.comment.created is not None
    return letters >= _FEWEST_LETTERS and own and not item.headline


def _by_schema(text: str) -> Identify | None:
    if _SCHEMA.search(text) is None:
        return None
    number = 0

    def identify(element: "etree._Element") -> tuple[str, str | None] | None:
        nonlocal number
        kind = element.get("itemtype")
        if not kind or _SCHEMA.search(kind) is None:
            return None
        number += 1
        return _own_id(element, _OWN_ID) or element.get("id") or f"comment-{number}", _parent_id(element)

    return identify


def _by_number(text: str) -> Identify:
    names = tuple(name for name in _OWN_ID if name in text)

    def identify(element: "etree._Element") -> tuple[str, str | None] | None:
        own = _own_id(element, names) if element.tag in _HOLDERS else None
        return (own, _parent_id(element)) if own else None

    return identify


def _by_class(root: "etree._Element") -> Identify | None:
    """Return what recognises the most frequent class of elements that speaks of single comments."""
    written = Counter(mark for element in root.iter(*_HOLDERS) if (mark := element.get("class")))
    counts: Counter[str] = Counter()
    for marks, count in written.items():
        counts.update({mark: count for mark in marks.split() if _is_comment_class(mark)})
    if not counts:
        return None
    chosen = max(counts, key=lambda mark: (counts[mark], -len(mark), mark))
    number = 0

    def identify(element: "etree._Element") -> tuple[str, str | None] | None:
        nonlocal number
        if element.tag not in _HOLDERS or chosen not in (element.get("class") or "").split():
            return None
        number += 1
        return f"comment-{number}", _parent_id(element)

    return identify


def _is_comment_class(mark: str) -> bool:
    return _COMMENT_CLASS.fullmatch(mark) is not None and _NO_COMMENT_CLASS.search(mark) is None


def _own_id(element: "etree._Element", names: Iterable[str]) -> str | None:
    for name in names:
        if value := element.get(name):
            return str(value)
    own = element.get("id")
    match = _NUMBERED.search(own) if own else None
    return match[1] if match else None


def _parent_id(element: "etree._Element") -> str | None:
    """Return the parent the markup names, "" where it says there is none, None where it is silent."""
    for name in _PARENT_ID:
        value = element.get(name)
        if value is not None:
            match = _NUMBERED.search(value)
            return "" if value.lower() in _NO_PARENT else match[1] if match else value.lstrip("#")
    return None
