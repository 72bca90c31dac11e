from datetime import UTC, datetime

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, disqus_xml
from analyzer.thread import Comment, Thread

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="1"><id>ferry</id><title>The ferry</title></thread>
<thread dsq:id="2"><id/><title>Nobody says a word</title></thread>
<thread dsq:id="3"><id/><title>The pier</title></thread>
"""


def post(
    id: str,
    thread: str,
    parent: str = "",
    message: str = "<p>Late again.</p>",
    deleted: str = "false",
    spam: str = "false",
) -> str:
    return f"""<post dsq:id="{id}"><id/><message><![CDATA[{message}]]></message>
        <createdAt>2024-05-06T12:00:00Z</createdAt><isDeleted>{deleted}</isDeleted><isSpam>{spam}</isSpam>
        <author><name>Ines</name></author><thread dsq:id="{thread}"/>
        {f'<parent dsq:id="{parent}"/>' if parent else ""}</post>"""


def export(*posts: str) -> str:
    return HEAD + "\n".join(posts) + "\n</disqus>\n"


def read(text: str) -> list[Thread]:
    return disqus_xml.read(text, "ferry.xml")


def test_content_decides() -> None:
    assert detect_format(export(), "a.txt") == "disqus_xml"


def test_threads_without_comments_are_left_out() -> None:
    threads = read(export(post("a", "1"), post("b", "3"), post("c", "1", "a")))
    assert [(thread.title, thread.found) for thread in threads] == [("The ferry", 2), ("The pier", 1)]


def test_a_post_becomes_a_comment() -> None:
    (thread,) = read(export(post("a", "1", "z", "<p>Late,</p><blockquote>never</blockquote>")))
    noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert thread.comments[-1] == Comment("a", "z", "Late,\n\n> never", "Ines", noon)


def test_a_deleted_post_stays_without_its_words() -> None:
    (thread,) = read(export(post("a", "1", deleted="true"), post("b", "1", "a")))
    assert [(comment.status, comment.text) for comment in thread.comments] == [("deleted", ""), ("ok", "Late again.")]


def test_spam_is_kept_without_stance() -> None:
    (thread,) = read(export(post("a", "1", spam="true"), post("b", "1", "a")))
    assert [(comment.status, comment.text) for comment in thread.comments] == [
        ("excluded", "Late again."),
        ("ok", "Late again."),
    ]
    assert [(issue.kind, issue.comment_id) for issue in thread.issues] == [("excluded", "a")]


@pytest.mark.parametrize("stray", ["`", "\ufeff", "\n \n", "saved: "])
def test_stray_characters_before_the_document_do_no_harm(stray: str) -> None:
    assert read(stray + export(post("a", "1"))) == read(export(post("a", "1")))


def test_damaged_markup_costs_no_other_comment() -> None:
    (thread,) = read(export(post("a", "1"), "&nbsp; a & b < c <d e=f/>", post("c", "1")))
    assert [comment.id for comment in thread.comments] == ["a", "c"]


@pytest.mark.parametrize("stray", ["</disqus>", "</b>", "<b>"])
def test_comments_behind_a_stray_tag_are_not_lost_unsaid(stray: str) -> None:
    with pytest.raises(ReadError, match=r"^ferry\.xml, line \d+: start and end tags do not match"):
        read(export(post("a", "1"), stray, post("c", "1")))


def test_entities_are_not_expanded_and_files_not_fetched() -> None:
    bomb = '<!DOCTYPE disqus [<!ENTITY a "late"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n<disqus'
    text = export(post("x", "1").replace("<![CDATA[<p>Late again.</p>]]>", "[&a;&b;]")).replace("<disqus", bomb, 1)
    (thread,) = read(text)
    assert "root:" not in thread.comments[0].text
    assert thread.comments[0].text.startswith("[")


def test_an_export_without_posts_has_no_comments() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.xml: the export has no post"):
        read(export())


@pytest.mark.parametrize("inner", ["<a>" * 5000, "<post><message>" * 5000])
def test_hostile_nesting_is_named(inner: str) -> None:
    with pytest.raises(ReadError, match=r"^ferry\.xml, line \d+: XML beyond the safe limits"):
        read(export(inner))


def test_a_damaged_date_is_named() -> None:
    (thread,) = read(export(post("a", "1").replace("2024-05-06", "2024-x05-06")))
    assert [(issue.kind, issue.comment_id) for issue in thread.issues] == [("unreadable_time", "a")]
