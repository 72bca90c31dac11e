from dataclasses import replace

import pytest
from lxml import html
from lxml.html import HtmlElement

from analyzer.analysis import Analysis, analyze
from analyzer.report.index import Failure, Row, render_index, summarise
from analyzer.thread import Comment, build_thread
from tests.payloads import PAYLOADS
from tests.toy import SCHEME, SOURCE, ToyPredictor, small_analysis

FERRY = build_thread([Comment("a", text="sign it"), Comment("b", "a", "wrong, scrap it")], title="Ferry fares rise")


def index(rows: list[Row], failures: list[Failure] | None = None) -> HtmlElement:
    return html.document_fromstring(render_index(rows, failures or [], scheme=SCHEME, model="toy"))


def analysis_of(text: str) -> Analysis:
    return analyze(build_thread([Comment("a", text=text)], title=text), ToyPredictor(), source=SOURCE)


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_a_row_has_the_threads_numbers() -> None:
    row = summarise(small_analysis(), "small.html")
    assert (row.subject, row.source, row.began) == ("Harbour treaty signed", "harbour.txt", "2024-03-01 12:01")
    assert (row.found, row.depth, row.flags, row.stances.total) == (8, 2, 1, 7)
    assert [share.count for share in row.shares] == [3, 2]
    assert (row.crossing.value, row.disagreeing.value) == (1.0, 1.0)


def test_the_page_lists_the_largest_thread_first_with_links() -> None:
    ferry = analyze(FERRY, ToyPredictor(), source=SOURCE)
    page = index([summarise(ferry, "ferry.html"), summarise(small_analysis(), "small.html")])
    assert words(page.xpath("//h1")[0]) == "2 threads, 10 comments"
    assert page.xpath("//tbody//a/@href") == ["small.html", "ferry.html"]
    cells = [words(cell) for cell in page.xpath("//tbody/tr[2]/*")]
    assert cells == [
        "Ferry fares rise harbour.txt",
        "–",
        "2",
        "1",
        "1 for-treaty, 1 against-treaty",
        "too few of 2",
        "too few of 2",
        "100 % (0–100 %)",
        "100 % (0–100 %)",
        "0",
    ]


def test_what_is_undefined_sorts_as_nothing() -> None:
    page = index([summarise(analysis_of("sign it"), "one.html")])
    assert page.xpath("//tbody/tr/td/@data-v")[-5:] == ["", "", "", "", "0"]


def test_a_file_without_a_page_is_listed_with_its_reason() -> None:
    page = index([summarise(small_analysis(), "small.html")], [Failure("broken.xml", "broken.xml is empty")])
    assert [words(item) for item in page.xpath("//section[@id='failures']//li")] == ["broken.xml broken.xml is empty"]
    assert "1 file has no page." in words(page)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_add_no_element_and_no_attribute(payload: str) -> None:
    def page(words: str) -> HtmlElement:
        analysis = replace(analysis_of(words), source=replace(SOURCE, name=words))
        return index([summarise(analysis, "a.html")], [Failure(words, words)])

    hostile, plain = page(payload), page("plain words")
    assert [sorted(element.attrib) for element in hostile.iter()] == [
        sorted(element.attrib) for element in plain.iter()
    ]


def test_nothing_is_fetched() -> None:
    page = index([summarise(small_analysis(), "small.html")])
    assert not page.xpath("//@src | //@action | //@style | //link | //img | //iframe | //form")
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
