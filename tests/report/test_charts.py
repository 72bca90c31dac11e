from dataclasses import replace

import pytest

from analyzer.analysis import analyze
from analyzer.report.charts import Crossing, Measured, by_depth, crossings, icicle, measured, over_time
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor, small_analysis, small_thread


class _Metrics:
    def as_dict(self) -> dict[str, object]:
        return {
            "bare": 0.5,
            "undefined": None,
            "sure": {"value": 0.5, "low": 0.4, "high": 0.6},
            "levels": [3, 2],
            "controversy": {"c1": 2.0},
        }


def test_a_cell_spans_its_branch_in_reading_order() -> None:
    # c1 c2 c3 c4 c5 c6 c7 gone c8
    places = [
        (cell.position, round(cell.left, 1), round(cell.width, 1), cell.row)
        for cell in icicle(small_thread(), levels=9)
    ]
    assert places == [
        (0, 0.0, 33.3, 0),
        (1, 11.1, 22.2, 1),
        (2, 22.2, 11.1, 2),
        (3, 33.3, 11.1, 0),
        (4, 44.4, 33.3, 0),
        (5, 55.6, 22.2, 1),
        (6, 66.7, 11.1, 2),
        (7, 77.8, 22.2, 0),
        (8, 88.9, 11.1, 1),
    ]


def test_cells_below_the_last_level_are_only_hinted_at() -> None:
    cells = icicle(small_thread(), levels=2)
    assert {cell.row for cell in cells} == {0, 1}
    assert [cell.position for cell in cells if cell.deeper] == [1, 5]


def test_of_comments_narrower_than_a_hair_one_is_drawn_a_hair() -> None:
    thread = build_thread([Comment(f"c{i}") for i in range(2400)])
    assert [cell.position for cell in icicle(thread, levels=3)][:3] == [0, 2, 4]


def test_a_deep_chain_takes_no_more_rows_than_levels() -> None:
    thread = build_thread([Comment(f"c{i}", f"c{i - 1}" if i else None) for i in range(5000)])
    assert len(icicle(thread, levels=24)) == 24


def test_stances_by_depth() -> None:
    bars = [
        (bar.name, bar.total, [(part.look.label, part.count) for part in bar.segments])
        for bar in by_depth(small_analysis())
    ]
    assert bars == [
        ("0", 3, [("for-treaty", 1), ("against-treaty", 1), ("unclear", 1)]),
        ("1", 2, [("for-treaty", 1), ("against-treaty", 1)]),
        ("2", 2, [("for-treaty", 1), ("none", 1)]),
    ]


def test_a_bar_is_full_at_every_depth() -> None:
    assert [(part.start, part.length) for part in by_depth(small_analysis())[1].segments] == [(0.0, 50.0), (50.0, 50.0)]


def test_the_deepest_depths_share_a_bar() -> None:
    thread = build_thread([Comment(f"c{i}", f"c{i - 1}" if i else None, "sign") for i in range(15)])
    last = by_depth(analyze(thread, ToyPredictor(), source=SOURCE))[-1]
    assert (last.name, last.total) == ("12+", 3)


def test_stances_over_time() -> None:
    # Minutes 1 to 8 without the deleted 6, in 32 stretches: minute m falls into stretch (m - 1) / 7 * 32.
    times = over_time(small_analysis())
    assert times is not None
    first, last, bars = times
    assert (first.minute, last.minute) == (1, 8)
    assert [number for number, bar in enumerate(bars) if bar.total] == [0, 4, 9, 13, 18, 27, 31]


def test_there_is_no_time_line_without_times() -> None:
    thread = build_thread([Comment("c1", text="sign"), Comment("c2", text="scrap")])
    assert over_time(analyze(thread, ToyPredictor(), source=SOURCE)) is None


def test_who_replies_to_whom() -> None:
    # c2 (against) answers c1 (for), c3 (for) answers c2: both disagree, and both cells are the fullest there is.
    table = crossings(small_analysis())
    nobody = Crossing(0, 0, 0)
    assert table["against-treaty"] == [Crossing(1, 1, 5), nobody, nobody, nobody]
    assert table["for-treaty"] == [nobody, Crossing(1, 1, 5), nobody, nobody]


def test_metrics_come_bare_or_with_an_interval() -> None:
    analysis = replace(small_analysis(), metrics=_Metrics())  # type: ignore[arg-type]
    assert measured(analysis) == {
        "bare": Measured(0.5),
        "undefined": Measured(None),
        "sure": Measured(0.5, 0.4, 0.6),
    }


@pytest.mark.parametrize("comments", [[], [Comment("c1", status="deleted")]])
def test_a_thread_without_words_has_empty_pictures(comments: list[Comment]) -> None:
    analysis = analyze(build_thread(comments), ToyPredictor(), source=SOURCE)
    assert (by_depth(analysis), over_time(analysis), crossings(analysis)) == ([], None, {})
