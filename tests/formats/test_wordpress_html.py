from datetime import UTC, datetime

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import detect_format, wordpress_html
from analyzer.thread import Thread


def page(comments: str, *, heading: str = "", article: str = "", after: str = "") -> str:
    return f"""<!DOCTYPE html><html><head><title>Isle Post</title></head><body>{article}
        <div id="comments">{heading}{comments}</div>{after}</body></html>"""


def item(
    id: str, replies: str = "", *, text: str = "<p>Late again.</p>", kind: str = "comment", extra: str = ""
) -> str:
    return f"""<li id="comment-{id}" class="{kind} even depth-1"><article class="comment-body">
        <div class="comment-author vcard"><b class="fn">Ines</b> <span class="says">says:</span></div>{extra}
        <div class="comment-content">{text}</div><div class="reply"><a>Reply</a></div></article>{replies}</li>"""


def children(*items: str) -> str:
    return f'<ol class="children">{"".join(items)}</ol>'


def read(text: str) -> Thread:
    assert detect_format(text, "saved.dat") == "wordpress_html"
    (thread,) = wordpress_html.read(text, "ferry.html")
    return thread


def tree(thread: Thread) -> list[tuple[str, str | None, str | None, str]]:
    return [(comment.id, comment.parent_id, comment.author, comment.text) for comment in thread.comments]


