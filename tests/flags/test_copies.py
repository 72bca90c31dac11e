import pytest

from analyzer.thread import Comment, build_thread
from tests.flags.making import at, flags

SPEECH = "The harbour board has lied to us for years and nobody on the council dares to say it aloud"


def test_the_same_words_by_another_author_are_a_copy() -> None:
    thread = build_thread(
        [
            Comment("a", text=SPEECH, author="Olga"),
            Comment("b", text=SPEECH.upper() + "!!", author="Piet"),
            Comment("c", text="Something else that is long enough to be compared with it", author="Rosa"),
        ]
    )
    (flag,) = flags("copy", thread)
    assert (flag.comment_id, flag.score, flag.involved) == ("b", 1.0, ("a",))
    assert flag.reason == "100 % like a by another author; 2 authors posted this text in 2 comments."


def test_nearly_the_same_words_are_a_copy_with_their_likeness() -> None:
    # 19 words give 17 triples; a word put after the last makes one more: 17 of 18 in common
    thread = build_thread(
        [Comment("a", text=SPEECH, author="Olga"), Comment("b", text=f"{SPEECH} today", author="Piet")]
    )
    (flag,) = flags("copy", thread)
    assert flag.score == pytest.approx(17 / 18)


@pytest.mark.parametrize(
    ("texts", "authors", "parent"),
    [
        ((SPEECH, SPEECH), ("Olga", "Olga"), None),  # one author
        ((SPEECH, SPEECH), ("Olga", None), None),  # who knows
        ((SPEECH, SPEECH), ("Olga", "Piet"), "a"),  # a reply that repeats what it answers quotes it
        (("So say we all", "So say we all"), ("Olga", "Piet"), None),  # short ones are alike by chance
        ((SPEECH, " ".join(reversed(SPEECH.split()))), ("Olga", "Piet"), None),
    ],
)
def test_no_copy(texts: tuple[str, str], authors: tuple[str, str | None], parent: str | None) -> None:
    comments = [Comment("a", text=texts[0], author=authors[0]), Comment("b", parent, texts[1], authors[1])]
    assert flags("copy", build_thread(comments)) == []


def test_words_that_both_quote_are_no_copy() -> None:
    thread = build_thread([Comment("a", text=SPEECH, author="Olga"), Comment("b", text=SPEECH, author="Piet")])
    assert flags("copy", thread, own_words=["[quote] Shame", "[quote] Hear, hear"]) == []


def posts(text: str, minutes: list[int], authors: str = "SSSSSS") -> list[Comment]:
    return [
        Comment(f"p{i}", text=text.format(i), author=author, created=at(minute))
        for i, (minute, author) in enumerate(zip(minutes, authors, strict=False))
    ]


def test_one_text_again_and_again_is_spam() -> None:
    (flag,) = flags("spam", build_thread(posts("Fine carpets, best price", [0, 4, 20])))
    assert flag.reason == "S posts one text in 3 comments within 20 minutes."
    assert (flag.comment_id, flag.score, flag.involved) == ("p0", 3 / (3 + 3), ("p1", "p2"))


def test_links_to_one_site_again_and_again_are_spam() -> None:
    thread = build_thread(posts("Look, part {0}: https://www.Carpets.example/{0}", [0, 1, 2, 3]))
    (flag,) = flags("spam", thread)
    assert flag.reason == "S links to carpets.example in 4 comments within 3 minutes."


@pytest.mark.parametrize(
    "comments",
    [
        posts("Fine carpets, best price", [0, 4]),
        posts("Fine carpets, best price", [0, 4, 8], authors="STU"),
        posts("Look, part {0}: https://www.carpets.example/{0}", [0, 1, 2]),
        posts("lol", [0, 1, 2]),
    ],
)
def test_no_spam(comments: list[Comment]) -> None:
    assert flags("spam", build_thread(comments)) == []


def test_a_text_repeated_over_hours_is_no_spam() -> None:
    comments = [
        Comment(f"p{i}", text="Fine carpets, best price", author="S", created=at(0, hour=9 + 2 * i)) for i in range(3)
    ]
    assert flags("spam", build_thread(comments)) == []
