"""A Thread and its Predictions -> integer arrays, encoded once, in which the metrics of labels are counted.

A column is one way to label the whole thread: as predicted, or one draw (`uncertainty.py`); every count is of all
columns at once. -1 stands for none: no parent, no known author, no stance taken, no decided agreement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.metrics.labels import judged_positions, stances_taken
from analyzer.predictions import AGREEMENT_LABELS, Prediction
from analyzer.scheme import NO_STANCE
from analyzer.thread import Thread

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Labels = NDArray[np.int8]
Values = NDArray[Any]
"""The values of a metric, floats or whole numbers, a column a labelling."""

AGREE, DISAGREE, NEUTRAL = range(len(AGREEMENT_LABELS))
PRODUCTS_AT_ONCE = 250_000
"""Of a larger matrix product OpenBLAS makes threads, and these wait for each other longer than they work."""
_WEDGES_AT_ONCE = 4_000_000
_MANY_ROWS = 256  # of fewer, numpy's own sum is as fast


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows sorted into groups 0 … size - 1; rows of group -1 are left out."""

    size: int
    rows: Ints
    starts: Ints  # where in `rows` a group begins
    filled: Ints  # which group that is

    @classmethod
    def of(cls, groups: Ints, size: int) -> "Groups":
        """Return the rows sorted by the group of each."""
        rows = np.flatnonzero(groups >= 0)
        rows = rows[np.argsort(groups[rows], kind="stable")]
        starts = run_starts(groups[rows])
        return cls(size, rows, starts, groups[rows[starts]])

    def only(self, groups: Ints) -> "Groups":
        """Return some of the groups, numbered anew in the order given."""
        number = np.full(self.size + 1, -1)
        number[groups] = np.arange(len(groups))
        of_row = np.repeat(self.filled, np.diff(self.starts, append=len(self.rows)))
        kept = Groups.of(number[of_row], len(groups))
        return replace(kept, rows=self.rows[kept.rows])

    def counts(self, labels: Labels, numbers: Sequence[int]) -> Ints:
        """Return how many labels (rows, columns) of each group are each of the numbers, (groups, numbers, columns)."""
        ordered = labels.take(self.rows, axis=0)
        if len(ordered) > _MANY_ROWS * len(self.starts):
            counts = np.zeros((self.size, len(numbers), labels.shape[1]), dtype=np.int64)
            for group, rows in zip(self.filled, np.split(ordered, self.starts[1:]), strict=True):
                counts[group] = [count(rows == number) for number in numbers]
            return counts
        return self._sums(each_of(ordered, numbers).view(np.int8))

    def sums(self, values: NDArray[np.int8]) -> Ints:
        """Return the sums of values (rows, columns) over each group, (groups, columns)."""
        return self._sums(values.take(self.rows, axis=0))

    def _sums(self, ordered: NDArray[np.int8]) -> Ints:
        sums = np.zeros((self.size, *ordered.shape[1:]), dtype=np.int64)
        if len(ordered):
            rows = ordered.reshape(len(ordered), -1)
            added = np.add.reduceat(rows, self.starts, axis=0, dtype=np.int32)
            sums[self.filled] = added.reshape(len(added), *ordered.shape[1:])
        return sums


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a thread stays the same however its comments are labelled.

    `replies` are the positions of the judged replies: those with a predicted agreement and a parent in the file.
    `ties` are the pairs of different authors of whom one answers the other at least once, `tie_replies` how often they
    do in both directions. `triangles` are three ties between three authors, each by judged replies; `replies_by_tie`
    has only ties that are in one, and numbers them. Authors are numbered in the order of their names.
    """

    parents: Ints  # (comments,)
    depths: Ints  # (comments,)
    replies: Ints  # (replies,)
    ties: Ints  # (ties, 2)
    tie_replies: Ints  # (ties,)
    triangles: Ints  # (triangles, 3)
    comments_by_author: Groups
    replies_by_depth: Groups
    replies_by_parent: Groups
    replies_by_tie: Groups


@dataclass(frozen=True, slots=True)
class Labelling:
    """The labels of a thread, a column a labelling; stances are numbered in the order of their names."""

    stances: Labels  # (comments, columns)
    agreements: Labels  # (replies, columns)


def stance_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the stances among a scheme's labels in the order of their names."""
    return tuple(sorted(set(labels) - {NO_STANCE}))


