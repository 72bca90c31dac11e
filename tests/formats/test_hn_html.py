from datetime import UTC, datetime

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, hn_html
from analyzer.thread import Thread

STORY = """<table class="fatitem"><tr class="athing submission" id="900"><td class="title"><span class="titleline">
    <a href="https://isle.example/a">The island ferry</a><span class="sitebit comhead"> (<a
    href="from?site=isle.example"><span class="sitestr">isle.example</span></a>)</span></span></td></tr>
    <tr><td class="subtext"><span class="score">150 points</span> by <a class="hnuser">hedda</a> |
    <a href="item?id=900">7&nbsp;comments</a></td></tr>
    <tr><td><div class="toptext">Keep it?</div></td></tr></table>"""


def row(id: str, level: int, words: str = '<div class="commtext c00">Late again.</div>', *, head: str = "") -> str:
    return f"""<tr class="athing comtr" id="{id}"><td><table><tr><td class="ind" indent="{level}"><img src="s.gif"
        height="1" width="{level * 40}"></td><td class="default"><span class="comhead"><a class="hnuser">ines</a>
        <span class="age" title="2024-05-06T12:00:00 1714996800"><a>1 day ago</a></span> {head}</span>
        <div class="comment">{words}<div class="reply"><u><a>reply</a></u></div></div></td></tr></table></td></tr>"""


def page(*rows: str, item: str = STORY, after: str = "") -> str:
    table = f'<table class="comment-tree">{"".join(rows)}</table>'
    return f'<html op="item"><body><table id="hnmain"><tr><td>{item}{table}{after}</td></tr></table></body></html>'


def read(text: str) -> Thread:
    assert detect_format(text, "saved.dat") == "hn_html"
    (thread,) = hn_html.read(text, "ferry.html")
    return thread


def links(thread: Thread) -> list[tuple[str, str | None, str]]:
    return [(comment.id, comment.parent_id, comment.status) for comment in thread.comments]


@pytest.mark.parametrize("missing", [' indent="', ' width="'])
def test_the_level_is_a_number_or_a_width(missing: str) -> None:
    text = page(row("1", 0), row("2", 1), row("3", 2), row("4", 1), row("5", 0)).replace(missing, ' x="')
    assert links(read(text)) == [
        ("1", None, "ok"),
        ("2", "1", "ok"),
        ("3", "2", "ok"),
        ("4", "1", "ok"),
        ("5", None, "ok"),
    ]


def test_a_row_has_words_author_and_time() -> None:
    (comment,) = read(page(row("1", 0, '<div class="commtext">Late<p>again.</p></div>'))).comments
    noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert (comment.text, comment.author, comment.created) == ("Late\n\nagain.", "ines", noon)


def test_title_story_and_number_stand_apart() -> None:
    thread = read(page(row("1", 0)))
    assert (thread.id, thread.title, thread.article) == ("900", "The island ferry", "Keep it?")
    assert (thread.declared, thread.hidden) == (7, 0)


def test_more_leads_to_the_hidden_rest() -> None:
    assert read(page(row("1", 0), after='<a class="morelink" href="item?id=900&p=2">More</a>')).hidden == 6


@pytest.mark.parametrize("words", ["[flagged]", "[deleted]", "[dead]", '<span class="commtext">[deleted]</span>'])
def test_a_row_without_words_is_deleted(words: str) -> None:
    thread = read(page(row("1", 0, words), row("2", 1)))
    assert links(thread) == [("1", None, "deleted"), ("2", "1", "ok")]
    assert thread.comments[0].text == ""


@pytest.mark.parametrize("mark", ["[dead]", "[flagged]", "[flagged] [dead]"])
def test_words_that_only_members_see_are_excluded(mark: str) -> None:
    thread = read(page(row("1", 0, head=mark)))
    assert [(c.status, c.text) for c in thread.comments] == [("excluded", "Late again.")]
    assert [issue.kind for issue in thread.issues] == ["excluded"]


def test_collapsed_rows_are_read() -> None:
    text = page(row("1", 0).replace("comtr", "comtr coll"), row("2", 1).replace("comtr", "comtr noshow"))
    assert links(read(text)) == [("1", None, "ok"), ("2", "1", "ok")]


def test_a_page_that_goes_on_in_a_branch_has_placeholders() -> None:
    thread = read(page(row("1", 2), row("2", 2), row("3", 0)))
    assert links(thread) == [
        ("missing-1-1", None, "missing"),
        ("missing-1-2", "missing-1-1", "missing"),
        ("1", "missing-1-2", "ok"),
        ("2", "missing-1-2", "ok"),
        ("3", None, "ok"),
    ]


def test_the_page_of_a_comment_begins_with_it() -> None:
    item = """<table class="fatitem"><tr class="athing" id="1"><td><span class="comhead"><a class="hnuser">ole</a>
        <span class="onstory">| on: The island ferry</span></span><div class="comment"><div class="commtext">Why?</div>
        </div></td></tr></table>"""
    thread = read(page(row("2", 0), row("3", 1), item=item))
    assert links(thread) == [("1", None, "ok"), ("2", "1", "ok"), ("3", "2", "ok")]
    assert thread.comments[0].text == "Why?"


def test_rows_without_numbers_are_numbered() -> None:
    assert links(read(page(row("", 0), row("", 1)))) == [("comment-1", None, "ok"), ("comment-2", "comment-1", "ok")]


def test_an_absurd_level_costs_little() -> None:
    assert len(read(page(row("1", 10**8))).comments) == 21


def test_a_page_without_rows_has_no_comments() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.html: its page has no rows of comments"):
        hn_html.read(page(), "ferry.html")


def test_a_deep_page_is_named() -> None:
    with pytest.raises(ReadError, match="nested too deeply"):
        read(page(row("1", 0), after="<div>" * 100_000))
