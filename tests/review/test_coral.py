import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from analyzer.review.coral import Phase
from analyzer.review.store import Store
from analyzer.review.web import Settings, make_app
from tests.toy import ToyPredictor

SECRET = "ssec_of_nobody"  # noqa: S105
PASS, TOXIC, SPAM = None, "COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM"


def body(text: Any, **more: Any) -> bytes:
    """Return a request as Coral writes it, with two blanks of indentation."""
    request = {
        "action": "NEW",
        "comment": {"body": text, "parentID": None},
        "author": {"id": "baf4", "role": "COMMENTER"},
        "story": {"id": "245b", "url": "https://news.example/harbour"},
        "site": {"id": "a4be"},
        "tenantID": "19ba",
        "tenantDomain": "comments.news.example",
    }
    return json.dumps(request | more, indent=2).encode()


def signature(content: bytes, *secrets: str) -> str:
    return ",".join(f"sha256={hmac.new(secret.encode(), content, 'sha256').hexdigest()}" for secret in secrets)


@pytest.fixture
def post(open_store: Callable[[], Store]) -> Iterator[Callable[..., Any]]:
    clients = []

    def send(content: bytes, header: str | None = None, phase: Phase = Phase((SECRET,))) -> Any:  # noqa: B008
        if not clients:
            app = make_app(open_store(), predictor=ToyPredictor(), settings=Settings(phase=phase))
            clients.append(TestClient(app, base_url="http://localhost"))
        header = signature(content, SECRET) if header is None else header
        return clients[0].post("/coral", content=content, headers={"X-Coral-Signature": header})

    yield send
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("Four ships are not a base.", []),
        ("You are all idiots.", [TOXIC]),
        ("<div>You are all<br>idiots.</div>", [TOXIC]),
        ("".join(f'<a href="https://shop.example/{i}">https://shop.example/{i}</a>' for i in range(3)), []),
        ("".join(f'<a href="https://shop.example/{i}">https://shop.example/{i}</a>' for i in range(4)), [SPAM]),
        (" ", []),
    ],
)
def test_flags_attack_and_links_and_nothing_else(post: Callable[..., Any], text: str, reasons: list[str]) -> None:
    answer = post(body(text))
    if reasons:
        assert answer.json() == {"actions": [{"actionType": "FLAG", "reason": reason} for reason in reasons]}
    assert (answer.status_code, bool(answer.content)) == ((200, True) if reasons else (204, False))


def test_a_withheld_comment_waits_for_a_moderator(post: Callable[..., Any]) -> None:
    answer = post(body("You are all idiots."), phase=Phase((SECRET,), withhold=True))
    assert answer.json()["status"] == "SYSTEM_WITHHELD"


@pytest.mark.parametrize("text", ["Sign it, you idiot.", "Scrap it, you idiot."])
def test_the_side_a_comment_takes_changes_nothing(post: Callable[..., Any], text: str) -> None:
    assert post(body(text)).json() == {"actions": [{"actionType": "FLAG", "reason": TOXIC}]}


def test_one_of_several_signatures_is_enough_while_the_secret_changes(post: Callable[..., Any]) -> None:
    content = body("Four ships.")
    assert post(content, signature(content, "the next secret", SECRET)).status_code == 204


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        signature(body("Four ships."), "another secret"),
        signature(body("Five ships."), SECRET),
        signature(body("Four ships."), SECRET).upper(),
        signature(body("Four ships."), SECRET).replace("sha256", "sha1"),
        signature(body("Four ships."), SECRET)[:-1],
        signature(body("Four ships."), ""),
    ],
)
def test_a_wrong_signature_is_refused(post: Callable[..., Any], header: str) -> None:
    assert post(body("Four ships."), header).status_code == 403


def test_the_signature_is_of_the_bytes_not_of_what_they_mean(post: Callable[..., Any]) -> None:
    content = body("Four ships.")
    assert post(json.dumps(json.loads(content)).encode(), signature(content, SECRET)).status_code == 403


def test_the_same_request_twice_is_refused(post: Callable[..., Any]) -> None:
    content = body("Four ships.")
    assert [post(content).status_code, post(content).status_code] == [204, 409]


def test_an_edit_is_another_request(post: Callable[..., Any]) -> None:
    assert [post(body("Four ships.")).status_code, post(body("Four ships.", action="EDIT")).status_code] == [204, 204]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"{", b"\xff", body(None), body(["x"]), body("x", action="DELETE"), body("x", comment=7)],
)
def test_what_is_not_of_corals_form_is_refused_though_signed(post: Callable[..., Any], content: bytes) -> None:
    assert post(content).status_code == 400


def test_without_a_secret_there_is_no_such_door(store: Store) -> None:
    with TestClient(make_app(store, predictor=ToyPredictor()), base_url="http://localhost") as client:
        assert client.post("/coral", content=b"{}").status_code == 404
