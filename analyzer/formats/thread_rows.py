"""The rows that `analyzer convert` and the CSV report write -> the Threads they were made from.

A row is a comment; a thread's own facts stand in its first row, and a thread without comments is a row without an id.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats.times import read_time
from analyzer.plain import without_surrogates
from analyzer.thread import Comment, Issue, IssueKind, Status, Thread, build_thread

COMMENT_COLUMNS = ("thread_id", "id", "parent_id", "depth", "status", "author", "created", "text")
THREAD_COLUMNS = ("title", "article", "declared", "hidden", "issues")

_STRING = r'(?:"(?:[^"\\]|\\.)*"|null)'
_FIRST_ROW = re.compile(
    rf'\s*\{{"thread_id":\s*{_STRING},\s*"id":\s*{_STRING},\s*"parent_id":\s*{_STRING},\s*"depth":\s*(?:\d+|null),'
    rf'\s*"status":\s*{_STRING},'
)
_HEADER = ",".join(COMMENT_COLUMNS)
_FORMULA = re.compile(r"[=+\-@'\t\r\n\uff1d\uff0b\uff0d\uff20]")
_EMPTY_IS_EMPTY = {"thread_id", "text", "title", "article"}  # where no value and an empty text are the same
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(slots=True)
class _Group:
    """The rows of one thread while they are read."""

    comments: list[Comment] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()


EXAMPLE = '{"thread_id": "t1", "id": "c1", "parent_id": null, "depth": 0, "status": "ok", "text": "Keep it."}'


def looks_like(head: str, name: str) -> bool:
    """A first row, or a header, that begins with the columns of `analyzer convert` in their order."""
    header = head.lstrip().partition("\n")[0].replace('"', "")
    return _FIRST_ROW.match(head) is not None or f"{header},".startswith(f"{_HEADER},")


def read(text: str, name: str) -> list[Thread]:
    """Return the threads in the order of their first rows; raises ReadError with the line for a damaged row."""
    return build_threads(json_rows(text, name) if text[:1000].lstrip().startswith("{") else _csv_rows(text, name), name)


def build_threads(rows: Iterable[tuple[str, Mapping[str, Any]]], name: str) -> list[Thread]:
    """Return the threads of rows, each given with its place in the file for what may be wrong with it."""
    groups: dict[str, _Group] = {}
    for place, row in rows:
        group = groups.setdefault(_text(row, "thread_id", place) or "", _Group())
        if row.get("hidden") is not None:
            group.facts = {
                "title": _text(row, "title", place) or "",
                "article": _text(row, "article", place) or "",
                "declared": _whole(row.get("declared"), place),
                "hidden": _whole(row["hidden"], place) or 0,
            }
            group.issues = _issues(row.get("issues"), place)
        if row.get("id") is not None:
            group.comments.append(_comment(row, place))
    if not groups:
        raise NoCommentsError(f"no reader comments found in {name}: it has a header but no rows")
    return [_thread(thread_id, group) for thread_id, group in groups.items()]


def json_rows(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each line's JSON object with its place in the file; raises ReadError for a line that is none."""
    for number, line in enumerate(_LINE.finditer(text), start=1):
        if line[0].isspace():
            continue
        place = f"{name}, line {number}"
        try:
            row = json.loads(line[0])
        except (ValueError, RecursionError) as error:
            raise ReadError(f"{place}: not valid JSON ({error})") from error
        if not isinstance(row, dict):
            raise ReadError(f"{place}: not a JSON object but {str(row)[:40]!r}")
        yield place, row


def comment_row(thread: Thread, i: int, thread_id: str) -> dict[str, Any]:
    """Return a comment in the columns COMMENT_COLUMNS, under the given thread id."""
    comment, parent = thread.comments[i], thread.parents[i]
    return {
        "thread_id": thread_id,
        "id": without_surrogates(comment.id),
        "parent_id": without_surrogates(thread.comments[parent].id) if parent >= 0 else None,
        "depth": thread.depths[i],
        "status": comment.status,
        "author": _plain(comment.author),
        "created": comment.created.isoformat() if comment.created else _plain(comment.unread_time),
        "text": without_surrogates(comment.text),
    }