# One thread, 1 <- 2 and 3, as the themes of twenty years write it.
THEMES = {
    "a picture where others have the name": """<ol class="commentlist"><li class="comment depth-1" id="li-comment-1">
        <div id="comment-1" class="comment-wrap"><div class="comment-meta"><div class="comment-author vcard"><img></div>
        </div><div class="comment-content"><div class="comment-author">Ines<span><a title="Permalink">May 6, 2024 at
        2:05 pm</a></span></div><p>Late again.</p></div></div><ul class="children"><li class="comment depth-2"
        id="li-comment-2"><div class="comment-content"><div class="comment-author">Ole<span><a>May 6, 2024 at 3:05
        pm</a></span></div><p>Always.</p></div></li></ul></li><li class="comment" id="li-comment-3"><div
        class="comment-content"><div class="comment-author">Brit <a>May 7, 2024 at 1:00 am</a></div><p>Never.</p></div>
        </li></ol>""",
    "headings with the name and the time": """<ul><li id="li-comment-1"><article class="uk-comment"><h6
        class="uk-comment-title"><cite>Ines</cite><time>2024-05-06 14:05</time><span class="uk-comment-meta"><a
        class="comment-reply-link">Reply</a></span></h6><p>Late again.</p></article><ul class="children"><li
        id="li-comment-2"><article><h6><cite>Ole</cite><time>2024-05-06 15:05</time></h6><p>Always.</p></article></li>
        </ul></li><li id="li-comment-3"><article><h6><cite>Brit</cite><time>2024-05-07 01:00</time></h6><p>Never.</p>
        </article></li></ul>""",
    "wpDiscuz with its numbers on the right": """<div id="wpdcom"><div class="wpd-comment wpd_comment_level-1"><div
        id="comment-1" class="wpd-comment-right"><div class="wpd-comment-author">Ines</div><div class="wpd-comment-date"
        title="6. Mai 2024 14:05">x</div><div class="wpd-comment-text">Late again.</div></div><div class="wpd-comment
        wpd_comment_level-2"><div id="comment-2" class="wpd-comment-right"><div class="wpd-comment-author">Ole</div><div
        class="wpd-comment-date" title="6. Mai 2024 15:05">x</div><div class="wpd-comment-text">Always.</div></div>
        </div>
        </div><div class="wpd-comment wpd_comment_level-1"><div id="comment-3" class="wpd-comment-right"><div
        class="wpd-comment-author">Brit</div><div class="wpd-comment-date" title="7. Mai 2024 01:00">x</div><div
        class="wpd-comment-text">Never.</div></div></div></div>""",
    "the first default theme": """<ol class="commentlist">
        <li class="alt" id="comment-1"><cite><a href="x">Ines</a></cite> Says:<br />
        <small class="commentmetadata"><a href="#comment-1">May 6th, 2024 at 2:05 pm</a></small><p>Late again.</p>
        <ul class="children"><li id="comment-2"><cite>Ole</cite> Says: <small class="commentmetadata">May 6th, 2024 at
        3:05 pm</small><p>Always.</p></li></ul></li>
        <li id="comment-3"><cite>Brit</cite> Says: <small class="commentmetadata">May 7th, 2024 at 1:00 am</small>
        <p>Never.</p></li></ol>""",
    "div style with li-comment and comment": """<div class="commentlist">
        <div class="comment depth-1" id="li-comment-1"><div id="comment-1" class="comment-body"><div class="vcard">
        <span class="fn">Ines</span></div><div class="comment-meta"><a>May 6, 2024 at 2:05 pm</a></div><p>Late
        again.</p>
        </div><div class="children"><div class="comment depth-2" id="li-comment-2"><div id="comment-2">
        <span class="fn">Ole</span><div class="comment-meta">May 6, 2024 at 3:05
        pm</div><p>Always.</p></div></div></div>
        </div><div class="comment depth-1" id="li-comment-3"><div id="comment-3"><span class="fn">Brit</span>
        <div class="comment-meta">May 7, 2024 at 1:00 am</div><p>Never.</p></div></div></div>""",
    "a list of definitions": """<dl id="comment_list">
        <dt class="comment even depth-1" id="comment-1"><span class="comment_author">Ines</span>
        <span class="comment_time">May 6, 2024 at 2:05 pm</span></dt>
        <dd class="comment even depth-1"><div class="format_text" id="comment-body-1"><p>Late again.</p></div>
        <dl class="children"><dt class="comment depth-2" id="comment-2"><span class="comment_author">Ole</span>
        <span class="comment_time">May 6, 2024 at 3:05 pm</span></dt><dd class="comment
        depth-2"><p>Always.</p></dd></dl>
        </dd><dt class="comment depth-1" id="comment-3"><span class="comment_author">Brit</span>
        <span class="comment_time">May 7, 2024 at 1:00 am</span></dt><dd class="comment
        depth-1"><p>Never.</p></dd></dl>""",
    "the blocks of today": """<ol class="wp-block-comment-template"><li id="comment-1" class="comment depth-1">
        <div class="wp-block-columns"><div class="wp-block-comment-author-name">Ines</div>
        <div class="wp-block-comment-date"><time datetime="2024-05-06T14:05:00+00:00"><a>6. Mai</a></time></div>
        <div class="wp-block-comment-content"><p>Late again.</p></div>
        <div class="wp-block-comment-reply-link"><a>Antworten</a></div></div><ol><li id="comment-2" class="comment
        depth-2">
        <div class="wp-block-comment-author-name">Ole</div><time datetime="2024-05-06T15:05:00+00:00"></time>
        <div class="wp-block-comment-content"><p>Always.</p></div></li></ol></li><li id="comment-3" class="comment
        depth-1">
        <div class="wp-block-comment-author-name">Brit</div><time datetime="2024-05-07T01:00:00+00:00"></time>
        <div class="wp-block-comment-content"><p>Never.</p></div></li></ol>""",
    "levels by number only, ids in the links": """<ul class="comment-list">
        <li class="comment depth-1"><cite class="fn">Ines</cite><a href="/ferry/#comment-1"><time
        datetime="2024-05-06T14:05:00Z">May</time></a><div class="comment_text">Late again.</div></li>
        <li class="comment depth-2"><cite class="fn">Ole</cite><a href="/ferry/#comment-2"><time
        datetime="2024-05-06T15:05:00Z">May</time></a><div class="comment_text">Always.</div></li>
        <li class="comment depth-1"><cite class="fn">Brit</cite><a href="/ferry/#comment-3"><time
        datetime="2024-05-07T01:00:00Z">May</time></a><div class="comment_text">Never.</div></li></ul>""",
    "schema.org attributes": """<ol class="comment-list"><li class="comment depth-1" id="comment-1">
        <article id="article-comment-1" itemprop="comment" itemscope itemtype="http://schema.org/Comment">
        <p class="comment-author" itemprop="author"><span itemprop="name">Ines</span> <span class="says">says</span></p>
        <p class="comment-meta"><time class="comment-time" datetime="2024-05-06T14:05:00+00:00">May</time></p>
        <div class="comment-content" itemprop="text"><p>Late again.</p></div></article>
        <ul class="children"><li class="comment depth-2" id="comment-2"><article><p class="comment-author">Ole
        <span class="says">says</span></p><time datetime="2024-05-06T15:05:00+00:00">May</time>
        <div class="comment-content"><p>Always.</p></div></article></li></ul></li><li class="comment" id="comment-3">
        <article><p class="comment-author">Brit says</p><time datetime="2024-05-07T01:00:00+00:00">May</time>
        <div class="comment-content"><p>Never.</p></div></article></li></ol>""",
    "wpDiscuz of long ago": """<div id="wpcomm"><div id="wc-comm-1_0" class="wc-comment wc_comment_level-1">
        <div id="comment-1" class="wc-comment-right"><div class="wc-comment-header"><div
        class="wc-comment-author">Ines</div>
        </div><div class="wc-comment-text"><p>Late again.</p></div><div class="wc-comment-footer"><span>0</span>
        <div class="wc-comment-date">6. Mai 2024 14:05</div></div></div>
        <div id="wc-comm-2_1" class="wc-comment wc-reply wc_comment_level-2"><div id="comment-2"
        class="wc-comment-right">
        <div class="wc-comment-author"><a>Ole</a></div><div class="wc-comment-text">Always.</div>
        <div class="wc-comment-date">6. Mai 2024 15:05</div></div></div></div>
        <div id="wc-comm-3_0" class="wc-comment wc_comment_level-1"><div class="wc-comment-author">Brit</div>
        <div class="wc-comment-text">Never.</div><div class="wc-comment-date">7. Mai 2024 01:00</div></div></div>""",
    "wpDiscuz of today": """<div id="wpdcom"><div class="wpd-thread-list">
        <div id='wpd-comm-1_0' class='comment even depth-1 wpd-comment wpd_comment_level-1'><div
        class='wpd-comment-wrap'>
        <div id='comment-1' class='wpd-comment-right'><div class='wpd-comment-author '>Ines</div>
        <div class='wpd-comment-date' title='May 6, 2024 2:05 pm'>6 months ago</div>
        <div class='wpd-comment-text'><p>Late again.</p></div><div class='wpd-comment-footer'>0 Reply</div></div></div>
        <div id='wpd-comm-2_1' class='comment depth-2 wpd-comment wpd-reply'><div class='wpd-comment-author '>Ole</div>
        <div class='wpd-comment-date' title='May 6, 2024 3:05 pm'>6 months ago</div><div class='wpd-reply-to'>Reply to
        <a href='#comment-1'>Ines</a></div><div class='wpd-comment-text'>Always.</div></div></div>
        <div id='wpd-comm-3_0' class='comment depth-1 wpd-comment'><div class='wpd-comment-author '>Brit</div>
        <div class='wpd-comment-date' title='May 7, 2024 1:00 am'>6 months ago</div>
        <div class='wpd-comment-text'>Never.</div></div></div></div>""",
}


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_gives_the_same_thread(theme: str) -> None:
    thread = read(page(THEMES[theme]))
    assert tree(thread) == [
        ("1", None, "Ines", "Late again."),
        ("2", "1", "Ole", "Always."),
        ("3", None, "Brit", "Never."),
    ]
    assert [comment.created for comment in thread.comments] == [
        datetime(2024, 5, 6, 14, 5, tzinfo=UTC),
        datetime(2024, 5, 6, 15, 5, tzinfo=UTC),
        datetime(2024, 5, 7, 1, tzinfo=UTC),
    ]
    assert thread.issues == ()


