"""An Analysis -> the stance report for a terminal, at any width from 40 columns, with or without colours."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analyzer.analysis import Analysis, StanceShare
from analyzer.plain import clean
from analyzer.report import findings
from analyzer.report.console import drawn, new_console, stance_color
from analyzer.report.flag_list import first_flags

_LARGEST_BAR = 30


def render_terminal(analysis: Analysis, *, width: int = 80, color: bool = False) -> str:
    """Return the report: what it is about, stances, talk, contested branches, flags, voices, issues, certainty."""
    console = new_console(width=width, color=color)
    _opening(console, analysis)
    _heading(console, "Stances")
    console.print(_stances(analysis, console.width))
    _heading(console, "Conversation")
    for sentence in findings.conversation(analysis):
        _paragraph(console, sentence)
    _branches(console, analysis)
    if flags := first_flags(analysis):
        _heading(console, "Flags")
        for flag in flags:
            _paragraph(console, flag)
    _voices(console, analysis)
    if issues := findings.issues(analysis):
        _heading(console, "Mended in the thread")
        for issue in issues:
            _paragraph(console, issue)
    _heading(console, "How sure")
    for sentence in findings.certainty(analysis):
        _paragraph(console, sentence)
    return drawn(console)


def _opening(console: Console, analysis: Analysis) -> None:
    console.print(Text(findings.subject(analysis), style="bold"))
    source = f"{clean(analysis.source.name)} · {analysis.source.format}"
    console.print(Text(f"Stance towards: {analysis.scheme.topic} · {source}", style="bright_black"))
    console.print()
    console.print(Text(findings.headline(analysis)))
    console.print(Text(findings.counts(analysis)))
    console.print(Text(findings.shape(analysis)))


def _stances(analysis: Analysis, width: int) -> Padding:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    longest = max(map(len, analysis.stances))
    room = max(4, min(_LARGEST_BAR, width - longest - 32))
    for label, share in analysis.stances.items():
        color = stance_color(analysis.scheme, label)
        row = (Text(label, style=color), str(share.count), Text(_bar(share, room), style=color))
        table.add_row(*row, Text(findings.interval(share)))
    return Padding(table, (0, 0, 0, 2))


def _bar(share: StanceShare, room: int) -> str:
    """Return a bar of the share, its shaded end reaching to the interval's upper end."""
    filled = round((share.share or 0.0) * room)
    return "█" * filled + "░" * (round((share.high or 0.0) * room) - filled)


def _branches(console: Console, analysis: Analysis) -> None:
    _heading(console, "Most contested branches")
    branches = findings.contested_branches(analysis)
    if not branches:
        _paragraph(console, "No reply disagrees with its parent.")
    for branch in branches:
        _paragraph(console, f"{branch.comment_id} {branch.text}", style="bold")
        _paragraph(console, findings.branch_sentence(branch), indent=4)


def _voices(console: Console, analysis: Analysis) -> None:
    _heading(console, "In their words")
    voices = findings.voices(analysis)
    if not voices:
        _paragraph(console, "No comment takes a stance.")
    for voice in voices:
        label = Text(voice.label, style=stance_color(analysis.scheme, voice.label))
        label.append(f" · {voice.comment_id} · confidence {findings.percent(voice.confidence)}", style="bright_black")
        console.print(Padding(label, (0, 0, 0, 2)))
        _paragraph(console, f"“{voice.text}”", indent=4)


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text.upper(), style="bold"))


def _paragraph(console: Console, text: str, *, indent: int = 2, style: str = "") -> None:
    console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))
