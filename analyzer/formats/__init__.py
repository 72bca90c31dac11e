"""A saved file -> Source and Threads. The content picks the reader; a format is one module and one line in _SIGNS.

What wraps the text (compression, Parquet) is undone by `containers`; a folder is a ConvoKit corpus.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from analyzer.errors import ReadError, UnknownFormatError
from analyzer.formats.containers import unpack
from analyzer.formats.decoding import decode
from analyzer.formats.limits import LARGEST, check_size, check_weight
from analyzer.thread import Thread

HEAD = 65_536
"""Characters of a file that detection looks at."""


class Reader(Protocol):
    """What a format module offers; `EXAMPLE` is the beginning of such a file."""

    EXAMPLE: str

    def looks_like(self, head: str, name: str) -> bool:
        """Say whether a file that begins with `head` is in this format; the extension of `name` is only a hint."""

    def read(self, text: str, name: str) -> list[Thread]:
        """Return the threads in `text`; raises ReadError, whose message begins with or contains `name`."""


_JSON, _JSON_OBJECT, _PAGE = r"\A[\ufeff\s]*[\[{]", r"\A[\ufeff\s]*{", r"\A[\ufeff\s]*<"
_ELEMENT, _QUOTATION = r"<\w", r"(?m)^>"

# In order of detection: the forms with the clearest marks first, plain text last. A module is imported only for a file
# that holds the pattern beside it: most compile many patterns, and a report would wait for all of them.
_SIGNS: Mapping[str, str] = {
    "thread_rows": "",
    "convokit": _JSON_OBJECT,
    "reddit_json": _JSON,
    "disqus_xml": _ELEMENT,
    "wordpress_wxr": _ELEMENT,
    "guardian_discussion": _JSON_OBJECT,
    "hn_algolia_json": _JSON_OBJECT,
    "wordpress_rest": _JSON,
    "discourse_json": _JSON_OBJECT,
    "youtube_json": _JSON,
    "mastodon_context": _JSON_OBJECT,
    "lemmy_json": _JSON_OBJECT,
    "coral_json": _JSON_OBJECT,
    "isso_json": _JSON,
    "commento_json": _JSON_OBJECT,
    "remark42_json": _JSON,
    "hn_firebase_json": _JSON,
    "nested_json": _JSON,
    "treeless": _ELEMENT,
    "hn_html": _PAGE,
    "wordpress_html": _PAGE,
    "nested_html": _PAGE,
    "quoted_text": _QUOTATION,
    "addressed_text": "",
    "flat_records": "",
    "indented_text": "",
}


class _Readers(Mapping[str, Reader]):
    """The format modules by name; one is imported when it is asked for."""

    def __getitem__(self, name: str) -> Reader:
        if name not in _SIGNS:
            raise KeyError(name)
        return cast(Reader, import_module(f"analyzer.formats.{name}"))

    def __iter__(self) -> Iterator[str]:
        return iter(_SIGNS)

    def __len__(self) -> int:
        return len(_SIGNS)


READERS: Mapping[str, Reader] = _Readers()
"""The reader of each format, in order of detection."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where threads came from: the file's name without its folder, its format, and the SHA-256 of its bytes."""

    name: str
    format: str
    sha256: str


def read_threads(
    path_or_file: str | Path | BinaryIO, *, format: str | None = None, columns: Mapping[str, str] | None = None
) -> tuple[Source, list[Thread]]:
    """Return the source and the threads of a file, in the given format or in the one its content shows.

    A file may be compressed (gzip, zstd) or a Parquet table; a folder is read as a ConvoKit corpus. `columns` names the
    columns of a table or the keys of its records by what they hold ({"text": "body", "parent": "in_reply_to"}).

    Raises ReadError for what cannot be read, UnknownFormatError for an unknown form or format name, and
    NoCommentsError for a readable file without reader comments.
    """
    if format is not None and format not in READERS:
        raise UnknownFormatError(f"unknown format {format!r}; known: {', '.join(READERS)}")
    if isinstance(path_or_file, str | Path) and Path(path_or_file).is_dir():
        return _read_corpus(Path(path_or_file))
    data, name = _read_bytes(path_or_file)
    sha256 = hashlib.sha256(data).hexdigest()
    text = decode(unpack(data, name), name)
    del data  # the bytes of a large file are not kept beside its text and its comments
    if not text.strip():
        raise ReadError(f"{name} is empty")
    check_weight(text, name)
    if columns:
        if format not in {None, "flat_records"}:
            raise ReadError(f"{name}: columns are named in a table or in rows of JSON, not in {format}")
        from analyzer.formats import flat_records

        return Source(Path(name).name, "flat_records", sha256), flat_records.read(text, name, columns=columns)
    # What marks a page's comments may stand far below its beginning.
    head = text if text[:HEAD].lstrip().startswith("<") else text[:HEAD]
    chosen = format or detect_format(head, name)
    return Source(Path(name).name, chosen, sha256), READERS[chosen].read(text, name)


def detect_format(head: str, name: str) -> str:
    """Return the name of the first format that a file beginning with `head` looks like.

    Raises UnknownFormatError if there is none.
    """
    for known, sign in _SIGNS.items():
        if re.search(sign, head) and READERS[known].looks_like(head, name):
            return known
    raise UnknownFormatError(f"{name} is in no known format; known: {', '.join(READERS)}")


def _read_corpus(folder: Path) -> tuple[Source, list[Thread]]:
    from analyzer.formats import convokit

    source, threads = read_threads(convokit.utterances_file(folder), format="convokit")
    return replace(source, name=folder.name), convokit.add_titles(threads, folder)


def _read_bytes(path_or_file: str | Path | BinaryIO) -> tuple[bytes, str]:
    """Return the bytes of a file and its name, no more than one byte beyond the limit being read."""
    if not isinstance(path_or_file, str | Path):
        data, name = path_or_file.read(LARGEST + 1), _file_name(path_or_file)
    else:
        name = str(path_or_file)
        try:
            with open(path_or_file, "rb") as file:
                data = file.read(LARGEST + 1)
        except FileNotFoundError as error:
            raise ReadError(f"{name} does not exist") from error
        except (OSError, ValueError) as error:
            raise ReadError(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    check_size(len(data), name)
    return data, name


def _file_name(file: BinaryIO) -> str:
    name = getattr(file, "name", None)
    return name if isinstance(name, str) and not name.startswith("<") else "standard input"
