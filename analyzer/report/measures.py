"""An Analysis -> its metrics and authors alone: as tables for a terminal, or as a JSON-ready dict."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analyzer.analysis import Analysis
from analyzer.document import to_document
from analyzer.metrics import meaning
from analyzer.metrics.authors import Author, Pair, measure_authors, measure_pairs
from analyzer.plain import clean, excerpt
from analyzer.report import findings
from analyzer.report.console import drawn, new_console

_AUTHORS_SHOWN = 15
_PAIRS_SHOWN = 10
_NAME = 24
_LISTED = 6


def measures_document(analysis: Analysis) -> dict[str, Any]:
    """Return where the numbers are from, `metrics` as in the document of an analysis, `authors` and `pairs`."""
    document = to_document(analysis)
    authors, pairs = measure_authors(analysis.thread, analysis.predictions), measure_pairs(analysis.thread)
    return {
        **{key: document[key] for key in ("format_version", "analyzer_version", "model", "scheme", "source")},
        "thread_id": analysis.thread.id,
        "first_comment": analysis.thread.comments[0].id if analysis.thread.comments else None,
        "metrics": document["metrics"],
        "authors": [asdict(author) for author in authors],
        "pairs": [asdict(pair) for pair in pairs],
    }


def render_measures(analysis: Analysis, *, width: int = 80, color: bool = False) -> str:
    """Return the metrics by group, each with its meaning and how sure it is, then authors and pairs of them."""
    console = new_console(width=width, color=color)
    console.print(Text(findings.subject(analysis), style="bold"))
    console.print(Text(findings.shape(analysis)))
    values = analysis.metrics.as_dict()
    for group in ("structure", "participation", "agreement", "polarization"):
        names = [field.name for field in fields(getattr(analysis.metrics, group))]
        _table(console, group, (), [(name, shown(values[name]), meaning(name)) for name in names])
    authors, pairs = measure_authors(analysis.thread, analysis.predictions), measure_pairs(analysis.thread)
    _authors(console, authors)
    _pairs(console, pairs)
    console.print()
    console.print(Text(findings.METRICS_DRAWN))
    return drawn(console)


def shown(value: Any) -> str:
    """Return a value in figures: alone, with its interval, or the first of many."""
    if isinstance(value, dict) and "value" in value:
        chance = f", p {figure(value['p'])}" if "p" in value else ""
        return f"{figure(value['value'])} ({figure(value['low'])} to {figure(value['high'])}{chance})"
    if isinstance(value, dict):
        ranked = sorted(value.items(), key=lambda item: -_number(item[1]))[:_LISTED]
        return _listed([f"{excerpt(name, _NAME)} {figure(_number(own))}" for name, own in ranked], len(value))
    if isinstance(value, list):
        return _listed([figure(_number(own)) for own in value[:_LISTED]], len(value))
    return figure(value)


def _number(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) else value


def _listed(shown: Sequence[str], total: int) -> str:
    return (", ".join(shown) or "–") + (f", … ({total})" if total > len(shown) else "")


def figure(number: float | None) -> str:
    """Return a number in three figures, a whole one as it is, a dash for None."""
    if number is None:
        return "–"
    return f"{number:.0f}" if float(number).is_integer() else f"{number:.3g}" if abs(number) < 1000 else f"{number:.0f}"


def _authors(console: Console, authors: Sequence[Author]) -> None:
    rows = [
        (
            excerpt(author.author, _NAME),
            str(author.comments),
            f"{author.answers} to {author.partners}",
            str(author.answered),
            figure(author.reciprocity),
            f"{author.across} of {author.across + author.within}",
        )
        for author in authors[:_AUTHORS_SHOWN]
    ]
    header = ("", "comments", "answers", "answered", "answered back", "across stances")
    _table(console, _title("authors", authors, rows), header, rows)


def _pairs(console: Console, pairs: Sequence[Pair]) -> None:
    rows = [
        (
            " – ".join(excerpt(name, _NAME) for name in pair.authors),
            f"{pair.replies[0]} and {pair.replies[1]}",
            str(pair.back_and_forth),
        )
        for pair in pairs[:_PAIRS_SHOWN]
    ]
    _table(console, _title("who talks to whom", pairs, rows), ("", "replies", "longest back-and-forth"), rows)


def _title(name: str, rows: Sequence[object], shown: Sequence[object]) -> str:
    return name if len(rows) == len(shown) else f"{name}, {len(shown)} of {len(rows)}"


def _table(console: Console, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table.grid(padding=(0, 2), pad_edge=False)
    rows = list(rows)
    if not rows:
        return
    for _ in rows[0]:
        table.add_column()
    if header:
        table.add_row(*(Text(name, style="bright_black") for name in header))
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    console.print()
    console.print(Text(title.upper(), style="bold"))
    console.print(Padding(table, (0, 0, 0, 2)))
