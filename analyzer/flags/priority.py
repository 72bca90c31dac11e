"""Flags -> the one priority that comments, branches and threads are ranked by: how much in them needs a moderator."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analyzer.flags.flag import POSITIVE, Flag
from analyzer.flags.thresholds import Thresholds, default_thresholds
from analyzer.thread import Thread

_PRIOR_DECISIONS = 10


@dataclass(frozen=True, slots=True)
class Priorities:
    """The priority of each comment and of each comment's branch, beside `thread.comments`, and of the whole thread."""

    comments: tuple[float, ...]
    branches: tuple[float, ...]
    thread: float


def prioritise(
    thread: Thread,
    flags: Iterable[Flag],
    *,
    precision: Mapping[str, float] | None = None,
    thresholds: Thresholds | None = None,
) -> Priorities:
    """Return the priorities in a thread: the number of comments in it that are expected to need a moderator.

    A flag counts weight · precision · score, taken for the chance that it is right and matters; a comment
    1 - Π(1 - that) over its flags, at most 1; a branch and a thread the sum over their comments. `precision` replaces
    the thresholds' own for the kinds it names. Flags that praise count nothing. Without flags all are 0.
    """
    thresholds = default_thresholds() if thresholds is None else thresholds
    known = {kind: limits["precision"] for kind, limits in thresholds.items()} | dict(precision or {})
    position = {comment.id: i for i, comment in enumerate(thread.comments)}
    needless = [1.0] * len(thread.comments)
    for flag in flags:
        if flag.kind not in POSITIVE:
            needless[position[flag.comment_id]] *= 1 - thresholds[flag.kind]["weight"] * known[flag.kind] * flag.score
    comments = [1 - chance for chance in needless]
    branches = comments.copy()
    for i in range(len(comments) - 1, -1, -1):
        if thread.parents[i] >= 0:
            branches[thread.parents[i]] += branches[i]
    return Priorities(tuple(comments), tuple(branches), sum(comments))


def learned_precision(
    decisions: Mapping[str, tuple[int, int]], *, thresholds: Thresholds | None = None
) -> dict[str, float]:
    """Return each kind's precision after (right, wrong) decisions on its flags.

    The precision in the thresholds counts as 10 earlier decisions, so that the first few do not swing it.
    """
    thresholds = default_thresholds() if thresholds is None else thresholds
    learned = {}
    for kind, limits in thresholds.items():
        right, wrong = decisions.get(kind, (0, 0))
        learned[kind] = (right + limits["precision"] * _PRIOR_DECISIONS) / (right + wrong + _PRIOR_DECISIONS)
    return learned
