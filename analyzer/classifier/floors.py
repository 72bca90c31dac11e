"""Scores and a TOML file of pinned limits -> what a model fails: below these it must not ship."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analyzer.classifier.evaluation import Evaluation
from analyzer.classifier.fairness import MirroredDifference
from analyzer.errors import DataError


@dataclass(frozen=True, slots=True)
class Floors:
    """Least and largest values by the names of `measured_values`."""

    at_least: dict[str, float]
    at_most: dict[str, float]


def read_floors(path: Path) -> Floors:
    """Return the limits in a file with tables [at_least] and [at_most]; raises DataError where it cannot be read."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        limits = [
            {name: float(value) for name, value in tables.get(table, {}).items()} for table in ("at_least", "at_most")
        ]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: cannot read the floors: {error}") from error
    return Floors(*limits)


def measured_values(evaluation: Evaluation, mirrored: MirroredDifference | None) -> dict[str, float]:
    """Return name -> value of everything a floor can be set for; what was not measured is left out.

    `stance_worst_f1` is the lowest F1 of any label, `attack_multiple` average precision over the base rate,
    `stance_calibration_error` the one without bins.
    """
    values: dict[str, float] = {}
    if stance := evaluation.stance:
        values |= {"stance_macro_f1": stance.macro_f1, "stance_worst_f1": min(stance.f1_by_label.values())}
        if stance.reliability:
            values["stance_calibration_error"] = stance.reliability.cumulative_error
    if evaluation.agreement:
        values["agreement_macro_f1"] = evaluation.agreement.macro_f1
    if evaluation.target:
        values["target_macro_f1"] = evaluation.target.macro_f1
    if evaluation.attack_precision is not None and evaluation.attack_rate:
        values["attack_multiple"] = evaluation.attack_precision / evaluation.attack_rate
    if mirrored:
        values["mirrored_difference"] = mirrored.mean
    return values


def failures(values: Mapping[str, float], floors: Floors) -> list[str]:
    """Return a line for each limit that is broken, or that nothing was measured for."""
    lines = []
    for name, limit, sign, word in (
        *((name, limit, 1, "at least") for name, limit in floors.at_least.items()),
        *((name, limit, -1, "at most") for name, limit in floors.at_most.items()),
    ):
        if name not in values:
            lines.append(f"{name} was not measured; it must be {word} {limit:g}")
        elif not sign * values[name] >= sign * limit:
            lines.append(f"{name} is {values[name]:.3f}; it must be {word} {limit:g}")
    return lines
