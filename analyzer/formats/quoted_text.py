"""Pasted mail or Usenet messages -> one Thread: "> " marks a quoted message, "X wrote:" names who wrote it.

Within a message each level of quotation answers the next deeper one. Messages are joined where one quotes another's
words. What the text leaves open (whose words stand between two quotations) is an error, not a guess.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats.indented_text import find_heading, squeeze
from analyzer.formats.written_times import read_written_time
from analyzer.thread import Comment, Thread, build_thread

_MARKS = re.compile(r"(?:>\s?)+")
_WROTE = (
    r"(?:wrote|writes|schrieb|schreibt|a\s+écrit|escribió|escreveu|ha\s+scritto|schreef|skrev|napisał(?:\(a\))?|"
    r"пишет|написала?)"
)
_ATTRIBUTION = re.compile(rf"(?P<before>\S.{{0,200}}?)\s+{_WROTE}\b\s*(?P<after>[^:]{{0,80}}):", re.IGNORECASE)
_NO_NAME = re.compile(r"(?:in|on|at|via)\b", re.IGNORECASE)
_HEADER = re.compile(r"(?:From|Von|De|Da|Van):\s+(?P<name>\S.{0,120})")
_MORE_HEADER = re.compile(r"(?:Date|Sent|Datum|Gesendet|Envoyé|Fecha|Data|To|An|À|Subject|Betreff|Objet|Asunto|Cc|"
                          r"Message-ID|References|In-Reply-To|Newsgroups):\s?.*", re.IGNORECASE)  # fmt: skip
_SUBJECT = re.compile(r"(?:Subject|Betreff|Objet|Asunto):\s*(?:(?:re|aw|fwd?):\s*)*(?P<title>.*)", re.IGNORECASE)
_DATE = re.compile(r"(?:Date|Sent|Datum|Gesendet|Envoyé|Fecha|Data):\s*(?P<time>.*)", re.IGNORECASE)
_UP_TO_TIME = re.compile(
    r"^.*\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:uhr)?\s*(?:[+-]\d{4})?(?:\s*\([A-Z]+\))?,?\s*", re.I
)
_ADDRESS = re.compile(r"\s*[<(\[][^<>\s]*@[^<>\s]*[>)\]]|\"")
_DEEPEST, _LATEST = 200, 100
_FEWEST_LETTERS = 12  # shorter words are the same only if they are all there is


@dataclass(slots=True)
class _Level:
    """The words of one level of quotation in a message, and who is said to have written them."""

    author: str | None = None
    created: datetime | None = None
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Message:
    """One pasted message: its own words above and below what it quotes, and the levels of that."""

    line: int
    author: str | None = None
    created: datetime | None = None
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)


class _Known:
    """A comment with its words in a form in which quotations of it can be found, however they are wrapped."""

    def __init__(self, comment: Comment) -> None:
        self.comment = comment
        self.paragraphs = [" ".join(part.casefold().split()) for part in comment.text.split("\n\n") if part.strip()]
        self.words = " ".join(self.paragraphs)

    def holds(self, other: "_Known") -> bool:
        """Say whether every paragraph of the other comment stands in this one; of a few letters, whether it is all."""
        if len(other.words) < _FEWEST_LETTERS:
            return bool(other.words) and self.words == other.words
        return all(paragraph in self.words for paragraph in other.paragraphs)


EXAMPLE = "Hedda wrote:\n> Keep it.\n\nNo."


def looks_like(head: str, name: str) -> bool:
    """Text with "X wrote:" above a line that is quoted one level deeper; no list of comments."""
    lines = head.split("\n")
    quoted = any(line.startswith(">") for line in lines)
    return quoted and any(_attribution(lines, i) for i in range(len(lines))) and find_heading(lines) is None


def read(text: str, name: str) -> list[Thread]:
    """Return the thread, its comments named c1, c2, …; who wrote last has no name unless "From:" gives it.

    Raises ReadError where two messages are quoted at one level or where words between two quotations may belong to
    either message, and NoCommentsError for a text that quotes nobody.
    """
    lines = text.split("\n")
    messages = _messages(lines, name)
    if not any(level.author for message in messages for level in message.levels):
        raise NoCommentsError(f"no reader comments found in {name}: no 'X wrote:' above a quotation")
    messages = _apart(messages, name)
    title = next((match["title"] for line in lines if (match := _SUBJECT.fullmatch(line.strip()))), "")
    return [build_thread(_comments(messages), title=title)]


def _messages(lines: list[str], name: str) -> list[_Message]:
    messages: list[_Message] = []
    i = 0
    while i < len(lines) and (not lines[i].strip() or _MORE_HEADER.fullmatch(lines[i].strip())):
        i += 1
    while i < len(lines):
        depth, words = _unquoted(lines[i])
        header = _HEADER.fullmatch(words) if depth == 0 else None
        if header and i + 1 < len(lines) and _MORE_HEADER.fullmatch(lines[i + 1].strip()):
            message = _Message(i + 1, author=_name(header["name"]))
            while i < len(lines) and (_HEADER.fullmatch(lines[i].strip()) or _MORE_HEADER.fullmatch(lines[i].strip())):
                if match := _DATE.fullmatch(lines[i].strip()):
                    message.created = read_written_time(match["time"])
                i += 1
            messages.append(message)
            continue
        found = _attribution(lines, i)
        if not messages or (found and depth == 0 and messages[-1].levels):
            messages.append(_Message(i + 1))
        message = messages[-1]
        if found:
            size, author, created = found
            level = _level(message, depth + 1)
            if level.lines and level.author != author:
                why = f"two messages are quoted at one level, by {level.author} and {author}"
                raise ReadError(f"{name}, line {i + 1}: ambiguous: {why}")
            level.author, level.created = author, created
            i += size
            continue
        if depth == 0:
            (message.below if message.levels else message.above).append(words)
            if message.levels and words:
                message.levels[0].lines.append("")
        else:
            _level(message, depth).lines.append(words)
        i += 1
    return messages


def _unquoted(line: str) -> tuple[int, str]:
    """Return the level of quotation of a line and its words."""
    match = _MARKS.match(line)
    if match is None:
        return 0, line.strip()
    return min(match[0].count(">"), _DEEPEST), line[match.end() :].strip()


def _attribution(lines: list[str], i: int) -> tuple[int, str, datetime | None] | None:
    """Return (number of lines, author, time) if "X wrote:" begins at line `i`, which mail programs break in two."""
    depth, words = _unquoted(lines[i])
    for size in (1, 2):
        if size == 2:
            if i + 1 >= len(lines) or _unquoted(lines[i + 1])[0] != depth or not words:
                return None
            words = f"{words} {_unquoted(lines[i + 1])[1]}"
        match = _ATTRIBUTION.fullmatch(words)
        below = next((line for line in lines[i + size : i + size + 3] if line.strip(" >")), "")
        if match and _unquoted(below)[0] > depth:
            after = "" if _NO_NAME.match(match["after"]) else match["after"]
            return size, _name(after or match["before"]), read_written_time(match["before"])
    return None


def _name(text: str) -> str:
    """Return the name in "On Mon, 6 May 2024 at 12:00, Hedda Holm <hedda@isle.example>"."""
    name = _UP_TO_TIME.sub("", _ADDRESS.sub("", text)).strip(" ,;")
    return name.rpartition(", ")[2] if re.match(r"(?:on|am|le|el|il|op|den)\b", name, re.IGNORECASE) else name


def _level(message: _Message, depth: int) -> _Level:
    while len(message.levels) < depth:
        message.levels.append(_Level())
    return message.levels[depth - 1]


def _apart(messages: list[_Message], name: str) -> list[_Message]:
    """Return the messages, with words above a quotation that repeats them as a message of their own."""
    apart: list[_Message] = []
    for message in messages:
        if (
            message.author is None
            and message.above
            and message.levels
            and _holds(squeeze(message.above), message.levels[0].lines)
        ):
            apart.append(_Message(message.line, above=message.above))
            message = replace(message, above=[])
        apart.append(message)
    unsigned = [message for message in apart if message.author is None and message.levels]
    for message in unsigned if len(unsigned) > 1 else ():
        if squeeze(message.above):
            why = "the words above a quotation may be its answer or an earlier message"
            raise ReadError(f"{name}, line {message.line}: ambiguous: {why}")
    return apart


def _comments(messages: list[_Message]) -> list[Comment]:
    known: list[_Known] = []
    places: dict[str, list[int]] = {}
    for message in messages:
        parent: str | None = None
        for level in reversed(message.levels):
            parent = _add(known, places, Comment("", parent, _once(level.lines), level.author, level.created))
        own = squeeze([*message.above, "", *message.below])
        if own:
            _add(known, places, Comment("", parent, own, message.author, message.created))
    return [item.comment for item in known]


def _add(known: list[_Known], places: dict[str, list[int]], comment: Comment) -> str:
    """Add the comment unless it is there already, in full or in part, and return its id.

    `places` says which comments have a paragraph; half a paragraph is looked for among the latest comments only.
    """
    new = _Known(comment)
    same = places.get(new.paragraphs[0], []) if new.paragraphs else []
    latest = list(range(max(len(known) - _LATEST, 0), len(known)))
    for i in reversed(same[-_LATEST:] + latest):
        old = known[i]
        if not (_may_be(old.comment.author, comment.author) and _may_be(old.comment.parent_id, comment.parent_id)):
            continue
        is_longer = not old.holds(new)
        if not is_longer or new.holds(old):
            known[i] = _Known(
                replace(
                    old.comment,
                    text=comment.text if is_longer else old.comment.text,
                    author=old.comment.author or comment.author,
                    created=old.comment.created or comment.created,
                    parent_id=old.comment.parent_id or comment.parent_id,
                )
            )
            return old.comment.id
    number = f"c{len(known) + 1}"
    for paragraph in new.paragraphs:
        places.setdefault(paragraph, []).append(len(known))
    known.append(_Known(replace(comment, id=number, status="ok" if comment.text else "missing")))
    return number


def _once(lines: list[str]) -> str:
    """Return quoted lines without the paragraphs that are quoted a second time."""
    kept: list[str] = []
    for paragraph in squeeze(lines).split("\n\n"):
        if not any(paragraph in earlier for earlier in kept):
            kept.append(paragraph)
    return "\n\n".join(kept)


def _may_be(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _holds(text: str, lines: list[str]) -> bool:
    return _Known(Comment("", text=text)).holds(_Known(Comment("", text=squeeze(lines))))
