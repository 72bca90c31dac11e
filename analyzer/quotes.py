"""Which spans of a comment repeat an ancestor's words, with or without quotation marks or `>`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quote:
    """`text[start:end]` of a comment repeats words of `ancestors[source]`."""

    start: int
    end: int
    source: int


def find_quotes(text: str, ancestors: Sequence[str]) -> list[Quote]:
    """STUB"""
    return []


def mask_quotes(text: str, quotes: Sequence[Quote]) -> str:
    """STUB"""
    return text
