"""A saved Hacker News page -> one Thread. Its table is flat; the indentation of a row is its depth."""

import re
from typing import TYPE_CHECKING

from analyzer.errors import NoCommentsError
from analyzer.formats.html_page import elements, find_comments, line, parse_page
from analyzer.formats.html_text import element_to_text
from analyzer.thread import Comment, Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

_MARK = re.compile(r"""class\s*=\s*["'](?:athing )?comtr\b""")
_INDENT_PIXELS = 40
_COUNT = re.compile(r"(\d+)\s+comments?$")


def looks_like(head: str, name: str) -> bool:
    """A page whose table rows have the class "comtr"."""
    return "<" in head[:64] and _MARK.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return the page's thread; a comment without words (flagged, deleted) stays as a deleted node.

    Raises NoCommentsError for a page without comments.
    """
    root = parse_page(text, name)
    rows = elements(root, "//tr[contains(concat(' ', @class, ' '), ' comtr ')]")
    found = dict.fromkeys(str(row.get("id") or "") for row in rows)
    comments = {comment.id: comment for comment, _ in find_comments(root, _identify, skip=("reply", "navs"))}
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its page has no rows of comments")
    last: list[str] = []
    placed = []
    for row, key in zip(rows, found, strict=False):
        depth = min(_depth(row), len(last))
        del last[depth:]
        comment = comments[key]
        gone = not elements(row, ".//*[contains(@class, 'commtext')]")
        placed.append(
            Comment(
                id=key,
                parent_id=last[-1] if last else None,
                text="" if gone else comment.text,
                author=comment.author,
                created=comment.created,
                status="deleted" if gone else "ok",
            )
        )
        last.append(key)
    title = elements(root, "//*[contains(@class, 'titleline')]/a | //a[contains(@class, 'storylink')]")
    story = elements(root, "//table[contains(@class, 'fatitem')]//*[contains(@class, 'toptext')]")
    item = elements(root, "//table[contains(@class, 'fatitem')]//tr[@id]")
    return [
        build_thread(
            placed,
            id=str(item[0].get("id")) if item else "",
            title=line(title[0]) if title else "",
            article=element_to_text(story[0]) if story else "",
            declared=_declared(root),
        )
    ]


def _identify(element: "etree._Element") -> tuple[str, str | None] | None:
    own = element.get("id")
    return (str(own), "") if own and "comtr" in str(element.get("class") or "").split() else None


def _depth(row: "etree._Element") -> int:
    """Return the level of a row: the number that today's pages write, else the width of the older pages' spacer."""
    for cell in elements(row, ".//td[contains(concat(' ', @class, ' '), ' ind ')]"):
        if (indent := str(cell.get("indent") or "")).isdecimal():
            return int(indent)
        for image in cell.iter("img"):
            return int(width) // _INDENT_PIXELS if (width := str(image.get("width") or "")).isdecimal() else 0
    return 0


def _declared(root: "etree._Element") -> int | None:
    """Return the count under the story's title ("45 comments")."""
    for link in elements(root, "//*[contains(@class, 'subtext') or contains(@class, 'subline')]//a"):
        if match := _COUNT.search(line(link)):
            return int(match[1])
    return None
