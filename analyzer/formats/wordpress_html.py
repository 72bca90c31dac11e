"""A saved WordPress page with its comments, in any theme or in the wpDiscuz plugin -> one Thread."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.errors import NoCommentsError
from analyzer.formats.excluded import LINKBACKS, exclude
from analyzer.formats.html_page import (
    PageComment,
    article_of,
    classes,
    declared_count,
    find_comments,
    is_page,
    line,
    parse_page,
)
from analyzer.thread import Comment, Issue, Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

_COMMENT_ID = r"\bid\s*=\s*[\"']?(?:(?:li-|div-)?comment-\d+|(?:wc|wpd)-comm-\d+_\d+)\b"
_LIST_ITEM = r"\bclass\s*=\s*[\"'][^\"'<>]*\b(?:comment|pingback|trackback)\b[^\"'<>]*\bdepth-\d"
_MARK = re.compile(f"{_COMMENT_ID}|{_LIST_ITEM}")
_ID = re.compile(r"(?:li-|div-)?comment-(\d+)$")
_LINK = re.compile(r"#(?:li-|div-)?comment-(\d+)$")
_WPDISCUZ = re.compile(r"(?:wc|wpd)-comm-(\d+)_(\d+)$")
_DEPTH = re.compile(r"(?:depth|(?:wc|wpd)_comment_level)-(\d+)$")
_HOLDERS = frozenset(("li", "div", "article", "section", "dt", "dd", "tr", "ul", "ol", "details", "blockquote"))
_KINDS = frozenset(("comment", "wpd-comment", "wc-comment", *LINKBACKS))
# Where a page says that it shows only some of its comments.
_LOADS_MORE = re.compile(r"(?:wpd|wc)-load-more|wpd-stat-threads-count|comment-page-\d+/?#comments|cpage=\d+#comments")
_SKIP = ("wc-comment-header", "wc-comment-footer", "wpd-comment-header", "wpd-comment-footer")
_NEAR = 40


EXAMPLE = '<ol class="comment-list"><li id="comment-1" class="comment depth-1">Keep it.</li></ol>'


def looks_like(head: str, name: str) -> bool:
    """A page with elements that are numbered as WordPress numbers comments, or placed at one of its depths."""
    return is_page(head) and _MARK.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return the page's thread.

    `declared` is what its heading claims, pingbacks mostly included; they are nodes of the list, but no reader's words.
    `hidden` is what is declared and not found on a page that loads comments later or has further pages of them.
    Raises NoCommentsError for a page without a comment list.
    """
    root = parse_page(text, name)
    found = find_comments(root, _identify, name, skip=_SKIP)
    if not found:
        raise NoCommentsError(f"no reader comments found in {name}: its page has no list of comments")
    comments, issues = _judged(found)
    declared = _wpdiscuz_count(root)
    if declared is None:
        declared = declared_count(root, found)
    hidden = max((declared or 0) - len(comments), 0) if _LOADS_MORE.search(text) else 0
    title, article = article_of(root, found)
    return [build_thread(comments, title=title, article=article, declared=declared, hidden=hidden, issues=issues)]


def _identify(element: "etree._Element") -> tuple[str, str | None] | None:
    if element.tag not in _HOLDERS:  # an anchor or a link to the comment carries the id in some themes
        return None
    own = element.get("id") or ""
    if match := _ID.match(own):
        return match[1], None
    if match := _WPDISCUZ.match(own):
        return match[1], "" if match[2] == "0" else match[2]
    marks = classes(element)
    if _KINDS.isdisjoint(marks) or not any(map(_DEPTH.match, marks)):
        return None
    return _number_inside(element), None


def _number_inside(element: "etree._Element") -> str:
    """Return the id of a list item that has none of its own: the one its first elements carry or link to."""
    for i, inner in enumerate(element.iterdescendants()):
        if i == _NEAR:
            break
        if match := _ID.match(inner.get("id") or "") or _LINK.search(inner.get("href") or ""):
            return match[1]
        if (number := inner.get("data-commentid") or "").isdecimal():
            return number
    return f"line-{element.sourceline}"


def _judged(found: list[PageComment]) -> tuple[list[Comment], list[Issue]]:
    """Return the comments with parents where a theme only numbers the levels, and without what is no reader's words."""
    above: list[str] = []
    comments: list[Comment] = []
    issues: list[Issue] = []
    for page_comment in found:
        comment, marks = page_comment.comment, page_comment.marks
        level = next((int(match[1]) - 1 for mark in marks if (match := _DEPTH.match(mark))), 0)
        if level > 0 and comment.parent_id is None:
            parent = above[level - 1] if level <= len(above) else f"parent-of-{comment.id}"
            comment = replace(comment, parent_id=parent)
        if level <= len(above):
            above[level:] = [comment.id]
        kind = next((kind for kind in LINKBACKS if kind in marks), "")
        why = kind or ("waiting for approval" if page_comment.waiting else "")
        comment, issue = exclude(comment, why)
        comments.append(comment)
        issues += issue
    return comments, issues


def _wpdiscuz_count(root: "etree._Element") -> int | None:
    """Return what wpDiscuz states: the number of comments, or those of threads and of replies in them."""
    threads = replies = None
    for element in root.iter("div", "span"):
        marks = classes(element)
        if "wpd-thread-info" in marks and (count := element.get("data-comments-count") or "").isdecimal():
            return int(count)
        if threads is None and not marks.isdisjoint(("wpd-stat-threads-count", "wpdtc")):
            threads = _number(element)
        if replies is None and not marks.isdisjoint(("wpd-stat-replies-count", "wpdrc")):
            replies = _number(element)
    return None if threads is None else threads + (replies or 0)


def _number(element: "etree._Element") -> int | None:
    digits = re.sub(r"\D", "", line(element, limit=40))
    return int(digits) if digits else None
