import json
from typing import Any

import pytest

from analyzer.errors import NoCommentsError
from analyzer.formats import coral_json
from analyzer.thread import Thread


def node(id: str, *replies: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"id": id, "body": "<div>Late</div><div>again</div>", "author": {"username": "ines"}, "status": "NONE"}
    return said | {"createdAt": "2024-05-06T12:00:00.000Z", "parent": None, "replies": edges(*replies)} | more


def edges(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"edges": [{"node": one, "cursor": "x"} for one in nodes], "pageInfo": {"hasNextPage": False}}


def read(*nodes: dict[str, Any]) -> Thread:
    story = {"id": "s", "commentCounts": {"totalPublished": 9}, "comments": edges(*nodes)}
    (thread,) = coral_json.read(json.dumps({"data": {"story": story}}), "ferry.json")
    return thread


def test_replies_stay_below_the_comment_they_are_nested_in() -> None:
    thread = read(node("a", node("b", node("c"))))
    assert [(comment.id, comment.parent_id) for comment in thread.comments] == [("a", None), ("b", "a"), ("c", "b")]


def test_a_named_parent_goes_before_the_nesting() -> None:
    thread = read(node("a", node("b"), node("c", parent={"id": "b"})))
    assert [(comment.id, comment.parent_id) for comment in thread.comments] == [("a", None), ("b", "a"), ("c", "b")]


def test_declared_found_and_hidden_are_apart() -> None:
    thread = read(node("a", node("b"), replyCount=4))
    assert (thread.declared, thread.found, thread.hidden) == (9, 2, 3)


@pytest.mark.parametrize("mark", [{"status": "REJECTED"}, {"deleted": True, "body": None, "author": None}])
def test_a_rejected_or_deleted_comment_stays_as_a_node(mark: dict[str, Any]) -> None:
    thread = read(node("a", node("b"), **mark))
    assert [(comment.status, comment.parent_id) for comment in thread.comments] == [("deleted", None), ("ok", "a")]


def test_a_story_without_comments_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: its story has no comments"):
        read()
