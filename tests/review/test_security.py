"""What the review page must refuse, asked for as an attacker would."""

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree
from sqlalchemy import select, update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from analyzer.review.accounts import add_token, add_user
from analyzer.review.intake import add_document
from analyzer.review.store import Store, attempts, sessions
from analyzer.review.web import Settings, make_app
from tests.payloads import PAYLOADS
from tests.review.conftest import FLAGS, PASSWORD, document
from tests.review.test_web import hidden_fields
from tests.toy import ToyPredictor

SQL = (
    "' OR '1'='1",
    "1; DROP TABLE items --",
    "') UNION SELECT password FROM users --",
    "\\'; DELETE FROM audit; --",
    "%' AND 1=1 --",
    "ada'--",
    '" OR ""="',
    "\x00' OR 1=1",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "review.db")
    add_document(store, document(*FLAGS))
    add_user(store, "ada", PASSWORD)
    yield store
    store.close()


@pytest.fixture
def app(store: Store) -> Starlette:
    return make_app(store, predictor=ToyPredictor(), settings=Settings(body_seconds=0.2))


@pytest.fixture
def client(app: Starlette) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


@pytest.fixture
def ada(client: TestClient) -> TestClient:
    assert enter(client).status_code == 303
    return client


def enter(client: TestClient, name: str = "ada", password: str = PASSWORD) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password})


def fields(client: TestClient) -> dict[str, str]:
    return hidden_fields(client.get("/").text)


def test_without_a_session_only_sign_in_and_health_answer(client: TestClient, app: Starlette) -> None:
    answered = {}
    for route in app.routes:
        path = re.sub(r"{\w+(:int)?}", "1", getattr(route, "path", ""))
        for method in getattr(route, "methods", None) or {"GET"}:
            answered[f"{method} {path}"] = client.request(method, path or "/static").status_code
    open_to_all = {name for name, status in answered.items() if status not in (303, 307, 401, 404)}
    assert open_to_all == {"GET /sign-in", "HEAD /sign-in", "POST /sign-in", "GET /health", "HEAD /health"}
    assert answered["POST /sign-in"] == 403
    assert answered["POST /items/1/decide"] == 401
    assert answered["POST /api/threads"] == 401


@pytest.mark.parametrize("csrf", ["", "x", "ÿ", None])
@pytest.mark.parametrize("path", ["/items/1/decide", "/bulk", "/undo", "/next", "/sign-out", "/people/save"])
def test_a_form_without_the_sessions_word_is_refused(ada: TestClient, path: str, csrf: str | None) -> None:
    sent = {"action": "approve", "request": "a-long-name"} | ({} if csrf is None else {"csrf": csrf})
    assert ada.post(path, data=sent).status_code == 403


def test_the_word_of_another_session_is_refused(app: Starlette, ada: TestClient) -> None:
    with TestClient(app, base_url="http://localhost") as other:
        enter(other)
        assert ada.post("/next", data=fields(other)).status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://localhost:81"]
)
def test_a_form_from_another_site_is_refused(ada: TestClient, origin: str) -> None:
    assert ada.post("/next", data=fields(ada), headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.2", "localhost:80@evil.example"]
)
def test_an_unknown_host_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/sign-in", headers={"Host": host}).status_code == 400


def test_a_session_cannot_be_chosen_beforehand(client: TestClient) -> None:
    client.cookies.set("review", "chosen-by-an-attacker")
    answer = enter(client)
    given = answer.cookies["review"]
    assert given != "chosen-by-an-attacker"
    assert client.get("/", headers={"Cookie": "review=chosen-by-an-attacker"}).headers["location"] == "/sign-in"


def test_signing_out_ends_the_session_on_the_server(ada: TestClient) -> None:
    token = ada.cookies["review"]
    ada.post("/sign-out", data=fields(ada))
    assert ada.get("/", headers={"Cookie": f"review={token}"}).headers["location"] == "/sign-in"


def test_a_session_ends_by_itself(ada: TestClient, store: Store) -> None:
    with store.writing() as connection:
        connection.execute(update(sessions).values(until="2000-01-01T00:00:00.000000+00:00"))
    assert ada.get("/").headers["location"] == "/sign-in"


def test_a_new_password_ends_all_sessions(ada: TestClient, store: Store) -> None:
    add_user(store, "ada", "another long word")
    assert ada.get("/").headers["location"] == "/sign-in"


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client: TestClient, store: Store) -> None:
    assert re.search(r"HttpOnly; Max-Age=43200; Path=/; SameSite=lax$", enter(client).headers["set-cookie"])
    secure = make_app(store, settings=Settings(secure=True))
    with TestClient(secure, base_url="http://localhost", follow_redirects=False) as other:
        assert enter(other).headers["set-cookie"].endswith("; Secure")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_parameter_leads_away_from_the_page(client: TestClient, target: str) -> None:
    for name in ("next", "url", "return", "state", "kind", "words", "said"):
        sent = {"name": "ada", "password": PASSWORD}
        assert client.post(f"/sign-in?{name}={target}", data=sent | {name: target}).headers["location"] == "/"
        for path in ("/next", "/items/1/claim"):
            location = client.post(path, data=fields(client) | {name: target}).headers["location"]
            assert re.match(r"/items/1(\?|$)|/\?", location)