def test_a_page_in_xhtml_is_known() -> None:
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + page(item("1"))
    assert tree(read(text)) == [("1", None, "Ines", "Late again.")]


@pytest.mark.parametrize("kind", ["pingback", "trackback"])
def test_what_other_sites_sent_is_kept_without_stance(kind: str) -> None:
    ping = f'<li class="{kind} depth-1" id="comment-2"><p>Pingback: <a class="url">The mainland view</a></p></li>'
    thread = read(page(item("1") + ping, heading="<h2>2 comments</h2>"))
    assert [(comment.id, comment.status, comment.author) for comment in thread.comments] == [
        ("1", "ok", "Ines"),
        ("2", "excluded", None),
    ]
    assert [(issue.kind, issue.comment_id) for issue in thread.issues] == [("excluded", "2")]
    assert (thread.declared, thread.found) == (2, 2)


def test_a_comment_that_waits_for_approval_is_excluded() -> None:
    waiting = '<em class="comment-awaiting-moderation">Your comment is awaiting moderation.</em>'
    thread = read(page(item("1", extra=waiting) + item("2")))
    assert [(comment.status, comment.text) for comment in thread.comments] == [
        ("excluded", "Late again."),
        ("ok", "Late again."),
    ]


@pytest.mark.parametrize(
    ("heading", "declared"),
    [
        ("<h2>20 thoughts on “<span>The ferry</span>”</h2>", 20),
        ("<h2>One thought on “The ferry”</h2>", 1),
        ("<h3>45 Antworten</h3>", 45),
        ("<h3>91 Ergänzungen</h3>", 91),
        ("<h3>33 Comments</h3>", 33),
        ("<h3>Comments (1,204)</h3>", 1204),
        ("<h3>1.204 Kommentare</h3>", 1204),
        ("<h3>Kommentare: 7</h3>", 7),
        ("<h3>There are 12 comments on this post</h3>", 12),
        ("<h3>3 réflexions sur « Le bac »</h3>", 3),
        ("<h3>4 pensieri su “Il traghetto”</h3>", 4),
        ("<h3>5 comentarios en “El ferry”</h3>", 5),
        ("<h3>6 reacties op “De pont”</h3>", 6),
        ("<h3>7 комментариев</h3>", 7),
        ("<h3>「渡し船」への3件のフィードバック</h3>", 3),
        ('<span class="comments__headline">8 replies</span>', 8),
        ("<h3>Leave a comment</h3>", None),
        ("<h3>The ferry in 2024</h3>", None),
        ("", None),
    ],
)
def test_the_number_a_page_claims(heading: str, declared: int | None) -> None:
    assert read(page(item("1"), heading=heading)).declared == declared


