"""`pytest --refresh-gold` writes the gold reports anew; read the difference before you commit it.

A headless Chromium for the tests of pages; they are skipped, with the reason, where there is none.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

GOLD = Path(__file__).parent / "gold"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-gold", action="store_true", help="write the gold files anew instead of comparing")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the answers of a test away from the user's, and from the next test's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def matches_gold(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    def check(name: str, text: str) -> None:
        if request.config.getoption("--refresh-gold"):
            (GOLD / name).write_text(text, encoding="utf-8")
        assert text == (GOLD / name).read_text(encoding="utf-8")

    return check


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
