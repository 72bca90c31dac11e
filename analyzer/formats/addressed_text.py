"""Pasted comments that name whom they answer ("In reply to Hedda", "@Hedda") below their author -> one Thread.

A comment begins with a line that holds its author, alone above a time or such an address, or before "says:". The parent
is the latest earlier comment by the author that is named. Pages that show levels by indentation: see `indented_text`.
"""

import re
from dataclasses import dataclass, field

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats.indented_text import declared_number, find_end, find_heading, squeeze, title_of
from analyzer.formats.written_times import read_written_time
from analyzer.thread import Comment, Thread, build_thread

_LONGEST_NAME, _MOST_WORDS = 60, 5
_FEWEST_COMMENTS = 2

_TO = (
    r"(?:in\s+(?:reply|response)\s+to|replying\s+to|repl(?:y|ied)\s+to|(?:als\s+)?antwort\s+(?:auf|an)|"
    r"en\s+réponse\s+à|réponse\s+à|en\s+respuesta\s+a|respuesta\s+a|em\s+resposta\s+a|in\s+risposta\s+a|"
    r"als\s+reactie\s+op|svar\s+til|w\s+odpowiedzi\s+do|в\s+ответ\s+на)"
)
_ADDRESS = re.compile(rf"\W*{_TO}\s+@?(?P<name>\S.{{0,59}}?)\s*:?|@(?P<handle>[\w.-]{{1,40}}):?", re.IGNORECASE)
_ADDRESS_ANYWHERE = re.compile(rf"(?:^|\s)(?:{_TO}\s|[@→▸➜])", re.IGNORECASE)
_AUTHOR_TO = re.compile(
    rf"(?P<author>\S.{{0,59}}?)\s+(?:{_TO}|→|▸|➜)\s+@?(?P<name>\S.{{0,59}}?)(?:\s*[·•|,]\s*(?P<time>.*\d.*))?\s*:?",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"(?P<author>\S.{0,59}?)\s+(?:says|said|wrote|writes|sagt|schrieb|schreibt|meint|dit|a\s+dit|a\s+écrit|dice|"
    r"escribió|ha\s+scritto|zegt|schreef|skriver|diz)\s*:",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\W*(?:(?:about|vor|il\s+y\s+a|hace|há|fa)\s+)?(?:\d+|an?|one|eine[rmn]?|une?)\s*(?:[smhdwy]|mo|[^\W\d_]{3,12})"
    r"(?:\s+(?:ago|geleden|fa|atrás|temu|назад))?\W*|just\s+now|yesterday|gestern|hier|ayer|ieri",
    re.IGNORECASE,
)
_TIME_UNIT = re.compile(r"sec|min|hour|hr|day|week|month|year|sek|stund|tag|woche|monat|jahr|heure|jour|mois|\ban|hora|"
                        r"día|dia|semana|mes|año|ano|ora|ore|giorn|uur|dag|maand|\d\s*(?:[smhdwy]|mo)\b|now|yest|"
                        r"gestern|hier|ayer|ieri|назад", re.IGNORECASE)  # fmt: skip
