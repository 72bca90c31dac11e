from datetime import UTC, datetime

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import addressed_text, detect_format
from analyzer.thread import Thread

PAGE = """The island ferry

The council votes on Monday.

5 comments

Hedda
May 6, 2024 at 12:00
Keep the ferry.

It works.

Reply
Like

Ole
In reply to Hedda
2 hours ago
Why? A bridge is cheaper.
Reply

Brit says:
@Ole Because it floods. @Hedda knows.

Hedda
Reply to Anna Lund
7 May 2024
No.

Ole
May 8, 2024 at 8:00 am
@Hedda which ferry?

LEAVE A REPLY
Please enter your comment!
"""


def read(text: str) -> Thread:
    assert detect_format(text, "saved.dat") == "addressed_text"
    (thread,) = addressed_text.read(text, "ferry.txt")
    return thread


def tree(thread: Thread) -> list[tuple[str, str | None, str | None, str]]:
    return [(comment.id, comment.parent_id, comment.author, comment.text) for comment in thread.comments]


def test_a_comment_answers_the_latest_earlier_one_by_the_author_it_names() -> None:
    assert sorted(tree(read(PAGE))) == [
        ("c1", None, "Hedda", "Keep the ferry.\n\nIt works."),
        ("c2", "c1", "Ole", "Why? A bridge is cheaper."),
        ("c3", "c2", "Brit", "@Ole Because it floods. @Hedda knows."),
        ("c4", "missing-1", "Hedda", "No."),
        ("c5", "c4", "Ole", "@Hedda which ferry?"),
        ("missing-1", None, "Anna Lund", ""),
    ]


def test_title_article_and_number_stand_above() -> None:
    thread = read(PAGE)
    assert (thread.title, thread.article) == ("The island ferry", "The island ferry\n\nThe council votes on Monday.")
    assert (thread.declared, thread.found, thread.missing) == (5, 5, 1)


def test_times_are_read_and_those_that_cannot_be_are_named() -> None:
    thread = read(PAGE)
    times = {comment.id: comment.created for comment in thread.comments}
    assert times["c1"] == datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert [(i.comment_id, i.detail) for i in thread.issues if i.kind == "unreadable_time"] == [
        ("c2", "its time '2 hours ago' cannot be read; left out")
    ]


def test_one_line_may_hold_both_names() -> None:
    thread = read("Hedda says:\nKeep it.\n\nOle Berg replied to Hedda\nWhy?\n\nBrit → Ole Berg · 6 May 2024\nRain.\n")
    assert sorted(tree(thread)) == [
        ("c1", None, "Hedda", "Keep it."),
        ("c2", "c1", "Ole Berg", "Why?"),
        ("c3", "c2", "Brit", "Rain."),
    ]


def test_a_person_outside_the_thread_is_no_parent() -> None:
    thread = read("Hedda says:\nKeep it.\n\nOle\nIn reply to Hedda\nWhy?\n\nBrit says:\n@mayor see above.\n")
    assert thread.comments[-1].parent_id is None


def test_an_address_below_no_author_is_no_guess() -> None:
    text = "Hedda says:\nKeep it.\n\nOle\nIn reply to Hedda\nWhy?\n\nIn reply to Ole\nRain.\n"
    with pytest.raises(ReadError, match=r"^ferry\.txt, line 8: ambiguous: an address below no author"):
        read(text)


def test_a_text_without_authors_has_no_comments() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.txt: no two lines with an author"):
        addressed_text.read("The ferry is late.\n\nIn reply to the council, nobody spoke.\n", "ferry.txt")


@pytest.mark.parametrize(
    "text",
    [
        "In reply to Hedda, the council said no.\n\nThe ferry goes on.\n",
        "The ferry\n6 May 2024\nThe council votes.\n\nMore\n7 May 2024\nNothing.\n",
        "Hedda says:\nKeep it.\n\nOle says:\nWhy?\n",
    ],
)
def test_prose_and_undirected_talk_are_left_to_others(text: str) -> None:
    assert not addressed_text.looks_like(text, "saved.dat")


def test_a_line_of_many_digits_is_read_at_once() -> None:
    # As many ways to cut it into numbers would take for ever.
    text = "Hedda says:\nLate.\n" + "9" * 400 + "!\n\nOle\nIn reply to Hedda\nNever.\n"
    (thread,) = addressed_text.read(text, "pasted.txt")
    assert [comment.text for comment in thread.comments] == ["Late.\n" + "9" * 400 + "!", "Never."]
