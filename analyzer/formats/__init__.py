"""A saved file -> Source and Threads. The content picks the reader; a format is one module and one line in READERS.

What wraps the text (compression, Parquet) is undone by `containers`; a folder is a ConvoKit corpus.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from analyzer.errors import ReadError, UnknownFormatError
from analyzer.formats import (
    addressed_text,
    commento_json,
    convokit,
    coral_json,
    discourse_json,
    disqus_xml,
    flat_records,
    guardian_discussion,
    hn_algolia_json,
    hn_firebase_json,
    hn_html,
    indented_text,
    isso_json,
    lemmy_json,
    mastodon_context,
    nested_html,
    nested_json,
    quoted_text,
    reddit_json,
    remark42_json,
    thread_rows,
    treeless,
    wordpress_html,
    wordpress_rest,
    wordpress_wxr,
    youtube_json,
)
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


# In order of detection: the forms with the clearest marks first, plain text last.
READERS: Mapping[str, Reader] = {
    "thread_rows": thread_rows,
    "convokit": convokit,
    "reddit_json": reddit_json,
    "disqus_xml": disqus_xml,
    "wordpress_wxr": wordpress_wxr,
    "guardian_discussion": guardian_discussion,
    "hn_algolia_json": hn_algolia_json,
    "wordpress_rest": wordpress_rest,
    "discourse_json": discourse_json,
    "youtube_json": youtube_json,
    "mastodon_context": mastodon_context,
    "lemmy_json": lemmy_json,
    "coral_json": coral_json,
    "isso_json": isso_json,
    "commento_json": commento_json,
    "remark42_json": remark42_json,
    "hn_firebase_json": hn_firebase_json,
    "nested_json": nested_json,
    "treeless": treeless,
    "hn_html": hn_html,
    "wordpress_html": wordpress_html,
    "nested_html": nested_html,
    "quoted_text": quoted_text,
    "addressed_text": addressed_text,
    "flat_records": flat_records,
    "indented_text": indented_text,
}


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
        return Source(Path(name).name, "flat_records", sha256), flat_records.read(text, name, columns=columns)
    # What marks a page's comments may stand far below its beginning.
    head = text if text[:HEAD].lstrip().startswith("<") else text[:HEAD]
    chosen = format or detect_format(head, name)
    return Source(Path(name).name, chosen, sha256), READERS[chosen].read(text, name)


def detect_format(head: str, name: str) -> str:
    """Return the name of the first format that a file beginning with `head` looks like.

    Raises UnknownFormatError if there is none.
    """
    for known, reader in READERS.items():
        if reader.looks_like(head, name):
            return known
    raise UnknownFormatError(f"{name} is in no known format; known: {', '.join(READERS)}")


def _read_corpus(folder: Path) -> tuple[Source, list[Thread]]:
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
