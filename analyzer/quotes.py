"""Which spans of a comment repeat an ancestor's words, with or without quotation marks or `>`.

Works on words alone: case, punctuation, white space and the shape of quotes do not matter.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_SHORT = 3
"""The fewest repeated words that are a quotation if they are a whole sentence or inside quotation marks."""
_LONG = 6
"""The fewest repeated words that are a quotation in running text."""
_PLACES = 8
"""Places kept for one word sequence, so that "a a a a …" stays linear."""
_TEXTS_KEPT = 64
"""Texts whose words are kept: a comment's ancestors are those of its neighbours."""

_WORD = re.compile(r"\w+(?:'\w+)*")
_MARKED_LINES = re.compile(r"(?:^[ \t]*(?:>|&gt;)[^\n]*(?:\n|\Z))+", re.MULTILINE)
_IN_MARKS = re.compile(r"“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|\"[^\"\n]*\"")
# The look-behind lets a run of full stops be tried once, not once a stop.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"”»')\]]*(?=\s)|\n|\Z")
_OPENING_MARKS = '“„«"'
_CLOSING_MARK = re.compile(r"[.,;:!?…]*[”“»\"]")
_FULL_STOP = re.compile(r"[.!?…]+")


@dataclass(frozen=True, slots=True)
class Quote:
    """`text[start:end]` of a comment repeats words of `ancestors[source]`.

    `source` is -1 for lines after `>` that repeat none of the given ancestors: they quote somebody all the same.
    """

    start: int
    end: int
    source: int


@dataclass(frozen=True, slots=True)
class _Repeats:
    """The words of a text, its ancestors' words, and where in them each three-word sequence of the text stands."""

    words: list[str]
    sources: list[list[str]]
    places: dict[tuple[str, str, str], list[tuple[int, int]]]

    def longest(self, i: int, stop: int) -> tuple[int, int]:
        """Return (length, source) of the longest repetition that begins at word `i`; (0, -1) without one."""
        words, best, best_source = self.words, 0, -1
        if i + _SHORT > stop:
            return best, best_source
        for source, place in self.places.get((words[i], words[i + 1], words[i + 2]), ()):
            theirs = self.sources[source]
            length = _SHORT
            limit = min(stop - i, len(theirs) - place)
            while length < limit and words[i + length] == theirs[place + length]:
                length += 1
            if length > best:
                best, best_source = length, source
        return best, best_source


def find_quotes(text: str, ancestors: Sequence[str]) -> list[Quote]:
    """Return the quotations in `text` by position, none overlapping; `ancestors` are given nearest first.

    A span counts from six repeated words on, from three if it is a whole sentence or line or stands inside
    quotation marks, and always if its lines begin with `>`. It takes in its own quotation marks and full stop.
    The longest repetition wins, among equals the one in the nearest ancestor. Linear in the number of words.
    """
    repeats = _find_repeats(_words(text), [_words(ancestor) for ancestor in ancestors])
    marked = [match.span() for match in _MARKED_LINES.finditer(text) if _WORD.search(text, *match.span())]
    if not marked and not repeats.places:
        return []
    spans = [match.span() for match in _WORD.finditer(_plain(text))]
    sentences, in_marks = _sentences(text, spans), _in_marks(text, spans)
    quotes: list[Quote] = []
    first = 0
    for start, end in [*marked, (len(text), len(text))]:
        stop = bisect_left(spans, (start,))
        for i, length, source in _unmarked(repeats, range(first, stop), sentences, in_marks):
            floor = quotes[-1].end if quotes else 0
            quotes.append(Quote(*_widen(text, spans[i][0], spans[i + length - 1][1], floor), source))
        first = bisect_left(spans, (end,))
        if start < end:
            end = start + len(text[start:end].rstrip())
            quotes.append(Quote(start, end, _source_of(repeats, range(stop, first))))
    return quotes


