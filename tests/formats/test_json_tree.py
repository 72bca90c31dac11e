import pytest

from analyzer.errors import ReadError
from analyzer.formats.json_tree import by_thread, count, load_documents, walk, words
from analyzer.thread import Comment


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), (7, "7"), (7.0, "7"), (7.5, ""), (True, ""), (None, ""), ([], ""), ({}, ""), (float("inf"), "")],
)
def test_words_are_text_or_a_whole_number(value: object, expected: str) -> None:
    assert words(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(7, 7), (-1, 0), (True, None), ("7", None), (None, None)])
def test_a_count_is_a_number(value: object, expected: int | None) -> None:
    assert count(value) == expected


def test_one_document_over_many_lines() -> None:
    assert load_documents('{\n "a": {"b": 1}\n}\n', "ferry.json") == [{"a": {"b": 1}}]


def test_a_document_a_line() -> None:
    assert load_documents('{"a": 1}\n\n{"a": 2}\n', "ferry.json") == [{"a": 1}, {"a": 2}]


def test_a_damaged_line_is_named() -> None:
    with pytest.raises(ReadError, match=r"^ferry\.json, line 3: not valid JSON"):
        load_documents('{"a": 1}\n{"a": 2}\n{"a"\n', "ferry.json")


def test_an_item_without_an_id_keeps_its_replies() -> None:
    tree = {"id": "a", "replies": [{"replies": [{"id": "c"}]}]}
    found = [(own, above) for _, own, above in walk([tree], lambda item: item.get("replies", []))]
    assert found == [("a", None), ("comment-2", "a"), ("c", "comment-2")]


def test_threads_stand_in_the_order_of_their_first_comments() -> None:
    threads = by_thread(
        [("q", Comment("1")), ("p", Comment("1")), ("q", Comment("2"))], titles={"p": "Ferry"}, hidden={"q": 3}
    )
    assert [(thread.id, thread.title, thread.found, thread.hidden) for thread in threads] == [
        ("q", "", 2, 3),
        ("p", "Ferry", 1, 0),
    ]
