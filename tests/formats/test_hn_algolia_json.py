import json
from datetime import UTC, datetime
from typing import Any

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, hn_algolia_json
from analyzer.thread import Comment, Thread


def item(id: int, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"id": id, "type": "comment", "author": "ines", "text": "Late.<p>Again.", "children": list(children)}
    return said | {"created_at": "2024-05-06T12:00:00.000Z"} | more


def story(*children: dict[str, Any]) -> dict[str, Any]:
    return item(1, *children, type="story", title="The ferry", text=None)


def read(document: Any) -> Thread:
    (thread,) = hn_algolia_json.read(json.dumps(document), "ferry.json")
    return thread


def test_content_decides() -> None:
    assert detect_format(json.dumps(story(item(2)), indent=2), "a.txt") == "hn_algolia_json"


def test_the_story_is_no_comment() -> None:
    thread = read(story(item(2, item(3)), item(4)))
    assert [(comment.id, comment.parent_id) for comment in thread.comments] == [("2", None), ("3", "2"), ("4", None)]
    assert (thread.id, thread.title) == ("1", "The ferry")


def test_a_comment_has_its_words_author_and_time() -> None:
    noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert read(story(item(2))).comments == (Comment("2", None, "Late.\n\nAgain.", "ines", noon),)


def test_an_item_that_is_a_comment_is_the_root() -> None:
    assert [(comment.id, comment.parent_id) for comment in read(item(2, item(3))).comments] == [("2", None), ("3", "2")]


def test_a_comment_without_text_is_deleted() -> None:
    comments = read(story(item(2, item(3), text=None, author=None))).comments
    assert [(comment.status, comment.author) for comment in comments] == [("deleted", None), ("ok", "ines")]


def test_a_story_without_comments_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: "):
        read(story())


@pytest.mark.parametrize("text", ['{"id": 1', '{"children":[' * 100_000])
def test_damaged_or_hostile_json_is_named(text: str) -> None:
    with pytest.raises(ReadError, match=r"^ferry\.json: "):
        hn_algolia_json.read(text, "ferry.json")


def test_rows_with_children_are_not_one_item():
    rows = '{"id": 1, "author": "ines", "text": "Late.", "parent_id": null, "children": [{"id": 2}]}\n{"id": 2}\n'
    assert not hn_algolia_json.looks_like(rows, "rows")


def test_a_time_that_cannot_be_read_is_named() -> None:
    assert [issue.kind for issue in read(story(item(2, created_at="last week"))).issues] == ["unreadable_time"]