_BUTTON = re.compile(
    r"(?:reply|like|share|report|flag|quote|permalink|edit|upvote|downvote|antworten|gefällt\s+mir|melden|répondre|"
    r"j.aime|responder|rispondi|reageren|svar|odpowiedz|ответить|\d|[·•|\s▲▼👍👎+–-])+",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Part:
    """A comment as its lines tell it; `text` starts at line `start`."""

    line: int
    author: str
    start: int
    to: str | None = None
    time: str = ""
    lines: list[str] = field(default_factory=list)


EXAMPLE = "Hedda says:\nKeep it.\n\nOle\nIn reply to Hedda\nNo."


def looks_like(head: str, name: str) -> bool:
    """Text with at least two authors' lines, one of them with the name of whom it answers; no list of comments."""
    if not _ADDRESS_ANYWHERE.search(head):
        return False
    lines = head.split("\n")
    parts = _parts(lines)
    return len(parts) >= _FEWEST_COMMENTS and any(part.to for part in parts) and find_heading(lines) is None


def read(text: str, name: str) -> list[Thread]:
    """Return the thread, its comments named c1, c2, … in the order of the text.

    An address that names nobody who wrote above leads to a placeholder, one for each name; "@name" within the first
    sentence counts only for somebody who did. Raises ReadError where addresses stand below no author, and
    NoCommentsError for a text without authors' lines.
    """
    lines = text.split("\n")
    parts = _parts(lines)
    if len(parts) < _FEWEST_COMMENTS:
        raise NoCommentsError(f"no reader comments found in {name}: no two lines with an author and a time or address")
    loose = _loose_address(parts)
    if loose:
        raise ReadError(f"{name}, line {loose}: ambiguous: an address below no author; who answers cannot be told")
    above = lines[: parts[0].line]
    heading = next((line for line in reversed(above) if declared_number(line) is not None), "")
    article = [line for line in above if line != heading or not line]
    title, declared = title_of(article), declared_number(heading)
    return [build_thread(_comments(parts), title=title, article=squeeze(article), declared=declared)]


def _parts(lines: list[str]) -> list[_Part]:
    """Return what the authors' lines begin, each with the lines below it."""
    parts: list[_Part] = []
    i = 0
    end = len(lines)
    while i < end:
        after_gap = i == 0 or not lines[i - 1].strip() or _BUTTON.fullmatch(lines[i - 1].strip()) is not None
        part = _header(lines, i) if after_gap else None
        if part is None:
            if parts:
                parts[-1].lines.append(lines[i])
            i += 1
            continue
        if not parts:
            end = find_end(lines, i)
        parts.append(part)
        i = part.start
    return parts


def _header(lines: list[str], i: int) -> _Part | None:
    """Return the part that begins at line `i`, None if that is no author's line."""
    first = lines[i].strip()
    if not first or len(first) > 2 * _LONGEST_NAME or _address(first):
        return None
    part = None
    if match := _AUTHOR_TO.fullmatch(first):
        part = _Part(i, match["author"], i + 1, match["name"], match["time"] or "")
    elif match := _SAYS.fullmatch(first):
        part = _Part(i, match["author"], i + 1)
    elif _is_name(first) and i + 1 < len(lines) and (_is_time(lines[i + 1]) or _address(lines[i + 1])):
        part = _Part(i, first, i + 1)
    if part is None or not _is_name(part.author):
        return None
    while part.start < len(lines):
        line = lines[part.start].strip()
        if not part.time and _is_time(line):
            part.time = line
        elif part.to is None and (to := _address(line)):
            part.to = to
        else:
            break
        part.start += 1
    return part


def _is_name(text: str) -> bool:
    if len(text) > _LONGEST_NAME or len(text.split()) > _MOST_WORDS or text[-1] in ".!?…:;,":
        return False
    return any(letter.isalpha() for letter in text) and not _is_time(text) and not _BUTTON.fullmatch(text)


def _is_time(line: str) -> bool:
    words = line.strip(" \t·•|-–")
    if not words or len(words) > _LONGEST_NAME:
        return False
    if _AGO.fullmatch(words) and _TIME_UNIT.search(words):
        return True
    return words[0] not in "@#" and len(words.split()) <= 8 and not words.isdecimal() and bool(read_written_time(words))


def _address(line: str) -> str | None:
    match = _ADDRESS.fullmatch(line.strip())
    if match is None:
        return None
    name = match["name"] or match["handle"]
    return name if len(name.split()) <= _MOST_WORDS else None


def _loose_address(parts: list[_Part]) -> int | None:
    """Return the number of the line of an address that begins a paragraph of somebody else's comment."""
    for part in parts:
        for i, line in enumerate(part.lines):
            starts = i == 0 or not part.lines[i - 1].strip()
            match = _ADDRESS.fullmatch(line.strip()) if starts else None
            if match and match["name"] and len(match["name"].split()) <= _MOST_WORDS and i > 0:
                return part.start + i + 1
    return None


def _comments(parts: list[_Part]) -> list[Comment]:
    latest: dict[str, str] = {}
    placeholders: dict[str, Comment] = {}
    comments: list[Comment] = []
    for number, part in enumerate(parts, start=1):
        lines = part.lines
        while lines and (not lines[-1].strip() or _BUTTON.fullmatch(lines[-1].strip())):
            lines = lines[:-1]
        text = squeeze(lines)
        parent_id = None
        if part.to is not None:
            key = part.to.casefold()
            if key not in latest:
                missing = Comment(f"missing-{len(placeholders) + 1}", author=part.to, status="missing")
                parent_id = placeholders.setdefault(key, missing).id
            else:
                parent_id = latest[key]
        elif text.startswith("@"):
            addressed = text[1:].casefold()
            names = [key for key in latest if re.match(rf"{re.escape(key)}\b", addressed)]
            parent_id = latest[max(names, key=len)] if names else None
        created = read_written_time(part.time)
        unread = None if created else part.time or None
        comments.append(Comment(f"c{number}", parent_id, text, part.author, created, unread_time=unread))
        latest[part.author.casefold()] = f"c{number}"
    return [*comments, *placeholders.values()]
