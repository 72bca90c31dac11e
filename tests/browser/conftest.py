"""A report opened from disk, for the tests of the page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer.analysis import Analysis
from analyzer.report.html import render_html


@pytest.fixture
def visit(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open the page of an analysis from disk and hand it over; a script error or a request fails the test."""
    faults: list[str] = []
    contexts = []

    def open_page(analysis: Analysis, anchor: str = "", **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_text(render_html(analysis), encoding="utf-8")
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda message: faults.append(f"console: {message.text}"))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        own = f"file://{path}"
        page.on("request", lambda request: request.url.split("#")[0] == own or faults.append(f"request: {request.url}"))
        page.goto(own + anchor)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
