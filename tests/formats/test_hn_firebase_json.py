import json
from typing import Any

import pytest

from analyzer.errors import NoCommentsError
from analyzer.formats import detect_format, hn_firebase_json
from analyzer.thread import Thread


def said(id: int, parent: int, *kids: int, **more: Any) -> dict[str, Any]:
    item = {"id": id, "type": "comment", "by": "ines", "parent": parent, "text": "Late.<p>Again.", "time": 1714996800}
    return item | ({"kids": list(kids)} if kids else {}) | more


STORY = {
    "id": 1,
    "type": "story",
    "by": "ole",
    "title": "The ferry",
    "kids": [2, 3],
    "descendants": 6,
    "time": 1714990000,
}


def read(document: Any) -> list[Thread]:
    return hn_firebase_json.read(json.dumps(document), "ferry.json")


def shape(thread: Thread) -> list[tuple[str, str | None, str]]:
    return [(comment.id, comment.parent_id, comment.status) for comment in thread.comments]


def test_a_list_and_a_map_of_items_are_the_same() -> None:
    items = [STORY, said(2, 1, 4), said(4, 2)]
    assert read(items) == read({str(item["id"]): item for item in items})


def test_a_line_each_is_read_too() -> None:
    text = "\n".join(json.dumps(item) for item in (said(2, 1), said(4, 2)))
    assert detect_format(text, "x.dat") == "hn_firebase_json"
    (thread,) = hn_firebase_json.read(text, "ferry.json")
    assert shape(thread) == [("2", None, "ok"), ("4", "2", "ok")]


def test_the_story_need_not_be_in_the_file() -> None:
    threads = read([said(2, 1), said(4, 2), said(9, 8)])
    assert [(thread.id, shape(thread), thread.issues) for thread in threads] == [
        ("1", [("2", None, "ok"), ("4", "2", "ok")], ()),
        ("8", [("9", None, "ok")], ()),
    ]


def test_kids_that_are_not_in_the_file_are_hidden() -> None:
    (thread,) = read([STORY, said(2, 1, 4, 5), said(4, 2)])
    assert (thread.title, thread.declared, thread.found, thread.hidden) == ("The ferry", 6, 2, 2)


def test_a_kid_with_replies_in_the_file_is_a_placeholder_in_its_place() -> None:
    (thread,) = read([STORY, said(2, 1, 4), said(5, 4)])
    assert shape(thread) == [("2", None, "ok"), ("4", "2", "missing"), ("5", "4", "ok")]
    assert (thread.missing, thread.hidden) == (1, 1)


@pytest.mark.parametrize("mark", [{"deleted": True}, {"dead": True}])
def test_a_deleted_or_dead_comment_stays_as_a_node(mark: dict[str, Any]) -> None:
    (thread,) = read([said(2, 1, **mark), said(4, 2)])
    assert shape(thread) == [("2", None, "deleted"), ("4", "2", "ok")]


def test_a_reply_loop_is_named() -> None:
    (thread,) = read([said(2, 4), said(4, 2)])
    assert [issue.kind for issue in thread.issues] == ["reply_loop"]


def test_an_item_without_an_id_is_named_by_its_key() -> None:
    item = said(2, 1)
    del item["id"]
    assert shape(read({"2": item})[0]) == [("2", None, "ok")]


def test_a_story_alone_has_no_comments() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: none of its items is a comment"):
        read([STORY])