def write_cells(row: Mapping[str, Any], columns: Iterable[str]) -> list[str]:
    """Return a row as the cells of a table; see `write_cell`."""
    return [write_cell(row.get(column) or None if column in _EMPTY_IS_EMPTY else row.get(column)) for column in columns]


def write_cell(value: str | float | None) -> str:
    """Return a value as the cell of a table that no spreadsheet computes and `read_cell` gives back.

    An apostrophe stands before what begins like a formula (= + - @, their full-width forms, a tab, a line end), before
    an apostrophe, and alone for an empty text; after it, a text with a carriage return or NUL is a JSON string.
    """
    if value is None:
        return ""
    text = str(value)
    if "\r" in text or "\0" in text:
        return "'" + json.dumps(text)
    return "'" + text if not text or _FORMULA.match(text) else text


def read_cell(cell: str, place: str) -> str | None:
    """Return the text of a cell, None for an empty one."""
    if cell.startswith("'\""):
        try:
            return str(json.loads(cell[1:]))
        except ValueError as error:
            raise ReadError(f"{place}: {cell[:40]!r} is no JSON string after its apostrophe") from error
    return cell[1:] if cell.startswith("'") else cell or None


def _plain(text: str | None) -> str | None:
    return None if text is None else without_surrogates(text)


def _thread(thread_id: str, group: _Group) -> Thread:
    thread = build_thread(group.comments, id=thread_id, **group.facts)
    known = set(group.issues)
    return replace(thread, issues=group.issues + tuple(issue for issue in thread.issues if issue not in known))


def _comment(row: Mapping[str, Any], place: str) -> Comment:
    statuses: Mapping[Any, Status] = {status: status for status in get_args(Status)}
    status = row.get("status")
    if not isinstance(status, str) or status not in statuses:
        raise ReadError(f"{place}: its status is {str(status)[:40]!r}; known: {', '.join(statuses)}")
    created = _text(row, "created", place)
    time = read_time(created)
    return Comment(
        id=_text(row, "id", place) or "",
        parent_id=_text(row, "parent_id", place),
        text=_text(row, "text", place) or "",
        author=_text(row, "author", place),
        created=time,
        status=statuses[status],
        unread_time=None if time else created,
    )


def _text(row: Mapping[str, Any], column: str, place: str) -> str | None:
    value = row.get(column)
    if value is not None and not isinstance(value, str):
        raise ReadError(f"{place}: its {column} is no text but {str(value)[:40]!r}")
    return value


def _whole(value: Any, place: str) -> int | None:
    if value is None:
        return None
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise ReadError(f"{place}: {str(value)[:40]!r} is no number of comments") from error


def _issues(value: Any, place: str) -> tuple[Issue, ...]:
    """Return the issues of [kind, comment id, detail] lists; a table holds them as JSON in one cell."""
    try:
        items: list[Any] = json.loads(value) if isinstance(value, str) else value or []
        found = [(str(kind), str(comment_id), str(detail)) for kind, comment_id, detail in items]
    except (ValueError, TypeError, RecursionError) as error:
        raise ReadError(f"{place}: its issues are no list of [kind, comment id, detail]") from error
    kinds: Mapping[str, IssueKind] = {kind: kind for kind in get_args(IssueKind)}
    if unknown := {kind for kind, _, _ in found}.difference(kinds):
        raise ReadError(f"{place}: unknown kind of issue {min(unknown)[:40]!r}")
    return tuple(Issue(kinds[kind], comment_id, detail) for kind, comment_id, detail in found)


def _csv_rows(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader((line[0] for line in _LINE.finditer(text)), strict=True)
    columns: tuple[str, ...] = COMMENT_COLUMNS + THREAD_COLUMNS
    try:
        for cells in reader:
            place = f"{name}, line {reader.line_num}"
            if tuple(cells[: len(COMMENT_COLUMNS)]) == COMMENT_COLUMNS:
                columns = tuple(cells)
                continue
            if not any(cells):
                continue
            if len(cells) != len(columns):
                raise ReadError(f"{place}: {len(cells)} cells where the header has {len(columns)}")
            yield place, {column: read_cell(cell, place) for column, cell in zip(columns, cells, strict=True)}
    except csv.Error as error:
        raise ReadError(f"{name}, line {reader.line_num}: not a valid table row ({error})") from error
