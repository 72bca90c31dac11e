"""A moderators' shift in Chromium, by keyboard, over SQLite and over PostgreSQL."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from analyzer.review import audit
from analyzer.review.accounts import add_user
from analyzer.review.intake import add_document
from analyzer.review.store import Store, items
from tests.payloads import PAYLOADS
from tests.review.conftest import PASSWORD, document
from tests.review.server import free_port, serving

pytestmark = pytest.mark.browser

KINDS = ("attack", "pile_on", "heated_branch", "copy", "spam")


def twelve_items(texts: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a document with twelve flagged comments, c0 the most urgent, whose texts are those given or their ids."""
    one = document()
    one["comments"] = [
        {"id": f"c{i}", "parent_id": f"c{i - 1}" if i % 4 else None, "status": "ok", "author": f"Author {i}"}
        | {"created": f"2024-03-01T12:{i:02}:00+00:00", "text": texts[i % len(texts)] if texts else f"Comment c{i}."}
        | {"stance": None, "agreement": None, "attack": None}
        for i in range(12)
    ]
    one["flags"] = [
        {"kind": KINDS[0], "comment_id": f"c{i}", "score": 0.95 - i / 20, "reason": f"Attack with {95 - 5 * i} %."}
        for i in range(12)
    ]
    return one


@pytest.fixture
def page_of(chromium: Any, address: str, open_store: Callable[[], Store]) -> Iterator[Callable[..., Any]]:
    """Open the page in a browser of its own for each moderator; a script error fails the test."""
    store = open_store()
    for name in ("ada", "ben"):
        add_user(store, name, PASSWORD)
    faults: list[str] = []
    contexts = []
    port = free_port()
    with serving(address, port):

        def enter(name: str, **options: Any) -> Any:
            context = chromium.new_context(base_url=f"http://127.0.0.1:{port}", **options)
            contexts.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(f"error: {error}"))
            page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
            page.goto("/")
            page.fill("input[name=name]", name)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.locator(".tabs").wait_for()
            return page

        yield enter
        for context in contexts:
            context.close()
    assert faults == []


def press(page: Any, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def item(page: Any) -> str:
    return str(page.locator(".it .id").inner_text())


def test_a_shift(page_of: Callable[..., Any], open_store: Callable[[], Store]) -> None:
    store = open_store()
    add_document(store, twelve_items())
    ada = page_of("ada")
    press(ada, "n")
    worked = []
    for key in "ahewaahwea":
        worked.append(item(ada))
        press(ada, key)
    assert worked == [f"c{i}" for i in range(10)]
    press(ada, "u")
    assert item(ada) == "c9"

    ben = page_of("ben")
    press(ben, "n")
    assert item(ben) == "c10"
    ben.goto("/items/10")
    assert "ada works on this until" in ben.locator(".held").inner_text()
    assert ben.locator("#approve").count() == 0
    ben.goto("/items/11")
    press(ben, "h")
    assert item(ben) == "c11"

    with ada.expect_download() as download:
        ada.evaluate("location.href = '/export/decisions.json'")
    decisions = json.loads(download.value.path().read_bytes())
    assert [(row["comment"], row["moderator"], row["action"]) for row in decisions] == [
        ("c0", "ada", "approve"),
        ("c1", "ada", "hide"),
        ("c2", "ada", "escalate"),
        ("c3", "ada", "wrong"),
        ("c4", "ada", "approve"),
        ("c5", "ada", "approve"),
        ("c6", "ada", "hide"),
        ("c7", "ada", "wrong"),
        ("c8", "ada", "escalate"),
        ("c9", "ada", "approve"),
        ("c10", "ben", "hide"),
    ]
    assert [row["comment"] for row in decisions if row["undone"]] == ["c9"]
    ada.goto("/audit")
    assert "entries, none changed." in ada.locator("main").inner_text()
    with store.reading() as connection:
        assert audit.verify(connection).problem is None
        states = connection.execute(select(items.c.state).order_by(items.c.id)).scalars().all()
    assert states == [
        *("approved", "hidden", "escalated", "approved", "approved", "approved"),
        *("hidden", "approved", "escalated", "open", "hidden", "open"),
    ]


def test_the_queue_by_keyboard(page_of: Callable[..., Any], open_store: Callable[[], Store]) -> None:
    add_document(open_store(), twelve_items())
    page = page_of("ada")
    for key in "jjxjx":
        page.keyboard.press(key)
    assert page.locator("#chosen").inner_text() == "2"
    with page.expect_navigation():
        page.locator(".bulk button[value=approve]").click()
    assert "2 decided." in page.locator(".said").inner_text()
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("c1.")
    press(page, "Enter")
    assert page.locator(".queue a.text").all_inner_texts() == []
    page.goto("/")
    page.keyboard.press("j")
    press(page, "Enter")
    assert item(page) == "c0"


def test_without_javascript_a_decision_can_be_made(
    page_of: Callable[..., Any], open_store: Callable[[], Store]
) -> None:
    add_document(open_store(), twelve_items())
    page = page_of("ada", java_script_enabled=False)
    page.locator("#next button").click()
    page.locator("#hide").click()
    page.locator(".said", has_text="Item 1: hidden.").wait_for()
    assert item(page) == "c1"


def test_no_stored_text_runs(page_of: Callable[..., Any], open_store: Callable[[], Store]) -> None:
    page = page_of("ada")
    for i in range(0, len(PAYLOADS), 12):
        store = open_store()
        add_document(store, twelve_items(PAYLOADS[i : i + 12]) | {"thread": document()["thread"] | {"id": f"t{i}"}})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for address_shown in ("/", "/?page=2", *(f"/items/{number}" for number in range(2, 49, 4))):
        page.goto(address_shown)
        assert page.evaluate("typeof pwned") == "undefined"
    assert {url.split("/")[2].split(":")[0] for url in requests} == {"127.0.0.1"}
