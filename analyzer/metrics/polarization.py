"""The stances of a thread, counted -> how they are spread and who answers whom.

A stance-taker is a comment whose stance is neither `none` nor `unclear`; only these enter. A reply counts where it and
its parent are stance-takers. Every function returns one number a column of labels, nan where it is undefined. Most
take counts: `taken` (stances, columns) of stance-takers, or `mixing` (stances, stances, columns) of the replies from
stance i to stance j.
"""

from dataclasses import dataclass

import numpy as np

from analyzer.metrics.arrays import Floats, Ints, Labels, count, ratio


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


def polarization_values(parents: Ints, stances: Labels, size: int) -> dict[str, Floats]:
    """Return name -> value, (columns,), of each metric but `controversy_rwc`, for a scheme of `size` stances."""
    taken = np.array([count(stances == stance) for stance in range(size)])
    mixing = stance_mixing(parents, stances, size)
    return {
        "stance_entropy": stance_entropy(taken),
        "effective_stances": effective_stances(taken),
        **mixing_values(mixing),
        "stance_modularity": stance_modularity(mixing),
    }


def mixing_values(mixing: Ints) -> dict[str, Floats]:
    """Return name -> value of the metrics of who answers whom, which have a permutation null."""
    return {
        "stance_assortativity": stance_assortativity(mixing),
        "ei_index": ei_index(mixing),
        "cross_cutting_share": cross_cutting_share(mixing),
    }


def stance_mixing(parents: Ints, stances: Labels, size: int) -> Ints:
    """Return the replies from stance i to stance j, (stances, stances, columns), of stances (comments, columns)."""
    replies = np.flatnonzero(parents >= 0)
    own, answered = stances.take(replies, axis=0), stances.take(parents[replies], axis=0)
    rows = [own == stance for stance in range(size)]
    columns = [answered == stance for stance in range(size)]
    cells = [count(row & column) for row in rows for column in columns]
    return np.array(cells, dtype=np.int64).reshape(size, size, stances.shape[1])


def stance_entropy(taken: Ints) -> Floats:
    """Return how evenly the stances are taken; nan without stance-takers (0 comments), 0 for one.

    Formula: -Σ p ln p / ln k, p the shares of the stances among stance-takers, k the stances of the scheme,
    `none` not among them. Range: 0 (one stance) to 1 (all k equally often).
    Example: stances pro, pro, contra, contra in a scheme of three stances: ln 2 / ln 3 = 0.63.
    Reference: Shannon (1948), A mathematical theory of communication.
    """
    if len(taken) < 2:
        return np.full(taken.shape[1], np.nan)
    shares = ratio(taken, taken.sum(axis=0))
    entropy: Floats = np.abs((shares * np.log(np.where(taken > 0, shares, 1))).sum(axis=0)) / np.log(len(taken))
    return entropy


def effective_stances(taken: Ints) -> Floats:
    """Return how many equally frequent stances would be as mixed; nan without stance-takers (0 comments), 1 for one.

    Formula: 1 / Σ p², p the shares of the stances among stance-takers. Range: 1 to the number of stances.
    Example: shares 3/4 and 1/4: 1 / (9/16 + 1/16) = 1.6.
    Reference: Laakso, Taagepera (1979), "Effective" number of parties.
    """
    return ratio(taken.sum(axis=0) ** 2, (taken**2).sum(axis=0))


def stance_assortativity(mixing: Ints) -> Floats:
    """Return how much more often than by chance a reply has its parent's stance; nan for 0 or 1 comments.

    Formula: (Σ e_ii - Σ a_i b_i) / (1 - Σ a_i b_i), e_ij the share of counted replies from stance i to stance j, a and
    b its row and column sums. Range: -1 to 1; 0 as by chance, 1 everybody answers their own side. nan also without
    counted replies, and when all counted comments take one stance.
    Equals networkx `attribute_assortativity_coefficient` on the directed graph of the counted replies.
    Example: one reply pro to pro, one pro to contra: (1/2 - 1/2) / (1 - 1/2) = 0.
    Reference: Newman (2003), Mixing patterns in networks.
    """
    replies = mixing.sum(axis=(0, 1))
    chance = (mixing.sum(axis=1) * mixing.sum(axis=0)).sum(axis=0)  # times replies²
    return ratio(_same(mixing) * replies - chance, replies**2 - chance)


def ei_index(mixing: Ints) -> Floats:
    """Return the surplus of replies across stances over those within; nan without counted replies (0 or 1 comments).

    Formula: (E - I) / (E + I), E replies to another stance, I to the same. Range: -1 (all within) to 1 (all across).
    Example: 3 across, 1 within: 0.5.
    Reference: Krackhardt, Stern (1988), Informal networks and organizational crises.
    """
    return 2 * cross_cutting_share(mixing) - 1


def cross_cutting_share(mixing: Ints) -> Floats:
    """Return the share of counted replies that go to another stance; nan without such replies (0 or 1 comments).

    Formula: E / (E + I), as in `ei_index`. Range: 0 to 1.
    Example: 3 across, 1 within: 0.75.
    """
    replies = mixing.sum(axis=(0, 1))
    return ratio(replies - _same(mixing), replies)


def stance_modularity(mixing: Ints) -> Floats:
    """Return the modularity of the stances as a partition of the reply tree; nan without counted replies.

    Formula: Q = Σ over stances of (L_c / m - (d_c / 2m)²), on the undirected reply tree cut down to stance-takers:
    m its edges, L_c those within stance c, d_c the sum of degrees of c. Range: -1/2 to below 1; 0 for one stance;
    nan for 0 or 1 comments.
    Equals networkx `community.modularity`, whose import takes longer than the rest of a report on one thread.
    Example: a pair of replies pro - pro and a pair contra - contra: 2 · (1/2 - (2/4)²) = 0.5.
    Reference: Newman, Girvan (2004), Finding and evaluating community structure in networks.
    """
    replies = mixing.sum(axis=(0, 1))
    degrees = mixing.sum(axis=1) + mixing.sum(axis=0)
    return ratio(_same(mixing), replies) - ratio((degrees**2).sum(axis=0), (2 * replies) ** 2)


def _same(mixing: Ints) -> Ints:
    same: Ints = np.trace(mixing)
    return same
