"""Bytes -> text whose lines end in a line feed. Knows encodings only, nothing of what the text holds."""

import codecs
import re

from analyzer.errors import ReadError

# Bytes that no text in a single-byte encoding holds, but nearly every compressed file does.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a]")


def decode(data: bytes, name: str) -> str:
    """Return the text of `data`: UTF-16 if it says so, else UTF-8, else Windows-1252.

    Raises ReadError for a binary file.
    """
    text = _decode(data)
    if text is None or "\0" in text:
        raise ReadError(f"{name} is a binary file; a comment thread is read from text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _try(data, "utf-16")
    if (text := _try(data, "utf-8-sig")) is not None:
        return text
    if _CONTROL.search(data):
        return None
    # One cut character must not turn a whole UTF-8 file into mojibake: stay with UTF-8 while it mostly works.
    text = data.decode("utf-8-sig", errors="replace")
    ascii_only = len(text.encode("ascii", "ignore"))
    if len(text) - ascii_only > 2 * text.count("\ufffd"):
        return text
    return data.decode("cp1252", errors="replace")


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
