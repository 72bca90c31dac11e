import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, nested_html
from analyzer.thread import Thread

HEAD = "<!doctype html><html><head><title>Isle Post</title></head><body><h1>The ferry</h1>"


def read(body: str) -> Thread:
    assert detect_format(HEAD + body, "saved.dat") == "nested_html"
    (thread,) = nested_html.read(HEAD + body, "ferry.html")
    return thread


def tree(thread: Thread) -> list[tuple[str, str | None, str | None, str]]:
    return [(comment.id, comment.parent_id, comment.author, comment.text) for comment in thread.comments]


def box(words: str, *, author: str = "Ines", mark: str = 'class="comment"', inner: str = "") -> str:
    return f'<div {mark}><span class="author">{author}</span><p class="comment-text">{words}</p>{inner}</div>'


def test_comments_nested_in_one_another() -> None:
    thread = read(box("Late.", inner=box("Always.", author="Ole")) + box("Never.", author="Brit"))
    assert tree(thread) == [
        ("comment-1", None, "Ines", "Late."),
        ("comment-2", "comment-1", "Ole", "Always."),
        ("comment-3", None, "Brit", "Never."),
    ]
    assert thread.title == "The ferry"


def test_schema_org_marks_come_first() -> None:
    mark = 'itemscope itemtype="https://schema.org/Comment" class="x9f"'
    inner = f"""<div {mark}><span itemprop="author"><b itemprop="name">Ole</b></span>
        <time itemprop="dateCreated" datetime="2024-05-06T12:00:00Z"></time><p itemprop="text">Always.</p></div>"""
    outer = f'<div {mark}><span itemprop="author">Ines</span><p itemprop="text">Late.</p>{inner}</div>'
    assert tree(read(outer + box("Not me."))) == [
        ("comment-1", None, "Ines", "Late."),
        ("comment-2", "comment-1", "Ole", "Always."),
    ]


@pytest.mark.parametrize("attribute", ["data-parent-id", "data-parentid", "data-parent"])
def test_a_named_parent_goes_before_the_nesting(attribute: str) -> None:
    first = box("Late.", mark=f'class="comment" data-comment-id="a1" {attribute}="0"')
    second = box("Always.", author="Ole", mark=f'class="comment" data-comment-id="b2" {attribute}="a1"')
    assert tree(read(first + second)) == [("a1", None, "Ines", "Late."), ("b2", "a1", "Ole", "Always.")]


def test_numbered_ids_are_the_comments() -> None:
    boxes = box("Late.", mark='id="reply-7"', inner=box("Always.", author="Ole", mark='id="reply-8"'))
    assert tree(read(boxes)) == [("7", None, "Ines", "Late."), ("8", "7", "Ole", "Always.")]


def test_a_message_board_is_read() -> None:
    boxes = box("Late.", mark='class="message"', inner=box("Always.", author="Ole", mark='class="message"'))
    assert [parent for _, parent, _, _ in tree(read(boxes))] == [None, "comment-1"]


ORDINARY = {
    "navigation": '<ul class="nav"><li class="menu-comment"><a href="/c">Comments</a></li></ul><p>The council.</p>',
    "a link to the comments": '<div class="comments"><a href="#c">5 comments</a></div><p>The council votes.</p>',
    "related articles": "".join(
        f'<article class="card comment" id="post-{i}"><h3><a href="/{i}">The pier, part {i}</a></h3>'
        f'<span class="author">Ole</span><time datetime="2024-05-06">6 May</time><p>A summary.</p></article>'
        for i in range(5)
    ),
    "a list of links": "".join(
        f'<li class="recent-comment"><span class="author">Ole</span> <a href="/{i}">on The pier</a></li>'
        for i in range(5)
    ),
    "headlines": "".join(f'<div class="comment"><a href="/{i}">Why the pier must go {i}</a></div>' for i in range(5)),
    "a form": '<div class="comment-form"><form><div class="comment-box"><label>Your comment</label></div></form></div>',
    "an article": '<article id="post-7" data-post-id="7"><b class="author">Ole</b><p>The council votes.</p></article>',
    "a call to log in": '<div class="comment"><p>To participate in the discussion log in or register.</p></div>',
    "an error message": '<div class="message">Your browser is out of date.</div><p>The council votes.</p>',
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_ordinary_page_has_no_comments(kind: str) -> None:
    assert detect_format(HEAD + ORDINARY[kind], "saved.dat") == "nested_html"
    with pytest.raises(NoCommentsError, match=r"in ferry\.html: nothing in its page is marked as comments"):
        nested_html.read(HEAD + ORDINARY[kind], "ferry.html")


@pytest.mark.parametrize(
    "start", ["<", "<<<<<<", "<!--", "<html", "<div class=comment", "<p>\0</p>", "</html>", "<div>&#xd800;"]
)
def test_broken_markup_is_an_error(start: str) -> None:
    with pytest.raises(ReadError):
        nested_html.read(start + "x" * 200, "ferry.html")
