"""An Analysis -> a report as a string: one function a format, listed in RENDERERS."""

from typing import Protocol

from analyzer.analysis import Analysis
from analyzer.report.html import render_html
from analyzer.report.json_report import render_json
from analyzer.report.markdown import render_markdown
from analyzer.report.terminal import render_terminal


class Renderer(Protocol):
    """Returns the report of an analysis; a format without lines or colours of its own ignores the options."""

    def __call__(self, analysis: Analysis, *, width: int = 80, color: bool = False) -> str: ...


RENDERERS: dict[str, Renderer] = {
    "terminal": render_terminal,
    "markdown": render_markdown,
    "json": render_json,
    "html": render_html,
}
