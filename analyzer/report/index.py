"""Analyses of many threads -> rows of one page that compares them, with a link to each thread's own page.

The page is a table that can be read without its script; the script sorts and filters it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.analysis import Analysis, StanceShare
from analyzer.plain import clean, excerpt, without_surrogates
from analyzer.report import charts, findings
from analyzer.report.entries import looks
from analyzer.report.html import asset, policy, template
from analyzer.scheme import Scheme

_REASON = 300


@dataclass(frozen=True, slots=True)
class Row:
    """What the index says of one thread; `shares` stand in the order of the scheme's stances."""

    link: str
    subject: str
    source: str
    began: str
    found: int
    depth: int
    stances: charts.Bar
    shares: tuple[StanceShare, ...]
    crossing: charts.Measured
    disagreeing: charts.Measured
    flags: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a thread of it, that has no page, and why."""

    source: str
    reason: str


def summarise(analysis: Analysis, link: str) -> Row:
    """Return a thread's row; `link` leads to its page."""
    metrics = charts.measured(analysis)
    began = min((comment.created for comment in analysis.thread.comments if comment.created), default=None)
    return Row(
        link=link,
        subject=findings.subject(analysis),
        source=clean(analysis.source.name),
        began=f"{began:%Y-%m-%d %H:%M}" if began else "",
        found=analysis.thread.found,
        depth=max(analysis.thread.depths, default=0),
        stances=charts.all_stances(analysis),
        shares=tuple(analysis.stances[label] for label in analysis.scheme.stances),
        crossing=metrics["cross_cutting_share"],
        disagreeing=metrics["disagreement_ratio"],
        flags=sum(map(len, findings.flags_by_comment(analysis).values())),
    )


def render_index(rows: Sequence[Row], failures: Sequence[Failure], *, scheme: Scheme, model: str) -> str:
    """Return the page of all threads, the largest first, and of the failures."""
    style, script = asset("style.css"), asset("index.js")
    page = template("index.html.j2").render(
        rows=sorted(rows, key=lambda row: -row.found),
        failures=[Failure(clean(failure.source), excerpt(failure.reason, _REASON)) for failure in failures],
        scheme=scheme,
        looks=looks(scheme),
        model=clean(model),
        findings=findings,
        style=style,
        script=script,
        policy=policy(style, script),
    )
    return without_surrogates(page)
