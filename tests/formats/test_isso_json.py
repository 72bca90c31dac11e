import json
from typing import Any

from analyzer.formats import detect_format, isso_json
from analyzer.thread import Thread


def said(id: int, parent: int | None = None, *replies: dict[str, Any], **more: Any) -> dict[str, Any]:
    item = {"id": id, "parent": parent, "text": "<p>Late.</p>", "author": "Ines", "created": 1714996800.25, "mode": 1}
    return item | {"replies": list(replies)} | more


def read(document: Any) -> list[Thread]:
    return isso_json.read(json.dumps(document), "ferry.json")


def test_declared_sums_the_counts_of_all_levels() -> None:
    first = said(1, None, said(2, 1), total_replies=4, hidden_replies=3)
    (thread,) = read({"id": None, "total_replies": 2, "hidden_replies": 1, "replies": [first]})
    assert (thread.declared, thread.found, thread.hidden) == (6, 2, 4)


def test_a_comment_kept_for_its_replies_is_deleted() -> None:
    (thread,) = read({"total_replies": 1, "hidden_replies": 0, "replies": [said(1, None, said(2, 1), mode=4)]})
    assert [comment.status for comment in thread.comments] == ["deleted", "ok"]


def test_an_import_file_has_a_thread_a_page() -> None:
    comment = {"id": 0, "text": "Late.", "author": "Ines", "created": "2024-05-06 12:00:00", "remote_addr": "0.0.0.0"}  # noqa: S104
    pages = [{"id": "/ferry", "title": "The ferry", "comments": [comment]}, {"id": "/bus", "comments": [comment]}]
    assert detect_format(json.dumps(pages), "x.dat") == "isso_json"
    assert [(thread.id, thread.title, thread.found) for thread in read(pages)] == [
        ("/ferry", "The ferry", 1),
        ("/bus", "", 1),
    ]
