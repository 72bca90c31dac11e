import json
from datetime import UTC, datetime
from typing import Any

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import flat_records
from analyzer.thread import Comment, Thread

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


def read_table(text: str) -> list[Thread]:
    return flat_records.read(text, "ferry.csv")


def read_rows(*rows: dict[str, Any]) -> list[Thread]:
    return flat_records.read("\n".join(map(json.dumps, rows)), "ferry.jsonl")


def row(id: Any, parent: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": id, "parent_id": parent, "text": "Late again."} | more


def shape(thread: Thread) -> list[tuple[str, str | None]]:
    return [(comment.id, comment.parent_id) for comment in thread.comments]


def kinds(thread: Thread) -> list[tuple[str, str]]:
    return [(issue.kind, issue.comment_id) for issue in thread.issues]


def test_a_row_becomes_a_comment() -> None:
    (thread,) = read_table("id,parent_id,author,created_at,text\na,,Ines,2024-05-06T12:00:00Z,Late again.\n")
    assert thread.comments == (Comment("a", None, "Late again.", "Ines", NOON),)


@pytest.mark.parametrize(
    "header", ["Comment ID,Reply-To,Body", "commentId,parentId,selftext", "ID,in_reply_to,message"]
)
def test_columns_are_known_by_their_usual_names(header: str) -> None:
    (thread,) = read_table(f"{header}\na,,Late again.\nb,a,Always.\n")
    assert shape(thread) == [("a", None), ("b", "a")]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_header_shows_the_delimiter(delimiter: str) -> None:
    (thread,) = read_table(delimiter.join(["id", "parent", "text"]) + "\n" + delimiter.join(["a", "", "Late"]) + "\n")
    assert thread.comments[0].text == "Late"


def test_a_quoted_cell_may_hold_line_breaks() -> None:
    (thread,) = read_table('id,parent_id,text\na,,"Late.\n\nAgain."\n')
    assert thread.comments[0].text == "Late.\n\nAgain."


def test_a_cell_may_be_longer_than_the_csv_module_expects() -> None:
    (thread,) = read_table(f"id,parent_id,text\na,,{'late ' * 50_000}\n")
    assert len(thread.comments[0].text) == 250_000


@pytest.mark.parametrize("parent", [1, 1.0, "1", "1.0", " 1 "])
def test_numbers_and_text_are_one_id(parent: Any) -> None:
    (thread,) = read_rows(row(1), row(2, parent))
    assert shape(thread) == [("1", None), ("2", "1")]


@pytest.mark.parametrize("parent", [None, "", "null", "None", "root", "NaN", float("nan"), 0])
def test_a_parent_that_means_none_makes_a_root(parent: Any) -> None:
    (thread,) = read_rows(row("a", parent))
    assert shape(thread) == [("a", None)]


def test_zero_is_a_parent_where_a_comment_has_that_id() -> None:
    (thread,) = read_rows(row(0), row(1, 0))
    assert shape(thread) == [("0", None), ("1", "0")]


@pytest.mark.parametrize("parent", ["post", "t3_post"])
def test_a_parent_that_is_the_post_itself_makes_a_root(parent: str) -> None:
    (thread,) = read_rows(row("a", parent, post_id="post"))
    assert (shape(thread), thread.issues) == ([("a", None)], ())


def test_a_prefixed_parent_finds_a_bare_id() -> None:
    (thread,) = read_rows(row("a", "t3_post"), row("b", "t1_a"))
    assert shape(thread) == [("a", None), ("b", "a")]


def test_a_prefixed_parent_that_is_missing_is_named_like_the_other_ids() -> None:
    (thread,) = read_rows(row("a", "t1_gone"))
    assert shape(thread) == [("gone", None), ("a", "gone")]


def test_a_json_list_is_read_like_json_lines() -> None:
    rows = [row("a"), row("b", "a")]
    assert flat_records.looks_like(json.dumps(rows, indent=2), "ferry.json")
    assert flat_records.read(json.dumps(rows, indent=2), "ferry.json") == read_rows(*rows)


def test_a_text_that_is_no_text_is_named() -> None:
    with pytest.raises(ReadError, match=r"^ferry\.jsonl, line 1: its text is no text but "):
        read_rows(row("a", text={"html": "Late"}))


def test_ids_that_only_look_like_a_post_prefix_are_taken_as_they_are() -> None:
    (thread,) = read_rows(row("t3_c1", "t3_c0"))
    assert kinds(thread) == [("missing_parent", "t3_c1")]


@pytest.mark.parametrize(
    "value",
    [
        1714996800,
        1714996800000,
        "1714996800",
        "1714996800.0",
        "2024-05-06T12:00:00Z",
        "2024-05-06 12:00:00",
        "2024-05-06T14:00:00+02:00",
        "Mon, 06 May 2024 12:00:00 +0000",
    ],
)
def test_times_are_read_in_their_usual_forms(value: Any) -> None:
    (thread,) = read_rows(row("a", created=value))
    assert thread.comments[0].created == NOON


@pytest.mark.parametrize("value", ["yesterday", 1e30, "2024-13-45"])
def test_an_unreadable_time_is_left_out_and_named(value: Any) -> None:
    (thread,) = read_rows(row("a", created=value))
    assert thread.comments[0].created is None
    assert kinds(thread) == [("unreadable_time", "a")]
    assert str(value) in thread.issues[0].detail


@pytest.mark.parametrize("gone", [{"text": "[deleted]"}, {"text": "[removed]"}, {"text": None}, {"status": "deleted"}])
def test_a_deleted_comment_stays_without_words(gone: dict[str, Any]) -> None:
    (thread,) = read_rows(row("a", **gone), row("b", "a"))
    assert thread.comments[0] == Comment("a", status="deleted")
    assert thread.parents == (-1, 0)


def test_words_outlive_a_deleted_account() -> None:
    (thread,) = read_rows(row("a", author="[deleted]"))
    assert thread.comments[0] == Comment("a", text="Late again.")


def test_a_row_without_id_is_named_by_its_number() -> None:
    (thread,) = read_rows(row("a"), row(None, "a"))
    assert shape(thread) == [("a", None), ("row-2", "a")]


def test_threads_are_grouped_and_do_not_depend_on_the_order_of_rows() -> None:
    rows = [row("a", thread_id="9"), row("b", thread_id="10"), row("c", "a", thread_id="9")]
    threads = read_rows(*rows)
    assert [(thread.id, thread.found) for thread in threads] == [("9", 2), ("10", 1)]
    assert read_rows(*reversed(rows)) == threads


def test_the_title_of_a_thread_is_the_one_its_rows_agree_on() -> None:
    (thread,) = read_rows(row("a", title="The ferry"), row("b", "a", title=""))
    assert thread.title == "The ferry"


def test_a_second_root_is_a_fault_where_threads_have_one() -> None:
    rows = [row(f"a{number}", thread_id=f"t{number}") for number in range(5)]
    threads = read_rows(*rows, row("b9", thread_id="t4"))
    assert [kinds(thread) for thread in threads] == [[], [], [], [], [("several_roots", "b9")]]


def test_a_second_root_is_no_fault_in_a_single_thread() -> None:
    (thread,) = read_rows(row("a"), row("b"))
    assert thread.issues == ()


def test_a_reply_loop_is_cut_and_named() -> None:
    (thread,) = read_rows(row("a", "b"), row("b", "a"))
    assert kinds(thread) == [("reply_loop", "a")]


def test_a_self_reply_is_named() -> None:
    (thread,) = read_rows(row("a", "a"))
    assert kinds(thread) == [("self_reply", "a")]


def test_a_duplicate_id_is_kept_and_named() -> None:
    (thread,) = read_rows(row("a"), row("a", text="On time for once."))
    assert kinds(thread) == [("duplicate_id", "a#2")]


def test_a_chain_of_100_000_replies_is_read() -> None:
    rows = [f"{number},{number - 1 if number else ''},Late\n" for number in range(100_000)]
    (thread,) = read_table("id,parent_id,text\n" + "".join(rows))
    assert thread.depths[-1] == 99_999


def test_half_a_surrogate_pair_is_replaced() -> None:
    (thread,) = flat_records.read('{"id": "a", "parent_id": null, "text": "Late \\ud83d"}', "ferry.jsonl")
    assert thread.comments[0].text == "Late \ufffd"


def test_a_table_without_parents_has_no_tree() -> None:
    with pytest.raises(ReadError, match=r"^ferry\.csv: no tree in this form: no parent column among: id, text$"):
        read_table("id,text\na,Late\n")


def test_json_lines_without_parents_have_no_tree() -> None:
    with pytest.raises(ReadError, match="no tree in this form: no parent column among: id, text"):
        read_rows({"id": "a", "text": "Late"})


def test_a_header_alone_has_no_comments() -> None:
    with pytest.raises(NoCommentsError, match=r"^no reader comments found in ferry\.csv: "):
        read_table("id,parent_id,text\n")


def test_a_truncated_json_line_is_named() -> None:
    text = json.dumps(row("a")) + '\n\n{"id": "b", "par'
    with pytest.raises(ReadError, match=r"^ferry\.jsonl, line 3: not valid JSON \("):
        flat_records.read(text, "ferry.jsonl")


def test_a_json_line_that_is_no_object_is_named() -> None:
    with pytest.raises(ReadError, match=r"^ferry\.jsonl, line 2: not a JSON object but '\[1\]'"):
        flat_records.read(json.dumps(row("a")) + "\n[1]\n", "ferry.jsonl")


def test_json_nested_beyond_reason_is_an_error_of_its_line() -> None:
    with pytest.raises(ReadError, match=r"^ferry\.jsonl, line 1: JSON nested too deeply"):
        flat_records.read('{"a": ' + "[" * 200_000, "ferry.jsonl")


def test_a_ragged_row_is_named() -> None:
    with pytest.raises(ReadError, match=r"^ferry\.csv, line 3: 4 cells where the header has 3$"):
        read_table("id,parent_id,text\na,,Late\nb,a,Late, again\n")


def test_an_unclosed_quote_is_named() -> None:
    with pytest.raises(ReadError, match=r"^ferry\.csv, line 2: not a valid table row \("):
        read_table('id,parent_id,text\na,,"Late\n')


def test_rows_inside_an_answer() -> None:
    rows = [row(1, author={"name": "Ines"}), row(2, 1, deleted=True)]
    (thread,) = flat_records.read(json.dumps({"meta": {"total": 2}, "data": rows}), "ferry.json")
    assert shape(thread) == [("1", None), ("2", "1")]
    assert [(comment.author, comment.status) for comment in thread.comments] == [("Ines", "ok"), (None, "deleted")]


def test_a_line_that_holds_the_comments_of_a_thread_is_a_thread() -> None:
    lines = [
        {"thread_id": "t1", "title": "Mines", "comments": [{"id": "a", "parent_id": None, "text": "Keep them."}]},
        {"thread_id": "t1", "comments": [{"id": "b", "parent_id": None, "text": "No."}]},
        {"comments": [{"id": "c", "parent_id": None, "text": "Why?"}]},
    ]
    threads = read_rows(*lines)
    assert [(thread.id, thread.title, [comment.id for comment in thread.comments]) for thread in threads] == [
        ("t1", "Mines", ["a"]),
        ("t1#2", "", ["b"]),
        ("line-3", "", ["c"]),
    ]


def test_comments_of_an_archive_hang_below_posts_and_comments() -> None:
    threads = read_rows(
        {"id": "k1", "body": "Late.", "link_id": "t3_p", "parent_id": "t3_p", "author": "ines"},
        {"id": "k2", "body": "[removed]", "link_id": "t3_p", "parent_id": "t1_k1", "author": "[deleted]"},
        {"id": "k3", "body": "No.", "link_id": "t3_p", "parent_id": "t1_k2", "author": "ole"},
        {"id": "k5", "body": "Yes.", "link_id": "t3_p", "parent_id": "t1_k4", "author": "ole"},
        {"id": "k6", "body": "[deleted]", "link_id": "t3_q", "parent_id": "t3_q", "author": "brit"},
    )
    assert [thread.id for thread in threads] == ["t3_p", "t3_q"]
    assert [(comment.id, comment.parent_id, comment.status) for comment in threads[0].comments] == [
        ("k1", None, "ok"),
        ("k2", "k1", "deleted"),
        ("k3", "k2", "ok"),
        ("k4", None, "missing"),
        ("k5", "k4", "ok"),
    ]
    assert (threads[1].found, threads[1].deleted) == (1, 1)


def test_a_key_that_holds_two_things_is_an_error() -> None:
    text = '{"data": [' + json.dumps(row(1)) + '], "data": 5}'
    with pytest.raises(ReadError, match=r"^ferry\.json: no tree in this form"):
        flat_records.read(text, "ferry.json")
