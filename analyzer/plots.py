"""An Analysis -> matplotlib figures for a notebook or a paper, in the colours and patterns of the HTML page.

Every function returns a new figure and leaves pyplot's own state alone. Needs the `notebooks` extra.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analyzer.analysis import Analysis
from analyzer.plain import excerpt
from analyzer.report import charts, findings
from analyzer.report.charts import Bar
from analyzer.report.entries import Look, looks
from analyzer.scheme import Scheme

try:
    from matplotlib.axes import Axes
    from matplotlib.dates import date2num
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch, Rectangle
except ImportError as error:
    raise ImportError("plots need matplotlib: pip install 'analyzer[notebooks]'") from error

# Okabe and Ito (2008), as in the page's style sheet; the patterns say the same without colour.
COLORS = {
    "s0": "#0072b2",
    "s1": "#e69f00",
    "s2": "#009e73",
    "s3": "#cc79a7",
    "s4": "#56b4e9",
    "s5": "#d55e00",
    "sn": "#c9c7c1",
    "su": "#ece9e2",
}
_HATCHES = {"s1": "///", "s2": "..", "s3": "--", "s4": "xx", "s5": "||", "su": "////"}
_INK = "#1c1d20"
_SOFT = "#575c66"
_LEVELS = 24
_NAME = 40


def reply_tree(analysis: Analysis, *, levels: int = _LEVELS) -> Figure:
    """Return the reply tree as boxes: each hangs under the comment it answers and is as wide as the branch it starts.

    Colour, pattern and letters show the stance, a dark edge on top disagreement with the parent; a comment without
    words is white. The first `levels` levels are drawn.
    """
    cells, shown = charts.icicle(analysis.thread, levels=levels), looks(analysis.scheme)
    rows = max((cell.row for cell in cells), default=0) + 1
    figure, axes = _new(height=0.28 * rows + 1.4)
    for cell in cells:
        prediction = analysis.predictions[cell.position]
        look = shown[prediction.stance.label] if prediction else None
        style = _style(look) if look else {"facecolor": "white", "edgecolor": _SOFT, "linestyle": ":"}
        axes.add_patch(Rectangle((cell.left, cell.row), cell.width, 0.95, **style))
        if prediction and prediction.agreement and prediction.agreement.label == "disagree":
            axes.hlines(cell.row + 0.07, cell.left, cell.left + cell.width, color=_INK, linewidth=2.5)
        if look and cell.letters:
            color = "white" if look.color == "s0" else _INK
            axes.text(cell.left + 0.6, cell.row + 0.52, look.tag, color=color, fontsize=8, va="center", weight="bold")
    axes.set(xlim=(0, 100), ylim=(rows, 0), xticks=[], ylabel="depth")
    axes.set_title(findings.subject(analysis), parse_math=False)
    axes.set_yticks([row + 0.5 for row in range(rows)], [str(row) for row in range(rows)])
    _legend(figure, analysis.scheme)
    return figure


def stance_shares(analysis: Analysis) -> Figure:
    """Return each stance's share of all comments with words as a bar, its 95 % interval as a line, its count beside."""
    figure, axes = _new(height=0.45 * len(analysis.stances) + 1.2)
    for row, (share, look) in enumerate(zip(analysis.stances.values(), looks(analysis.scheme).values(), strict=True)):
        if share.share is not None and share.low is not None and share.high is not None:
            axes.barh(row, share.share, height=0.6, **_style(look))
            axes.errorbar((share.low + share.high) / 2, row, xerr=(share.high - share.low) / 2, color=_INK, capsize=4)
    labels = [f"{label} ({share.count})" for label, share in analysis.stances.items()]
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlim=(0, 1), ylim=(len(labels) - 0.5, -0.5), xlabel="share of comments with words, 95 % interval")
    axes.xaxis.set_major_formatter("{x:.0%}")
    return figure


