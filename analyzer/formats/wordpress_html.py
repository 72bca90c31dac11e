"""A saved WordPress page with its comments, in any theme or in the wpDiscuz plugin -> one Thread."""

import re
from typing import TYPE_CHECKING

from analyzer.errors import NoCommentsError
from analyzer.formats.html_page import article_of, classes, declared_count, find_comments, line, parse_page
from analyzer.thread import Comment, Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

_MARK = re.compile(
    r"""\bid\s*=\s*["']?(?:(?:li-|div-)?comment-\d+|(?:wc|wpd)-comm-\d+_\d+)\b|wp-content|wp-json|"""
    r"""name=["']?generator["']?\s+content=["']WordPress"""
)
_COMMENT_LIST = re.compile(
    r"""(?:comment-?list|\bdepth-\d|(?:wc|wpd)-comment\b|(?:li-|div-)?comment-\d+|wpdiscuz)""", re.I
)
_ID = re.compile(r"(?:li-|div-)?comment-(\d+)$")
_WPDISCUZ = re.compile(r"(?:wc|wpd)-comm-(\d+)_(\d+)$")
_DEPTH = re.compile(r"depth-(\d+)$")
_LOADS_MORE = "wpd-load-more wc-load-more wpd-stat-threads-count"
_WAITING = frozenset(("comment-awaiting-moderation",))


def looks_like(head: str, name: str) -> bool:
    """A page with WordPress's marks and elements that are numbered as its comments."""
    return _is_html(head) and _MARK.search(head) is not None and _COMMENT_LIST.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return the page's thread.

    `declared` is what its heading claims, pingbacks mostly included; they are comments of the list too. `hidden` counts
    what wpDiscuz has not loaded yet. Raises NoCommentsError for a page without a comment list.
    """
    root = parse_page(text, name)
    found = find_comments(root, _identify, skip=("wc-comment-footer", "wpd-comment-footer", "wc-comment-header"))
    if not found:
        raise NoCommentsError(f"no reader comments found in {name}: its page has no list of comments")
    comments = _by_depth(found)
    threads, replies = (_number(root, f"wpd-stat-{kind}-count") for kind in ("threads", "replies"))
    declared = threads + (replies or 0) if threads is not None else declared_count(root)
    lazy = threads is not None or any(mark in text for mark in _LOADS_MORE.split())
    title, article = article_of(root)
    hidden = max((declared or 0) - len(comments), 0) if lazy else 0
    return [build_thread(comments, title=title, article=article, declared=declared, hidden=hidden)]


def _identify(element: "etree._Element") -> tuple[str, str | None] | None:
    own = str(element.get("id") or "")
    if match := _WPDISCUZ.match(own):
        return match[1], "" if match[2] == "0" else match[2]
    if match := _ID.match(own):
        # An anchor or a link to the comment carries the id in some themes; the comment is what holds it.
        return None if element.tag in {"a", "span", "time", "p"} else (match[1], None)
    return None


def _by_depth(found: list[tuple[Comment, frozenset[str]]]) -> list[Comment]:
    """Return the comments; where a theme does not nest them, the parent is the last one a level above (`depth-2`)."""
    last: dict[int, str] = {}
    comments = []
    for comment, marks in found:
        depth = next((int(match[1]) for mark in marks if (match := _DEPTH.match(mark))), 0)
        if depth > 1 and comment.parent_id is None and depth - 1 in last:
            comment = Comment(comment.id, last[depth - 1], comment.text, comment.author, comment.created)
        last[depth] = comment.id
        comments.append(comment)
    return comments


def _number(root: "etree._Element", mark: str) -> int | None:
    for element in root.iter():
        if mark in classes(element):
            digits = re.sub(r"\D", "", line(element))
            return int(digits) if digits else None
    return None


def _is_html(head: str) -> bool:
    return "<" in head[:64] and "<?xml" not in head[:64]
