from datetime import UTC, datetime

import pytest

from analyzer.errors import NoCommentsError
from analyzer.formats import detect_format, wordpress_wxr
from analyzer.thread import Comment, Issue, Thread


def comment(id: str, parent: str = "0", text: str = "Late again.", approved: str = "1", kind: str = "") -> str:
    return f"""<wp:comment><wp:comment_id>{id}</wp:comment_id>
        <wp:comment_author><![CDATA[Ines]]></wp:comment_author>
        <wp:comment_date>2024-05-06 14:00:00</wp:comment_date>
        <wp:comment_date_gmt>2024-05-06 12:00:00</wp:comment_date_gmt>
        <wp:comment_content><![CDATA[{text}]]></wp:comment_content><wp:comment_type>{kind}</wp:comment_type>
        <wp:comment_approved>{approved}</wp:comment_approved><wp:comment_parent>{parent}</wp:comment_parent>
        </wp:comment>"""


def item(id: str, title: str, *comments: str) -> str:
    body = f"<content:encoded><![CDATA[<p>The {title} is late.</p>]]></content:encoded>"
    return f"<item><title>{title}</title>{body}<wp:post_id>{id}</wp:post_id>{''.join(comments)}</item>"


def export(*items: str, namespace: str = "http://wordpress.org/export/1.2/") -> str:
    spaces = f'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="{namespace}"'
    return f'<?xml version="1.0"?>\n<rss version="2.0" {spaces}>\n<channel>{"".join(items)}</channel></rss>'


def read(text: str) -> list[Thread]:
    return wordpress_wxr.read(text, "ferry.xml")


@pytest.mark.parametrize("namespace", ["http://wordpress.org/export/1.0/", "https://wordpress.org/export/1.2/"])
def test_any_version_of_the_namespace_is_known(namespace: str) -> None:
    text = export(item("7", "ferry", comment("1")), namespace=namespace)
    assert detect_format(text, "a.txt") == "wordpress_wxr"
    assert read(text)[0].found == 1


def test_a_comment_has_its_typed_lines_author_and_time_in_utc() -> None:
    (thread,) = read(export(item("7", "ferry", comment("1", text="Late\n\nagain, <em>they</em> say"))))
    noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert thread.comments == (Comment("1", None, "Late\n\nagain, they say", "Ines", noon),)
    assert (thread.id, thread.title, thread.article) == ("7", "ferry", "The ferry is late.")


def test_ids_that_repeat_from_post_to_post_are_different_comments() -> None:
    posts = [item("7", "ferry", comment("1"), comment("2", "1")), item("8", "pier", comment("2"), comment("3", "2"))]
    threads = read(export(*posts, item("9", "lighthouse")))
    assert [[(c.id, c.parent_id) for c in thread.comments] for thread in threads] == [
        [("1", None), ("2", "1")],
        [("2", None), ("3", "2")],
    ]
    assert [issue for thread in threads for issue in thread.issues] == []


@pytest.mark.parametrize(
    ("approved", "kind", "why"),
    [
        ("0", "", "waiting for approval"),
        ("spam", "comment", "spam"),
        ("1", "pingback", "pingback"),
        ("0", "trackback", "trackback"),
    ],
)
def test_what_is_no_readers_published_words_is_kept_without_stance(approved: str, kind: str, why: str) -> None:
    (thread,) = read(export(item("7", "ferry", comment("1", approved=approved, kind=kind), comment("2", "1"))))
    assert [(c.status, c.text) for c in thread.comments] == [("excluded", "Late again."), ("ok", "Late again.")]
    assert thread.issues == (Issue("excluded", "1", f"{why}: kept in the tree, without stance"),)
    assert (thread.found, thread.deleted) == (2, 0)


def test_a_pingback_has_no_author() -> None:
    (thread,) = read(export(item("7", "ferry", comment("1", kind="pingback"), comment("2", approved="0"))))
    assert [c.author for c in thread.comments] == [None, "Ines"]


def test_trash_is_deleted() -> None:
    (thread,) = read(export(item("7", "ferry", comment("3", approved="trash"))))
    assert [(c.status, c.text) for c in thread.comments] == [("deleted", "")]


def test_a_time_that_cannot_be_read_is_named() -> None:
    text = export(item("7", "ferry", comment("1").replace("2024-05-06 12:00:00", "noon on Monday")))
    assert [(issue.kind, issue.comment_id) for issue in read(text)[0].issues] == [("unreadable_time", "1")]


def test_an_export_without_comments_says_so() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.xml: no item of the export has a comment"):
        read(export(item("7", "ferry")))


def test_a_date_of_zeros_gives_way_to_the_local_one() -> None:
    text = export(item("7", "ferry", comment("1").replace("2024-05-06 12:00:00", "0000-00-00 00:00:00")))
    (thread,) = read(text)
    assert (thread.comments[0].created, thread.issues) == (datetime(2024, 5, 6, 14, tzinfo=UTC), ())


def test_a_damaged_date_is_named() -> None:
    (thread,) = read(export(item("7", "ferry", comment("1").replace("2024-05-06", "2024-x05-06"))))
    assert [(issue.kind, issue.comment_id) for issue in thread.issues] == [("unreadable_time", "1")]


@pytest.mark.parametrize("half", ["&#xD800;", "&#57343;", "&#x0dFfF"])
def test_half_a_character_written_as_a_number_is_replaced(half: str) -> None:
    text = export(item("7", "ferry", comment("1"))).replace("<![CDATA[Late again.]]>", f"Late {half}")
    assert read(text)[0].comments[0].text == "Late \ufffd"


def test_a_character_beyond_the_halves_stays() -> None:
    text = export(item("7", "ferry", comment("1"))).replace("<![CDATA[Late again.]]>", "Late &#57344;")
    assert read(text)[0].comments[0].text == "Late \ue000"