def test_counts_of_other_articles_are_not_the_pages_own() -> None:
    teaser = '<h3 class="teaser">The pier</h3><a class="comments-link">99 comments</a>'
    thread = read(page(item("1"), heading="<h2>2 comments</h2>", article=teaser, after=teaser))
    assert thread.declared == 2


def test_a_number_in_a_comment_is_no_claim() -> None:
    assert read(page(item("1", text='<h3 class="comment-x">5 comments</h3>'))).declared is None


@pytest.mark.parametrize(
    ("mark", "hidden"),
    [
        ('<a href="https://isle.example/ferry/comment-page-2/#comments">Older comments</a>', 4),
        ('<div class="wpd-load-more-submit-wrap"><button>Load more</button></div>', 4),
        ('<a href="https://isle.example/ferry/comment-page-1/#comment-1">1 May</a>', 0),
        ("", 0),
    ],
)
def test_what_is_on_other_pages_is_hidden(mark: str, hidden: int) -> None:
    thread = read(page(item("1"), heading="<h2>5 comments</h2>", after=mark))
    assert (thread.declared, thread.found, thread.hidden) == (5, 1, hidden)


@pytest.mark.parametrize(
    ("state", "declared"),
    [
        ('<span class="wpd-stat-threads-count">3</span> <span class="wpd-stat-replies-count">2</span>', 5),
        ('<div class="wpd-thread-info" data-comments-count="6">6 Comments</div>', 6),
        ('<span class="wpdtc">4</span> Comment threads <span class="wpdrc">1</span> Thread replies', 5),
    ],
)
def test_what_wpdiscuz_claims(state: str, declared: int) -> None:
    assert read(page(state + THEMES["wpDiscuz of today"])).declared == declared