def layout(thread: Thread, predictions: Sequence[Prediction | None]) -> Layout:
    """Return the arrays of a thread whose predictions stand beside its comments."""
    names = thread.author_names
    by_name = np.full(len(names) + 1, -1)  # the last entry is for nobody
    by_name[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    authors = by_name[np.asarray(thread.author_numbers)]
    parents = np.array(thread.parents, dtype=np.int64)
    replies = np.array(judged_positions(thread, predictions), dtype=np.int64)

    answers = np.flatnonzero(parents >= 0)
    pairs = np.sort(np.stack([authors[answers], authors[parents[answers]]], axis=1), axis=1)
    between = (pairs[:, 0] >= 0) & (pairs[:, 0] != pairs[:, 1])
    ties, tie_of, tie_replies = _counted(pairs[between], len(names))
    tie = np.full(len(parents), -1)
    tie[answers[between]] = tie_of
    reply_tie = tie[replies]
    triangles = _triangles(ties, np.flatnonzero(np.bincount(reply_tie[reply_tie >= 0])))
    in_triangle = np.flatnonzero(np.bincount(triangles.ravel()))
    number = np.full(len(ties) + 1, -1)  # the last entry is for no tie
    number[in_triangle] = np.arange(len(in_triangle))
    depths = np.array(thread.depths, dtype=np.int64)
    return Layout(
        parents=parents,
        depths=depths,
        replies=replies,
        ties=ties,
        tie_replies=tie_replies,
        triangles=number[triangles],
        comments_by_author=Groups.of(authors, len(names)),
        replies_by_depth=Groups.of(depths[replies], int(depths.max(initial=-1)) + 1),
        replies_by_parent=Groups.of(parents[replies], len(parents)),
        replies_by_tie=Groups.of(number[reply_tie], len(in_triangle)),
    )


def predicted_labels(layout: Layout, predictions: Sequence[Prediction | None], stances: Sequence[str]) -> Labelling:
    """Return the predicted labels as the one column of a labelling."""
    stance: dict[str | None, int] = {None: -1, **{name: i for i, name in enumerate(stances)}}
    agreement = {name: i for i, name in enumerate(AGREEMENT_LABELS)}
    judged = (predictions[reply] for reply in layout.replies.tolist())
    agreements = [agreement.get(answer.agreement.label, -1) for answer in judged if answer and answer.agreement]
    return Labelling(
        np.array([stance[taken] for taken in stances_taken(predictions)], dtype=np.int8).reshape(-1, 1),
        np.array(agreements, dtype=np.int8).reshape(-1, 1),
    )


def each_of(labels: Labels, numbers: Sequence[int]) -> Bools:
    """Return where labels (rows, columns) are each of the numbers, (rows, numbers, columns)."""
    return np.stack([labels == number for number in numbers], axis=1)


def run_starts(values: Ints) -> Ints:
    """Return where the runs of equal values begin."""
    return np.flatnonzero(np.concatenate(([True] * bool(len(values)), values[1:] != values[:-1])))


def count(rows: Bools) -> Ints:
    """Return how many of the rows (rows, …) are true, (…)."""
    if len(rows) < _MANY_ROWS:
        few: Ints = rows.sum(axis=0)
        return few
    # Eight rows are added at a time, as the bytes of wider numbers, so often that no byte overflows.
    cells = np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), -1)
    whole = len(cells) // 8 * 8
    wide = cells[:whole].reshape(-1).view(np.uint64).reshape(whole // 8, -1)
    sums = np.add.reduceat(wide, np.arange(0, len(wide), 255), axis=0).view(np.uint8).reshape(-1, cells.shape[1])
    counts: Ints = sums.sum(axis=0, dtype=np.int64) + cells[whole:].sum(axis=0, dtype=np.int64)
    return counts.reshape(rows.shape[1:])


def ratio(part: Values, whole: Values) -> Floats:
    """Return part / whole, nan where the whole is 0."""
    undefined: Floats = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.divide(part, whole, out=undefined, where=whole != 0)


def _counted(pairs: Ints, size: int) -> tuple[Ints, Ints, Ints]:
    """Return the different pairs (ties, 2) of numbers below `size`, which of them each pair is, and how often each is.

    As numpy's `unique`, which imports masked arrays: longer than all else here takes for a thread of usual length.
    """
    codes = pairs[:, 0] * size + pairs[:, 1]
    order = np.argsort(codes, kind="stable")
    starts = run_starts(codes[order])
    often = np.diff(starts, append=len(codes))
    which = np.empty(len(codes), dtype=np.int64)
    which[order] = np.repeat(np.arange(len(starts)), often)
    return pairs[order[starts]], which, often


def _triangles(ties: Ints, judged: Ints) -> Ints:
    """Return three ties of each triangle among the `judged` ones.

    A tie points from the author with fewer ties to the one with more, so no author has many outgoing ones; every two
    of an author's outgoing ties whose ends are tied make a triangle, met once (Chiba, Nishizeki 1985).
    """
    if len(judged) < 3:
        return np.empty((0, 3), dtype=np.int64)
    ends = ties[judged]
    size = int(ends.max()) + 1
    rank = np.empty(size, dtype=np.int64)
    rank[np.argsort(np.bincount(ends.ravel(), minlength=size), kind="stable")] = np.arange(size)
    ends = np.sort(rank[ends], axis=1)
    codes = ends[:, 0] * size + ends[:, 1]
    order = np.argsort(codes)
    codes, source, target = codes[order], ends[order, 0], ends[order, 1]
    later = np.searchsorted(source, source, side="right") - np.arange(len(source)) - 1
    wedges = np.cumsum(later)
    cuts = np.searchsorted(wedges, np.arange(_WEDGES_AT_ONCE, int(wedges[-1]), _WEDGES_AT_ONCE))
    found = []
    for edges in np.split(np.arange(len(source)), cuts):
        first = np.repeat(edges, later[edges])
        second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(later[edges]) - later[edges], later[edges])
        closing = target[first] * size + target[second]
        third = np.minimum(np.searchsorted(codes, closing), len(codes) - 1)
        closed = codes[third] == closing
        found.append(np.stack([first[closed], second[closed], third[closed]], axis=1))
    triangles: Ints = judged[order[np.concatenate(found)]]
    return triangles
