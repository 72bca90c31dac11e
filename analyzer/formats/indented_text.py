"""Text copied from a web page -> Thread: an article, a heading such as "12 comments", then nested list items.

There are no ids and no authors: the indent of an item is its depth. It does not look at what the comments say.
"""

import re
from dataclasses import dataclass
from itertools import islice

from analyzer.errors import NoCommentsError
from analyzer.thread import Comment, Thread, build_thread

_TAB = 4
_LOOK_AHEAD = 3
_TITLE_LENGTH = 150
_LINE_LENGTH = 250  # no heading and no form label is longer

_HEADING = re.compile(
    r"""(?P<before>\d[\d,.]*)\s+(?:(?:reader|user)\s+)?
        (?:(?:comments?|replies|reply|responses?)(?:\s+(?:on|to)\b.*)?|thoughts?\s+on\b.*):?
      | (?:(?:reader|user)\s+)?comments?\s*[:(\[]?\s*(?P<after>\d[\d,.]*)?\s*[)\]]?:?""",
    re.IGNORECASE | re.VERBOSE,
)
_END = re.compile(
    r"""(?:leave|post|add|write|submit)\s+(?:a\s+|your\s+)?(?:reply|comment)(?:\s+to\b.*)?(?:\s+cancel\s+reply)?
      | cancel\s+reply | please\s+enter\s+your\s+comment | please\s+enter\s+your\s+name\s+here
      | comments\s+are\s+closed | log\s*in\s+to\s+(?:leave|post)\s+a\s+(?:reply|comment)""",
    re.IGNORECASE | re.VERBOSE,
)
_ITEM = re.compile(r"(?P<indent>\s*)(?P<marker>\d{1,6}[.)]|[•◦▪*+–-])(?:\s+(?P<text>.*))?")
_OTHER_FORM = re.compile(r"\s*(?:<[!?a-z]|\{\s*[\"}]|\[\s*[\[{\]\"])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Item:
    """A line that begins like a list item; `loose` says that a blank line stands before it."""

    line: int
    indent: int
    kind: str
    text: str
    loose: bool


EXAMPLE = "2 COMMENTS\n\n1. Keep it.\n    - No."


def looks_like(head: str, name: str) -> bool:
    """Any text that is not markup or JSON: whether it has comments is for `read` to say."""
    return not _OTHER_FORM.match(head)


def read(text: str, name: str) -> list[Thread]:
    """Return the one thread of a saved page, with `declared`, `title` and `article`.

    Comments are named c1, c2, … in reading order. A level that is skipped becomes one placeholder, missing-1, …,
    shared by the siblings below it. Raises NoCommentsError if no list follows a comment heading.
    """
    lines = text.split("\n")
    heading = find_heading(lines)
    if heading is None:
        why = "no comment section heading such as '12 comments' with list items below it"
        raise NoCommentsError(f"no reader comments found in {name}: {why}")
    start = next(i for i in range(heading + 1, len(lines)) if _ITEM.fullmatch(lines[i]))
    end = find_end(lines, start)
    items = _choose_items(_find_items(lines, start, end))
    stops = [item.line for item in items[1:]] + [end]
    texts = [_comment_text(item, lines[item.line + 1 : stop]) for item, stop in zip(items, stops, strict=True)]
    thread = build_thread(
        _nest(texts, _depths([item.indent for item in items])),
        title=title_of(lines[:heading]),
        article=squeeze(lines[:heading]),
        declared=declared_number(lines[heading]),
    )
    return [thread]


def find_heading(lines: list[str]) -> int | None:
    """Return the line of the comment heading: one with a list right below it, else one with a list close below.

    A page's "12 comments" link near the title has the article below it, not a list.
    """
    headings = [i for i, line in enumerate(lines) if len(line) < _LINE_LENGTH and _HEADING.fullmatch(line.strip())]
    for reach in (1, _LOOK_AHEAD):
        for heading in headings:
            below = islice((lines[i] for i in range(heading + 1, len(lines)) if lines[i].strip()), reach)
            if any(_ITEM.fullmatch(line) for line in below):
                return heading
    return None


def find_end(lines: list[str], start: int) -> int:
    """Return the line where the reply form begins, or the end of the file."""
    for i in range(start, len(lines)):
        if len(lines[i]) < _LINE_LENGTH and _END.fullmatch(lines[i].strip(" \t!*.:")):
            return i
    return len(lines)


def _find_items(lines: list[str], start: int, end: int) -> list[_Item]:
    items = []
    for i in range(start, end):
        if match := _ITEM.fullmatch(lines[i]):
            kind = "number" if match["marker"][0].isdecimal() else match["marker"]
            indent = len(match["indent"].expandtabs(_TAB))
            items.append(_Item(i, indent, kind, match["text"] or "", not lines[i - 1].strip()))
    return items


def _choose_items(items: list[_Item]) -> list[_Item]:
    """Return the items that are comments; the others are lists that commenters wrote in their own text.

    A page marks all its comments of one indent alike, so at each indent the commonest marker is the page's. If the
    page sets replies off by blank lines, a marker without one is text. A commenter's list that copies both habits,
    and any list on a page that sets no reply off, is read as replies: nothing in the file tells them apart.
    """
    top = min(item.indent for item in items)
    if any(item.loose and item.indent > top for item in items[1:]):
        items = [item for item in items if item.loose or item is items[0]]
    counts: dict[int, dict[str, int]] = {}
    for item in items:
        kinds = counts.setdefault(item.indent, {})
        kinds[item.kind] = kinds.get(item.kind, 0) + 1
    return [item for item in items if item.kind == max(counts[item.indent], key=counts[item.indent].__getitem__)]


def _depths(indents: list[int]) -> list[int]:
    """Return each item's depth: the rank of its indent among all indents, one space more or less being the same.

    A single space comes from a wider number ("10."). Ranking over the whole section, rather than against the item
    above, is what shows that a level was skipped.
    """
    depth_of: dict[int, int] = {}
    depth, level = -1, -2
    for indent in sorted(set(indents)):
        if indent - level >= 2:
            depth, level = depth + 1, indent
        depth_of[indent] = depth
    return [depth_of[indent] for indent in indents]


def _nest(texts: list[str], depths: list[int]) -> list[Comment]:
    """Return the comments linked by depth, with placeholders where a level is skipped."""
    comments = []
    path: list[str] = []
    missing = 0
    for number, (text, depth) in enumerate(zip(texts, depths, strict=True), start=1):
        del path[depth:]
        while len(path) < depth:
            missing += 1
            comments.append(Comment(f"missing-{missing}", path[-1] if path else None, status="missing"))
            path.append(f"missing-{missing}")
        comments.append(Comment(f"c{number}", path[-1] if path else None, text))
        path.append(f"c{number}")
    return comments


def _comment_text(item: _Item, following: list[str]) -> str:
    """Return an item's words without the indent of the list; unindented lines below it are its own as well."""
    column = item.indent + 2
    return squeeze([item.text, *(_outdent(line, column) for line in following)])


def _outdent(line: str, column: int) -> str:
    words = line.lstrip()
    indent = len(line[: len(line) - len(words)].expandtabs(_TAB))
    return " " * max(0, indent - column) + words


def squeeze(lines: list[str]) -> str:
    """Return the lines as paragraphs one blank line apart."""
    text = "\n".join(line.rstrip() for line in lines).strip()
    return re.sub(r"\n{3,}", "\n\n", text)


def title_of(article: list[str]) -> str:
    """Return the first line if it reads like a headline: short, without a full stop, with more text below."""
    words = [line.strip() for line in article if line.strip()]
    if len(words) < 2 or len(words[0]) > _TITLE_LENGTH or words[0].endswith(".") or ". " in words[0]:
        return ""
    return words[0]


def declared_number(heading: str) -> int | None:
    """Return the number in a heading of comments; None for no heading, or one without a number."""
    match = _HEADING.fullmatch(heading.strip())
    digits = match and (match["before"] or match["after"])
    return int(re.sub(r"\D", "", digits)) if digits else None
