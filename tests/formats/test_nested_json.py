import json
from typing import Any

import pytest

from analyzer.errors import NoCommentsError
from analyzer.formats import detect_format, nested_json
from analyzer.thread import Thread


def read(document: Any) -> Thread:
    (thread,) = nested_json.read(json.dumps(document), "ferry.json")
    return thread


def shape(thread: Thread) -> list[tuple[str, str | None]]:
    return [(comment.id, comment.parent_id) for comment in thread.comments]


@pytest.mark.parametrize("key", ["replies", "children", "comments", "responses"])
@pytest.mark.parametrize("words", ["text", "body", "content", "message"])
def test_the_usual_names_are_known(key: str, words: str) -> None:
    document = [{"id": 1, words: "Late.", key: [{"id": 2, words: "Again.", key: []}]}]
    assert detect_format(json.dumps(document), "x.dat") == "nested_json"
    thread = read(document)
    assert shape(thread) == [("1", None), ("2", "1")]
    assert [comment.text for comment in thread.comments] == ["Late.", "Again."]


def test_comments_by_their_ids() -> None:
    document = {"c1": {"text": "Late.", "replies": {"c2": {"text": "Again."}}}, "c3": {"text": "No.", "by": "Ole"}}
    assert shape(read(document)) == [("c1", None), ("c2", "c1"), ("c3", None)]


def test_words_alone_are_a_comment_among_comments() -> None:
    document = [{"text": "Late."}, {"text": "No.", "replies": [{"text": "Yes."}]}]
    assert shape(read(document)) == [("comment-1", None), ("comment-2", None), ("comment-3", "comment-2")]


@pytest.mark.parametrize("author", ["Ines", {"name": "Ines"}, {"display_name": "Ines", "id": 3}, {"username": "Ines"}])
def test_an_author_is_a_name_or_an_object_with_one(author: Any) -> None:
    assert read([{"text": "Late.", "author": author, "replies": []}]).comments[0].author == "Ines"


def test_a_comment_in_one_field_and_its_replies_in_another() -> None:
    inner = {"comment": {"id": 2, "text": "No."}, "user": {"name": "Ole"}}
    thread = read([{"comment": {"id": 1, "text": "Late."}, "user": {"name": "Ines"}, "replies": [inner]}])
    assert [(comment.id, comment.parent_id, comment.author) for comment in thread.comments] == [
        ("1", None, "Ines"),
        ("2", "1", "Ole"),
    ]


def test_words_in_an_object_that_names_their_form() -> None:
    replies = [{"id": 2, "body": {"format": "plain", "text": "No."}}]
    thread = read([{"id": 1, "content": {"rendered": "<p>Late.</p>"}, "replies": replies}])
    assert [(comment.text, comment.parent_id) for comment in thread.comments] == [("Late.", None), ("No.", "1")]


def test_a_named_parent_goes_before_the_nesting() -> None:
    replies = [{"id": 2, "text": "b", "parent_id": 1}, {"id": 3, "text": "c", "parent_id": 2}]
    assert shape(read([{"id": 1, "text": "a", "replies": replies}])) == [("1", None), ("2", "1"), ("3", "2")]


def test_a_parent_outside_of_the_file_leaves_the_nesting() -> None:
    document = [{"id": 1, "text": "a", "parent_id": "post-7", "replies": [{"id": 2, "text": "b", "parent_id": 99}]}]
    assert shape(read(document)) == [("1", None), ("2", "1")]


@pytest.mark.parametrize(
    "gone", [{"text": None}, {"text": "[removed]"}, {"text": "Rude.", "deleted": True}, {"text": "", "isDeleted": True}]
)
def test_a_deleted_comment_keeps_its_replies(gone: dict[str, Any]) -> None:
    thread = read([{"id": 1, **gone, "replies": [{"id": 2, "text": "b"}]}])
    assert [(comment.status, comment.text) for comment in thread.comments] == [("deleted", ""), ("ok", "b")]
    assert thread.comments[1].parent_id == "1"


def test_an_article_gives_title_words_and_count() -> None:
    comments = [{"id": 1, "text": "Late.", "replies": []}]
    thread = read({"id": 7, "title": "The ferry", "body": "<p>News.</p>", "comment_count": 4, "comments": comments})
    assert (thread.id, thread.title, thread.article, thread.declared, thread.found) == ("7", "The ferry", "News.", 4, 1)


def test_a_time_that_cannot_be_read_is_named() -> None:
    thread = read([{"id": 1, "text": "Late.", "created": "last week", "replies": []}])
    assert [(issue.kind, issue.comment_id) for issue in thread.issues] == [("unreadable_time", "1")]


def test_json_without_comments_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: "):
        nested_json.read('{"items": [{"price": 3}]}', "ferry.json")
