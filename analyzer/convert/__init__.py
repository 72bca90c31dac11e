"""Threads -> the bytes of a file in another form: one module a form, listed in WRITERS. What it writes is read again
by `analyzer.formats`, but for GraphML and Markdown, which are for other programs and for people.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from analyzer.convert import convokit, csv_table, graphml, jsonl, markdown, parquet
from analyzer.thread import Thread


class Writer(Protocol):
    """What a form's module offers."""

    def write(self, threads: Sequence[Thread]) -> bytes | dict[str, bytes]:
        """Return the content of the file, or of each file of a folder by its name."""


WRITERS: Mapping[str, Writer] = {
    "jsonl": jsonl,
    "csv": csv_table,
    "parquet": parquet,
    "convokit": convokit,
    "graphml": graphml,
    "markdown": markdown,
}
