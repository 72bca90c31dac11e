import json
from datetime import UTC, datetime
from typing import Any

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, guardian_discussion
from analyzer.thread import Comment, Thread


def said(id: int, status: str = "visible", *responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    profile = {"displayName": "Ines"}
    comment = {"id": id, "body": "<p>Late<br>again.</p>", "isoDateTime": "2024-05-06T12:00:00Z", "status": status}
    return comment | {"userProfile": profile, "responses": list(responses)} | more


def page(*comments: dict[str, Any]) -> str:
    discussion = {"key": "/p/ferry", "commentCount": 12, "title": "The ferry", "comments": list(comments)}
    return json.dumps({"status": "ok", "currentPage": 1, "discussion": discussion})


def read(text: str) -> Thread:
    (thread,) = guardian_discussion.read(text, "ferry.json")
    return thread


def test_content_decides() -> None:
    assert detect_format(page(said(1)), "a.txt") == "guardian_discussion"


def test_a_comment_has_its_words_author_and_time() -> None:
    thread = read(page(said(1)))
    assert thread.comments == (Comment("1", None, "Late\nagain.", "Ines", datetime(2024, 5, 6, 12, tzinfo=UTC)),)
    assert (thread.id, thread.title, thread.declared) == ("/p/ferry", "The ferry", 12)


def test_a_response_answers_the_comment_it_names() -> None:
    thread = read(page(said(1, "visible", said(2), said(3, responseTo={"commentId": "2"}))))
    assert [(comment.id, comment.parent_id) for comment in thread.comments] == [("1", None), ("2", "1"), ("3", "2")]


def test_a_removed_comment_stays_without_the_moderators_notice() -> None:
    assert [(comment.status, comment.text) for comment in read(page(said(1, "blocked"))).comments] == [("deleted", "")]


def test_responses_that_the_page_does_not_show_are_hidden() -> None:
    assert read(page(said(1, "visible", said(2), metaData={"responseCount": 5}))).hidden == 4


def test_a_page_without_comments_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: "):
        read(page())


@pytest.mark.parametrize("text", ['{"discussion": {', '{"discussion":' * 100_000])
def test_damaged_or_hostile_json_is_named(text: str) -> None:
    with pytest.raises(ReadError, match=r"^ferry\.json: "):
        read(text)


def test_a_time_that_cannot_be_read_is_named() -> None:
    assert [issue.kind for issue in read(page(said(1, isoDateTime="last week"))).issues] == ["unreadable_time"]


def test_responses_to_a_comment_without_an_id_stay_below_it() -> None:
    thread = read(page(said(1, "visible", said(2, "visible", said(3)) | {"id": None})))
    assert thread.depths == (0, 1, 2)
