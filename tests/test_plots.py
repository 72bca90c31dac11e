"""What the figures show, read back from their bars, boxes and texts; the toy thread is drawn in `toy.small_thread`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import analyzer.report
from analyzer.analysis import Analysis, analyze
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor, small_analysis

pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra notebooks)")

from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from analyzer import plots

FOR, AGAINST, NONE, UNCLEAR = (plots.COLORS[key] for key in ("s0", "s1", "sn", "su"))
ALL = [plots.reply_tree, plots.stance_shares, plots.mixing_matrix, plots.timeline, plots.stances_by_depth]


def axes(figure: Figure) -> Any:
    return figure.axes[0]


def color(patch: Any) -> str:
    return to_hex(patch.get_facecolor())


def empty_analysis() -> Analysis:
    return analyze(build_thread([]), ToyPredictor(), source=SOURCE)


def test_the_tree_has_a_box_a_comment_in_the_colour_of_its_stance() -> None:
    boxes = axes(plots.reply_tree(small_analysis())).patches
    places = [(round(box.get_x() * 9 / 100), box.get_y(), round(box.get_width() * 9 / 100)) for box in boxes]
    assert places == [(0, 0, 3), (1, 1, 2), (2, 2, 1), (3, 0, 1), (4, 0, 3), (5, 1, 2), (6, 2, 1), (7, 0, 2), (8, 1, 1)]
    white = "#ffffff"
    assert [color(box) for box in boxes] == [FOR, AGAINST, FOR, UNCLEAR, AGAINST, white, NONE, white, FOR]


def test_the_tree_marks_replies_that_disagree() -> None:
    marks = [mark.get_segments()[0] for mark in axes(plots.reply_tree(small_analysis())).collections]
    assert [(round(start[0] * 9 / 100), int(start[1])) for start, _ in marks] == [(1, 1), (2, 2)]


def test_the_tree_stops_at_its_last_level() -> None:
    assert len(axes(plots.reply_tree(small_analysis(), levels=1)).patches) == 4


def test_a_share_is_a_bar_with_its_interval() -> None:
    analysis = small_analysis()
    drawn = axes(plots.stance_shares(analysis))
    assert [round(bar.get_width() * 7) for bar in drawn.patches] == [3, 2, 1, 1]
    assert [label.get_text() for label in drawn.get_yticklabels()] == [
        "for-treaty (3)",
        "against-treaty (2)",
        "none (1)",
        "unclear (1)",
    ]
    reaches = [whisker.get_segments()[0][:, 0] for whisker in drawn.collections]
    shares = analysis.stances.values()
    assert [tuple(reach) for reach in reaches] == [pytest.approx((share.low, share.high)) for share in shares]


def test_the_matrix_counts_replies_from_stance_to_stance() -> None:
    drawn = axes(plots.mixing_matrix(small_analysis()))
    assert drawn.images[0].get_array().tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0] * 4, [0] * 4]
    assert [text.get_text() for text in drawn.texts[:5]] == ["0", "1\n1 disagree", "0", "0", "1\n1 disagree"]


def test_the_timeline_counts_the_comments_of_each_stretch() -> None:
    bars = axes(plots.timeline(small_analysis())).patches
    assert sum(bar.get_height() for bar in bars) == 7
    assert [color(bar) for bar in bars] == [FOR, AGAINST, FOR, UNCLEAR, AGAINST, NONE, FOR]
    minutes = [round((bar.get_x() - bars[0].get_x()) * 24 * 60) for bar in bars]
    assert minutes == [0, 1, 2, 3, 4, 6, 7]


def test_comments_without_times_have_no_timeline() -> None:
    analysis = analyze(build_thread([Comment("c1", text="sign")]), ToyPredictor(), source=SOURCE)
    assert [text.get_text() for text in axes(plots.timeline(analysis)).texts] == ["The comments have no times."]


def test_a_depth_is_a_bar_of_its_stances() -> None:
    drawn = axes(plots.stances_by_depth(small_analysis()))
    pieces = [(color(bar), round(bar.get_y() + 0.4), round(bar.get_width())) for bar in drawn.patches]
    assert pieces == [
        (FOR, 0, 33),
        (AGAINST, 0, 33),
        (UNCLEAR, 0, 33),
        (FOR, 1, 50),
        (AGAINST, 1, 50),
        (FOR, 2, 50),
        (NONE, 2, 50),
    ]
    assert [text.get_text() for text in drawn.texts] == ["3", "2", "2"]


def test_threads_stand_in_the_order_given() -> None:
    other = analyze(build_thread([Comment("c1", text="scrap")], title="Ferry"), ToyPredictor(), source=SOURCE)
    drawn = axes(plots.stances_by_thread([other, small_analysis()]))
    assert [label.get_text() for label in drawn.get_yticklabels()] == ["Ferry", "Harbour treaty signed"]
    assert (color(drawn.patches[0]), drawn.patches[0].get_width()) == (AGAINST, 100)


@pytest.mark.parametrize("plot", ALL)
@pytest.mark.parametrize("analysis", [small_analysis(), empty_analysis()], ids=["small", "empty"])
def test_every_figure_can_be_drawn(plot: Any, analysis: Analysis, tmp_path: Path) -> None:
    plot(analysis).savefig(tmp_path / "figure.png", dpi=40)
    assert (tmp_path / "figure.png").stat().st_size > 1000


def test_a_title_is_no_formula(tmp_path: Path) -> None:
    analysis = small_analysis()
    odd = replace(analysis, thread=replace(analysis.thread, title=r"from $5 to $\frac$"))
    plots.reply_tree(odd).savefig(tmp_path / "figure.png", dpi=40)
    plots.stances_by_thread([odd]).savefig(tmp_path / "figure.png", dpi=40)


def test_the_colours_are_the_pages() -> None:
    style = (Path(analyzer.report.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    assert all(f"--{key}: {value};" in style for key, value in plots.COLORS.items())


def test_pyplot_is_left_alone() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    plots.reply_tree(small_analysis())
    assert pyplot.get_fignums() == []
