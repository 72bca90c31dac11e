import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, quoted_text
from analyzer.thread import Thread


def read(text: str) -> Thread:
    assert detect_format(text, "saved.dat") == "quoted_text"
    (thread,) = quoted_text.read(text, "ferry.txt")
    return thread


def tree(thread: Thread) -> list[tuple[str, str | None, str | None, str]]:
    return [(comment.id, comment.parent_id, comment.author, comment.text) for comment in thread.comments]


def test_each_level_of_quotation_answers_the_next_deeper_one() -> None:
    thread = read("""Subject: Re: The ferry

On Mon, 6 May 2024 at 12:00, Ole Berg <ole@isle.example> wrote:
> On Sun, May 5, 2024 at 9:15 AM Hedda Holm <hedda@isle.example>
> wrote:
>> Keep the ferry.
>
> Why? A bridge is cheaper.

It floods every winter.
""")
    assert thread.title == "The ferry"
    assert tree(thread) == [
        ("c1", None, "Hedda Holm", "Keep the ferry."),
        ("c2", "c1", "Ole Berg", "Why? A bridge is cheaper."),
        ("c3", "c2", None, "It floods every winter."),
    ]
    assert [f"{comment.created:%d %H:%M}" for comment in thread.comments[:2] if comment.created] == [
        "05 09:15",
        "06 12:00",
    ]


def test_a_quotation_of_words_above_is_the_same_comment() -> None:
    thread = read("""Hedda wrote:
> Keep the old ferry running.

Why? A bridge is
cheaper by far.

Ole wrote:
> Why? A bridge is cheaper by far.

It floods every winter.

Hedda wrote:
> Keep the old ferry running.

Never, it smells of diesel.
""")
    assert tree(thread) == [
        ("c1", None, "Hedda", "Keep the old ferry running."),
        ("c2", "c1", "Ole", "Why? A bridge is\ncheaper by far."),
        ("c3", "c2", None, "It floods every winter."),
        ("c4", "c1", None, "Never, it smells of diesel."),
    ]


def test_answers_between_quotations_are_one_comment() -> None:
    thread = read("""From: Ole Berg <ole@isle.example>
Date: Mon, 6 May 2024 12:00:00 +0200
Subject: Re: The ferry

Am 05.05.2024 um 09:15 schrieb Hedda Holm:
> Keep the ferry, it is a fine old boat.

Fine, and rusty.

> It has served us for years.

It has also failed us.
""")
    assert tree(thread) == [
        ("c1", None, "Hedda Holm", "Keep the ferry, it is a fine old boat.\n\nIt has served us for years."),
        ("c2", "c1", "Ole Berg", "Fine, and rusty.\n\nIt has also failed us."),
    ]


def test_words_above_that_are_quoted_below_are_a_comment_of_their_own() -> None:
    thread = read("Keep the old ferry running.\n\nHedda wrote:\n> Keep the old ferry running.\n\nNever.\n")
    assert tree(thread) == [("c1", None, "Hedda", "Keep the old ferry running."), ("c2", "c1", None, "Never.")]


def test_a_level_without_words_is_missing() -> None:
    thread = read("Ole wrote:\n> Hedda wrote:\n>> Keep the old ferry running.\n\nQuite so.\n")
    assert [(c.id, c.parent_id, c.status) for c in thread.comments] == [
        ("c1", None, "ok"),
        ("c2", "c1", "missing"),
        ("c3", "c2", "ok"),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "Ole wrote:\n> Hedda wrote:\n>> Keep it.\n> Brit wrote:\n>> Scrap it.\nWell.",
            "line 4: ambiguous: two messages",
        ),
        ("Mine.\n\nHedda wrote:\n> Keep.\n\nOr mine.\n\nOle wrote:\n> No.\n", "line 1: ambiguous: the words above"),
    ],
)
def test_what_the_text_leaves_open_is_no_guess(text: str, why: str) -> None:
    with pytest.raises(ReadError, match=why):
        read(text)


def test_a_text_that_quotes_nobody_has_no_comments() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.txt: no 'X wrote:' above a quotation"):
        quoted_text.read("The ferry is late.\n> Is it?\n", "ferry.txt")


def test_a_comment_list_with_quotations_is_read_by_its_levels() -> None:
    page = "2 comments\n\n1. Keep the ferry.\n\n  • Hedda wrote:\n> Keep the ferry.\nNo.\n"
    assert detect_format(page, "saved.dat") == "indented_text"


def test_a_deep_quotation_is_read() -> None:
    lines = [f"{'>' * i} N{i} wrote:" for i in range(150)] + [f"{'>' * 150} Keep the old ferry running."]
    thread = read("\n".join([lines[0].strip(), *lines[1:]]) + "\n")
    assert max(thread.depths) == 149
