import json
from typing import Any

import pytest

from analyzer.formats import commento_json
from analyzer.thread import Thread


def said(id: str, parent: str = "root", **more: Any) -> dict[str, Any]:
    item = {"commentHex": id, "parentHex": parent, "commenterHex": "w", "markdown": "*Late*", "html": "<p>Late</p>"}
    return item | {"url": "/ferry", "creationDate": "2024-05-06T12:00:00.123456Z", "deleted": False} | more


def read(*comments: dict[str, Any], commenters: Any = ()) -> list[Thread]:
    return commento_json.read(json.dumps({"comments": comments, "commenters": commenters}), "ferry.json")


@pytest.mark.parametrize(
    "commenters", [[{"commenterHex": "w", "name": "Ines"}], {"w": {"commenterHex": "w", "name": "Ines"}}]
)
def test_names_stand_apart_in_a_list_or_a_mapping(commenters: Any) -> None:
    (thread,) = read(said("a"), commenters=commenters)
    assert thread.comments[0].author == "Ines"


def test_the_words_as_typed_go_before_the_html() -> None:
    (thread,) = read(said("a"), said("b", markdown=""))
    assert [comment.text for comment in thread.comments] == ["*Late*", "Late"]


def test_a_deleted_comment_keeps_its_replies() -> None:
    (thread,) = read(said("b", "a"), said("a", deleted=True))
    assert [(comment.id, comment.status, comment.parent_id) for comment in thread.comments] == [
        ("a", "deleted", None),
        ("b", "ok", "a"),
    ]


def test_each_page_is_a_thread() -> None:
    assert [thread.id for thread in read(said("a"), said("b", url="", path="/bus"))] == ["/ferry", "/bus"]
