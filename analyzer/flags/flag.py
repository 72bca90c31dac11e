"""A flag, and the words its reasons share."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from analyzer.plain import excerpt

POSITIVE = frozenset({"bridge", "constructive"})
"""Kinds that praise: they are shown, and never move a priority."""
_NAME = 30


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing worth a look: its kind, the comment, or the head of the branch (`scope`), and a sentence with numbers.

    `score` says how far the evidence goes, 0 to 1. `involved` are the ids of the other comments the reason speaks of.
    """

    kind: str
    comment_id: str
    score: float
    reason: str
    scope: Literal["comment", "branch"] = "comment"
    involved: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what the document holds."""
        return asdict(self) | {"score": round(self.score, 4), "involved": list(self.involved)}


def strength(value: float, threshold: float) -> float:
    """Return how far a count is above its threshold: 0.5 at it, 0.67 at twice, towards 1."""
    return value / (value + threshold)


def percent(share: float) -> str:
    """Return a share as whole percent."""
    return f"{100 * share:.0f} %"


def counted(number: int, noun: str) -> str:
    """Return "1 reply", "2 replies"."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def name(author: str) -> str:
    """Return an author's name, safe to print and cut to a reasonable length."""
    return excerpt(author, _NAME)
