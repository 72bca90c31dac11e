"""Flagged threads -> what to look at first, highest priority first: as lines for a terminal, or as a document."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.padding import Padding
from rich.text import Text

from analyzer import __version__
from analyzer.analysis import Analysis
from analyzer.document import FORMAT_VERSION
from analyzer.flags import Flag, Priorities, Thresholds, prioritise
from analyzer.plain import clean, excerpt
from analyzer.report import findings
from analyzer.report.console import drawn, new_console

_ID = 40
_SUBJECT = 60
_OTHERS = 12


@dataclass(frozen=True, slots=True)
class Flagged:
    """One thread of the list: where it is from, what it is about, its flags, highest priority first, and priorities."""

    source: str
    thread_id: str
    subject: str
    found: int
    flags: tuple[Flag, ...]
    openings: dict[str, str]
    positions: dict[str, int]
    priorities: Priorities


def flagged(analysis: Analysis, *, thresholds: Thresholds | None = None) -> Flagged:
    """Return what the list needs of one analysis, so that the rest can be let go."""
    thread = analysis.thread
    priorities = prioritise(thread, analysis.flags, thresholds=thresholds)
    named = {flag.comment_id for flag in analysis.flags}
    positions = {comment.id: i for i, comment in enumerate(thread.comments) if comment.id in named}

    def rank(flag: Flag) -> tuple[float, int, float]:
        i = positions[flag.comment_id]
        return -priorities.comments[i], i, -flag.score

    return Flagged(
        source=clean(analysis.source.name),
        thread_id=thread.id,
        subject=_subject(analysis),
        found=thread.found,
        flags=tuple(sorted(analysis.flags, key=rank)),
        openings={comment_id: findings.opening(analysis, i) for comment_id, i in positions.items()},
        positions=positions,
        priorities=priorities,
    )


def render_flags(
    threads: Sequence[Flagged], *, limit: int = 20, each: int = 5, width: int = 80, color: bool = False
) -> str:
    """Return the `limit` threads of highest priority with the `each` comments of highest priority in each."""
    console = new_console(width=width, color=color)
    ranked = [thread for thread in _ranked(threads) if thread.flags]
    console.print(Text(_summary(threads)))
    for number, thread in enumerate(ranked[:limit], 1):
        console.print()
        title = Text(f"{number}. ").append(f"{thread.priorities.thread:.2f}", style="bold")
        title.append(f"  {excerpt(thread.thread_id, _ID) or thread.source}  {thread.subject}")
        console.print(title.append(f"  ({thread.found} comments)", style="bright_black"))
        for line in _lines(thread, each):
            console.print(Padding(line, (0, 0, 0, 4)))
    if len(ranked) > limit:
        console.print(Text(f"\nAnd {len(ranked) - limit} more threads with flags; --limit shows more, --json all."))
    return drawn(console)


def flags_document(threads: Sequence[Flagged]) -> dict[str, Any]:
    """Return every thread, highest priority first, with its flags; the flags have the form they have in a report."""
    return {
        "format_version": FORMAT_VERSION,
        "analyzer_version": __version__,
        "threads": [
            {
                "source": thread.source,
                "id": thread.thread_id,
                "found": thread.found,
                "priority": round(thread.priorities.thread, 4),
                "flags": [flag.as_dict() | _priorities(thread, flag) for flag in thread.flags],
            }
            for thread in _ranked(threads)
        ],
    }


def _subject(analysis: Analysis) -> str:
    """Return the thread's title, else the first words of its article, else those of its first comment with words."""
    thread = analysis.thread
    spoken = (i for i, comment in enumerate(thread.comments) if comment.status == "ok")
    about = excerpt(thread.title, _SUBJECT) or excerpt(thread.article, _SUBJECT)
    return about or next((findings.opening(analysis, i) for i in spoken), "")


def _ranked(threads: Sequence[Flagged]) -> list[Flagged]:
    return sorted(threads, key=lambda thread: -thread.priorities.thread)


def _summary(threads: Sequence[Flagged]) -> str:
    kinds = Counter(flag.kind for thread in threads for flag in thread.flags)
    named = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(_OTHERS))
    comments = sum(thread.found for thread in threads)
    return (
        f"{kinds.total()} flags in {len(threads)} threads of {comments} comments{': ' + named if named else ''}. "
        "Numbers are priorities: how many comments are expected to need a moderator."
    )


def _lines(thread: Flagged, each: int) -> list[Text]:
    lines = []
    comments = [(key, list(flags)) for key, flags in groupby(thread.flags, key=lambda flag: flag.comment_id)]
    for comment_id, flags in comments[:each]:
        i = thread.positions[comment_id]
        own, branch = thread.priorities.comments[i], thread.priorities.branches[i]
        line = Text(f"{own:.2f}  ")
        if branch > own:
            line.append(f"(branch {branch:.2f})  ", style="bright_black")
        line.append(f"{excerpt(comment_id, _ID)}  {thread.openings[comment_id]}")
        for flag in flags:
            line.append(f"\n      {flag.kind}", style="bold").append(f"  {clean(flag.reason)}")
        lines.append(line)
    if len(comments) > each:
        lines.append(Text(f"and {len(comments) - each} more flagged comments", style="bright_black"))
    return lines


def _priorities(thread: Flagged, flag: Flag) -> dict[str, float]:
    i = thread.positions[flag.comment_id]
    return {
        "priority": round(thread.priorities.comments[i], 4),
        "branch_priority": round(thread.priorities.branches[i], 4),
    }
