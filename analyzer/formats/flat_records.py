"""CSV, TSV, JSON Lines or a JSON list, bare or in an API's answer, one comment a row with its parent's id -> Threads.

Columns are found by their usual names. It repairs nothing: faults of the tree are `build_thread`'s.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats.comments import make_comment
from analyzer.formats.json_tree import fields, load_documents, load_json
from analyzer.thread import Comment, Thread, build_thread


class Row(NamedTuple):
    """The cells of one record, None where it has none."""

    id: Any = None
    parent: Any = None
    text: Any = None
    author: Any = None
    time: Any = None
    thread: Any = None
    title: Any = None
    status: Any = None
    deleted: Any = None


# For each role its usual column names, the surest first; case, "_", "-" and spaces do not matter.
ROLES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "commentid", "utteranceid", "messageid", "tweetid"),
    "parent": ("parentid", "parentcommentid", "parent", "replyto", "replytoid", "inreplyto", "inreplytoid"),
    "text": ("text", "body", "content", "comment", "commenttext", "message", "selftext"),
    "author": ("author", "authorname", "user", "username", "speaker", "name", "authorhash", "authorid", "userid"),
    "time": ("created", "createdat", "createdutc", "timestamp", "time", "datetime", "date"),
    "thread": (
        "threadid",
        "thread",
        "conversationid",
        "linkid",
        "postid",
        "submissionid",
        "submission",
        "root",
        "rootid",
    ),
    "title": ("title", "threadtitle"),
    "status": ("status",),
    "deleted": ("deleted", "isdeleted", "removed", "isremoved"),
}
_NO_CHOICE: Mapping[str, str] = {}
_DELIMITERS = (",", "\t", ";", "|")
_NOTHING = {"", "null", "none", "nan"}
_ROOT_WORDS = {"0", "-1", "root"}
_REMOVED = {"[deleted]", "[removed]"}
_NOBODY = _NOTHING | _REMOVED
_ONE_ROOT_THREADS, _ONE_ROOT_SHARE = 5, 0.8
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_TABLE = re.compile(
    r'\s*(?:\{(?:[^{}\[\]]|\{[^{}\[\]]*\})*"(?P<key>comments|data|items|results|rows)"\s*:\s*)?\[\s*(?=\{)'
)
_BEFORE_ROWS = 65_536  # characters that may stand before the end of a table's first row
_REDDIT_ID = re.compile(r"t([13])_(.+)", re.DOTALL)


@dataclass(slots=True)
class _Group:
    """The rows of one thread while they are read."""

    comments: list[Comment] = field(default_factory=list)
    titles: tuple[str, ...] = ()  # two at most: a thread with more than one has none


EXAMPLE = "id,parent_id,author,text\n1,,Hedda,Keep it.\n2,1,Ole,No."


def looks_like(head: str, name: str) -> bool:
    """A first record that is a JSON object with a comment's fields, or a header row with a comment's columns."""
    extension = name.lower().rpartition(".")[2]
    line = head.lstrip("\n ").partition("\n")[0]
    if line.startswith("<"):
        return False
    if table := json_table(head):
        return _is_json_row(head[table.end() :], hinted=False)
    if line.startswith("{"):
        return _is_json_row(line, hinted=extension in {"jsonl", "ndjson"})
    header = split_header(line)[1]
    roles = set(column_roles(header))
    needed = 1 if extension in {"csv", "tsv"} or (len(header) > 1 and not header[0]) else 2  # "" heads an index
    return len(roles) >= needed and not roles.isdisjoint({"text", "parent"})


def read(text: str, name: str, *, columns: Mapping[str, str] | None = None) -> list[Thread]:
    """Return the threads of a table, sorted by the length and letters of their ids.

    `columns` names columns by what they hold, where their names are not the usual ones: {"text": "body"}.
    A second top-level comment is a fault (`several_roots`) where at least 80 % of five or more threads have one.
    Raises ReadError with the line for a damaged row, and for a table without ids, words or parents.
    """
    chosen = columns or {}
    if unknown := [role for role in chosen if role not in ROLES]:
        raise ReadError(f"unknown kind of column {unknown[0]!r}; known: {', '.join(ROLES)}")
    groups: dict[str, _Group] = {}
    if table := json_table(text[:_BEFORE_ROWS]):
        rows = _json_rows(_list_records(text, name, table["key"]), name, chosen)
    elif text.lstrip().startswith("{"):
        rows = _json_rows(_line_records(text, name), name, chosen)
    else:
        rows = _table_rows(text, name, chosen)
    for number, row in enumerate(rows, start=1):
        thread_id = read_id(row.thread) or ""
        group = groups.setdefault(thread_id, _Group())
        group.comments.append(row_comment(row, number))
        if (title := read_words(row.title)) and title not in group.titles:
            group.titles = (*group.titles[:1], title)
    if not groups:
        raise NoCommentsError(f"no reader comments found in {name}: it has a header but no rows")
    for thread_id, group in groups.items():
        group.comments = resolve_parents(group.comments, thread_id)
    one_root = _one_root([group.comments for group in groups.values()])
    threads = []
    for thread_id in sorted(groups, key=lambda thread_id: (len(thread_id), thread_id)):
        group = groups.pop(thread_id)  # of a million threads, what they were made from would weigh as much again
        title = group.titles[0] if len(group.titles) == 1 else ""
        threads.append(build_thread(group.comments, id=thread_id, title=title, one_root=one_root))
    return threads


def json_table(head: str) -> re.Match[str] | None:
    """Return what stands before the first row of a JSON table, with its "key" if an object is around it.

    A table is a list of objects; in an object, the first must have a parent's id.
    """
    table = _TABLE.match(head)
    if table is None or table["key"] is None:
        return table
    try:
        row, _ = json.JSONDecoder().raw_decode(head, table.end())
    except (ValueError, RecursionError):
        return None
    return table if "parent" in column_roles(list(row)) else None


def _is_json_row(text: str, *, hinted: bool) -> bool:
    """Say whether `text` begins with the record of a comment; `hinted` takes any record for one."""
    try:
        record, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        # A damaged first record is for `read` to report, but "{" alone begins some other JSON document.
        line = text.partition("\n")[0].replace(" ", "")
        return hinted or any(f'"{name}":' in line for name in ROLES["text"])
    keys = list(record)
    roles = column_roles(keys)
    return hinted or ("text" in roles and "id" in roles and not isinstance(record[keys[roles["text"]]], dict))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of `text` with their ends, one at a time and without a copy of the whole."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _line_records(text: str, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each JSON line with its place in the file."""
    for number, line in enumerate(_lines(text), start=1):
        if not line.isspace():
            place = f"{name}, line {number}"
            yield place, load_json(line, place)


