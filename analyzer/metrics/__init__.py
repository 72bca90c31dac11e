"""A Thread and its Predictions -> Metrics: every number of the thread, in four groups."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from analyzer.metrics.agreement import Agreement, measure_agreement
from analyzer.metrics.participation import Participation, measure_participation
from analyzer.metrics.polarization import Polarization, measure_polarization
from analyzer.metrics.structure import Structure, measure_structure
from analyzer.predictions import Prediction
from analyzer.thread import Thread

__all__ = ["Agreement", "Metrics", "Participation", "Polarization", "Structure", "measure"]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The numbers of one thread; None is an undefined one."""

    structure: Structure
    participation: Participation
    agreement: Agreement
    polarization: Polarization

    def as_dict(self) -> dict[str, Any]:
        """Return name -> value, ready for JSON; no name occurs in two groups."""
        groups = (self.structure, self.participation, self.agreement, self.polarization)
        values = {name: value for group in groups for name, value in asdict(group).items()}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def measure(thread: Thread, predictions: Sequence[Prediction | None], labels: Sequence[str]) -> Metrics:
    """Return the metrics of a thread.

    `predictions` stands beside `thread.comments`, None for placeholders and deleted comments; `labels` are the
    scheme's. Raises ValueError when the two sequences differ in length.
    """
    return Metrics(
        structure=measure_structure(thread),
        participation=measure_participation(thread),
        agreement=measure_agreement(thread, predictions),
        polarization=measure_polarization(thread, predictions, labels),
    )
