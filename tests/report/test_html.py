import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import html
from lxml.html import HtmlElement

from analyzer.analysis import Analysis, Quotation, analyze
from analyzer.report.html import render_html
from analyzer.thread import Comment, Thread, build_thread
from tests.payloads import PAYLOADS
from tests.toy import SOURCE, ToyPredictor, small_analysis


def analysis_of(thread: Thread) -> Analysis:
    return analyze(thread, ToyPredictor(), source=SOURCE)


def parsed(analysis: Analysis) -> HtmlElement:
    return html.document_fromstring(render_html(analysis))


@pytest.fixture(scope="module")
def page() -> HtmlElement:
    return parsed(small_analysis())


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def comment(page: HtmlElement, comment_id: str) -> HtmlElement:
    return page.get_element_by_id(f"c-{comment_id}")


def test_the_first_screen_says_what_how_divided_and_how_sure(page: HtmlElement) -> None:
    assert words(page.xpath("//h1")[0]) == "Harbour treaty signed"
    assert "5 of 7 comments (71 %) take a stance" in words(page.find_class("headline")[0])
    assert [words(heading) for heading in page.xpath("//section[@id='summary']//h2")] == [
        "What do they think?",
        "How divided?",
        "How sure?",
    ]


def test_shares_stand_with_their_intervals(page: HtmlElement) -> None:
    shares = [words(item) for item in page.xpath("//ul[@class='shares']/li/p")]
    assert shares[0] == "FT for-treaty 3 too few (16–75 %)"
    assert shares[3] == "? unclear 1 14 % (3–51 %)"


def test_a_bar_is_as_long_as_its_share(page: HtmlElement) -> None:
    bar = page.xpath("//ul[@class='shares']/li[1]//rect[contains(@class, 's0')]")[-1]
    assert bar.get("width") == "42.86%"


def test_metrics_show_their_interval_where_they_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = small_analysis()
    values = {**analysis.metrics.as_dict(), "disagreement_ratio": {"value": 0.8, "low": 0.61, "high": 0.93}}
    monkeypatch.setattr(type(analysis.metrics), "as_dict", lambda _: values)
    figures = words(parsed(analysis).find_class("figures")[0])
    assert "80 % (61–93 %)" in figures


def test_a_comment_has_stance_confidence_agreement_and_author(page: HtmlElement) -> None:
    byline = words(comment(page, "c2").find_class("byline")[0])
    assert byline == "AT against-treaty 80 % ✗ disagrees Ben 2024-03-01 12:02 c2"


def test_a_comment_tells_why(page: HtmlElement) -> None:
    why = words(comment(page, "c2").find_class("why")[0])
    assert "stance: against-treaty 80 %, for-treaty 10 %, none 10 %" in why


def test_quoted_words_are_marked(page: HtmlElement) -> None:
    assert [words(quoted) for quoted in comment(page, "c3").xpath(".//q")] == ["“a harbour full of warships”"]


def test_replies_are_nested_in_their_parent(page: HtmlElement) -> None:
    assert comment(page, "c3").xpath("ancestor::li/article/@id") == ["c-c1", "c-c2", "c-c3"]
    assert comment(page, "c8").xpath("ancestor::li/article/@id") == ["c-gone", "c-c8"]


def test_deleted_missing_and_unclear_comments_are_shown_as_such(page: HtmlElement) -> None:
    assert words(comment(page, "c6").find_class("byline")[0]).startswith("deleted comment")
    assert words(comment(page, "gone").find_class("byline")[0]).startswith("missing comment")
    assert words(comment(page, "c4").find_class("byline")[0]).startswith("? unclear 40 %")


def test_the_tally_and_the_repairs_are_listed(page: HtmlElement) -> None:
    tally = [words(value) for value in page.xpath("//dl[@class='tally']//dd")]
    assert tally == ["12", "8", "1", "1", "1"]
    assert "its parent 'gone' is not in the file" in words(page.get_element_by_id("data"))


def test_the_matrix_counts_replies_between_stances(page: HtmlElement) -> None:
    rows = [[words(cell) for cell in row.xpath("td")] for row in page.xpath("//table[@class='matrix']/tbody/tr")]
    assert rows[:2] == [["·", "11 ✗", "·", "·"], ["11 ✗", "·", "·", "·"]]


def test_a_flag_gives_its_reason(page: HtmlElement) -> None:
    assert words(comment(page, "c7").find_class("flag")[0]) == "attack A personal attack with probability 90 %."


