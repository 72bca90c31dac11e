from collections.abc import Callable

import pytest
from rich.cells import cell_len

from analyzer.analysis import Analysis, analyze
from analyzer.report.tree import render_tree
from analyzer.scheme import Scheme
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor, small_analysis


def chain(length: int) -> Analysis:
    comments = [Comment(f"c{i}", f"c{i - 1}" if i else None, "字 sign the treaty " * 20) for i in range(length)]
    return analyze(build_thread(comments), ToyPredictor(), source=SOURCE)


def test_the_tree_is_the_gold_tree(matches_gold: Callable[[str, str], None]) -> None:
    matches_gold("tree.txt", render_tree(small_analysis()))


def test_guides_follow_the_siblings() -> None:
    comments = [Comment("a", None, "x"), Comment("b", "a", "x"), Comment("c", "b", "x"), Comment("d", "a", "x")]
    analysis = analyze(build_thread(comments), ToyPredictor(), source=SOURCE)
    assert render_tree(analysis).splitlines()[-4:] == ["– a x", "├─ · – b x", "│  └─ · – c x", "└─ · – d x"]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_deep_trees_keep_to_the_width_and_leave_room_for_words(width: int) -> None:
    lines = render_tree(chain(60), width=width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert "⋯59 " in lines[-1]
    assert "sign" in lines[-1]


def test_a_very_deep_tree_is_drawn() -> None:
    assert render_tree(chain(5000)).count("\n") > 5000


def test_every_comment_has_one_line_whatever_it_says() -> None:
    comment = Comment("a\nb", None, "sign\n\x1b[2J[red]it[/red]\u202e", author="E\x1b[0mve")
    analysis = analyze(build_thread([comment]), ToyPredictor(), source=SOURCE)
    assert render_tree(analysis).splitlines()[-1] == "FT a b Eve: sign [red]it[/red]"


def test_labels_with_the_same_initials_are_written_out() -> None:
    predictor = ToyPredictor()
    predictor.scheme = Scheme("s", "t", {"for-treaty": "", "far-treaty": "", "against-treaty": "", "none": ""})
    tree = render_tree(analyze(build_thread([Comment("a", None, "sign")]), predictor, source=SOURCE))
    assert tree.splitlines()[-1] == "for-treaty a sign"
