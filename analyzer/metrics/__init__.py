"""A Thread and its Predictions -> Metrics: every number of the thread, in four groups."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from analyzer.metrics import agreement, participation, polarization, random_walk, structure
from analyzer.metrics.agreement import Agreement, agreement_values
from analyzer.metrics.arrays import Labelling, Layout, Values, layout, predicted_labels, stance_names
from analyzer.metrics.draws import batches, drawn_labels, tables_drawn
from analyzer.metrics.participation import Participation, measure_participation
from analyzer.metrics.polarization import Polarization, mixing_values, polarization_values, stance_mixing
from analyzer.metrics.random_walk import controversy_rwc
from analyzer.metrics.structure import Structure, measure_structure
from analyzer.metrics.uncertainty import (
    Interval,
    Null,
    intervals,
    joined,
    null,
    plain,
    shuffled_stances,
)
from analyzer.predictions import Prediction
from analyzer.scheme import NO_STANCE
from analyzer.thread import Thread

__all__ = [
    "Agreement",
    "Interval",
    "Metrics",
    "Null",
    "Participation",
    "Polarization",
    "Structure",
    "meaning",
    "measure",
    "measure_all",
]

Intervals = Interval | tuple[Interval, ...] | dict[str, Interval]

_DRAWS = 200
_SHUFFLES = 1000
_MOST_AUTHORS = 100  # of more, the interval of the random walk would cost more than everything else


@dataclass(frozen=True, slots=True)
class Metrics:
    """The numbers of one thread; None is an undefined one.

    `intervals` has the 95 % interval of each metric that rests on labels, in the metric's own form (one, one a depth,
    one a comment); `controversy_rwc` has none where it is undefined or authors are many. `nulls` say how far the mixing
    of stances is from chance.
    """

    structure: Structure
    participation: Participation
    agreement: Agreement
    polarization: Polarization
    intervals: dict[str, Intervals]
    nulls: dict[str, Null]

    def as_dict(self) -> dict[str, Any]:
        """Return name -> value, ready for JSON; no name occurs in two groups.

        A value with an interval is {"value", "low", "high"}, with "z" and "p" where it has a null.
        """
        groups = (self.structure, self.participation, self.agreement, self.polarization)
        values = {name: value for group in groups for name, value in asdict(group).items()}
        shown = {name: _with_interval(value, self.intervals.get(name)) for name, value in values.items()}
        for name, chance in self.nulls.items():
            shown[name] |= asdict(chance)
        return shown


def measure(
    thread: Thread,
    predictions: Sequence[Prediction | None],
    labels: Sequence[str],
    *,
    mix: Sequence[float] | None = None,
    draws: int = _DRAWS,
    shuffles: int = _SHUFFLES,
    seed: int = 0,
) -> Metrics:
    """Return the metrics of a thread.

    `predictions` stands beside `thread.comments`, None for placeholders and deleted comments; `labels` are the
    scheme's, and `mix` their shares in the rows the probabilities were calibrated on, where known.

    Intervals come from `draws` labellings and nulls from `shuffles` of the stances, fewer for a thread of tens of
    thousands of comments; 0 leaves them out. Raises ValueError when the two sequences differ in length.
    """
    return measure_all([thread], [predictions], labels, mix=mix, draws=draws, shuffles=shuffles, seed=seed)[0]


def measure_all(
    threads: Sequence[Thread],
    predictions: Sequence[Sequence[Prediction | None]],
    labels: Sequence[str],
    *,
    mix: Sequence[float] | None = None,
    draws: int = _DRAWS,
    shuffles: int = _SHUFFLES,
    seed: int = 0,
) -> list[Metrics]:
    """Return the metrics of each thread: what `measure` returns for it alone, in less time if it is short."""
    for thread, own in zip(threads, predictions, strict=True):
        if len(own) != len(thread.comments):
            raise ValueError(f"{len(own)} predictions do not stand beside {len(thread.comments)} comments")
    stances = stance_names(labels)
    shares = None if mix is None else [dict(zip(labels, mix, strict=True))[label] for label in (*stances, NO_STANCE)]
    labelled = [i for i, own in enumerate(predictions) if any(own)]
    found: dict[int, Metrics] = {}
    for batch in batches([len(threads[i].comments) for i in labelled]):
        points = {i: _points(threads[i], predictions[i], stances) for i in (labelled[number] for number in batch)}
        parts: dict[int, list[dict[str, Values]]] = {i: [] for i in points}
        layouts, answers = [point.known for point in points.values()], [predictions[i] for i in points]
        for number, labelling in drawn_labels(layouts, answers, stances, mix=shares, draws=draws, seed=seed):
            i = labelled[batch[number]]
            parts[i].append(points[i].drawn_values(labelling))
        for i, point in points.items():
            found[i] = _metrics(threads[i], point, joined(parts[i]), shuffles, seed)
    return [found[i] if i in found else _without_labels(thread) for i, thread in enumerate(threads)]


def meaning(metric: str) -> str:
    """Return what a metric is: the first words of the docstring of its function, or nothing for a plain count."""
    for module in (structure, participation, agreement, polarization, random_walk):
        if documentation := getattr(getattr(module, metric, None), "__doc__", None):
            first: str = documentation.strip().splitlines()[0]
            return first.removeprefix("Return ").partition(";")[0].rstrip(".")
    return ""


def _without_labels(thread: Thread) -> Metrics:
    """Return the metrics of a thread nobody labelled; it is common in a corpus, so nothing is counted at length."""
    depths = max(thread.depths, default=-1) + 1
    return Metrics(
        structure=measure_structure(thread),
        participation=measure_participation(thread),
        agreement=Agreement(0, 0, 0, None, (None,) * depths, {}, None, None),
        polarization=Polarization(None, None, None, None, None, None, None),
        intervals={},
        nulls={},
    )


@dataclass(frozen=True, slots=True)
class _Points:
    """The metrics of one thread that rest on labels, as predicted."""

    known: Layout  # of its replies by parent, those to contested comments alone: others have no controversy to show
    predicted: Labelling
    size: int  # stances of the scheme
    contested: tuple[str, ...]
    values: dict[str, Values]

    def drawn_values(self, labels: Labelling) -> dict[str, Values]:
        """Return name -> value, (…, columns), under other labels."""
        walks = self.known.comments_by_author.size <= _MOST_AUTHORS and not np.isnan(self.values["controversy_rwc"][0])
        return _label_values(self.known, labels, self.size, rwc=walks)

    def named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values with the controversies by the ids of their comments."""
        return {**values, "controversy": dict(zip(self.contested, values["controversy"], strict=True))}


