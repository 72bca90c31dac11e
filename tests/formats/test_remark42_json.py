import json
from typing import Any

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, remark42_json
from analyzer.thread import Thread

URL = "https://isle.example/ferry"


def said(id: str, parent: str = "", **more: Any) -> dict[str, Any]:
    item = {"id": id, "pid": parent, "text": "<p>Late.</p>", "user": {"name": "Ines", "id": "x"}, "title": "The ferry"}
    return item | {"locator": {"site": "isle", "url": URL}, "time": "2024-05-06T12:00:00.123456789+02:00"} | more


def read(document: Any) -> list[Thread]:
    return remark42_json.read(json.dumps(document), "ferry.json")


def shape(thread: Thread) -> list[tuple[str, str | None]]:
    return [(comment.id, comment.parent_id) for comment in thread.comments]


TREE = {
    "comments": [{"comment": said("a"), "replies": [{"comment": said("b", "a")}]}],
    "info": {"url": URL, "count": 5},
}
PLAIN = {"comments": [said("b", "a"), said("a")], "info": {"url": URL, "count": 5}}


def test_a_tree_and_a_plain_answer_are_one_thread() -> None:
    assert read(TREE) == read(PLAIN)
    (thread,) = read(TREE)
    assert shape(thread) == [("a", None), ("b", "a")]
    assert (thread.id, thread.title, thread.declared) == (URL, "The ferry", 5)


def test_the_lines_of_a_backup_are_comments_but_the_first() -> None:
    lines = [{"version": 1, "users": [], "posts": []}, said("a"), said("b", "a")]
    text = "\n".join(map(json.dumps, lines))
    assert detect_format(text, "x.dat") == "remark42_json"
    (thread,) = remark42_json.read(text, "ferry.json")
    assert shape(thread) == [("a", None), ("b", "a")]


def test_a_damaged_line_of_a_backup_is_named() -> None:
    with pytest.raises(ReadError, match=r"^ferry\.json, line 2: not valid JSON"):
        remark42_json.read(json.dumps(said("a")) + '\n{"id": ', "ferry.json")


def test_a_deleted_comment_stays_as_a_node() -> None:
    (thread,) = read([said("a", delete=True), said("b", "a")])
    assert [comment.status for comment in thread.comments] == ["deleted", "ok"]


def test_a_page_without_comments_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: "):
        read({"comments": [], "info": {"url": URL, "count": 0}})
