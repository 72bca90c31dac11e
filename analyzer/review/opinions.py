"""How far moderators agree: Krippendorff's alpha over the items that more than one of them judged."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations

from sqlalchemy import Connection, select

from analyzer.review.decisions import ACTIONS
from analyzer.review.store import audit

_CHOICES = {"approve": "keep", "wrong": "keep", "hide": "hide", "escalate": "escalate"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha among moderators, None where it is not defined; how many items it rests on, and on how many they agree."""

    alpha: float | None
    items: int
    alike: int


def agreement(connection: Connection) -> Agreement:
    """Return how far moderators agree on what to do with an item: keep, hide or escalate it.

    What was taken back does not count; of one person on one item the last word does.
    """
    undone = select(audit.c.undoes).where(audit.c.undoes.is_not(None))
    query = select(audit.c.item_id, audit.c.actor, audit.c.action, audit.c.detail)
    query = query.where(audit.c.action.in_((*ACTIONS, "opinion")), audit.c.seq.not_in(undone)).order_by(audit.c.seq)
    units: dict[int, dict[str, str]] = {}
    for row in connection.execute(query):
        choice = json.loads(row.detail)["choice"] if row.action == "opinion" else row.action
        units.setdefault(row.item_id, {})[row.actor] = _CHOICES[choice]
    judged = [values for values in units.values() if len(values) > 1]
    alike = sum(len(set(values.values())) == 1 for values in judged)
    return Agreement(nominal_alpha(judged), len(judged), alike)


def nominal_alpha(units: Iterable[Mapping[str, str]]) -> float | None:
    """Return Krippendorff's alpha for labels without an order; each unit maps coders to their label.

    alpha = 1 - observed / expected disagreement: 1 where all agree, 0 where they agree as by chance, below 0 where they
    agree less. None where nothing can be compared, or where only one label was ever used. Source: K. Krippendorff,
    "Computing Krippendorff's Alpha-Reliability", 2011, section C (his example gives 0.743).
    """
    coincidences: defaultdict[tuple[str, str], float] = defaultdict(float)
    for unit in units:
        for one, other in permutations(unit.values(), 2):
            coincidences[one, other] += 1 / (len(unit) - 1)
    totals: defaultdict[str, float] = defaultdict(float)
    for (one, _), number in coincidences.items():
        totals[one] += number
    n = sum(totals.values())
    expected = n * n - sum(total * total for total in totals.values())
    if len(totals) < 2:
        return None
    observed = sum(number for (one, other), number in coincidences.items() if one != other)
    return 1 - (n - 1) * observed / expected
