import json
from typing import Any

import pytest

from analyzer.errors import NoCommentsError
from analyzer.formats import discourse_json
from analyzer.thread import Thread


def post(number: int, reply_to: int | None = None, **more: Any) -> dict[str, Any]:
    said = {"id": 500 + number, "post_number": number, "post_type": 1, "username": "ines", "cooked": "<p>Late.</p>"}
    return said | {"created_at": f"2024-05-06T12:0{number}:00Z", "reply_to_post_number": reply_to} | more


def topic(*posts: dict[str, Any], stream: int = 0, count: int = 9) -> str:
    ids = [said["id"] for said in posts] + [600 + i for i in range(stream)]
    return json.dumps(
        {"id": 4, "title": "The ferry", "posts_count": count, "post_stream": {"posts": posts, "stream": ids}}
    )


def read(text: str) -> Thread:
    (thread,) = discourse_json.read(text, "ferry.json")
    return thread


def test_the_first_post_is_the_article() -> None:
    thread = read(topic(post(1, cooked="<p>Keep it?</p>"), post(2), post(3, 1), post(4, 3)))
    assert (thread.title, thread.article) == ("The ferry", "Keep it?")
    assert [(comment.id, comment.parent_id) for comment in thread.comments] == [("2", None), ("3", None), ("4", "3")]


def test_declared_and_hidden_leave_out_the_first_post() -> None:
    thread = read(topic(post(1), post(2), stream=6))
    assert (thread.declared, thread.found, thread.hidden) == (8, 1, 6)


def test_a_later_page_knows_the_first_post_without_holding_it() -> None:
    thread = read(topic(post(7, 1), post(8, 3), stream=7))
    assert (thread.declared, thread.found, thread.missing, thread.hidden) == (8, 2, 1, 6)
    assert [(comment.id, comment.parent_id) for comment in thread.comments if comment.status == "ok"] == [
        ("7", None),
        ("8", "3"),
    ]


@pytest.mark.parametrize("mark", [{"deleted_at": "2024-05-07"}, {"user_deleted": True}, {"hidden": True}])
def test_a_deleted_or_hidden_post_stays_without_its_notice(mark: dict[str, Any]) -> None:
    comment = read(topic(post(1), post(2, **mark))).comments[0]
    assert (comment.status, comment.text) == ("deleted", "")


def test_the_forums_own_notes_are_no_comments() -> None:
    assert read(topic(post(1), post(2), post(3, post_type=3))).found == 1


def test_a_topic_without_replies_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: its topic has no replies"):
        read(topic(post(1)))
