"""The index of many threads as a reader meets it: a table that is sorted and filtered, and complete without script."""

from pathlib import Path
from typing import Any

import pytest

from analyzer.report.site import write_pages
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor

pytestmark = pytest.mark.browser

TEXTS = {"Bypass": ["sign"] * 12, "Airport": ["scrap"] * 11, "Ferry": ["sign"] * 6 + ["scrap"] * 7, "Quay": ["sign"]}


@pytest.fixture
def index(tmp_path: Path) -> str:
    threads = [
        build_thread([Comment(f"c{i}", text=text) for i, text in enumerate(texts)], title=title)
        for title, texts in TEXTS.items()
    ]
    write_pages([(SOURCE, thread) for thread in threads], [], tmp_path, ToyPredictor())
    return f"file://{tmp_path}/index.html"


def titles(page: Any) -> list[str]:
    return page.locator("#threads tbody tr:visible th a").all_inner_texts()


def opened(chromium: Any, url: str, **options: Any) -> Any:
    page = chromium.new_context(**options).new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(url)
    return page


def test_a_heading_sorts_and_sorts_back(chromium: Any, index: str) -> None:
    page = opened(chromium, index)
    assert titles(page) == ["Ferry", "Bypass", "Airport", "Quay"]
    page.click("#threads thead button >> text=Thread")
    assert titles(page) == ["Airport", "Bypass", "Ferry", "Quay"]
    page.click("#threads thead button >> text=Thread")
    assert titles(page) == ["Quay", "Ferry", "Bypass", "Airport"]
    assert page.get_attribute("#threads th >> nth=0", "aria-sort") == "descending"


def test_what_is_undefined_stays_last_either_way(chromium: Any, index: str) -> None:
    page = opened(chromium, index)
    page.click("#threads thead button >> text=against-treaty")
    assert titles(page) == ["Airport", "Ferry", "Bypass", "Quay"]
    page.click("#threads thead button >> text=against-treaty")
    assert titles(page) == ["Bypass", "Ferry", "Airport", "Quay"]


def test_words_filter(chromium: Any, index: str) -> None:
    page = opened(chromium, index)
    page.fill("#words", "erry")
    assert (titles(page), page.inner_text("#matches")) == (["Ferry"], "1 of 4 threads.")


def test_it_sorts_by_keyboard(chromium: Any, index: str) -> None:
    page = opened(chromium, index)
    page.focus("#threads thead button >> nth=0")
    page.keyboard.press("Enter")
    assert titles(page)[0] == "Airport"


def test_without_javascript_every_thread_is_linked(chromium: Any, index: str) -> None:
    page = opened(chromium, index, java_script_enabled=False)
    assert titles(page) == ["Ferry", "Bypass", "Airport", "Quay"]
    page.click("text=Ferry")
    assert page.inner_text("h1") == "Ferry"
    page.click("text=All threads")
    assert page.url == index


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(chromium: Any, index: str, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    viewport = {"width": width, "height": 900}
    page = opened(chromium, index, color_scheme=scheme, viewport=viewport, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = axe.Axe().run(page).response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