def test_flagged_comments_are_listed(page: HtmlElement) -> None:
    listed = [words(item) for item in page.xpath("//section[@id='branches']/ul/li")]
    assert listed == ["attack A personal attack with probability 90 %. “You are all idiots.” Read c7"]


def test_every_term_is_defined(page: HtmlElement) -> None:
    terms = [(words(term[0]), words(term[1])) for term in page.find_class("terms")[0]]
    assert terms[0] == ("FT for-treaty", "Wants the treaty.")
    assert terms[3] == ("? unclear", "The model was too uncertain to choose; not the same as none.")
    assert "the share of disagreement among the replies that take sides" in words(page.find_class("metrics")[0])


def test_ids_are_unique_and_every_link_leads_somewhere(page: HtmlElement) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.xpath("//@href")} <= set(ids)


def test_the_policy_allows_the_two_blocks_and_nothing_else(page: HtmlElement) -> None:
    style, script = page.xpath("//style")[0].text, page.xpath("//script")[0].text
    hashes = [b64encode(sha256(block.encode()).digest()).decode() for block in (style, script)]
    assert page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    ]
    assert len(page.xpath("//style | //script")) == 2


def test_nothing_is_fetched(page: HtmlElement) -> None:
    assert all(link.startswith("#") for link in page.xpath("//@href"))
    assert not page.xpath("//@src | //@srcset | //@action | //@data | //@style | //link | //img | //iframe | //form")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert set(re.findall(r"url\(.|@import", page.xpath("//style")[0].text)) == {"url(#"}


def test_scripts_do_not_build_markup_from_text() -> None:
    script = parsed(small_analysis()).xpath("//script")[0].text
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_add_no_element_and_no_attribute(payload: str) -> None:
    hostile, plain = parsed(hostile_analysis(payload)), parsed(hostile_analysis("plain words"))
    assert len(list(hostile.iter())) == len(list(plain.iter()))
    assert [sorted(element.attrib) for element in hostile.iter()] == [
        sorted(element.attrib) for element in plain.iter()
    ]


def hostile_analysis(payload: str) -> Analysis:
    """Return a thread that has the payload wherever a file can put text, its first letter as if quoted."""
    comments = [
        Comment(payload, None, payload, payload, datetime(2024, 3, 1, tzinfo=UTC)),
        Comment("reply", payload, payload, payload, datetime(2024, 3, 2, tzinfo=UTC)),
        Comment("orphan", f"gone {payload}", payload, payload, datetime(2024, 3, 3, tzinfo=UTC)),
    ]
    analysis = analysis_of(build_thread(comments, id=payload, title=payload, article=payload))
    quotations = tuple((Quotation(0, 1, None),) for _ in analysis.thread.comments)
    return replace(analysis, source=replace(SOURCE, name=payload), quotations=quotations)


def test_what_turns_text_around_is_left_out() -> None:
    page = render_html(analysis_of(build_thread([Comment("c1", text="sign \u202e\x1b[31m it\x00")])))
    assert not set("\u202e\x1b\x00") & set(page)


def test_half_an_emoji_can_be_written_to_a_file() -> None:
    assert render_html(analysis_of(build_thread([Comment("\ud83d", text="sign \ud83d")]))).encode()


def test_a_deep_chain_is_nested_13_lists_deep_and_then_flat() -> None:
    thread = build_thread([Comment(f"c{i}", f"c{i - 1}" if i else None, "sign") for i in range(3000)])
    page = parsed(analysis_of(thread))
    assert len(comment(page, "c2999").xpath("ancestor::ol")) == 14
    assert "depth 2999, to c2998" in words(comment(page, "c2999"))


def test_the_page_is_the_same_every_time() -> None:
    assert render_html(small_analysis()) == render_html(small_analysis())


def test_five_thousand_comments_stay_below_twelve_megabytes() -> None:
    text = "We should sign this treaty before the spring, the mines will not wait for us. " * 5
    comments = [Comment(f"c{i}", f"c{i // 2}" if i else None, text, f"author {i % 90}") for i in range(5000)]
    assert len(render_html(analysis_of(build_thread(comments))).encode()) < 12_000_000


def test_other_reports_do_not_load_the_template_engine() -> None:
    code = "import sys, analyzer.report; print('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_the_templates_lie_in_the_package() -> None:
    import analyzer.report

    folder = Path(analyzer.report.__file__).parent / "templates"
    assert {path.name for path in folder.iterdir()} == {
        "index.html.j2",
        "index.js",
        "page.html.j2",
        "page.js",
        "parts.html.j2",
        "style.css",
    }