def test_title_and_article_stand_apart() -> None:
    article = """<article><h1 class="entry-title">The ferry</h1><div class="entry-content"><p>The council votes.</p>
        <div class="sharedaddy">Share this</div></div></article>"""
    thread = read(page(item("1"), article=article))
    assert (thread.title, thread.article) == ("The ferry", "The council votes.")


def test_an_article_that_holds_the_comments_keeps_its_own_words_only() -> None:
    words = "<h1>The ferry</h1><p>The council votes.</p>"
    text = f"<html><body><article>{words}<ol class='comment-list'>{item('1')}</ol></article>"
    assert read(text).article == "The ferry\n\nThe council votes."


def test_levels_without_nesting_lead_to_a_placeholder_where_one_is_skipped() -> None:
    flat = item("1") + item("5").replace("depth-1", "depth-3")
    thread = read(page(flat))
    assert [(c.id, c.parent_id, c.status) for c in thread.comments] == [
        ("1", None, "ok"),
        ("parent-of-5", None, "missing"),
        ("5", "parent-of-5", "ok"),
    ]


def test_a_time_that_cannot_be_read_is_named() -> None:
    thread = read(page(item("1", extra='<span class="comment-date">on the 30. of Maytober</span>')))
    assert [(issue.kind, issue.detail) for issue in thread.issues] == [
        ("unreadable_time", "its time 'on the 30. of Maytober' cannot be read; left out")
    ]


def test_a_quotation_in_a_comment_has_no_say_in_its_author() -> None:
    text = "<blockquote><p>Late.</p><cite>Ole</cite></blockquote><p>No.</p>"
    assert tree(read(page(item("1", text=text)))) == [("1", None, "Ines", "> Late.\n\n> Ole\n\nNo.")]


def test_a_name_is_its_own_even_with_a_badge() -> None:
    cite = '<cite><b class="fn">Ines</b> <span>Author</span></cite>'
    thread = read(page(item("1").replace('<b class="fn">Ines</b>', cite)))
    assert thread.comments[0].author == "Ines"


def test_the_form_in_the_middle_of_a_thread_is_no_comment() -> None:
    form = '<div id="respond" class="comment-respond"><h3>Leave a Reply to Ines</h3><form><p>Your name</p></form></div>'
    assert tree(read(page(item("1", form + children(item("2")))))) == [
        ("1", None, "Ines", "Late again."),
        ("2", "1", "Ines", "Late again."),
    ]


def test_a_page_that_numbers_no_list_has_no_comments() -> None:
    with pytest.raises(NoCommentsError, match=r"in ferry\.html: its page has no list of comments"):
        wordpress_html.read(page('<a id="comment-1"></a>'), "ferry.html")


def test_a_deep_thread_is_read() -> None:
    thread = read(page("".join(item(str(i)).removesuffix("</li>") + '<ol class="children">' for i in range(1, 401))))
    assert max(thread.depths) == 399


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<li id="comment-1">' + "<div>" * 100_000, "nested too deeply"),
        ('<li id="comment-1">' + "<b>" * 2_000_001, "too large for one page"),
        ('<li id="comment-1">' + "x" * 40_000_001, "too large for one page"),
        ("".join(f"<li id=comment-{i}>" for i in range(200_001)), "more than 200000 comments"),
        ('<li id="comment-1" ' + " ".join(f"a{i}='>'" for i in range(2001)) + ">", "more than 2000 attributes"),
    ],
)
def test_a_hostile_page_is_named(text: str, why: str) -> None:
    with pytest.raises(ReadError, match=why):
        wordpress_html.read("<html><body>" + text, "ferry.html")


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "late late"><!ENTITY b "&a;&a;&a;&a;">]>'
    assert tree(read(bomb + page(item("1", text="&b; again")))) == [("1", None, "Ines", "&b; again")]