def mixing_matrix(analysis: Analysis) -> Figure:
    """Return who replies to whom: replies of the stance at the left to the one below, and how many of them disagree."""
    labels = list(looks(analysis.scheme))
    crossings = charts.crossings(analysis) or {label: [charts.Crossing(0, 0, 0)] * len(labels) for label in labels}
    counts = [[crossing.count for crossing in row] for row in crossings.values()]
    figure, axes = _new(width=6, height=4.4)
    axes.imshow(counts, cmap="Blues", vmin=0, vmax=1.7 * max(1, *map(max, counts)))
    for i, row in enumerate(crossings.values()):
        for j, crossing in enumerate(row):
            disagreeing = f"\n{crossing.disagreeing} disagree" if crossing.disagreeing else ""
            axes.text(j, i, f"{crossing.count}{disagreeing}", ha="center", va="center", fontsize=8)
    axes.set(xlabel="to a comment of stance", ylabel="replies of stance")
    axes.set_xticks(range(len(labels)), labels, rotation=20, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    return figure


def timeline(analysis: Analysis) -> Figure:
    """Return how many comments of each stance came when, in UTC; a plot that says so where they have no times."""
    figure, axes = _new(height=2.8)
    times = charts.over_time(analysis)
    if times is None:
        axes.text(0.5, 0.5, "The comments have no times.", ha="center", transform=axes.transAxes)
        return figure
    bars, first = times[2], date2num(times[0])
    wide = (date2num(times[1]) - first) / len(bars)
    for number, bar in enumerate(bars):
        bottom = 0
        for segment in bar.segments:
            axes.bar(first + number * wide, segment.count, 0.9 * wide, bottom, align="edge", **_style(segment.look))
            bottom += segment.count
    axes.xaxis_date()
    axes.set(ylabel="comments", xlabel="time (UTC)")
    axes.tick_params(axis="x", rotation=20)
    _legend(figure, analysis.scheme)
    return figure


def stances_by_depth(analysis: Analysis) -> Figure:
    """Return the mix of stances at each depth; 0 is a top-level comment, the deepest ones stand together."""
    return _mixes(charts.by_depth(analysis), analysis.scheme, ylabel="depth")


def stances_by_thread(analyses: Sequence[Analysis]) -> Figure:
    """Return the mix of stances of each thread, in the order given; the threads must share a scheme."""
    bars = [
        replace(charts.all_stances(analysis), name=excerpt(findings.subject(analysis), _NAME)) for analysis in analyses
    ]
    return _mixes(bars, analyses[0].scheme, ylabel="")


def _mixes(bars: Sequence[Bar], scheme: Scheme, *, ylabel: str) -> Figure:
    """Return one full-width bar a line, its name at the left and the number of its comments at the right."""
    figure, axes = _new(height=0.32 * len(bars) + 1.4)
    for row, bar in enumerate(bars):
        for segment in bar.segments:
            axes.barh(row, segment.length, left=segment.start, **_style(segment.look))
        axes.text(101, row, str(bar.total), va="center", fontsize=8, color=_SOFT)
    axes.set_yticks(range(len(bars)), [bar.name for bar in bars], parse_math=False)
    axes.set(
        xlim=(0, 100), ylim=(max(1, len(bars)) - 0.5, -0.5), ylabel=ylabel, xlabel="share of the comments with words"
    )
    axes.xaxis.set_major_formatter("{x:.0f} %")
    _legend(figure, scheme)
    return figure


def _new(*, width: float = 8, height: float) -> tuple[Figure, Axes]:
    """Return an empty figure, sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _style(look: Look) -> dict[str, Any]:
    """Return how a stance is filled; matplotlib draws a pattern in the colour of the edge."""
    edge = _SOFT if look.color == "su" else "white"
    return {"facecolor": COLORS[look.color], "hatch": _HATCHES.get(look.color), "edgecolor": edge, "linewidth": 0.5}


def _legend(figure: Figure, scheme: Scheme) -> None:
    keys = [Patch(label=f"{look.tag} {look.label}", **_style(look)) for look in looks(scheme).values()]
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys), fontsize=8, frameon=False)
