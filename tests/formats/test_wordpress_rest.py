import json
from typing import Any

import pytest

from analyzer.errors import NoCommentsError
from analyzer.formats import wordpress_rest
from analyzer.thread import Thread


def said(id: int, parent: int = 0, **more: Any) -> dict[str, Any]:
    item = {"id": id, "post": 9, "parent": parent, "author_name": "Ines", "content": {"rendered": "<p>Late.</p>\n"}}
    return item | {"date": "2024-05-06T14:00:00", "date_gmt": "2024-05-06T12:00:00", "status": "approved"} | more


def read(document: Any) -> list[Thread]:
    return wordpress_rest.read(json.dumps(document), "ferry.json")


def test_a_single_comment_is_a_thread() -> None:
    (thread,) = read(said(1))
    assert [(comment.id, comment.parent_id, comment.text) for comment in thread.comments] == [("1", None, "Late.")]


def test_equal_ids_under_two_posts_are_two_comments() -> None:
    assert [(thread.id, thread.found) for thread in read([said(1), said(1, post=10)])] == [("9", 1), ("10", 1)]


def test_the_time_is_in_utc() -> None:
    (thread,) = read([said(1)])
    assert thread.comments[0].created is not None
    assert thread.comments[0].created.isoformat() == "2024-05-06T12:00:00+00:00"


@pytest.mark.parametrize(("status", "expected"), [("trash", "deleted"), ("spam", "ok"), ("hold", "ok")])
def test_only_the_trash_is_deleted(status: str, expected: str) -> None:
    (thread,) = read([said(1, status=status)])
    assert thread.comments[0].status == expected


def test_an_embedded_post_gives_the_title() -> None:
    (thread,) = read([said(1, _embedded={"up": [{"title": {"rendered": "The ferry &amp; us"}}]})])
    assert thread.title == "The ferry & us"


def test_an_empty_page_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: its list of comments is empty"):
        read([])
