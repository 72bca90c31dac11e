"""An Analysis -> a report as a string: one function a format, listed in RENDERERS."""

from typing import Protocol

from analyzer.analysis import Analysis
from analyzer.report.csv_report import render_csv
from analyzer.report.json_report import render_json
from analyzer.report.markdown import render_markdown
from analyzer.report.terminal import render_terminal


class Renderer(Protocol):
    """Returns the report of an analysis; a format without lines or colours of its own ignores the options."""

    def __call__(self, analysis: Analysis, *, width: int = 80, color: bool = False) -> str: ...


def _render_html(analysis: Analysis, *, width: int = 80, color: bool = False) -> str:
    """Return the HTML report; its template engine is imported here, so that no other report waits for it."""
    from analyzer.report.html import render_html

    return render_html(analysis)


RENDERERS: dict[str, Renderer] = {
    "terminal": render_terminal,
    "markdown": render_markdown,
    "json": render_json,
    "csv": render_csv,
    "html": _render_html,
}
