"""A Thread -> who takes part and when. Needs authors (or times), no labels.

Only comments whose author (or time) is known enter; without any, the metric is None.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from analyzer.metrics.arrays import run_starts
from analyzer.thread import Thread


@dataclass(frozen=True, slots=True)
class Participation:
    """Authors and times of a thread; each field is the function of the same name."""

    authors: int | None
    comments_per_author: float | None
    participation_gini: float | None
    reciprocity: float | None
    reentry_share: float | None
    back_and_forth: int | None
    median_reply_seconds: float | None
    burstiness: float | None


def measure_participation(thread: Thread) -> Participation:
    """Return every participation metric of a thread."""
    return Participation(
        authors=authors(thread),
        comments_per_author=comments_per_author(thread),
        participation_gini=participation_gini(thread),
        reciprocity=reciprocity(thread),
        reentry_share=reentry_share(thread),
        back_and_forth=back_and_forth(thread),
        median_reply_seconds=median_reply_seconds(thread),
        burstiness=burstiness(thread),
    )


def authors(thread: Thread) -> int | None:
    """Return the number of different authors; None for no comments or no known author, 1 for one comment.

    >>> authors(build_thread([Comment("a", author="Ann"), Comment("b", "a", author="Bo")]))
    2
    """
    return len(thread.comments_by_author) or None


def comments_per_author(thread: Thread) -> float | None:
    """Return the mean number of comments an author wrote; None for no known author, 1 for one comment.

    Formula: comments with an author / authors. Range: 1 upwards.

    >>> comments_per_author(build_thread([Comment("a", author="Ann"), Comment("b", "a", author="Ann")]))
    2.0
    """
    counts = thread.comments_by_author
    return sum(counts) / len(counts) if counts else None


def participation_gini(thread: Thread) -> float | None:
    """Return how unevenly the comments are spread over the authors; None for no known author, 0 for one comment.

    Formula: Σ (2i - k - 1) x_i / (k Σ x_i), x_1 ≤ … ≤ x_k the comments of the k authors.
    Range: 0 (all write equally much) to below 1 (one writes nearly everything).
    Reference: Gini (1912), Variabilità e mutabilità.

    Two authors with 1 and 3 comments: (-1 · 1 + 1 · 3) / (2 · 4) = 0.25.
    """
    counts = sorted(thread.comments_by_author)
    k = len(counts)
    if not k:
        return None
    return sum((2 * i - k - 1) * x for i, x in enumerate(counts, start=1)) / (k * sum(counts))


def reciprocity(thread: Thread) -> float | None:
    """Return the share of arcs in the interaction graph that are returned; None without arcs, so for 0 or 1 comments.

    Formula: arcs whose reverse is an arc / arcs; self-replies are no arcs. Range: 0 to 1.
    Equals networkx `overall_reciprocity`.
    Reference: Newman, Forrest, Balthrop (2002), Email networks and the spread of computer viruses.

    Ann answers Bo, Bo answers Ann, Cy answers Ann: 2 of 3 arcs are returned.
    """
    who, parents = np.asarray(thread.author_numbers), np.array(thread.parents, dtype=np.int64)
    replies = np.flatnonzero(parents >= 0)
    own, other = who[replies], who[parents[replies]]
    between = (own >= 0) & (other >= 0) & (own != other)
    size = len(thread.comments_by_author)
    codes = np.sort(own[between] * size + other[between])
    arcs = codes[run_starts(codes)]
    if not len(arcs):
        return None
    reverses = arcs % size * size + arcs // size
    place = np.searchsorted(arcs, reverses)  # that of no arc can lie behind the last
    return np.count_nonzero(arcs.take(place, mode="clip") == reverses) / len(arcs)


def reentry_share(thread: Thread) -> float | None:
    """Return the share of comments by someone already in the thread; None for no known author, 0 for one comment.

    Formula: (comments - authors) / comments over comments with an author: whatever the order, exactly one comment
    of each author is the first. Range: 0 to below 1.
    Reference: Backstrom, Kleinberg, Lee, Danescu-Niculescu-Mizil (2013), Characterizing and curating
    conversation threads.

    Ann, Bo, Ann, Ann: 2 of 4 comments are re-entries, 0.5.
    """
    counts = thread.comments_by_author
    return (sum(counts) - len(counts)) / sum(counts) if counts else None


def back_and_forth(thread: Thread) -> int | None:
    """Return the comments in the longest chain of replies on which two authors alternate; None for no known author.

    0 when nobody is answered by somebody else (so for one comment), else 2 upwards: 2 is an answer, 3 is an
    answer the first author answers again.

    A chain Ann, Bo, Ann, Cy: Ann - Bo - Ann is 3.
    """
    return max(alternations(thread)) if thread.comments_by_author else None


def alternations(thread: Thread) -> list[int]:
    """Return for each comment the comments in the chain that ends there and on which two authors alternate, or 0."""
    who = thread.author_numbers
    chains = [0] * len(who)
    for i, parent in enumerate(thread.parents):
        if parent < 0 or who[i] < 0 or who[parent] < 0 or who[i] == who[parent]:
            continue
        grandparent = thread.parents[parent]
        goes_on = chains[parent] and who[grandparent] == who[i]
        chains[i] = chains[parent] + 1 if goes_on else 2
    return chains


def median_reply_seconds(thread: Thread) -> float | None:
    """Return the median time from a comment to a reply, in seconds; None without timed replies, so for 0 or 1 comments.

    Over replies where both times are known; a reply dated before its parent is a fault of the clock and left out.
    Range: 0 upwards.

    Replies after 10, 20 and 600 seconds: 20.
    """
    times, parents = np.asarray(thread.timestamps), np.array(thread.parents, dtype=np.int64)
    replies = np.flatnonzero(parents >= 0)
    waits = times[replies] - times[parents[replies]]
    waits = np.sort(waits[waits >= 0])  # none of nan
    if not len(waits):
        return None
    middle = (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2
    return round(float(middle), 6)  # to the microsecond, beyond which the subtraction errs


def burstiness(thread: Thread) -> float | None:
    """Return how unevenly the comments come in time; None for fewer than three timed comments, so for 0 or 1.

    Formula: (σ - μ) / (σ + μ), mean and population deviation of the times between successive comments; None also
    when all have the same time. Range: -1 (regular as a clock) over 0 (random) to 1 (bursts).
    Reference: Goh, Barabási (2008), Burstiness and memory in complex systems.

    Comments at 0, 10, 20, 30 seconds: σ = 0, so -1.
    """
    times = np.asarray(thread.timestamps)
    times = np.sort(times[~np.isnan(times)])
    gaps = times[1:] - times[:-1]
    if len(gaps) < 2 or not gaps.any():
        return None
    mean = gaps.sum() / len(gaps)
    deviation = sqrt(np.square(gaps - mean).sum() / len(gaps))  # numpy's own `std` takes three times as long
    return float((deviation - mean) / (deviation + mean))