def _list_records(text: str, name: str, key: str | None) -> Iterator[tuple[str, Any]]:
    """Yield each item of a JSON list, under `key` if an object is around it, with its place in the file.

    Where each line is such an object, the comments of each are a thread of their own.
    """
    documents = load_documents(text, name) if key else [load_json(text, name)]
    taken: Counter[str] = Counter()
    for line, document in enumerate(documents, start=1):
        rows = fields(document).get(key) if key else document
        place, about = name, {}
        if len(documents) > 1:
            place, about = f"{name}, line {line}", _about_thread(fields(document), line, taken)
        for number, record in enumerate(rows if isinstance(rows, list) else [], start=1):
            yield f"{place}, item {number}", about | record if about and isinstance(record, dict) else record


def _about_thread(document: dict[str, Any], line: int, taken: Counter[str]) -> dict[str, Any]:
    """Return the columns that an object around comments gives each of them; an id that was `taken` gets a number."""
    names = list(document)
    roles = column_roles(names)
    own = next((read_id(document[names[roles[role]]]) for role in ("thread", "id") if role in roles), None)
    thread_id = own or f"line-{line}"
    taken[thread_id] += 1
    number = f"#{taken[thread_id]}" if taken[thread_id] > 1 else ""
    title = document[names[roles["title"]]] if "title" in roles else None
    return {"thread_id": thread_id + number, "title": title}


def _json_rows(records: Iterable[tuple[str, Any]], name: str, chosen: Mapping[str, str]) -> Iterator[Row]:
    keys_of: dict[tuple[str, ...], tuple[str | None, ...]] = {}
    columns: dict[str, None] = {}
    found: set[str] = set()
    for place, record in records:
        if not isinstance(record, dict):
            raise ReadError(f"{place}: not a JSON object but {str(record)[:40]!r}; each comment is an object")
        names = tuple(record)
        if names not in keys_of:
            roles = column_roles(names, chosen)
            keys_of[names] = tuple(names[roles[role]] if role in roles else None for role in ROLES)
            columns.update(dict.fromkeys(names))
            found.update(roles)
        row = Row(*[None if key is None else record[key] for key in keys_of[names]])
        if isinstance(row.text, dict | list):
            raise ReadError(f"{place}: its text is no text but {str(row.text)[:40]!r}")
        yield row
    _require_columns(found, columns, name, chosen)


def _table_rows(text: str, name: str, chosen: Mapping[str, str]) -> Iterator[Row]:
    csv.field_size_limit(2**31 - 1)
    delimiter, _ = split_header(text.lstrip("\n ").partition("\n")[0], chosen)
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    header: list[str] = []
    positions: list[int | None] = []
    try:
        for cells in reader:
            if not any(cells):
                continue
            if not header:
                header, roles = cells, column_roles(cells, chosen)
                _require_columns(roles, header, name, chosen)
                positions = [roles.get(role) for role in ROLES]
                continue
            if len(cells) != len(header):
                found = f"{len(cells)} cells where the header has {len(header)}"
                raise ReadError(f"{name}, line {reader.line_num}: {found}")
            yield Row(*[None if position is None else cells[position] or None for position in positions])
    except csv.Error as error:
        raise ReadError(f"{name}, line {reader.line_num}: not a valid table row ({error})") from error