def hostile(text: str, number: int) -> dict[str, Any]:
    """Return a document in which everything that can be a text is this one."""
    one = document(("attack", "c7", 0.9))
    for comment in one["comments"]:
        comment["text"], comment["author"] = text, text
    one["thread"] |= {"title": text, "id": f"thread {number}"}
    one["flags"] = [{"kind": text, "comment_id": "c7", "score": 1.0, "reason": text}]
    return one


def elements(page: str) -> set[tuple[str, ...]]:
    """Return the kinds of elements in a page, each with the names of its attributes, as a browser would find them."""
    return {(element.tag, *sorted(element.attrib)) for element in etree.fromstring(page, etree.HTMLParser()).iter("*")}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_stored_is_shown_as_text(store: Store, ada: TestClient, payload: str) -> None:
    shown = []
    for i, text in enumerate(("harmless words", payload)):
        add_document(store, hostile(text, i))
        ada.post(
            f"/items/{4 + i}/decide",
            data=fields(ada) | {"action": "hide", "hide_reason": "spam", "note": text.encode(errors="replace")},
        )
        pages = (f"/?state=all&thread={2 + i}", f"/items/{4 + i}", f"/?words={quote(text, errors='replace')}")
        shown.append([elements(ada.get(page).text) for page in pages])
    assert shown[0] == shown[1]


@pytest.mark.parametrize("text", SQL)
def test_sql_in_any_field_is_text(ada: TestClient, store: Store, text: str) -> None:
    for name in ("words", "kind", "thread", "state", "page", "said"):
        assert ada.get("/", params={name: text}).status_code == 200
    assert enter(ada, text, text).status_code == 403
    sent = fields(ada) | {"action": text, "hide_reason": text, "item": text, "wrong": text}
    assert ada.post("/items/1/decide", data=sent).status_code == 400
    assert ada.post("/bulk", data=sent).status_code in (303, 400)
    assert len(re.findall("data-href", ada.get("/").text)) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/static/../web.py",
        "/static/%2e%2e/web.py",
        "/static/..%2fweb.py",
        "/static//etc/passwd",
        "/export/..%2f..%2fetc",
    ],
)
def test_no_path_leads_out_of_the_static_folder(ada: TestClient, path: str) -> None:
    answer = ada.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


@pytest.mark.parametrize("item", ["99", "0", "2147483648", "9" * 40, "-1", "1.5", "x"])
def test_an_item_that_is_not_there_is_not_there(ada: TestClient, item: str) -> None:
    assert ada.get(f"/items/{item}").status_code == 404


def test_an_oversized_body_is_refused(client: TestClient, store: Store) -> None:
    assert client.post("/sign-in", data={"name": "a" * 70_000, "password": "x"}).status_code == 413
    headers = {"Authorization": f"Bearer {add_token(store, 'our site')}"}
    assert client.post("/api/threads", content=b" " * (33 * 1024 * 1024), headers=headers).status_code == 413


def test_a_form_of_too_many_fields_or_with_a_file_is_refused(ada: TestClient) -> None:
    assert ada.post("/bulk", data={f"f{i}": "x" for i in range(300)}).status_code == 400
    assert ada.post("/bulk", files={"item": ("a.txt", b"x")}).status_code == 400


def test_a_slow_body_is_given_up(app: Starlette) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/sign-in",
        "headers": [(b"host", b"localhost")],
        "query_string": b"",
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 408


def test_guessing_a_password_is_stopped_even_with_the_right_one(client: TestClient, store: Store) -> None:
    statuses = [enter(client, password=f"guess number {i}").status_code for i in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    assert enter(client).status_code == 429
    with store.writing() as connection:
        connection.execute(update(attempts).values(at="2000-01-01T00:00:00.000000+00:00"))
    assert enter(client).status_code == 303


def test_guessing_names_is_stopped_too(client: TestClient) -> None:
    statuses = [enter(client, name=f"moderator{i}").status_code for i in range(32)]
    assert statuses == [403] * 30 + [429] * 2


def test_an_unknown_name_is_answered_like_a_wrong_password(client: TestClient) -> None:
    assert enter(client, "nobody").text == enter(client, "ada", "a wrong long word").text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/items/1", "/static/review.js", "/nowhere", "/health", "/quality"])
def test_every_answer_forbids_inline_scripts_and_frames(ada: TestClient, path: str) -> None:
    headers = ada.get(path).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_are_not_kept_by_caches(ada: TestClient) -> None:
    assert ada.get("/").headers["cache-control"] == "no-store"


def test_secrets_are_in_no_log_and_in_no_store(
    client: TestClient, store: Store, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    token = add_token(store, "our site")
    session = enter(client).cookies["review"]
    client.get("/")
    enter(client, password="a wrong long word")  # noqa: S106
    client.post("/api/threads", content=b"{}", headers={"Authorization": f"Bearer {token}"})
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir()) + caplog.text.encode()
    assert [secret for secret in (PASSWORD, token, session, "a wrong long word") if secret.encode() in kept] == []


def test_the_log_of_an_error_tells_nothing_to_the_outside(ada: TestClient) -> None:
    page = ada.get("/items/99").text
    assert "there is no item 99." in page
    assert "Traceback" not in page


def test_attempts_are_counted_before_they_are_checked(client: TestClient, store: Store) -> None:
    enter(client, password="a wrong long word")  # noqa: S106
    with store.reading() as connection:
        assert connection.execute(select(attempts.c.name)).scalars().all() == ["ada"]
