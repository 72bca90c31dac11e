"""An Analysis -> the geometry of the page's pictures: plain numbers, in percent of a picture's width.

Drawing, colours and words are the template's.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from analyzer.analysis import Analysis
from analyzer.report.entries import Look, looks
from analyzer.thread import Thread

_DEPTHS = 12
_BINS = 32
_SHADES = 5
_COLUMNS = 1200
_LETTER_ROOM = 7  # percent: wide enough for two letters on a phone
_GAP_ROOM = 0.5


@dataclass(frozen=True, slots=True)
class Segment:
    """A coloured piece of a bar: where it begins, how long it is, and the comments it stands for."""

    look: Look
    start: float
    length: float
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its name, total and segments."""

    name: str
    total: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One comment in the picture of the tree: its place, and whether letters or a gap fit in it."""

    position: int
    left: float
    width: float
    row: int
    letters: bool
    gap: bool
    deeper: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """The replies from one stance to another: how many, how many of them disagree, and 0 to 5 for how dark."""

    count: int
    disagreeing: int
    shade: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value, with its interval where it has one; None is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None


def measured(analysis: Analysis) -> dict[str, Measured]:
    """Return the metrics that are one number each, whether they come bare or as {"value", "low", "high"}."""
    numbers = {}
    for name, metric in analysis.metrics.as_dict().items():
        if isinstance(metric, dict) and {"value", "low", "high"} <= metric.keys():
            numbers[name] = Measured(metric["value"], metric["low"], metric["high"])
        elif metric is None or isinstance(metric, int | float):
            numbers[name] = Measured(metric)
    return numbers


def icicle(thread: Thread, *, levels: int) -> list[Cell]:
    """Return the cells of the first `levels` levels.

    The x axis is the reading order, so comment i spans columns i to i + sizes[i], its replies below it. Of the
    comments narrower than a hair, those that begin within one hair's breadth of a drawn one are left out.
    """
    unit = 100 / max(1, len(thread.comments))
    last = [-1] * levels
    cells = []
    for i, (depth, size) in enumerate(zip(thread.depths, thread.sizes, strict=True)):
        if depth >= levels:
            continue
        width, column = size * unit, i * _COLUMNS // len(thread.comments)
        if column == last[depth] and width < 100 / _COLUMNS:
            continue
        last[depth] = column
        deeper = depth == levels - 1 and size > 1
        cells.append(Cell(i, i * unit, width, depth, width >= _LETTER_ROOM, width >= _GAP_ROOM, deeper))
    return cells


def all_stances(analysis: Analysis) -> Bar:
    """Return one full-width bar of all comments with words."""
    labels = [prediction.stance.label for prediction in analysis.predictions if prediction]
    return _bar("all", labels, looks(analysis.scheme).values(), max(1, len(labels)))


def by_depth(analysis: Analysis) -> list[Bar]:
    """Return one full-width bar a depth, the deepest ones together; [] where no comment was classified."""
    labels: dict[int, list[str]] = {}
    for depth, prediction in zip(analysis.thread.depths, analysis.predictions, strict=True):
        if prediction:
            labels.setdefault(min(depth, _DEPTHS), []).append(prediction.stance.label)
    shown = looks(analysis.scheme).values()
    return [
        _bar(f"{depth}+" if depth == _DEPTHS else str(depth), own, shown, len(own))
        for depth, own in sorted(labels.items())
    ]


def over_time(analysis: Analysis) -> tuple[datetime, datetime, list[Bar]] | None:
    """Return the first time, the last, and one bar a stretch between, as long as its comments; None without times."""
    timed = [
        (comment.created, prediction.stance.label)
        for comment, prediction in zip(analysis.thread.comments, analysis.predictions, strict=True)
        if comment.created and prediction
    ]
    first, last = min((time for time, _ in timed), default=None), max((time for time, _ in timed), default=None)
    if first is None or last is None or first == last:
        return None
    labels: list[list[str]] = [[] for _ in range(_BINS)]
    for time, label in timed:
        labels[min(_BINS - 1, int((time - first) / (last - first) * _BINS))].append(label)
    step, most = (last - first) / _BINS, max(map(len, labels))
    shown = looks(analysis.scheme).values()
    bars = [_bar(f"{first + step * number:%Y-%m-%d %H:%M}", own, shown, most) for number, own in enumerate(labels)]
    return first, last, bars


def crossings(analysis: Analysis) -> dict[str, list[Crossing]]:
    """Return, for each label of a reply, its replies to each label in the order of `looks`; {} without replies."""
    predictions = analysis.predictions
    replies: Counter[tuple[str, str]] = Counter()
    disagreeing: Counter[tuple[str, str]] = Counter()
    for prediction, parent in zip(predictions, analysis.thread.parents, strict=True):
        if prediction and parent >= 0 and (answered := predictions[parent]):
            pair = prediction.stance.label, answered.stance.label
            replies[pair] += 1
            disagreeing[pair] += prediction.agreement is not None and prediction.agreement.label == "disagree"
    if not replies:
        return {}
    most, labels = max(replies.values()), list(looks(analysis.scheme))
    return {
        row: [Crossing(replies[row, to], disagreeing[row, to], -(-_SHADES * replies[row, to] // most)) for to in labels]
        for row in labels
    }


def _bar(name: str, labels: Sequence[str], shown: Iterable[Look], full: int) -> Bar:
    """Return a bar on which `full` comments take 100 percent."""
    counts = Counter(labels)
    segments, start = [], 0.0
    for look in shown:
        if count := counts[look.label]:
            length = 100 * count / full
            segments.append(Segment(look, start, length, count))
            start += length
    return Bar(name, len(labels), tuple(segments))
