"""A Thread and its Predictions -> how replies stand to their parents. It does not know the scheme's stances by name.

Counted are replies with a predicted agreement whose parent is in the file (a deleted parent is, a placeholder is not);
an `unclear` agreement is in no count.
`predictions` stands beside `thread.comments`, None for placeholders and deleted comments.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.metrics.graphs import known_authors
from analyzer.metrics.labels import JudgedReply, judged_replies, stances_taken
from analyzer.predictions import Prediction
from analyzer.thread import Thread

Predictions = Sequence[Prediction | None]


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


def measure_agreement(thread: Thread, predictions: Predictions) -> Agreement:
    """Return every agreement metric of a thread."""
    return Agreement(
        agree=agree(thread, predictions),
        disagree=disagree(thread, predictions),
        neutral=neutral(thread, predictions),
        disagreement_ratio=disagreement_ratio(thread, predictions),
        disagreement_by_depth=disagreement_by_depth(thread, predictions),
        controversy=controversy(thread, predictions),
        balance=balance(thread, predictions),
        consistency=consistency(thread, predictions),
    )


def agree(thread: Thread, predictions: Predictions) -> int:
    """Return the number of replies that agree with their parent; 0 for 0 or 1 comments.

    Range: 0 to replies. Example: of three replies two agree and one is neutral: 2.
    Reference: Pougué-Biyong et al. (2021), DEBAGREEMENT.
    """
    return _count(thread, predictions, "agree")


def disagree(thread: Thread, predictions: Predictions) -> int:
    """Return the number of replies that disagree with their parent; 0 for 0 or 1 comments.

    Range: 0 to replies. Example: of three replies two agree and one is neutral: 0.
    Reference: Pougué-Biyong et al. (2021), DEBAGREEMENT.
    """
    return _count(thread, predictions, "disagree")


def neutral(thread: Thread, predictions: Predictions) -> int:
    """Return the number of replies that neither agree nor disagree with their parent; 0 for 0 or 1 comments.

    Range: 0 to replies. Example: of three replies two agree and one is neutral: 1.
    Reference: Pougué-Biyong et al. (2021), DEBAGREEMENT.
    """
    return _count(thread, predictions, "neutral")


def disagreement_ratio(thread: Thread, predictions: Predictions) -> float | None:
    """Return the share of disagreement among the replies that take sides; None without such replies (0 or 1 comments).

    Formula: disagree / (agree + disagree). Range: 0 to 1.
    Example: 1 agrees, 3 disagree, 5 neutral: 3 / 4 = 0.75.
    """
    return _ratio(judged_replies(thread, predictions))


def disagreement_by_depth(thread: Thread, predictions: Predictions) -> tuple[float | None, ...]:
    """Return the disagreement ratio of the replies at depth 0, 1, …; () for no comments, (None,) for one.

    Entry d stands for depth d, up to the deepest node; entry 0 is always None, roots answer nobody.
    Each in the range 0 to 1, or None without replies that take sides.
    Example: two replies at depth 1, one agrees, one disagrees, and at depth 2 one disagrees: (None, 0.5, 1.0).
    """
    by_depth: list[list[JudgedReply]] = [[] for _ in range(max(thread.depths, default=-1) + 1)]
    for judged in judged_replies(thread, predictions):
        by_depth[thread.depths[judged.reply]].append(judged)
    return tuple(_ratio(replies) for replies in by_depth)


def controversy(thread: Thread, predictions: Predictions) -> dict[str, float]:
    """Return the controversy of each comment that has any, by comment id; {} for 0 or 1 comments.

    Formula: min(a, d) / max(a, d) · (a + d), a and d its agreeing and disagreeing direct replies; a comment where
    either is 0 has controversy 0 and is left out. Range: above 0, to a + d where the sides are equal.
    Example: 2 agreeing and 3 disagreeing replies: 2 / 3 · 5 = 3.33.
    """
    agreeing: Counter[int] = Counter()
    disagreeing: Counter[int] = Counter()
    for _, parent, label in judged_replies(thread, predictions):
        agreeing[parent] += label == "agree"
        disagreeing[parent] += label == "disagree"
    result = {}
    for parent in sorted(agreeing):
        low, high = sorted((agreeing[parent], disagreeing[parent]))
        if low:
            result[thread.comments[parent].id] = low / high * (low + high)
    return result


def balance(thread: Thread, predictions: Predictions) -> float | None:
    """Return the share of balanced triangles of authors; None without triangles, so for 0 or 1 comments.

    Formula: triangles whose product of signs is positive / triangles. Two authors are tied by + when, over their
    replies to each other in both directions, more agree than disagree, by - when more disagree, not at all when
    equal. Range: 0 to 1; needs authors.
    Example: Ann and Bo agree, both disagree with Cy: + · - · - is positive, so 1.0.
    Reference: Cartwright, Harary (1956), Structural balance: a generalization of Heider's theory.
    """
    signs = _author_signs(thread, predictions)
    neighbours: dict[str, set[str]] = {}
    for a, b in signs:
        neighbours.setdefault(a, set()).add(b)  # a < b, so every triangle a < b < c is met once
    triangles = balanced = 0
    for (a, b), sign in signs.items():
        for c in neighbours[a] & neighbours.get(b, set()):
            triangles += 1
            balanced += sign * signs[a, c] * signs[b, c] > 0
    return balanced / triangles if triangles else None


def consistency(thread: Thread, predictions: Predictions) -> float | None:
    """Return the share of replies whose agreement fits the two stances; None without such replies (0 or 1 comments).

    Formula: replies that do not contradict / replies where the agreement is agree or disagree and both comments take
    a stance (not `none`, not `unclear`). A contradiction: agrees although the stances differ, or disagrees although
    they are equal. Range: 0 to 1; low means the two heads of the classifier tell different stories, or that the
    quarrel is about something else than the topic.
    Example: one reply disagrees across stances, one agrees across stances: 1 / 2 = 0.5.
    """
    stances = stances_taken(predictions)
    decided = fitting = 0
    for reply, parent, label in judged_replies(thread, predictions):
        if label not in ("agree", "disagree") or stances[reply] is None or stances[parent] is None:
            continue
        decided += 1
        fitting += (label == "agree") == (stances[reply] == stances[parent])
    return fitting / decided if decided else None


def _count(thread: Thread, predictions: Predictions, label: str) -> int:
    return sum(judged.label == label for judged in judged_replies(thread, predictions))


def _ratio(replies: Iterable[JudgedReply]) -> float | None:
    counts = Counter(judged.label for judged in replies)
    sided = counts["agree"] + counts["disagree"]
    return counts["disagree"] / sided if sided else None


def _author_signs(thread: Thread, predictions: Predictions) -> dict[tuple[str, str], int]:
    """Return +1 or -1 for each pair of authors (in order of letters) that is not tied."""
    authors = known_authors(thread)
    surplus: Counter[tuple[str, str]] = Counter()
    for reply, parent, label in judged_replies(thread, predictions):
        a, b = authors[reply], authors[parent]
        if a is None or b is None or a == b:
            continue
        surplus[min(a, b), max(a, b)] += (label == "agree") - (label == "disagree")
    return {pair: 1 if difference > 0 else -1 for pair, difference in surplus.items() if difference}
