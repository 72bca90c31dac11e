"""The one rich console that terminal reports are drawn on: into a string, with no markup, emoji codes or guessing."""

from io import StringIO

from rich.console import Console

from analyzer.predictions import UNCLEAR
from analyzer.scheme import NO_STANCE, Scheme

_COLORS = ("cyan", "magenta", "yellow", "green", "blue", "red")


def new_console(*, width: int, color: bool) -> Console:
    """Return a console that prints into memory; `drawn` returns what it holds."""
    return Console(
        file=StringIO(),
        width=max(width, 40),
        height=100,
        force_terminal=color,
        color_system="standard" if color else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )


def drawn(console: Console) -> str:
    """Return everything printed on a console of `new_console`, without blanks at line ends."""
    file = console.file
    if not isinstance(file, StringIO):
        raise TypeError("this console does not print into memory")
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def stance_color(scheme: Scheme, label: str) -> str:
    """Return the colour of a label, the same in every report."""
    if label in (NO_STANCE, UNCLEAR):
        return "bright_black"
    return _COLORS[scheme.stances.index(label) % len(_COLORS)]
