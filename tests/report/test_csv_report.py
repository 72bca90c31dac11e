import csv
import io
from dataclasses import replace

import pytest

from analyzer.analysis import analyze
from analyzer.formats import read_threads
from analyzer.report.csv_report import render_csv
from analyzer.thread import Comment, Thread, build_thread
from tests.payloads import PAYLOADS
from tests.toy import SOURCE, ToyPredictor, small_analysis, small_thread

FORMULAS = ("=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "＝1", "a\0b", "", " =1", '=HYPERLINK("x";"y")')


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_back(text: str) -> Thread:
    source, [thread] = read_threads(io.BytesIO(text.encode()))
    assert source.format == "thread_rows"
    return thread


def test_a_row_has_the_comment_and_its_labels() -> None:
    rows = table(render_csv(small_analysis()))
    assert [row["id"] for row in rows] == ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "gone", "c8"]
    assert rows[1] == {
        "thread_id": "t1",
        "id": "c2",
        "parent_id": "c1",
        "depth": "1",
        "status": "ok",
        "author": "Ben",
        "created": "2024-03-01T12:02:00+00:00",
        "text": "Wrong. Scrap it: a harbour full of warships is how the next war begins.",
        "quoted": "0",
        "stance": "against-treaty",
        "confidence": "0.8",
        "score:for-treaty": "0.1",
        "score:against-treaty": "0.8",
        "score:none": "0.1",
        "agreement": "disagree",
        "agreement_confidence": "0.8",
        "attack": "0.1",
        "flags": "",
    }


def test_what_is_quoted_and_flagged_is_said() -> None:
    rows = {row["id"]: row for row in table(render_csv(small_analysis()))}
    assert int(rows["c3"]["quoted"]) == len("“a harbour full of warships”")
    assert rows["c7"]["flags"] == "attack"


def test_a_comment_without_words_has_no_labels() -> None:
    rows = {row["id"]: row for row in table(render_csv(small_analysis()))}
    assert {
        rows[comment][column] for comment in ("c6", "gone") for column in ("stance", "agreement", "attack", "flags")
    } == {""}


def test_the_comments_are_read_back_as_they_were() -> None:
    thread = small_thread()
    again = read_back(render_csv(small_analysis()))
    assert (again.comments, again.parents, again.issues) == (thread.comments, thread.parents, thread.issues)


@pytest.mark.parametrize("text", [*FORMULAS, *PAYLOADS])
def test_hostile_cells_are_no_formulas_and_are_read_back(text: str) -> None:
    text = text.replace("\ud83d", "")
    thread = build_thread([Comment(f"x{text}", None, text, text), Comment("b", f"x{text}", text)], id=text)
    report = render_csv(analyze(thread, ToyPredictor(), source=SOURCE))
    cells = [cell for row in csv.reader(io.StringIO(report, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))]
    assert read_back(report) == thread


def test_an_empty_thread_is_a_header() -> None:
    analysis = replace(small_analysis(), thread=build_thread([]), predictions=(), quotations=())
    assert render_csv(analysis) == "thread_id,id,parent_id,depth,status,author,created,text\n"
