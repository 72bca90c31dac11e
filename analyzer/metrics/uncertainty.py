"""Stances -> the same ones shuffled; values over many labellings -> intervals, z and p.

It knows no metric but by its values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from analyzer.metrics.arrays import Floats, Ints, Labels, Values
from analyzer.metrics.draws import affordable

_TAIL = 0.03  # with 2.5 % the true value lies within in 95.7 % of simulated cases (benchmarks/coverage.py): too often
_CELLS_AT_ONCE = 8_000_000
_FEWEST_SHUFFLES = 100  # p cannot be smaller than one in so many
_LARGEST_SCHEME = 128


@dataclass(frozen=True, slots=True)
class Interval:
    """The 95 % interval of a metric: where its value would lie, were the true labels known; None where undefined."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Null:
    """How far a metric is from its values under shuffled stances.

    `z` in their standard deviations, None where all are equal; `p` the share of values at least as far from their
    mean, counting the metric's own.
    """

    z: float | None
    p: float


def shuffled_stances(parents: Ints, stances: Labels, *, shuffles: int, seed: int) -> Iterator[tuple[Ints, Labels]]:
    """Yield (parents, stances) of the stance-takers alone, the stances shuffled among them, `shuffles` columns in all.

    `stances` is (comments, 1); of two stance-takers one answers the other exactly where it does in the thread.
    """
    rng = np.random.default_rng(seed)
    takers = np.flatnonzero(stances[:, 0] >= 0)
    number = np.full(len(parents) + 1, -1)  # the last entry is the parent of a root
    number[takers] = np.arange(len(takers))
    left = affordable(shuffles, len(takers), fewest=_FEWEST_SHUFFLES)
    while left:
        columns = min(left, max(1, _CELLS_AT_ONCE // max(1, len(takers))))
        # Sorting random numbers that carry their label in the last bits shuffles faster than numpy's own shuffle.
        keys = rng.bit_generator.random_raw(-(-columns * len(takers) // 2)).view(np.uint32)
        keys = keys[: columns * len(takers)].reshape(columns, len(takers))
        keys &= np.uint32(2**32 - _LARGEST_SCHEME)
        keys |= stances[takers, 0].astype(np.uint32)
        keys.sort(axis=1)
        keys &= np.uint32(_LARGEST_SCHEME - 1)
        yield number[parents[takers]], np.ascontiguousarray(keys.astype(np.int8).T)
        left -= columns


def intervals(values: Mapping[str, Values], tables: int) -> dict[str, Any]:
    """Return the interval of each of `values` (columns,), or a tuple of them, one a row, for (rows, columns).

    From quantiles of the columns in which the value is defined, chosen so that a further draw would lie below and above
    them in `_TAIL` of all cases each. As many columns one after the other were drawn with each of the `tables`.
    """
    rows = np.concatenate([np.atleast_2d(value) for value in values.values()]).astype(float)
    ordered = np.sort(rows, axis=1)  # nan last
    last = np.maximum(np.count_nonzero(~np.isnan(ordered), axis=1) - 1, 0)
    draws = np.minimum(_independent(rows, tables), last + 1)
    # Of n draws, k in n + 1 further ones lie below the k-th.
    tail = np.maximum(_TAIL * (draws + 1) - 1, 0) / np.maximum(draws - 1, 1)
    bounds = zip(*(plain(_at(ordered, share * last)) for share in (tail, 1 - tail)), strict=True)
    found = iter([Interval(*pair) for pair in bounds])
    return {
        name: next(found) if value.ndim == 1 else tuple(islice(found, len(value))) for name, value in values.items()
    }


def plain(values: Values) -> Any:
    """Return a number, or a tuple of them, None for nan."""
    if values.ndim:
        return tuple(None if number != number else number for number in values.tolist())
    return None if values != values else values.item()


def null(value: float, shuffled: Floats) -> Null | None:
    """Return how far a value is from `shuffled` (columns,); None where that is undefined."""
    shuffled = shuffled[~np.isnan(shuffled)]
    if not len(shuffled) or np.isnan(value):
        return None
    mean, deviation = shuffled.mean(), shuffled.std()
    as_far = np.count_nonzero(np.abs(shuffled - mean) >= abs(value - mean) - 1e-12)
    z = float((value - mean) / deviation) if deviation > 1e-12 else None
    return Null(z, float((1 + as_far) / (1 + len(shuffled))))


def joined(parts: Sequence[Mapping[str, Values]]) -> dict[str, Values]:
    """Return the values of several runs of columns as one, by name."""
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]} if parts else {}


def _independent(rows: Floats, tables: int) -> Floats:
    """Return how many independent draws of each row say as much as its columns, (rows,): at least one a table.

    Those of one table share its error, by as much as the means of tables differ more than those of any columns would.
    """
    defined = ~np.isnan(rows)
    means = np.where(defined, rows, 0.0).sum(axis=1) / np.maximum(defined.sum(axis=1), 1)
    filled = np.where(defined, rows, means[:, None])
    between, spread = filled.reshape(len(rows), tables, -1).mean(axis=2).var(axis=1), filled.var(axis=1)
    columns = np.full(len(rows), float(rows.shape[1]))
    independent = np.divide(tables * spread, between, out=columns.copy(), where=between > 1e-12 * spread)
    draws: Floats = np.clip(independent, tables, columns)
    return draws


def _at(ordered: Floats, place: Floats) -> Floats:
    """Return the entries at fractional places along the last axis, linearly between two."""
    below = np.floor(place).astype(int)[..., None]
    above = np.ceil(place).astype(int)[..., None]
    low, high = (np.take_along_axis(ordered, index, axis=-1)[..., 0] for index in (below, above))
    between: Floats = low + (high - low) * (place - np.floor(place))
    return between
