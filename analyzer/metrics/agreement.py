"""The labels of a thread, counted -> how replies stand to their parents. It does not know the scheme's stances by name.

Counted are replies with a predicted agreement whose parent is in the file (a deleted parent is, a placeholder is not);
an `unclear` agreement is in no count. Every function returns one number a column of labels, nan where it is undefined.
"""

from dataclasses import dataclass

import numpy as np

from analyzer.metrics.arrays import (
    AGREE,
    DISAGREE,
    NEUTRAL,
    Floats,
    Groups,
    Ints,
    Labelling,
    Labels,
    Layout,
    Values,
    count,
    ratio,
)

_CELLS_AT_ONCE = 20_000_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement in a thread; each field is the function of the same name."""

    agree: int
    disagree: int
    neutral: int
    disagreement_ratio: float | None
    disagreement_by_depth: tuple[float | None, ...]
    controversy: dict[str, float]
    balance: float | None
    consistency: float | None


def agreement_values(layout: Layout, labels: Labelling) -> dict[str, Values]:
    """Return name -> value of each agreement metric, (columns,).

    (depths, columns) for `disagreement_by_depth`, (comments, columns) for `controversy`.
    """
    agreements = labels.agreements
    return {
        "agree": agree(agreements),
        "disagree": disagree(agreements),
        "neutral": neutral(agreements),
        "disagreement_ratio": disagreement_ratio(agreements),
        "disagreement_by_depth": disagreement_by_depth(layout, agreements),
        "controversy": controversy(layout, agreements),
        "balance": balance(layout, agreements),
        "consistency": consistency(layout, labels),
    }


def agree(agreements: Labels) -> Ints:
    """Return the number of replies that agree with their parent; 0 for 0 or 1 comments.

    Range: 0 to replies. Example: of three replies two agree and one is neutral: 2.
    Reference: Pougué-Biyong et al. (2021), DEBAGREEMENT.
    """
    return count(agreements == AGREE)


def disagree(agreements: Labels) -> Ints:
    """Return the number of replies that disagree with their parent; 0 for 0 or 1 comments.

    Range: 0 to replies. Example: of three replies two agree and one is neutral: 0.
    Reference: Pougué-Biyong et al. (2021), DEBAGREEMENT.
    """
    return count(agreements == DISAGREE)


def neutral(agreements: Labels) -> Ints:
    """Return the number of replies that neither agree nor disagree with their parent; 0 for 0 or 1 comments.

    Range: 0 to replies. Example: of three replies two agree and one is neutral: 1.
    Reference: Pougué-Biyong et al. (2021), DEBAGREEMENT.
    """
    return count(agreements == NEUTRAL)


def disagreement_ratio(agreements: Labels) -> Floats:
    """Return the share of disagreement among the replies that take sides; nan without such replies (0 or 1 comments).

    Formula: disagree / (agree + disagree). Range: 0 to 1.
    Example: 1 agrees, 3 disagree, 5 neutral: 3 / 4 = 0.75.
    """
    disagreeing = disagree(agreements)
    return ratio(disagreeing, agree(agreements) + disagreeing)


def disagreement_by_depth(layout: Layout, agreements: Labels) -> Floats:
    """Return the disagreement ratio at depth 0, 1, …; (depths, columns), no rows for no comments.

    Row d stands for depth d, down to the deepest node; row 0 is always nan, roots answer nobody.
    Each in the range 0 to 1, or nan without replies that take sides.
    Example: two replies at depth 1, one agrees, one disagrees, and at depth 2 one disagrees: nan, 0.5, 1.0.
    """
    agreeing, disagreeing = _for_and_against(layout.replies_by_depth, agreements)
    return ratio(disagreeing, agreeing + disagreeing)


def controversy(layout: Layout, agreements: Labels) -> Floats:
    """Return how contested each comment is among the replies to it; (comments in `replies_by_parent`, columns).

    Formula: min(a, d) / max(a, d) · (a + d), a and d its agreeing and disagreeing direct replies; 0 where either is.
    Range: 0, or above to a + d where the sides are equal.
    Example: 2 agreeing and 3 disagreeing replies: 2 / 3 · 5 = 3.33.
    """
    a, d = _for_and_against(layout.replies_by_parent, agreements)
    heat: Floats = np.minimum(a, d) / np.maximum(np.maximum(a, d), 1) * (a + d)
    return heat


def balance(layout: Layout, agreements: Labels) -> Floats:
    """Return the share of balanced triangles of authors; nan without triangles, so for 0 or 1 comments.

    Formula: triangles whose product of signs is positive / triangles. Two authors are tied by + when, over their
    replies to each other in both directions, more agree than disagree, by - when more disagree, not at all when
    equal. Range: 0 to 1; needs authors.
    Example: Ann and Bo agree, both disagree with Cy: + · - · - is positive, so 1.0.
    Reference: Cartwright, Harary (1956), Structural balance: a generalization of Heider's theory.
    """
    if not len(layout.triangles):
        return np.full(agreements.shape[1], np.nan)
    surplus = (agreements == AGREE).view(np.int8) - (agreements == DISAGREE).view(np.int8)
    signs = np.sign(layout.replies_by_tie.sums(surplus)).astype(np.int8)
    balanced, triangles = np.zeros((2, signs.shape[1]), dtype=np.int64)
    for part in np.array_split(layout.triangles, layout.triangles.shape[0] * signs.shape[1] // _CELLS_AT_ONCE + 1):
        products = signs[part[:, 0]] * signs[part[:, 1]] * signs[part[:, 2]]
        balanced += count(products > 0)
        triangles += count(products != 0)
    return ratio(balanced, triangles)


def consistency(layout: Layout, labels: Labelling) -> Floats:
    """Return the share of replies whose agreement fits the two stances; nan without such replies (0 or 1 comments).

    Formula: replies that do not contradict / replies where the agreement is agree or disagree and both comments take
    a stance (not `none`, not `unclear`). A contradiction: agrees although the stances differ, or disagrees although
    they are equal. Range: 0 to 1; low means the two heads of the classifier tell different stories, or that the
    quarrel is about something else than the topic.
    Example: one reply disagrees across stances, one agrees across stances: 1 / 2 = 0.5.
    """
    own = labels.stances.take(layout.replies, axis=0)
    parents = labels.stances.take(layout.parents[layout.replies], axis=0)
    agrees = labels.agreements == AGREE
    decided = (agrees | (labels.agreements == DISAGREE)) & (own >= 0) & (parents >= 0)
    fits = decided & (agrees == (own == parents))
    return ratio(count(fits), count(decided))


def _for_and_against(groups: Groups, agreements: Labels) -> tuple[Ints, Ints]:
    """Return how many replies of each group agree, and how many disagree, both (groups, columns)."""
    counts = groups.counts(agreements, (AGREE, DISAGREE))
    return counts[:, 0], counts[:, 1]
