"""An Analysis -> one HTML page that needs no network, no server and no JavaScript, and is better with it.

Everything on the page is escaped by the template engine. A Content-Security-Policy lets the browser run and style
nothing but the page's own two blocks, by their hashes.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from analyzer.analysis import Analysis
from analyzer.document import to_document
from analyzer.flags import prioritise
from analyzer.metrics import meaning
from analyzer.plain import clean, without_surrogates
from analyzer.report import charts, findings
from analyzer.report.entries import NESTED_DEPTH, anchor, entries, looks

_TEMPLATES = Path(__file__).parent / "templates"
_LEVELS = 24  # rows of the tree's picture; deeper ones come into view by zooming
_BRANCHES = 6


def render_html(analysis: Analysis, *, index: str | None = None) -> str:
    """Return the page as one self-contained document, with a link to `index` where there is such a page."""
    style, script = asset("style.css"), asset("page.js")
    comments = entries(analysis)
    priorities = prioritise(analysis.thread, analysis.flags).comments
    page = template("page.html.j2").render(
        index=index,
        analysis=analysis,
        document=to_document(analysis),
        metrics=charts.measured(analysis),
        findings=findings,
        looks=looks(analysis.scheme),
        entries=comments,
        flag_kinds=sorted({flag.kind for entry in comments for flag in entry.flags}),
        cells=charts.icicle(analysis.thread, levels=_LEVELS),
        levels=_LEVELS,
        nested=NESTED_DEPTH,
        flagged=sorted((entry for entry in comments if entry.flags), key=lambda entry: -priorities[entry.position]),
        depths=charts.by_depth(analysis),
        times=charts.over_time(analysis),
        crossings=charts.crossings(analysis),
        branches=findings.contested_branches(analysis, limit=_BRANCHES),
        meaning=meaning,
        anchor=anchor,
        clean=clean,
        style=style,
        script=script,
        policy=policy(style, script),
    )
    return without_surrogates(page)


def policy(style: str, script: str) -> str:
    """Return the policy that allows these two inline blocks and nothing else, no request either."""
    return (
        f"default-src 'none'; style-src '{_source(style)}'; script-src '{_source(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def asset(name: str) -> str:
    """Return a style sheet or a script of the pages."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def template(name: str) -> Template:
    """Return the template of a page, which escapes what it prints."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _source(block: str) -> str:
    return "sha256-" + b64encode(sha256(block.encode()).digest()).decode()
