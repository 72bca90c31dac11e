"""A Thread and its Predictions -> a row an author, a row a pair of authors: who talks to whom, who crosses stances."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.metrics.graphs import reply_arcs
from analyzer.metrics.labels import stances_taken
from analyzer.metrics.participation import alternations
from analyzer.predictions import Prediction
from analyzer.thread import Thread


@dataclass(frozen=True, slots=True)
class Author:
    """One author.

    `answers` are replies to others, `answered` replies by others, `partners` the different others they answer, and
    `reciprocity` the share of these who answer back, None without any. `across` and `within` are the answers from one
    stance to another and to the same, by the labels shown: who has many across is a bridge.
    """

    author: str
    comments: int
    answers: int
    answered: int
    partners: int
    reciprocity: float | None
    across: int
    within: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two authors of whom one answers the other: `replies` of the first to the second, and back.

    `back_and_forth` are the comments in the longest chain of replies on which the two alternate, 2 upwards.
    """

    authors: tuple[str, str]
    replies: tuple[int, int]
    back_and_forth: int


def measure_authors(thread: Thread, predictions: Sequence[Prediction | None]) -> list[Author]:
    """Return a row an author, most comments first, then by name; [] where the file names nobody."""
    who = thread.authors
    arcs = reply_arcs(thread)
    stances = stances_taken(predictions)
    comments = Counter(author for author in who if author is not None)
    answers, answered, partners, returned = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for (replier, other), count in arcs.items():
        answers[replier] += count
        answered[other] += count
        partners[replier] += 1
        returned[replier] += (other, replier) in arcs
    across, within = Counter[str](), Counter[str]()
    for author, stance, parent in zip(who, stances, thread.parents, strict=True):
        if parent < 0 or author is None or who[parent] in (None, author) or None in (stance, stances[parent]):
            continue
        (within if stance == stances[parent] else across)[author] += 1
    return [
        Author(
            author=author,
            comments=count,
            answers=answers[author],
            answered=answered[author],
            partners=partners[author],
            reciprocity=returned[author] / partners[author] if partners[author] else None,
            across=across[author],
            within=within[author],
        )
        for author, count in sorted(comments.items(), key=lambda item: (-item[1], item[0]))
    ]


def measure_pairs(thread: Thread) -> list[Pair]:
    """Return a row a pair of authors who answer each other or one the other, most replies first, then by name."""
    arcs = reply_arcs(thread)
    who = thread.authors
    longest: Counter[tuple[str, str]] = Counter()
    for i, length in enumerate(alternations(thread)):
        a, b = who[i], who[thread.parents[i]] if length else None
        if a is not None and b is not None:
            pair = min(a, b), max(a, b)
            longest[pair] = max(longest[pair], length)
    pairs = [Pair((a, b), (arcs[a, b], arcs[b, a]), length) for (a, b), length in longest.items()]
    return sorted(pairs, key=lambda pair: (-sum(pair.replies), pair.authors))
