"""A headless Chromium for the tests of the page; they are skipped, with the reason, where there is none."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer.analysis import Analysis
from analyzer.report.html import render_html

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (make check-browser)")
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(_NAMES)} is installed")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=path, args=as_root)
        yield browser
        browser.close()


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
