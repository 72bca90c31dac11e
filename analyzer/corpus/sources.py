"""Inputs by name -> records, one a comment, as a stream: JSON Lines, CSV, Parquet, compressed or not, or a data set.

A name is a path, a pattern, an address that fsspec knows (s3://…), or hf:NAME for a data set of the `datasets` library.
A row that cannot be read is a Rejected, never an end.
"""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import fsspec
import zstandard

from analyzer.errors import ReadError
from analyzer.formats.flat_records import ROLES, Row, column_roles, read_id, read_words, split_header

_HUB = "hf:"
_WINDOW = 2**31  # bytes; what the largest public dumps of comments are packed with
_READ_AT_ONCE = 8192  # rows of a Parquet file
_EXCERPT = 80
_DAMAGE = (OSError, EOFError, zlib.error, zstandard.ZstdError)


class Rejected(NamedTuple):
    """A row that was left out: where it stands and why."""

    input: str
    row: int
    reason: str


def find_inputs(names: list[str]) -> list[str]:
    """Return the inputs that names and patterns stand for, each once; raises ReadError for a name without any."""
    found: dict[str, None] = {}
    for name in names:
        if name.startswith(_HUB):
            found[name] = None
            continue
        try:
            files, path = fsspec.core.url_to_fs(name)
            matches = files.glob(path) if any(mark in path for mark in "*?[") else [path] * files.isfile(path)
        except (OSError, ValueError, ImportError) as error:
            raise ReadError(f"{name} cannot be read: {error}") from error
        if not matches:
            raise ReadError(f"{name} is no file that exists")
        found.update(
            dict.fromkeys(files.unstrip_protocol(match) if "://" in name else match for match in sorted(matches))
        )
    return list(found)


def input_state(name: str) -> tuple[int, str]:
    """Return the bytes of an input as it is stored (0 where that is not known), and what changes when it does."""
    if name.startswith(_HUB):
        found = sorted(file for file in Path(name.removeprefix(_HUB)).rglob("*") if file.is_file())
        return sum(file.stat().st_size for file in found), str([file.stat().st_mtime_ns for file in found])
    files, path = fsspec.core.url_to_fs(name)
    return int(files.size(path) or 0), files.ukey(path)


def read_records(name: str, columns: Mapping[str, str]) -> Iterator[Row | Rejected]:
    """Yield each row with texts in its cells, or why it is left out.

    Raises ReadError where the whole input cannot be read: another form, no column for parents or threads.
    """
    if name.startswith(_HUB):
        yield from _object_rows(enumerate(_data_set(name.removeprefix(_HUB)), 1), name, columns)
        return
    with fsspec.open(name, "rb") as file:
        head = file.read(4)
        file.seek(0)
        if head == b"PAR1":
            yield from _object_rows(_parquet_rows(file, name), name, columns)
            return
        try:
            lines = io.BufferedReader(_unpacked(file, head), 1 << 20)
            if lines.peek(3).startswith(b"\xef\xbb\xbf"):
                lines.read(3)
            if lines.peek(1)[:1] == b"{":
                yield from _object_rows(_json_lines(lines), name, columns)
            elif lines.peek(1)[:1] == b"[":
                raise ReadError(f"{name} is one JSON list; a corpus is read line by line: give JSON Lines")
            else:
                with io.TextIOWrapper(lines, encoding="utf-8", errors="replace", newline="") as text:
                    yield from _table_rows(text, name, columns)
        except _DAMAGE as error:
            raise ReadError(f"{name}: damaged: {error}") from error


def _unpacked(file: Any, head: bytes) -> Any:
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head == b"\x28\xb5\x2f\xfd":
        return zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(file, read_across_frames=True)
    return file


def _json_lines(lines: Any) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, error


def _parquet_rows(file: Any, name: str) -> Iterator[tuple[int, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        for batch in pq.ParquetFile(file).iter_batches(batch_size=_READ_AT_ONCE):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except (pa.ArrowException, OSError) as error:
        raise ReadError(f"{name}: damaged Parquet data ({error})") from error


def _data_set(name: str) -> Iterator[Any]:
    """Yield the rows of every split of a data set: one saved to disk, or a name or folder that `load_dataset` knows."""
    try:
        import datasets
    except ImportError as error:
        raise ReadError(f"{_HUB}{name} needs one more package: pip install 'analyzer[corpus]'") from error

    try:
        saved = any(Path(name, mark).exists() for mark in ("dataset_dict.json", "state.json"))
        loaded = datasets.load_from_disk(name) if saved else datasets.load_dataset(name, streaming=True)
    except Exception as error:  # the library raises a dozen kinds, of its own and of the network's
        raise ReadError(f"{_HUB}{name} cannot be loaded: {error}") from error
    for split in loaded.values() if isinstance(loaded, dict) else [loaded]:
        yield from split


def _object_rows(records: Iterator[tuple[int, Any]], name: str, columns: Mapping[str, str]) -> Iterator[Row | Rejected]:
    keys_of: dict[tuple[str, ...], list[str | None]] = {}
    for number, record in records:
        if not isinstance(record, dict):
            reason = f"not valid JSON: {record}" if isinstance(record, Exception) else "not a JSON object"
            yield Rejected(name, number, reason[:_EXCERPT])
            continue
        names = tuple(record)
        keys = keys_of.get(names)
        if keys is None:
            roles = column_roles(names, columns)
            keys = keys_of[names] = [names[roles[role]] if role in roles else None for role in ROLES]
        yield _plain(Row(*[None if key is None else record[key] for key in keys]), name, number)
    known = dict.fromkeys(key for keys in keys_of.values() for key in keys if key)
    if keys_of:
        _require({role for keys in keys_of.values() for role, key in zip(ROLES, keys, strict=True) if key}, known, name)


def _table_rows(text: TextIO, name: str, columns: Mapping[str, str]) -> Iterator[Row | Rejected]:
    first = text.readline()
    delimiter, header = split_header(first.rstrip("\r\n"), columns)
    roles = column_roles(header, columns)
    _require(roles, header, name)
    positions = [roles.get(role) for role in ROLES]
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Rejected(name, reader.line_num + 1, f"not a valid table row: {error}"[:_EXCERPT])
            continue
        if cells is None:
            return
        number = reader.line_num + 1
        if len(cells) != len(header):
            if any(cells):
                yield Rejected(name, number, f"{len(cells)} cells where the header has {len(header)}")
            continue
        row = Row(*[None if position is None else cells[position] or None for position in positions])
        yield _plain(row, name, number)


def _require(roles: Any, columns: Any, name: str) -> None:
    for role in ("id", "parent", "text", "thread"):
        if role not in roles:
            known = ", ".join(columns)[:200]
            raise ReadError(f"{name}: no {role} column among: {known}; name it: --map {role}=COLUMN")


def _plain(row: Row, name: str, number: int) -> Row | Rejected:
    """Return the row with a text, or None, in every cell, and ids that are written one way."""
    comment, thread = read_id(row.id), read_id(row.thread)
    if comment is None or thread is None:
        return Rejected(name, number, "no id" if comment is None else "no thread's id")
    if isinstance(row.text, dict | list):
        return Rejected(name, number, "its text is no text")
    author = row.author
    if isinstance(author, dict):
        author = next((author[key] for key in ("name", "display_name", "username") if author.get(key)), None)
    time = row.time.isoformat() if hasattr(row.time, "isoformat") else row.time
    texts = row._replace(author=author, time=time)
    return Row(*map(_text, texts))._replace(id=comment, parent=read_id(row.parent), thread=thread)


def _text(value: Any) -> str | None:
    return None if value is None else read_words(value)
