"""What a file may ask for: its size, unpacked, and the memory that its comments can take. Reading stays within 1 GB."""

import re
from collections.abc import Iterator

from analyzer.errors import ReadError

LARGEST = 100_000_000
"""Bytes of a file, plain or unpacked; where one character is an emoji its text takes four times as many."""

_HEAVIEST = 600_000_000
# Bytes that CPython and libxml2 take at most for a value, a tag or a comment, by what the file must spend on one.
_JSON_COSTS = (("{", 190), ("[", 90), (",", 24), ('"', 28))
_TAG_COST, _ROW_COST, _CELL_COST = 150, 400, 10
_JSON_LINES = re.compile(r"\s*\{[^\n]*\}[ \t]*\n\s*\{")
_LONG_LINE = 1_000_000


def check_size(size: int, name: str) -> None:
    """Raise ReadError for a file beyond LARGEST."""
    if size > LARGEST:
        megabytes = LARGEST // 1_000_000
        raise ReadError(f"{name} holds more than {megabytes} MB, the most that is read at once; split it by threads")


def check_weight(text: str, name: str) -> None:
    """Raise ReadError for text so dense in values, tags or rows that what is read from it would not fit in 1 GB."""
    if _weight(text) > _HEAVIEST:
        raise ReadError(f"{name} holds more values than can be read at once; split it by threads")


def _weight(text: str) -> int:
    start = text[:1000].lstrip()[:1]
    if start == "<":
        return text.count("<") * _TAG_COST
    if start in {"{", "["} and not _JSON_LINES.match(text):
        return _json_weight(text)
    rows = text.count("\n") * _ROW_COST
    if start == "{":
        return rows + max(map(_json_weight, _long_lines(text)), default=0)
    return rows + max(map(text.count, ",\t;|")) * _CELL_COST


def _json_weight(text: str) -> int:
    return sum(text.count(mark) * cost for mark, cost in _JSON_COSTS)


def _long_lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        if end - start > _LONG_LINE:
            yield text[start:end]
        start = end
