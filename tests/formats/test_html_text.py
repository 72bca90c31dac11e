import pytest

from analyzer.formats.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Late again.", "Late again."),
        ("<p>Late\n again.</p><p>Always.</p>", "Late again.\n\nAlways."),
        ("Late<br>again &amp; again", "Late\nagain & again"),
        ('See <a href="https://example.org">the timetable</a>.', "See the timetable."),
        ("<blockquote><p>Late<br>again</p></blockquote><p>No.</p>", "> Late\n> again\n\nNo."),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n\n> > b"),
        ("<ul><li>north pier</li><li>south pier</li></ul>", "- north pier\n- south pier"),
        ("<script>alert(1)</script>Late<!-- hidden --> again", "Late again"),
        ("one &lt; two", "one < two"),
    ],
)
def test_paragraphs_quotes_and_links(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_typed_lines_are_kept_where_they_mean_something() -> None:
    assert html_to_text("Late\n\nagain, <em>they</em> say", keep_lines=True) == "Late\n\nagain, they say"


@pytest.mark.parametrize("html", ["", " ", "<", "<!--", "</p></p>", "<p", "&#xd800;", "\ud800", "<?x", "]]>", "\0<b>"])
def test_anything_gives_an_answer(html: str) -> None:
    assert isinstance(html_to_text(html), str)


@pytest.mark.parametrize("tag", ["b", "blockquote", "div"])
def test_words_below_deep_nesting_are_kept(tag: str) -> None:
    text = html_to_text(f"<{tag}>" * 20_000 + "Late again." + f"</{tag}>" * 20_000)
    assert text.endswith("Late again.")
    assert len(text) < 100
