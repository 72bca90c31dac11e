"""A saved Hacker News page -> one Thread. Its table is flat; the indentation of a row is its depth."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.excluded import exclude
from analyzer.formats.html_page import check_number, classes, is_page, line, parse_page
from analyzer.formats.html_text import element_to_text
from analyzer.thread import Comment, Issue, Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

_MARK = re.compile(r"""<tr\b[^<>]*\bclass\s*=\s*["'][^"'<>]*\bcomtr\b""")
_INDENT_PIXELS = 40
_COUNT = re.compile(r"(\d{1,9})\s+comments?$")
_GONE = {"", "[flagged]", "[dead]", "[deleted]", "[flagged] [dead]"}
_KILLED = re.compile(r"\[(?:flagged|dead)\]")
_STORY_TITLE = frozenset(("titleline", "storylink"))
_UNDER_TITLE = frozenset(("subtext", "subline"))
_SITE = re.compile(r"\s*\([\w-]+(?:\.[\w-]+)+(?:/\S*)?\)$")  # "(example.org)" behind a linked story
_MORE = re.compile(r"""\bclass\s*=\s*["']?morelink\b""")
_DEEPEST_GAP = 20


EXAMPLE = '<html><tr class="athing comtr" id="1"><td class="commtext">Keep it.</td></tr>'


def looks_like(head: str, name: str) -> bool:
    """A page whose table rows have the class "comtr"."""
    return is_page(head) and _MARK.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return the page's thread; on a comment's own page that comment is its root.

    A comment without words (deleted, flagged) stays as a deleted node; one that is [dead] or [flagged] with its words,
    as members can see it, is excluded. `hidden` is what is declared and not found on a page that ends in "More".
    Raises NoCommentsError for a page without comments.
    """
    root = parse_page(text, name)
    item = next((table for table in root.iter("table") if "fatitem" in classes(table)), None)
    marks = frozenset[str]().union(*map(classes, item.iter())) if item is not None else frozenset[str]()
    rows = [(row, _indent(row)) for row in root.iter("tr") if "comtr" in classes(row)]
    if item is not None and "commtext" in marks and marks.isdisjoint(_STORY_TITLE):
        rows = [(item, 0), *((row, depth + 1) for row, depth in rows)]
    if not rows:
        raise NoCommentsError(f"no reader comments found in {name}: its page has no rows of comments")
    check_number(len(rows), name)
    comments, issues = _nested(rows)
    declared = _declared(root)
    hidden = max((declared or 0) - len(rows), 0) if _MORE.search(text) else 0
    title = next((line(element) for element in root.iter() if not _STORY_TITLE.isdisjoint(classes(element))), "")
    story = next((element for element in root.iter() if "toptext" in classes(element)), None)
    thread = build_thread(
        comments,
        id=_id(item) if item is not None else "",
        title=_SITE.sub("", title),
        article="" if story is None else element_to_text(story),
        declared=declared,
        hidden=hidden,
        issues=issues,
    )
    return [thread]


def _nested(rows: "list[tuple[etree._Element, int]]") -> tuple[list[Comment], list[Issue]]:
    """Return the comments of the rows; placeholders stand where a page goes on in the middle of a branch."""
    comments: list[Comment] = []
    issues: list[Issue] = []
    above: list[str] = []
    for number, (row, depth) in enumerate(rows, start=1):
        depth = min(depth, len(above) + _DEEPEST_GAP)
        del above[depth:]
        while len(above) < depth:
            placeholder = Comment(f"missing-{number}-{len(above) + 1}", above[-1] if above else None, status="missing")
            comments.append(placeholder)
            above.append(placeholder.id)
        comment, why = _comment(row, number)
        comment, found = exclude(replace(comment, parent_id=above[-1] if above else None), why)
        above.append(comment.id)
        comments.append(comment)
        issues += found
    return comments, issues


def _comment(row: "etree._Element", number: int) -> tuple[Comment, str]:
    """Return the comment of a row without its parent, and why it is excluded if it is."""
    author = head = body = words = None
    time = ""
    for element in row.iter("a", "span", "div"):
        marks = classes(element)
        if author is None and "hnuser" in marks:
            author = line(element)
        elif not time and "age" in marks:
            time = (element.get("title") or "").partition(" ")[0]
        elif head is None and "comhead" in marks:
            head = element
        elif body is None and "comment" in marks:
            body = element
        elif words is None and "commtext" in marks:
            words = element
    part = body if words is None else words
    text = "" if part is None else element_to_text(part, skip=lambda element: "reply" in classes(element))
    gone = text in _GONE
    mark = _KILLED.search("" if head is None else line(head))
    comment = make_comment(_id(row) or f"comment-{number}", None, text=text, author=author, time=time, deleted=gone)
    return comment, mark[0] if mark else ""


def _id(element: "etree._Element") -> str:
    """Return the number of a row, or of the first row in a table."""
    return next((own for row in element.iter("tr") if (own := row.get("id") or "")), "")


def _indent(row: "etree._Element") -> int:
    """Return the level of a row: the number that today's pages write, else the width of the older pages' spacer."""
    for cell in row.iter("td"):
        if "ind" in classes(cell):
            if (indent := cell.get("indent") or "").isdecimal():
                return int(indent[:9])
            width = next((image.get("width") or "" for image in cell.iter("img")), "")
            return int(width[:9]) // _INDENT_PIXELS if width.isdecimal() else 0
    return 0


def _declared(root: "etree._Element") -> int | None:
    """Return the count under the story's title ("45 comments")."""
    lines = (element for element in root.iter("td", "span") if not _UNDER_TITLE.isdisjoint(classes(element)))
    links = (link for element in lines for link in element.iter("a"))
    return next((int(match[1]) for link in links if (match := _COUNT.match(line(link, limit=40)))), None)
