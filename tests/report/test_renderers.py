import json
from collections.abc import Callable

import pytest

from analyzer import document
from analyzer.analysis import analyze
from analyzer.document import to_document
from analyzer.report import RENDERERS
from analyzer.report.markdown import escape
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor, small_analysis

GOLD_NAMES = {"terminal": "report.txt", "markdown": "report.md", "json": "report.json"}  # a page would bury the diff


@pytest.mark.parametrize("format", GOLD_NAMES)
def test_the_report_is_the_gold_report(
    format: str, matches_gold: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "__version__", "1.2.3")
    matches_gold(GOLD_NAMES[format], RENDERERS[format](small_analysis()))


@pytest.mark.parametrize("format", RENDERERS)
@pytest.mark.parametrize("comments", [[], [Comment("c1", status="deleted")], [Comment("c1", text="sign")]])
def test_a_thread_with_hardly_anything_has_a_report(format: str, comments: list[Comment]) -> None:
    assert RENDERERS[format](analyze(build_thread(comments), ToyPredictor(), source=SOURCE))


def test_the_json_report_is_the_document() -> None:
    assert json.loads(RENDERERS["json"](small_analysis())) == to_document(small_analysis())


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_terminal_report_keeps_to_the_width(width: int) -> None:
    assert max(map(len, RENDERERS["terminal"](small_analysis(), width=width).splitlines())) <= width


def test_colors_come_only_when_asked_for() -> None:
    assert "\x1b" not in RENDERERS["terminal"](small_analysis())
    assert "\x1b" in RENDERERS["terminal"](small_analysis(), color=True)


def test_hostile_words_stay_words() -> None:
    hostile = "sign [red]it[/red] \x1b[31m\u202e <script>alert(1)</script> [x](javascript:1) ![y](z) | `code` **bold**"
    thread = build_thread([Comment("<b>", text=hostile)], title=hostile)
    analysis = analyze(thread, ToyPredictor(), source=SOURCE)
    terminal, markdown = RENDERERS["terminal"](analysis, width=200), RENDERERS["markdown"](analysis)
    assert "sign [red]it[/red]" in terminal
    for report in (terminal, markdown):
        assert "\x1b" not in report
        assert "\u202e" not in report
    assert "\\<script\\>" in markdown
    assert "<script>" not in markdown
    assert "\\[x\\](javascript" in markdown
    assert "\\*\\*bold\\*\\*" in markdown


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("1. one", "1\\. one"), ("- dash", "\\- dash"), ("&lt;", "\\&lt;"), ("a_b", "a\\_b"), ("2024 was", "2024 was")],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped
