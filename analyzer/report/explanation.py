"""An Explanation -> text for a terminal: the comment with the words that carried its stance, and a table of weights."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analyzer.explain import Explanation, Part
from analyzer.plain import clean, excerpt
from analyzer.report.console import drawn, new_console, stance_color
from analyzer.report.findings import percent
from analyzer.scheme import Scheme

_WORDS_SHOWN = 8
_CLAUSES_SHOWN = 3
_STRONG = 0.5  # of the largest weight
_NOTABLE = 0.2
_LEAST_WEIGHT = 0.005


def render_explanation(explanation: Explanation, scheme: Scheme, *, width: int = 80, color: bool = False) -> str:
    """Return the explanation; without colours the strongest words stand in *stars* and the next in _underscores_."""
    console = new_console(width=width, color=color)
    console.print(_headline(explanation, scheme))
    console.print()
    console.print(Padding(_marked(explanation, color), (0, 0, 0, 2)))
    _table(console, "Words", "for", [part for part in _strongest(explanation.words) if part.weight > 0])
    _table(console, "Words", "against", [part for part in _strongest(explanation.words) if part.weight < 0])
    if len(explanation.clauses) > 1:
        _table(console, "Clauses", "for and against", _strongest(explanation.clauses)[:_CLAUSES_SHOWN])
    console.print()
    console.print(Text(_parent(explanation)))
    console.print(Text("A weight is how far the probability falls when that part is left out; parts work together."))
    return drawn(console)


def _headline(explanation: Explanation, scheme: Scheme) -> Text:
    scores, label = explanation.stance.scores, explanation.label
    line = Text(f"{clean(explanation.comment_id)}: ", style="bold")
    line.append(label, style=stance_color(scheme, label)).append(f" {percent(scores[label])}", style="none")
    line.append(f", then {explanation.runner_up} {percent(scores[explanation.runner_up])}", style="none")
    if explanation.stance.reason == "language":
        line.append("; answered unclear: not in the model's language", style="none")
    elif explanation.stance.reason:
        line.append("; answered unclear: too uncertain", style="none")
    return line


def _marked(explanation: Explanation, color: bool) -> Text:
    """Return the comment on one line, its weighty words marked."""
    largest = max((part.weight for part in explanation.words), default=0.0)
    text, end = Text(), 0
    for part in explanation.words:
        text.append(clean(explanation.text[end : part.start])).append(" " if end else "")
        end = part.start + len(part.text)
        share = part.weight / largest if largest > _LEAST_WEIGHT else 0.0
        style, mark = ("bold", "*") if share >= _STRONG else ("underline", "_") if share >= _NOTABLE else ("", "")
        words = clean(part.text)
        text.append(words, style=style) if color else text.append(f"{mark}{words}{mark}")
    return text.append(f" {clean(explanation.text[end:])}".rstrip())


def _strongest(parts: tuple[Part, ...]) -> list[Part]:
    notable = [part for part in parts if abs(part.weight) >= _LEAST_WEIGHT]
    return sorted(notable, key=lambda part: -abs(part.weight))[:_WORDS_SHOWN]


def _table(console: Console, what: str, side: str, parts: list[Part]) -> None:
    if not parts:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for part in parts:
        table.add_row(f"{part.weight:+.2f}", Text(excerpt(part.text, 60)))
    console.print()
    console.print(Text(f"{what.upper()} {side.upper()}", style="bold"))
    console.print(Padding(table, (0, 0, 0, 2)))


def _parent(explanation: Explanation) -> str:
    weight = explanation.parent_weight
    if weight is None:
        return "It was read without a parent."
    if abs(weight) < _LEAST_WEIGHT:
        return "Its parent made no difference."
    without = percent(explanation.stance.scores[explanation.label] - weight)
    return f"Without its parent {explanation.label} would be at {without} ({weight:+.2f} is the parent's part)."
