import json
from typing import Any

import pytest

from analyzer.document import FORMAT_VERSION, to_document
from tests.toy import small_analysis


@pytest.fixture
def document() -> dict[str, Any]:
    return to_document(small_analysis())


def test_the_document_has_the_keys_of_the_contract(document: dict[str, Any]) -> None:
    assert list(document) == [
        "format_version",
        "analyzer_version",
        "model",
        "scheme",
        "source",
        "thread",
        "comments",
        "metrics",
        "stances",
        "flags",
    ]
    assert document["format_version"] == FORMAT_VERSION == 1
    assert document["model"] == {"name": "toy", "sha256": "f" * 64}
    assert document["scheme"] == {"name": "harbour", "labels": ["for-treaty", "against-treaty", "none"]}
    assert document["source"] == {"name": "harbour.txt", "format": "indented_text", "sha256": "0" * 64}
    assert document["flags"] == [
        {
            "kind": "attack",
            "comment_id": "c7",
            "score": 0.9,
            "reason": "A personal attack with probability 90 %.",
            "scope": "comment",
            "involved": [],
        }
    ]


def test_the_thread_counts_declared_found_missing_deleted_and_hidden_apart(document: dict[str, Any]) -> None:
    thread = document["thread"]
    assert {key: thread[key] for key in ("id", "declared", "found", "missing", "deleted", "hidden")} == {
        "id": "t1",
        "declared": 12,
        "found": 8,
        "missing": 1,
        "deleted": 1,
        "hidden": 1,
    }
    assert [(issue["kind"], issue["comment_id"]) for issue in thread["issues"]] == [("missing_parent", "c8")]


def test_a_reply(document: dict[str, Any]) -> None:
    reply = document["comments"][2]
    quote = reply.pop("quotes")[0]
    assert quote["from"] == "c2"
    assert reply == {
        "id": "c3",
        "parent_id": "c2",
        "depth": 2,
        "status": "ok",
        "author": "Ada",
        "created": "2024-03-01T12:03:00+00:00",
        "text": "“a harbour full of warships” keeps the peace. You are wrong, sign it.",
        "stance": {"label": "for-treaty", "scores": {"for-treaty": 0.8, "against-treaty": 0.1, "none": 0.1}},
        "agreement": {"label": "disagree", "scores": {"agree": 0.1, "disagree": 0.8, "neutral": 0.1}},
        "attack": {"score": 0.1},
    }


def test_a_placeholder(document: dict[str, Any]) -> None:
    assert document["comments"][7] == {
        "id": "gone",
        "parent_id": None,
        "depth": 0,
        "status": "missing",
        "author": None,
        "created": None,
        "text": "",
        "quotes": [],
        "stance": None,
        "agreement": None,
        "attack": None,
    }


def test_metrics_are_flat(document: dict[str, Any]) -> None:
    assert document["metrics"]["max_depth"] == 2
    assert document["metrics"]["disagree"]["value"] == 2
    assert document["metrics"]["cross_cutting_share"]["low"] is not None


def test_the_document_is_json(document: dict[str, Any]) -> None:
    assert json.loads(json.dumps(document, allow_nan=False)) == document
