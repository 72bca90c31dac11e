"""The pages as a browser asks for them, over one SQLite store; what they must refuse is in test_security.py."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from analyzer.document import to_document
from analyzer.review.accounts import add_token, add_user
from analyzer.review.decisions import claim
from analyzer.review.intake import add_document
from analyzer.review.store import Store
from analyzer.review.web import make_app
from tests.review.conftest import ADA, BEN, CLEO, FLAGS, PASSWORD, document
from tests.toy import ToyPredictor, small_analysis


@pytest.fixture
def page_store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "review.db")
    add_document(store, document(*FLAGS))
    for user in (ADA, BEN, CLEO):
        add_user(store, user.name, PASSWORD, role=user.role)
    yield store
    store.close()


@pytest.fixture
def sign_in(page_store: Store) -> Iterator[Callable[[str], TestClient]]:
    app = make_app(page_store, predictor=ToyPredictor())
    clients = []

    def enter(name: str) -> TestClient:
        client = TestClient(app, base_url="http://localhost")
        clients.append(client)
        client.post("/sign-in", data={"name": name, "password": PASSWORD})
        return client

    yield enter
    for client in clients:
        client.close()


def hidden_fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(csrf|request)" value="([^"]+)">', page))


def send(client: TestClient, address: str, **fields: Any) -> Any:
    """Load the page of the queue and send a form as it would."""
    return client.post(address, data=hidden_fields(client.get("/").text) | fields)


def test_the_queue_shows_the_most_urgent_first_with_reasons(sign_in: Callable[[str], TestClient]) -> None:
    page = sign_in("ada").get("/").text
    assert re.findall(r'data-href="/items/(\d+)', page) == ["1", "2", "3"]
    assert "attack at 0.90" in page


def test_an_item_stands_between_its_ancestors_and_replies(sign_in: Callable[[str], TestClient]) -> None:
    page = sign_in("ada").get("/items/2").text
    shown = re.findall(r'class="comment (ancestor|it|reply)">.*?class="id">(c\d)<', page, re.DOTALL)
    assert shown == [("ancestor", "c1"), ("it", "c2"), ("reply", "c3")]


def test_a_decision_leads_to_the_next_item(sign_in: Callable[[str], TestClient]) -> None:
    client = sign_in("ada")
    answer = send(client, "/items/1/decide", action="hide", hide_reason="personal_attack", note="Calls all idiots.")
    assert answer.url.path == "/items/2"
    assert "Item 1: hidden." in answer.text
    assert "personal attack; Calls all idiots." in client.get("/items/1").text


def test_skipping_leads_to_the_item_after(sign_in: Callable[[str], TestClient]) -> None:
    client = sign_in("ada")
    assert [send(client, "/next", after=number).url.path for number in ("", "1", "2", "3")] == [
        "/items/1",
        "/items/2",
        "/items/3",
        "/",
    ]


def test_what_another_holds_says_so_and_is_refused(sign_in: Callable[[str], TestClient], page_store: Store) -> None:
    client = sign_in("ada")
    claim(page_store, 1, BEN)
    assert "with ben" in client.get("/").text
    answer = send(client, "/items/1/decide", action="approve")
    assert answer.status_code == 409
    assert "item 1 is with ben until" in answer.text


def test_undo_leads_back_to_the_item(sign_in: Callable[[str], TestClient]) -> None:
    client = sign_in("ada")
    send(client, "/items/1/decide", action="approve")
    assert send(client, "/undo").url.path == "/items/1"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=pile_on", ["1"]),
        ("kind=unknown", []),
        ("words=HARBOUR", ["2", "3"]),
        ("words=eve", ["1"]),
        ("words=100%25", []),
        ("words=_", []),
        ("thread=1", ["1", "2", "3"]),
        ("thread=2", []),
        ("state=hidden", []),
        ("state=all&page=2", []),
        ("state=nonsense&page=-1", ["1", "2", "3"]),
    ],
)
def test_filters(sign_in: Callable[[str], TestClient], query: str, expected: list[str]) -> None:
    assert re.findall(r'data-href="/items/(\d+)', sign_in("ada").get(f"/?{query}").text) == expected


def test_several_items_are_decided_at_once(sign_in: Callable[[str], TestClient]) -> None:
    client = sign_in("ada")
    answer = send(client, "/bulk", item=["1", "3"], action="hide", hide_reason="spam")
    assert "2 decided." in answer.text
    assert re.findall(r'data-href="/items/(\d+)', answer.text) == ["2"]


def test_a_second_opinion_does_not_see_the_first(sign_in: Callable[[str], TestClient]) -> None:
    ada, ben = sign_in("ada"), sign_in("ben")
    send(ada, "/items/1/decide", action="hide", hide_reason="spam", note="Surely.")
    send(ada, "/items/1/ask")
    page = ben.get("/items/1").text
    assert "hidden" not in re.sub(r'type="hidden"| hidden>', "", page).replace("Hidden", "")
    assert "Surely." not in page
    assert "your opinion is noted" in send(ben, "/items/1/opinion", choice="approve").text


def test_only_an_admin_sees_and_changes_people(sign_in: Callable[[str], TestClient]) -> None:
    assert sign_in("ada").get("/people").status_code == 403
    cleo = sign_in("cleo")
    send(cleo, "/people/save", action="save", name="dov", password=PASSWORD, role="moderator")
    assert sign_in("dov").get("/").status_code == 200
    send(cleo, "/people/save", action="remove", name="dov")
    assert sign_in("dov").get("/").url.path == "/sign-in"


@pytest.mark.parametrize("name", ["decisions.csv", "decisions.json", "training.jsonl"])
def test_exports_are_files(sign_in: Callable[[str], TestClient], name: str) -> None:
    client = sign_in("ada")
    send(client, "/items/1/decide", action="hide", hide_reason="personal_attack")
    answer = client.get(f"/export/{name}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "You are all idiots." in answer.text


def test_a_program_puts_in_a_document_and_a_saved_thread(page_store: Store) -> None:
    token = add_token(page_store, "our site")
    headers = {"Authorization": f"Bearer {token}"}
    saved = b'[{"id": "x1", "text": "You idiot."}, {"id": "x2", "parent": "x1", "text": "Wrong."}]'
    with TestClient(make_app(page_store, predictor=ToyPredictor()), base_url="http://localhost") as client:
        again = client.post("/api/threads", json=to_document(small_analysis()), headers=headers)
        assert (again.status_code, again.json()["threads"][0]["comments"]) == (201, 0)
        added = client.post("/api/threads?site=other", content=saved, headers=headers)
        assert (added.status_code, added.json()["threads"][0]["items"]) == (201, 1)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\x00", b'{"format_version": 1', b'{"format_version": 1, "comments": 3}']
)
def test_a_program_is_told_what_cannot_be_read(page_store: Store, content: bytes) -> None:
    headers = {"Authorization": f"Bearer {add_token(page_store, 'our site')}"}
    with TestClient(make_app(page_store, predictor=ToyPredictor()), base_url="http://localhost") as client:
        answer = client.post("/api/threads", content=content, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["error"]
