import json
from datetime import UTC, datetime
from typing import Any

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, reddit_json
from analyzer.thread import Comment, Thread


def listing(*things: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(things)}}


def said(id: str, parent: str, body: str = "Late again.", replies: Any = "", **more: Any) -> dict[str, Any]:
    data = {"id": id, "parent_id": parent, "body": body, "author": "ines", "created_utc": 1714996800.0}
    return {"kind": "t1", "data": data | {"replies": replies} | more}


def more(count: int) -> dict[str, Any]:
    return {"kind": "more", "data": {"count": count, "children": [], "id": "_"}}


def page(*things: dict[str, Any]) -> list[Any]:
    post = {"id": "post", "title": "The ferry", "selftext": "It is late.", "num_comments": 9}
    return [listing({"kind": "t3", "data": post}), listing(*things)]


def read(document: Any) -> Thread:
    (thread,) = reddit_json.read(json.dumps(document), "ferry.json")
    return thread


def shape(thread: Thread) -> list[tuple[str, str | None]]:
    return [(comment.id, comment.parent_id) for comment in thread.comments]


PAGE = page(said("a", "t3_post", replies=listing(said("b", "t1_a"), more(3))), said("c", "t3_post"), more(4))


def test_content_decides() -> None:
    assert detect_format(json.dumps(PAGE), "a.txt") == "reddit_json"


def test_nested_replies_keep_their_parents() -> None:
    assert shape(read(PAGE)) == [("a", None), ("b", "a"), ("c", None)]


def test_a_comment_has_its_author_and_time() -> None:
    noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert read(PAGE).comments[0] == Comment("a", None, "Late again.", "ines", noon)


def test_the_post_is_no_comment() -> None:
    thread = read(PAGE)
    assert (thread.id, thread.title, thread.article) == ("post", "The ferry", "It is late.")


def test_declared_found_and_hidden_are_apart() -> None:
    thread = read(PAGE)
    assert (thread.declared, thread.found, thread.missing, thread.hidden) == (9, 3, 0, 7)


@pytest.mark.parametrize("body", ["[deleted]", "[removed]"])
def test_a_deleted_comment_stays_as_a_node(body: str) -> None:
    gone = said("a", "t3_post", body, author="[deleted]", replies=listing(said("b", "t1_a")))
    comments = read(page(gone)).comments
    assert (comments[0].status, comments[0].text, comments[0].author) == ("deleted", "", None)
    assert comments[1].parent_id == "a"


def test_marks_written_as_entities_are_read() -> None:
    assert read(page(said("a", "t3_post", "&gt; late\n\nR&amp;D"))).comments[0].text == "> late\n\nR&D"


def test_a_listing_inside_a_recorded_exchange() -> None:
    body = {"string": json.dumps(PAGE), "encoding": "UTF-8"}
    recorded = {"http_interactions": [{"request": {"uri": "/"}, "response": {"body": body}}]}
    assert detect_format(json.dumps(recorded), "a.json") == "reddit_json"
    assert read(recorded) == read(PAGE)


def test_more_comments_are_a_flat_list_of_things() -> None:
    things = [said("b", "t1_a", link_id="t3_post"), said("c", "t1_b", "[removed]", link_id="t3_post"), more(3)]
    answer = {"json": {"errors": [], "data": {"things": things}}}
    assert detect_format(json.dumps(answer), "x.dat") == "reddit_json"
    thread = read(answer)
    assert [(comment.id, comment.parent_id, comment.status) for comment in thread.comments] == [
        ("a", None, "missing"),
        ("b", "a", "ok"),
        ("c", "b", "deleted"),
    ]
    assert (thread.id, thread.hidden) == ("post", 3)


def test_a_listing_of_comments_is_a_thread_a_post() -> None:
    first = said(
        "a", "t3_p", link_id="t3_p", link_title="The ferry", replies=listing(said("b", "t1_a", link_id="t3_p"))
    )
    document = listing(first, said("c", "t3_q", link_id="t3_q"), more(2))
    threads = reddit_json.read(json.dumps(document), "ferry.json")
    assert [(thread.id, thread.title, shape(thread), thread.hidden) for thread in threads] == [
        ("p", "The ferry", [("a", None), ("b", "a")], 0),
        ("q", "", [("c", None)], 2),
    ]


def test_things_that_are_no_comments_are_not_claimed() -> None:
    assert not reddit_json.looks_like('{"things": [{"price": 3}]}', "x.dat")


def test_a_listing_of_posts_has_no_comments() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.json: no listing of a post's comments"):
        reddit_json.read(json.dumps(listing({"kind": "t3", "data": {}})), "ferry.json")


@pytest.mark.parametrize("text", ['[{"kind": "Listing"', "[" * 200_000])
def test_damaged_or_hostile_json_is_named(text: str) -> None:
    with pytest.raises(ReadError, match=r"^ferry\.json: "):
        reddit_json.read(text, "ferry.json")
