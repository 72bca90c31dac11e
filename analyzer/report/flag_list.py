"""Flags -> what to look at first, highest priority first: in a report, as a list for a terminal, or as a document."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.padding import Padding
from rich.text import Text

from analyzer import __version__
from analyzer.analysis import Analysis
from analyzer.document import FORMAT_VERSION
from analyzer.flags import Flag, Priorities, Thresholds, prioritise
from analyzer.flags.flag import counted
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


def first_flags(analysis: Analysis, *, limit: int = 6) -> list[str]:
    """Return the flags of highest priority as sentences, with the comment each stands at."""
    thread = flagged(analysis)
    lines = [
        f"{clean(flag.kind)}, {excerpt(flag.comment_id, _ID)} {thread.openings[flag.comment_id]}: {clean(flag.reason)}"
        for flag in thread.flags[:limit]
    ]
    more = len(thread.flags) - limit
    return [*lines, f"and {more} more"] if more > 0 else lines


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
        console.print(title.append(f"  ({counted(thread.found, 'comment')})", style="bright_black"))
        for indent, line in _lines(thread, each):
            console.print(Padding(line, (0, 0, 0, indent)))
    if len(ranked) > limit:
        console.print(
            Text(f"\nAnd {counted(len(ranked) - limit, 'more flagged thread')}; --limit shows more, --json all.")
        )
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
    where = f"{counted(kinds.total(), 'flag')} in {counted(len(threads), 'thread')} of {counted(comments, 'comment')}"
    return (
        f"{where}{': ' + named if named else ''}. "
        "Numbers are priorities: how many comments are expected to need a moderator."
    )


def _lines(thread: Flagged, each: int) -> Iterator[tuple[int, Text]]:
    """Yield each line with its indent: the comments of highest priority, the flags of each below it."""
    comments = [(key, list(flags)) for key, flags in groupby(thread.flags, key=lambda flag: flag.comment_id)]
    for comment_id, flags in comments[:each]:
        i = thread.positions[comment_id]
        own, branch = thread.priorities.comments[i], thread.priorities.branches[i]
        line = Text(f"{own:.2f}  ")
        if branch > own:
            line.append(f"(branch {branch:.2f})  ", style="bright_black")
        yield 4, line.append(f"{excerpt(comment_id, _ID)}  {thread.openings[comment_id]}")
        for flag in flags:
            yield 10, Text(flag.kind, style="bold").append(f"  {clean(flag.reason)}", style="not bold")
    if len(comments) > each:
        yield 4, Text(f"and {counted(len(comments) - each, 'more flagged comment')}", style="bright_black")


def _priorities(thread: Flagged, flag: Flag) -> dict[str, float]:
    i = thread.positions[flag.comment_id]
    return {
        "priority": round(thread.priorities.comments[i], 4),
        "branch_priority": round(thread.priorities.branches[i], 4),
    }