def split_header(line: str, chosen: Mapping[str, str] = _NO_CHOICE) -> tuple[str, list[str]]:
    """Return the delimiter that finds the most known columns in a header row, and the row's cells."""
    splits = [(delimiter, next(csv.reader([line], delimiter=delimiter), [])) for delimiter in _DELIMITERS]
    return max(splits, key=lambda split: (len(column_roles(split[1], chosen)), len(split[1])))


def column_roles(names: Sequence[str], chosen: Mapping[str, str] = _NO_CHOICE) -> dict[str, int]:
    """Return the position of the column for each role that has one, the chosen column before the usual ones."""
    position: dict[str, int] = {}
    for i, name in enumerate(names):
        position.setdefault(re.sub(r"[\s_-]", "", name).lower(), i)
    found = {}
    for role, known in ROLES.items():
        if role in chosen:
            if chosen[role] in names:
                found[role] = names.index(chosen[role])
        elif column := next((column for column in known if column in position), None):
            found[role] = position[column]
    return found


def _require_columns(roles: Iterable[str], columns: Iterable[str], name: str, chosen: Mapping[str, str]) -> None:
    known = ", ".join(" ".join(column.split())[:40] for column in columns if column.strip())[:400]
    for role in chosen:
        if role not in roles:
            raise ReadError(f"{name}: no column {chosen[role]!r} for {role} among: {known}")
    for role, lack in (("parent", "no tree in this form"), ("id", "no tree in this form"), ("text", "no words")):
        if role not in roles:
            raise ReadError(f"{name}: {lack}: no {role} column among: {known}")


def row_comment(row: Row, number: int) -> Comment:
    """Return the comment of a row; one without an id is named by its number."""
    author, text, status = _author(row.author), read_words(row.text), read_words(row.status).lower()
    # An author who left does not take the words along.
    marked = status in {"deleted", "removed"} or read_words(row.deleted).lower() == "true"
    comment = make_comment(
        read_id(row.id) or f"row-{number}",
        read_id(row.parent),
        text=text,
        author=None if author.lower() in _NOBODY else author,
        time=row.time,
        deleted=marked or row.text is None or text.strip().lower() in _REMOVED,
    )
    return replace(comment, status="missing", text="") if status == "missing" else comment


def _author(value: Any) -> str:
    """Return a name, which JSON may keep in an object with more about the author."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "display_name", "username") if value.get(key)), None)
    return read_words(value)


def read_words(value: object) -> str:
    """Return a cell as text that can be written again: a lone half of a surrogate pair is replaced."""
    if value is None or isinstance(value, dict | list):
        return ""
    text = value if isinstance(value, str) else str(value)
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def _is_nothing(value: object) -> bool:
    return value is None or str(value).strip().lower() in _NOTHING


def read_id(value: object) -> str | None:
    """Return an id as text, so that 1, 1.0, "1" and "1.0" (a number column with gaps) are one id."""
    if _is_nothing(value):
        return None
    text = read_words(value).strip()
    whole, point, zeros = text.rpartition(".")
    return whole if point and not zeros.strip("0") and whole.isdecimal() else text


def resolve_parents(comments: list[Comment], thread_id: str) -> list[Comment]:
    """Return the comments with parents named as in the id column, and None for a parent that is the post itself."""
    ids = {comment.id for comment in comments}
    prefixes = {known[:3] for known in ids}

    def resolve(parent_id: str) -> str | None:
        if parent_id in ids:
            return parent_id
        if parent_id == thread_id or parent_id.lower() in _ROOT_WORDS:
            return None
        # Reddit writes t1_ before the id of a comment and t3_ before the id of a post, often in one column only.
        match = _REDDIT_ID.fullmatch(parent_id)
        if match and match[2] in ids:
            return match[2]
        if f"t1_{parent_id}" in ids:
            return f"t1_{parent_id}"
        if match and parent_id[:3] not in prefixes:
            return None if match[1] == "3" else match[2]
        return parent_id

    resolved = [comment.parent_id and resolve(comment.parent_id) for comment in comments]
    return [
        comment if parent_id == comment.parent_id else replace(comment, parent_id=parent_id)
        for comment, parent_id in zip(comments, resolved, strict=True)
    ]


def _one_root(threads: Sequence[Sequence[Comment]]) -> bool:
    if len(threads) < _ONE_ROOT_THREADS:
        return False
    roots = Counter(sum(comment.parent_id is None for comment in comments) for comments in threads)
    return roots[1] >= _ONE_ROOT_SHARE * len(threads)
