import json
from typing import Any

from analyzer.formats import lemmy_json
from analyzer.thread import Thread


def view(path: str, *, post: int = 7, replies: int = 0, **more: Any) -> dict[str, Any]:
    comment = {"id": int(path.rpartition(".")[2]), "post_id": post, "content": "Late.", "path": path}
    return {
        "comment": comment | {"published": "2024-05-06T12:00:00Z", "deleted": False, "removed": False} | more,
        "creator": {"name": "ines"},
        "post": {"id": post, "name": "The ferry"},
        "counts": {"child_count": replies},
    }


def read(*views: dict[str, Any]) -> list[Thread]:
    return lemmy_json.read(json.dumps({"comments": views}), "ferry.json")


def test_a_path_gives_the_parent() -> None:
    (thread,) = read(view("0.1.5.8"), view("0.1"), view("0.1.5"))
    assert [(comment.id, comment.parent_id) for comment in thread.comments] == [("1", None), ("5", "1"), ("8", "5")]
    assert thread.title == "The ferry"


def test_every_ancestor_that_is_left_out_has_its_place() -> None:
    (thread,) = read(view("0.1"), view("0.1.5.8.9"))
    assert [(comment.id, comment.parent_id, comment.status) for comment in thread.comments] == [
        ("1", None, "ok"),
        ("5", "1", "missing"),
        ("8", "5", "missing"),
        ("9", "8", "ok"),
    ]


def test_counted_replies_that_are_neither_found_nor_implied_are_hidden() -> None:
    (thread,) = read(view("0.1", replies=6), view("0.1.5.8", replies=1), view("0.1.4"))
    assert (thread.found, thread.missing, thread.hidden) == (3, 1, 3)


def test_deleted_and_removed_comments_stay() -> None:
    (thread,) = read(view("0.1", deleted=True), view("0.2", removed=True), view("0.3"))
    assert [comment.status for comment in thread.comments] == ["deleted", "deleted", "ok"]


def test_each_post_is_a_thread() -> None:
    assert [thread.id for thread in read(view("0.1"), view("0.2", post=8))] == ["7", "8"]


def test_a_branch_as_deep_as_its_path() -> None:
    (thread,) = read(view("0." + ".".join(map(str, range(1, 2001)))))
    assert (thread.found, thread.missing, max(thread.depths)) == (1, 1999, 1999)
