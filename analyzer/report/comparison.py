"""Several analyses -> their metrics and shares side by side, each with its difference from the first."""

from collections.abc import Sequence
from math import hypot
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analyzer.analysis import Analysis
from analyzer.document import to_document
from analyzer.plain import clean
from analyzer.report import findings
from analyzer.report.console import drawn, new_console
from analyzer.report.measures import figure, shown

_NOTE = (
    "Beside each number its 95 % interval, then the difference from A. Where the interval of a difference holds 0, the "
    "two may be the same. A metric without interval needs no labels."
)


def compare(analyses: Sequence[Analysis]) -> dict[str, Any]:
    """Return `threads`, what is compared, and `metrics`: name -> `values` and `differences` from the first thread.

    The shares of stances are among them as "share of LABEL". Only what is one number is compared; a difference is None
    where either value is. Its interval is that of independent estimates (square-and-add; Zou, Donner 2008).
    """
    documents = [to_document(analysis) for analysis in analyses]
    rows = [_numbers(document) for document in documents]
    return {
        "threads": [
            {"source": document["source"], "id": document["thread"]["id"], "title": document["thread"]["title"]}
            for document in documents
        ],
        "metrics": {
            name: {
                "values": [row[name] for row in rows],
                "differences": [_difference(rows[0][name], row[name]) for row in rows[1:]],
            }
            for name in rows[0]
        },
    }


def render_comparison(analyses: Sequence[Analysis], *, width: int = 80, color: bool = False) -> str:
    """Return the comparison as a table, a line a thread for every number."""
    console = new_console(width=width, color=color)
    names = [chr(ord("A") + i) if i < 26 else str(i + 1) for i in range(len(analyses))]
    for name, analysis in zip(names, analyses, strict=True):
        titled = analysis.thread.title or analysis.thread.article
        source = f" ({clean(f'{analysis.source.name} {analysis.thread.id}').strip()})" if titled else ""
        console.print(Text(f"{name}  {findings.subject(analysis)}{source}", style="bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for metric, row in compare(analyses)["metrics"].items():
        differences = ["", *map(_signed, row["differences"])]
        for i, (name, value, difference) in enumerate(zip(names, row["values"], differences, strict=True)):
            table.add_row(*map(Text, ("" if i else metric, name, shown(value), difference)))
    console.print()
    console.print(Padding(table, (0, 0, 0, 2)))
    console.print()
    console.print(Text(_NOTE))
    return drawn(console)


def _numbers(document: dict[str, Any]) -> dict[str, Any]:
    """Return name -> number, {"value", "low", "high"} or None: shares first, then the metrics that are one number."""
    shares = {
        f"share of {label}": share["share"] and {"value": share["share"], "low": share["low"], "high": share["high"]}
        for label, share in document["stances"].items()
    }
    metrics = {
        name: {key: value[key] for key in ("value", "low", "high")} if isinstance(value, dict) else value
        for name, value in document["metrics"].items()
        if not isinstance(value, list) and name != "controversy"
    }
    return shares | metrics


def _difference(first: Any, second: Any) -> Any:
    if first is None or second is None:
        return None
    if not isinstance(first, dict) or not isinstance(second, dict):
        return _value(second) - _value(first)
    difference = {"value": _value(second) - _value(first), "low": None, "high": None}
    if None in (*first.values(), *second.values()):
        return difference
    middle = (second["low"] + second["high"] - first["low"] - first["high"]) / 2
    half = hypot(second["high"] - second["low"], first["high"] - first["low"]) / 2
    return difference | {"low": middle - half, "high": middle + half}


def _value(number: Any) -> Any:
    return number["value"] if isinstance(number, dict) else number


def _signed(difference: Any) -> str:
    if difference is None:
        return "–"
    sign = "+" if _value(difference) > 0 else ""
    bounds = f" ({figure(difference['low'])} to {figure(difference['high'])})" if isinstance(difference, dict) else ""
    return f"{sign}{figure(_value(difference))}{bounds}"
