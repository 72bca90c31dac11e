"""Hostile strings -> strings that are safe to print: on a terminal, on one line, as JSON."""

import json
import re
import unicodedata
from typing import Any

# ECMA-48: a CSI sequence; an OSC, DCS, SOS, PM or APC string up to its terminator; any other two-character escape.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90-\x9f\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_JOINERS = "\u200c\u200d"  # spelling in Persian and Indic scripts, and emoji, need them
_UNPRINTABLE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Return the text on one line without anything that acts on a terminal.

    Escape sequences, control characters, bidirectional overrides and lone surrogates go; white space becomes one space.
    """
    text = " ".join(_ESCAPES.sub("", text).split())
    return "".join(char for char in text if char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs"))


def clean_lines(text: str) -> str:
    """Return the text with its lines and blanks kept, without anything that acts on a terminal or turns text around."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    return "".join(
        char
        for char in text
        if char in _JOINERS or char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )


def excerpt(text: str, limit: int) -> str:
    """Return the cleaned text, cut at a word's end with "…" where it is longer than `limit` characters."""
    text = clean(text[: limit * 8 + 1000])
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else cut).rstrip(" ,;:-–—") + "…"


def without_surrogates(text: str) -> str:
    """Return the text with half an emoji, as a cut-off JSON escape leaves it, replaced: no tokenizer can read it."""
    return text.translate(_SURROGATES)


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return valid JSON in readable Unicode; what a terminal would act on, or UTF-8 cannot hold, is escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return _UNPRINTABLE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
