import pytest

from analyzer.analysis import Analysis, analyze
from analyzer.report.comparison import compare, render_comparison
from analyzer.report.measures import figure, measures_document, render_measures, shown
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor, small_analysis


def analysis_of(*comments: Comment) -> Analysis:
    return analyze(build_thread(comments), ToyPredictor(), source=SOURCE)


PAIR = analysis_of(Comment("a", None, "sign it", "Ada"), Comment("b", "a", "wrong, scrap it", "Ben"))


def test_a_number_without_interval_has_a_plain_difference() -> None:
    comments = compare([small_analysis(), PAIR])["metrics"]["comments"]
    assert comments == {"values": [8, 2], "differences": [-6]}


def test_the_interval_of_a_difference_adds_the_two_in_squares() -> None:
    row = compare([small_analysis(), PAIR])["metrics"]["disagree"]
    (first, second), (difference,) = row["values"], row["differences"]
    half = [(value["high"] - value["low"]) / 2 for value in (first, second)]
    middle = [(value["high"] + value["low"]) / 2 for value in (first, second)]
    assert difference["value"] == 1 - 2
    assert difference["high"] == pytest.approx(middle[1] - middle[0] + (half[0] ** 2 + half[1] ** 2) ** 0.5)


def test_undefined_on_one_side_is_no_difference() -> None:
    lonely = analysis_of(Comment("a", None, "sign it"))
    assert compare([PAIR, lonely])["metrics"]["authors"] == {"values": [2, None], "differences": [None]}


def test_threads_stand_under_each_other_with_their_letters() -> None:
    text = render_comparison([small_analysis(), PAIR, PAIR], width=80)
    assert "A  Harbour treaty signed (harbour.txt t1)" in text
    lines = [line.split() for line in text.splitlines()]
    start = lines.index(["comments", "A", "8"])
    assert lines[start + 1 : start + 3] == [["B", "2", "-6"], ["C", "2", "-6"]]


def test_figures() -> None:
    assert [figure(number) for number in (None, 3.0, 0.12345, 4321.5)] == ["–", "3", "0.123", "4322"]


def test_a_value_shows_its_interval_and_its_chance() -> None:
    assert shown({"value": 0.5, "low": 0.25, "high": 1.0, "z": 1.0, "p": 0.04}) == "0.5 (0.25 to 1, p 0.04)"


def test_of_many_values_the_first_are_shown() -> None:
    assert shown([1, 2, 3, 4, 5, 6, 7]) == "1, 2, 3, 4, 5, 6, … (7)"
    assert shown({"c1": {"value": 2.0, "low": 0, "high": 2}, "c2": {"value": 4.0, "low": 0, "high": 4}}) == "c2 4, c1 2"


def test_measures_name_authors_without_what_acts_on_a_terminal() -> None:
    hostile = analysis_of(Comment("a", None, "sign it", "Eve\x1b[2J"), Comment("b", "a", "wrong", "Ben"))
    assert "\x1b" not in render_measures(hostile)
    assert measures_document(hostile)["pairs"][0]["authors"] == ("Ben", "Eve\x1b[2J")
