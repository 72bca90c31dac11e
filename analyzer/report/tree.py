"""An Analysis -> its reply tree drawn for a terminal, a line a comment: agreement, stance, id, first words."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from analyzer.analysis import Analysis
from analyzer.plain import clean, excerpt
from analyzer.report import findings
from analyzer.report.console import drawn, new_console, stance_color
from analyzer.scheme import Scheme

_MARKS = {"agree": ("+", "green"), "disagree": ("✗", "red"), "neutral": ("·", "bright_black")}
_GUIDE_CELLS = 3
_LEAST_WORDS = 12


def render_tree(analysis: Analysis, *, width: int = 80, color: bool = False) -> str:
    """Return the reply tree with a legend; indentation stops at half the width and the depth is then written out."""
    console = new_console(width=width, color=color)
    tags = findings.stance_tags(analysis.scheme)
    console.print(_legend(analysis.scheme, tags))
    console.print()
    for i, guides in _guides(analysis, levels=console.width // 2 // _GUIDE_CELLS):
        console.print(_line(analysis, i, guides, tags, console.width), no_wrap=True, overflow="crop")
    return drawn(console)


def _legend(scheme: Scheme, tags: dict[str, str]) -> Text:
    legend = Text("Reply to its parent: + agrees, ✗ disagrees, · neither. Stance: ")
    for number, (label, tag) in enumerate(tags.items()):
        legend.append(", " if number else "").append(tag, style=stance_color(scheme, label)).append(f" {label}")
    return legend


def _guides(analysis: Analysis, *, levels: int) -> Iterator[tuple[int, str]]:
    """Yield each position with the lines that lead to it, the innermost `levels` of them."""
    thread = analysis.thread
    rails: list[str] = []
    for i, (parent, depth) in enumerate(zip(thread.parents, thread.depths, strict=True)):
        del rails[max(depth - 1, 0) :]
        if parent < 0:
            yield i, ""
            continue
        last = thread.replies[parent][-1] == i
        skipped = max(0, depth - levels)
        shown = "".join(rails[skipped:]) + ("└─ " if last else "├─ ")
        yield i, (f"⋯{depth} " if skipped else "") + shown
        rails.append("   " if last else "│  ")


def _line(analysis: Analysis, i: int, guides: str, tags: dict[str, str], width: int) -> Text:
    comment = analysis.thread.comments[i]
    prediction = analysis.predictions[i]
    line = Text(guides, style="bright_black")
    if prediction is None:
        return line.append(f"({comment.status} comment) {excerpt(comment.id, 30)}")
    if prediction.agreement:
        mark, style = _MARKS.get(prediction.agreement.label, ("?", "bright_black"))
        line.append(f"{mark} ", style=style)
    label = prediction.stance.label
    line.append(f"{tags[label]} ", style=stance_color(analysis.scheme, label))
    line.append(f"{excerpt(comment.id, 30)} ", style="bright_black")
    if comment.author:
        line.append(f"{excerpt(comment.author, 20)}: ")
    return line.append(
        _fit(findings.own_words(analysis, i) or clean(comment.text), max(_LEAST_WORDS, width - line.cell_len)),
        style="none",
    )


def _fit(text: str, cells: int) -> str:
    """Return the text cut to so many terminal cells; a wide character takes two."""
    text = text[: cells + 1]
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + "…"
