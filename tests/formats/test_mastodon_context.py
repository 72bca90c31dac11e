import json
from typing import Any

import pytest

from analyzer.errors import NoCommentsError
from analyzer.formats import mastodon_context
from analyzer.thread import Thread


def status(id: str, reply_to: str | None, **more: Any) -> dict[str, Any]:
    said = {"id": id, "in_reply_to_id": reply_to, "content": "<p>Late<br>again</p>", "spoiler_text": ""}
    return said | {"account": {"acct": "ines@isle.example"}, "created_at": "2024-05-06T12:00:00Z"} | more


def read(ancestors: list[dict[str, Any]], descendants: list[dict[str, Any]]) -> Thread:
    text = json.dumps({"ancestors": ancestors, "descendants": descendants})
    (thread,) = mastodon_context.read(text, "ferry.json")
    return thread


def shape(thread: Thread) -> list[tuple[str, str | None, str]]:
    return [(comment.id, comment.parent_id, comment.status) for comment in thread.comments]


def test_answers_to_the_status_are_roots_and_no_orphans() -> None:
    thread = read([], [status("12", "11"), status("13", "12"), status("14", "11")])
    assert shape(thread) == [("12", None, "ok"), ("13", "12", "ok"), ("14", None, "ok")]
    assert (thread.id, thread.missing, thread.issues) == ("11", 0, ())


def test_an_answer_to_a_status_that_is_gone_is_an_orphan() -> None:
    thread = read([], [status("12", "11"), status("15", "14")])
    assert shape(thread) == [("12", None, "ok"), ("14", None, "missing"), ("15", "14", "ok")]


def test_below_ancestors_a_placeholder_stands_for_the_status() -> None:
    thread = read([status("10", None)], [status("12", "11")])
    assert shape(thread) == [("10", None, "ok"), ("11", None, "missing"), ("12", "11", "ok")]


def test_a_content_warning_is_part_of_the_words() -> None:
    (comment,) = read([], [status("12", "11", spoiler_text="Ferries")]).comments
    assert comment.text == "Ferries\n\nLate\nagain"


def test_an_empty_context_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: its context is empty"):
        read([], [])
