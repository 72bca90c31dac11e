from io import BytesIO
from textwrap import dedent

import pytest

from analyzer.errors import NoCommentsError
from analyzer.formats import indented_text, read_threads
from analyzer.thread import Thread

PAGE = """\
Old ferry to sail again

The council voted on Tuesday. A list of stops:

- North pier
- South pier

4 COMMENTS

  1. About time, I say.

    My mother took it every day.
Unindented by accident.

    • Who pays for it?

      • The harbour fund.

  2. It will sink again.

LEAVE A REPLY

Please enter your comment!
"""


def read(text: str) -> Thread:
    (thread,) = indented_text.read(text, "ferry.txt")
    return thread


def shape(thread: Thread) -> list[tuple[str, str | None]]:
    return [(comment.id, comment.parent_id) for comment in thread.comments]


def test_numbered_items_are_top_level_and_bullets_are_replies() -> None:
    assert shape(read(PAGE)) == [("c1", None), ("c2", "c1"), ("c3", "c2"), ("c4", None)]


def test_blank_and_unindented_lines_belong_to_the_comment_above() -> None:
    expected = "About time, I say.\n\nMy mother took it every day.\nUnindented by accident."
    assert read(PAGE).comments[0].text == expected


def test_the_reply_form_is_not_part_of_the_last_comment() -> None:
    assert read(PAGE).comments[-1].text == "It will sink again."


def test_a_short_first_line_is_the_title() -> None:
    assert read(PAGE).title == "Old ferry to sail again"


def test_a_first_line_with_a_full_stop_is_not_a_title() -> None:
    assert read(PAGE.replace("again\n", "again.\n", 1)).title == ""


def test_the_article_ends_at_the_heading() -> None:
    article = read(PAGE).article
    assert article.startswith("Old ferry to sail again\n\nThe council")
    assert article.endswith("- South pier")


@pytest.mark.parametrize(
    ("heading", "declared"),
    [
        ("33 COMMENTS", 33),
        ("12 Comments", 12),
        ("1 COMMENT", 1),
        ("Comments (14)", 14),
        ("14 thoughts on “The ferry”", 14),
        ("1,204 comments", 1204),
        ("Comments", None),
    ],
)
def test_declared_count_is_read_from_the_heading(heading: str, declared: int | None) -> None:
    thread = read(f"{heading}\n\n1. Fine by me.\n")
    assert (thread.declared, thread.found) == (declared, 1)


def test_a_list_in_an_article_without_comment_heading_is_no_thread() -> None:
    with pytest.raises(NoCommentsError, match=r"^no reader comments found in ferry\.txt: no comment section heading"):
        read("Three stops are planned:\n\n- North pier\n- South pier\n")


def test_a_comment_count_far_above_an_article_list_is_no_thread() -> None:
    text = "12 Comments\n\nThe ferry.\n\nIt sails.\n\nIt stops here.\n\n- North pier\n- South pier\n"
    with pytest.raises(NoCommentsError):
        read(text)


def test_a_reply_before_any_top_level_comment_hangs_under_a_placeholder() -> None:
    thread = read("3 comments\n\n    • I doubt it.\n\n  1. Good news.\n\n    • Is it?\n")
    assert shape(thread) == [("missing-1", None), ("c1", "missing-1"), ("c2", None), ("c3", "c2")]
    assert [(issue.kind, issue.comment_id) for issue in thread.issues] == [("missing_parent", "c1")]


def test_siblings_below_a_skipped_level_share_one_placeholder() -> None:
    text = "6 comments\n\n1. A ferry!\n\n  • Yes.\n\n    • No.\n\n2. A bridge!\n\n    • Never.\n\n    • Soon.\n"
    assert shape(read(text))[3:] == [("c4", None), ("missing-1", "c4"), ("c5", "missing-1"), ("c6", "missing-1")]


@pytest.mark.parametrize("bullet", ["•", "-", "*", "–"])
def test_bullets_of_any_kind_nest_by_indent(bullet: str) -> None:
    thread = read(f"3 comments\n\n{bullet} One boat.\n    {bullet} Two boats.\n    {bullet} Three boats.\n")
    assert thread.depths == (0, 1, 1)


def test_tabs_indent() -> None:
    assert read("3 comments\n\n- One boat.\n\t- Two boats.\n\t\t- Three boats.\n").depths == (0, 1, 2)


def test_windows_line_ends_leave_no_trace() -> None:
    _, (thread,) = read_threads(BytesIO(PAGE.replace("\n", "\r\n").encode()))
    assert thread == read(PAGE)


def test_numbers_may_restart_on_the_next_page_of_comments() -> None:
    assert shape(read("2 comments\n\n1. Page one.\n\n1. Page two.\n")) == [("c1", None), ("c2", None)]


def test_numbers_of_two_digits_do_not_shift_the_level_below() -> None:
    items = [f"{number}. Boat {number}.\n\n{' ' * len(f'{number}. ')}- Reply.\n" for number in (9, 10)]
    assert read("4 comments\n\n" + "\n".join(items)).depths == (0, 1, 0, 1)


def test_a_list_inside_a_comment_stays_in_its_text() -> None:
    text = dedent("""\
        3 comments

        1. Two reasons:
          - the price
          - the noise

          • What noise?

        2. Fine.
        """)
    thread = read(text)
    assert [comment.text for comment in thread.comments] == [
        "Two reasons:\n- the price\n- the noise",
        "What noise?",
        "Fine.",
    ]


def test_a_thousand_levels_are_read() -> None:
    text = "1000 comments\n\n" + "\n\n".join("  " * depth + "• Deeper." for depth in range(1000))
    assert read(text).depths == tuple(range(1000))
