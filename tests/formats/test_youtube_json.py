import json
from typing import Any

from analyzer.formats import youtube_json
from analyzer.thread import Thread


def said(id: str, **snippet: Any) -> dict[str, Any]:
    base = {"authorDisplayName": "Ines", "textDisplay": "Late<br>again", "publishedAt": "2024-05-06T12:00:00Z"}
    return {"kind": "youtube#comment", "id": id, "snippet": base | snippet}


def thread(top: dict[str, Any], *replies: dict[str, Any], total: int = 0, video: str = "v1") -> dict[str, Any]:
    item = {"kind": "youtube#commentThread", "id": top["id"]}
    snippet = {"videoId": video, "topLevelComment": top, "totalReplyCount": total}
    return item | {"snippet": snippet} | ({"replies": {"comments": list(replies)}} if replies else {})


def page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "youtube#commentThreadListResponse", "nextPageToken": "abc", "items": list(items)}


def read(document: Any) -> list[Thread]:
    return youtube_json.read(json.dumps(document), "ferry.json")


def test_replies_that_are_only_counted_are_hidden() -> None:
    (found,) = read(page(thread(said("a"), said("a.1", parentId="a"), total=4), thread(said("b"), total=2)))
    assert (found.found, found.hidden) == (3, 5)


def test_the_original_text_goes_before_the_displayed_one() -> None:
    (found,) = read(page(thread(said("a", textOriginal="a < b")), thread(said("b"))))
    assert [comment.text for comment in found.comments] == ["a < b", "Late\nagain"]


def test_pages_in_a_list_are_one_thread_a_video() -> None:
    found = read([page(thread(said("a"))), page(thread(said("b")), thread(said("c"), video="v2"))])
    assert [(one.id, one.found) for one in found] == [("v1", 2), ("v2", 1)]


def test_replies_fetched_apart_hang_under_a_placeholder() -> None:
    reply = said("a.1", parentId="a", videoId="v1")
    (found,) = read({"kind": "youtube#commentListResponse", "items": [reply]})
    assert [(comment.id, comment.parent_id, comment.status) for comment in found.comments] == [
        ("a", None, "missing"),
        ("a.1", "a", "ok"),
    ]


def test_a_rejected_comment_is_deleted() -> None:
    (found,) = read(page(thread(said("a", moderationStatus="rejected"))))
    assert (found.comments[0].status, found.comments[0].text) == ("deleted", "")