def mask_quotes(text: str, quotes: Sequence[Quote]) -> str:
    """Return `text` with "[quote]" for each span; "[quote]" alone if no other word is left."""
    if not quotes:
        return text
    own = []
    position = 0
    for quote in quotes:
        own.append(text[position : quote.start])
        position = quote.end
    own.append(text[position:])
    if not any(_WORD.search(part) for part in own):
        return "[quote]"
    masked = re.sub(r"[ \t]{2,}", " ", "[quote]".join(own))
    return re.sub(r"\n{3,}", "\n\n", masked).strip()


@lru_cache(_TEXTS_KEPT)
def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_plain(text))]


def _plain(text: str) -> str:
    """Return `text` with straight apostrophes, at its own length."""
    return text.replace("’", "'").replace("‘", "'")


def _find_repeats(words: list[str], sources: list[list[str]]) -> _Repeats:
    sequences = set(zip(words, words[1:], words[2:], strict=False))
    places: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for source, theirs in enumerate(sources):
        for place, sequence in enumerate(zip(theirs, theirs[1:], theirs[2:], strict=False)):
            if sequence in sequences:
                known = places.setdefault(sequence, [])
                if len(known) < _PLACES:
                    known.append((source, place))
    return _Repeats(words, sources, places)


def _sentences(text: str, spans: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return the end of each sentence or line by its first word, both as positions of words."""
    ends: dict[int, int] = {}
    first = 0
    for match in _SENTENCE_END.finditer(text):
        end = bisect_left(spans, (match.end(),))
        if end > first:
            ends[first] = end
        first = end
    return ends


def _in_marks(text: str, spans: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return, for each word inside quotation marks, the position of the first word after them."""
    ends: dict[int, int] = {}
    for match in _IN_MARKS.finditer(text):
        start, end = bisect_left(spans, (match.start(),)), bisect_left(spans, (match.end(),))
        ends.update(dict.fromkeys(range(start, end), end))
    return ends


def _unmarked(
    repeats: _Repeats, region: range, sentences: dict[int, int], in_marks: dict[int, int]
) -> Iterator[tuple[int, int, int]]:
    """Yield (first word, number of words, source) of each quotation that is not marked by `>`."""
    ends = [0, *sentences.values()]
    i = region.start
    while i < region.stop:
        length, source = repeats.longest(i, region.stop)
        if length >= _LONG:
            # The author's next sentence may happen to begin with the same word as the ancestor's.
            last = ends[bisect_right(ends, i + length) - 1] - i
            whole = last >= (_SHORT if i in sentences else _LONG)
            length = last if whole and length - last < _SHORT else length
        else:
            sentence = sentences.get(i, i) - i
            inside = min(length, in_marks.get(i, i) - i)
            length = max(sentence if sentence <= length else 0, inside)
        if length >= _SHORT:
            yield i, length, source
            i += length
        else:
            i += 1


def _widen(text: str, start: int, end: int, floor: int) -> tuple[int, int]:
    """Return the span with the quotation marks around it, or with the full stop after it."""
    closing = _CLOSING_MARK.match(text, end)
    if closing and start > floor and text[start - 1] in _OPENING_MARKS:
        return start - 1, closing.end()
    full_stop = _FULL_STOP.match(text, end)
    return start, full_stop.end() if full_stop else end


def _source_of(repeats: _Repeats, region: range) -> int:
    """Return the ancestor that has the longest repetition of these words, -1 if none repeats any three of them."""
    if len(region) < _SHORT:
        return _holder(repeats.sources, repeats.words[region.start : region.stop])
    best, best_source = 0, -1
    i = region.start
    while i < region.stop:
        length, source = repeats.longest(i, region.stop)
        if length > best:
            best, best_source = length, source
        i += max(1, length)
    return best_source


def _holder(sources: Sequence[Sequence[str]], words: Sequence[str]) -> int:
    """Return the first ancestor that has these few words in a row, -1 if none has."""
    count = len(words)
    for source, theirs in enumerate(sources):
        if any(theirs[i : i + count] == words for i in range(len(theirs) - count + 1)):
            return source
    return -1
