"""Threads -> JSON Lines, a comment a line; the first line of a thread has the thread's own keys as well."""

from collections.abc import Sequence

from analyzer.convert.rows import to_rows
from analyzer.plain import json_text
from analyzer.thread import Thread


def write(threads: Sequence[Thread]) -> bytes:
    """Return the lines in UTF-8; read back they give equal threads."""
    return "".join(json_text(row) + "\n" for row in to_rows(threads)).encode()