def _points(thread: Thread, predictions: Sequence[Prediction | None], stances: Sequence[str]) -> _Points:
    known = layout(thread, predictions)
    predicted = predicted_labels(known, predictions, stances)
    values = _label_values(known, predicted, len(stances))
    contested = np.flatnonzero(values["controversy"][:, 0])
    return _Points(
        replace(known, replies_by_parent=known.replies_by_parent.only(contested)),
        predicted,
        len(stances),
        tuple(thread.comments[i].id for i in contested),
        {**values, "controversy": values["controversy"][contested]},
    )


def _metrics(thread: Thread, points: _Points, drawn: dict[str, Values], shuffles: int, seed: int) -> Metrics:
    """Return the metrics of a thread from its points and the values under drawn labels, if any."""
    named = points.named({name: plain(value[..., 0]) for name, value in points.values.items()})
    shuffled = [
        mixing_values(stance_mixing(parents, columns, points.size))
        for parents, columns in shuffled_stances(
            points.known.parents, points.predicted.stances, shuffles=shuffles, seed=seed
        )
    ]
    nulls = {name: null(float(points.values[name][0]), column) for name, column in joined(shuffled).items()}
    return Metrics(
        structure=measure_structure(thread),
        participation=measure_participation(thread),
        agreement=Agreement(**{field.name: named[field.name] for field in fields(Agreement)}),
        polarization=Polarization(**{field.name: named[field.name] for field in fields(Polarization)}),
        intervals=points.named(intervals(drawn, tables_drawn(len(thread.comments)))) if drawn else {},
        nulls={name: chance for name, chance in nulls.items() if chance},
    )


def _label_values(known: Layout, labels: Labelling, size: int, *, rwc: bool = True) -> dict[str, Values]:
    """Return name -> value, (…, columns), of the metrics that rest on labels."""
    return {
        **agreement_values(known, labels),
        **polarization_values(known.parents, labels.stances, size),
        **({"controversy_rwc": controversy_rwc(known, labels.stances, size)} if rwc else {}),
    }


def _with_interval(value: Any, interval: Intervals | None) -> Any:
    """Return a value ready for JSON, each number of it with its interval."""
    if isinstance(value, tuple):
        parts = interval if isinstance(interval, tuple) else [None] * len(value)
        return [_with_interval(*pair) for pair in zip(value, parts, strict=True)]
    if isinstance(value, dict):
        known = interval if isinstance(interval, dict) else {}
        return {name: _with_interval(own, known.get(name)) for name, own in value.items()}
    if value is None or not isinstance(interval, Interval):
        return value
    return {"value": value, "low": interval.low, "high": interval.high}
