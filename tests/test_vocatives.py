import pytest

from analyzer.thread import Comment, build_thread
from analyzer.vocatives import Hint, find_hints, with_hints


def hinted(text: str, *, author: str | None = None) -> list[str]:
    thread = build_thread([Comment("a", author=author, text="A first word."), Comment("b", "a", text)])
    return [hint.name for hint in find_hints(thread)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Morning Daniele. The mines again?", "Daniele"),
        ("Good evening, Daniele! You are right.", "Daniele"),
        ("Daniele, you forget the mines.", "Daniele"),
        ("dan you forget the mines", "dan"),
        ("@dan_k: no.", "dan_k"),
    ],
)
def test_a_name_called_out_is_a_hint(text: str, name: str) -> None:
    assert hinted(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "If you say so.",
        "Thank you for this.",
        "Well, you forget the mines.",
        "Thanks. Fine.",
        "Why you?",
        "I met Daniele.",
    ],
)
def test_the_beginning_of_a_sentence_is_no_name(text: str) -> None:
    assert hinted(text) == []


def test_a_known_author_needs_no_hint() -> None:
    assert hinted("Morning Daniele.", author="Rosa") == []


def test_two_names_for_one_author_are_no_hint() -> None:
    thread = build_thread([Comment("a"), Comment("b", "a", "Hi Dan, no."), Comment("c", "a", "Hi Rosa, no.")])
    assert find_hints(thread) == []


def test_hinted_authors_are_marked() -> None:
    thread = build_thread([Comment("a"), Comment("b", "a", "dan you forget", author="Rosa")])
    hints = find_hints(thread)
    assert hints == [Hint("a", "dan", "b")]
    assert [comment.author for comment in with_hints(thread, hints).comments] == ["Dan?", "Rosa"]
