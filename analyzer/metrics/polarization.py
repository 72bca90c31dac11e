"""A Thread, its Predictions and the scheme's labels -> how the stances are spread and who answers whom.

A stance-taker is a comment whose predicted stance is neither `none` nor `unclear`; only these enter. A reply counts
where it and its parent are stance-takers. `predictions` stands beside `thread.comments`, None for placeholders and
deleted comments; `labels` are the scheme's, with or without `none`.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.metrics.labels import stance_pairs, stances_taken
from analyzer.metrics.random_walk import controversy_rwc
from analyzer.predictions import Prediction
from analyzer.scheme import NO_STANCE
from analyzer.thread import Thread

Predictions = Sequence[Prediction | None]


@dataclass(frozen=True, slots=True)
class Polarization:
    """Polarization of a thread; each field is the function of the same name."""

    stance_entropy: float | None
    effective_stances: float | None
    stance_assortativity: float | None
    ei_index: float | None
    cross_cutting_share: float | None
    stance_modularity: float | None
    controversy_rwc: float | None


def measure_polarization(thread: Thread, predictions: Predictions, labels: Sequence[str]) -> Polarization:
    """Return every polarization metric of a thread."""
    return Polarization(
        stance_entropy=stance_entropy(predictions, labels),
        effective_stances=effective_stances(predictions),
        stance_assortativity=stance_assortativity(thread, predictions),
        ei_index=ei_index(thread, predictions),
        cross_cutting_share=cross_cutting_share(thread, predictions),
        stance_modularity=stance_modularity(thread, predictions),
        controversy_rwc=controversy_rwc(thread, predictions),
    )


def stance_entropy(predictions: Predictions, labels: Sequence[str]) -> float | None:
    """Return how evenly the stances are taken; None without stance-takers (0 comments), 0 for one.

    Formula: -Σ p ln p / ln k, p the shares of the stances among stance-takers, k the stances of the scheme,
    `none` not among them. Range: 0 (one stance) to 1 (all k equally often).
    Example: stances pro, pro, contra, contra in a scheme of three stances: ln 2 / ln 3 = 0.63.
    Reference: Shannon (1948), A mathematical theory of communication.
    """
    shares = _shares(predictions)
    stances = len(set(labels) - {NO_STANCE})
    if not shares or stances < 2:
        return None
    return sum(-p * math.log(p) for p in shares) / math.log(stances)


def effective_stances(predictions: Predictions) -> float | None:
    """Return how many equally frequent stances would be as mixed; None without stance-takers (0 comments), 1 for one.

    Formula: 1 / Σ p², p the shares of the stances among stance-takers. Range: 1 to the number of stances.
    Example: shares 3/4 and 1/4: 1 / (9/16 + 1/16) = 1.6.
    Reference: Laakso, Taagepera (1979), "Effective" number of parties.
    """
    shares = _shares(predictions)
    return 1 / sum(p * p for p in shares) if shares else None


def stance_assortativity(thread: Thread, predictions: Predictions) -> float | None:
    """Return how much more often than by chance a reply has its parent's stance; None for 0 or 1 comments.

    Formula: (Σ e_ii - Σ a_i b_i) / (1 - Σ a_i b_i), e_ij the share of counted replies from stance i to stance j, a and
    b its row and column sums. Range: -1 to 1; 0 as by chance, 1 everybody answers their own side. None also without
    counted replies, and when all counted comments take one stance.
    Equals networkx `attribute_assortativity_coefficient` on the directed graph of the counted replies.
    Example: one reply pro to pro, one pro to contra: (1/2 - 1/2) / (1 - 1/2) = 0.
    Reference: Newman (2003), Mixing patterns in networks.
    """
    pairs = Counter(stance_pairs(thread, predictions))
    if not pairs:
        return None
    replies = pairs.total()
    replying, answered = Counter[str](), Counter[str]()
    for (stance, parent_stance), count in pairs.items():
        replying[stance] += count
        answered[parent_stance] += count
    same = sum(count for (stance, parent_stance), count in pairs.items() if stance == parent_stance)
    chance = sum(replying[stance] * answered[stance] for stance in replying)  # times replies²
    if chance == replies**2:
        return None
    return (same * replies - chance) / (replies**2 - chance)


def ei_index(thread: Thread, predictions: Predictions) -> float | None:
    """Return the surplus of replies across stances over those within; None without counted replies (0 or 1 comments).

    Formula: (E - I) / (E + I), E replies to another stance, I to the same. Range: -1 (all within) to 1 (all across).
    Example: 3 across, 1 within: 0.5.
    Reference: Krackhardt, Stern (1988), Informal networks and organizational crises.
    """
    across = cross_cutting_share(thread, predictions)
    return None if across is None else 2 * across - 1


def cross_cutting_share(thread: Thread, predictions: Predictions) -> float | None:
    """Return the share of counted replies that go to another stance; None without such replies (0 or 1 comments).

    Formula: E / (E + I), as in `ei_index`. Range: 0 to 1.
    Example: 3 across, 1 within: 0.75.
    """
    pairs = stance_pairs(thread, predictions)
    return sum(stance != parent_stance for stance, parent_stance in pairs) / len(pairs) if pairs else None


def stance_modularity(thread: Thread, predictions: Predictions) -> float | None:
    """Return the modularity of the stances as a partition of the reply tree; None without counted replies.

    Formula: Q = Σ over stances of (L_c / m - (d_c / 2m)²), on the undirected reply tree cut down to stance-takers:
    m its edges, L_c those within stance c, d_c the sum of degrees of c. Range: -1/2 to below 1; 0 for one stance;
    None for 0 or 1 comments.
    Equals networkx `community.modularity`, whose import takes longer than the rest of a report on one thread.
    Example: a pair of replies pro - pro and a pair contra - contra: 2 · (1/2 - (2/4)²) = 0.5.
    Reference: Newman, Girvan (2004), Finding and evaluating community structure in networks.
    """
    pairs = Counter(stance_pairs(thread, predictions))
    if not pairs:
        return None
    replies = pairs.total()
    within, degrees = Counter[str](), Counter[str]()
    for (stance, parent_stance), count in pairs.items():
        degrees[stance] += count
        degrees[parent_stance] += count
        if stance == parent_stance:
            within[stance] += count
    return sum(within[stance] / replies - (degrees[stance] / (2 * replies)) ** 2 for stance in degrees)


def _shares(predictions: Predictions) -> list[float]:
    """Return the shares of the stances among stance-takers, in the order of their first comment."""
    counts = Counter(stance for stance in stances_taken(predictions) if stance is not None)
    return [count / counts.total() for count in counts.values()]
