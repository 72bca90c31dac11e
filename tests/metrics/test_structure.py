import pytest

from analyzer.metrics.structure import (
    branching_factor,
    breadth,
    h_index,
    leaves,
    levels,
    max_depth,
    mean_depth,
    measure_structure,
    reply_share,
    roots,
    structural_virality,
)
from analyzer.thread import Comment, Thread, build_thread


def grow(**parents: str | None) -> Thread:
    """Return the thread of comment id -> parent id."""
    return build_thread(Comment(name, parent) for name, parent in parents.items())


# a ─┬─ b ─── d
#    └─ c
SMALL = grow(a=None, b="a", c="a", d="b")
# Two roots; e answers a comment that is gone.
FOREST = grow(a=None, b="a", c=None, e="gone")


def test_a_small_tree():
    assert (roots(SMALL), leaves(SMALL)) == (1, 2)
    assert max_depth(SMALL) == 2
    assert mean_depth(SMALL) == (0 + 1 + 1 + 2) / 4
    assert breadth(SMALL) == 2
    assert levels(SMALL) == (1, 2, 1)
    assert branching_factor(SMALL) == 3 / 2  # a has two replies, b one
    assert structural_virality(SMALL) == pytest.approx((1 + 1 + 2 + 2 + 1 + 3) / 6)  # ab ac ad bc bd cd
    assert h_index(SMALL) == 2  # 1 >= 1, 2 >= 2, 1 < 3
    assert reply_share(SMALL) == 3 / 4


def test_no_comments():
    structure = measure_structure(build_thread([]))
    assert (structure.comments, structure.roots, structure.leaves, structure.missing, structure.deleted) == (0,) * 5
    assert (structure.breadth, structure.levels, structure.h_index) == (0, (), 0)
    assert structure.max_depth is None
    assert structure.mean_depth is None
    assert structure.branching_factor is None
    assert structure.structural_virality is None
    assert structure.reply_share is None


def test_one_comment():
    structure = measure_structure(grow(a=None))
    assert (structure.comments, structure.roots, structure.leaves) == (1, 1, 1)
    assert (structure.max_depth, structure.mean_depth, structure.breadth, structure.levels) == (0, 0, 1, (1,))
    assert (structure.h_index, structure.reply_share) == (1, 0)
    assert structure.branching_factor is None
    assert structure.structural_virality is None


def test_a_placeholder_is_a_node_but_no_comment():
    structure = measure_structure(FOREST)
    assert (structure.comments, structure.missing) == (4, 1)
    assert structure.roots == 2  # a and c; the placeholder above e is none
    assert structure.leaves == 3  # b, c, e
    assert structure.levels == (2, 2)
    assert structure.reply_share == 2 / 4
    assert structure.branching_factor == 1  # b answers a; e answers no comment that is here


def test_distances_run_through_the_article_and_through_placeholders():
    # ab 1, ac 2, ae 3 (article, placeholder), bc 3, be 4, ce 3
    assert structural_virality(FOREST) == pytest.approx((1 + 2 + 3 + 3 + 4 + 3) / 6)


def test_two_roots_are_two_apart():
    assert structural_virality(grow(a=None, b=None)) == 2


def test_only_placeholders_are_no_comments():
    structure = measure_structure(build_thread([Comment("x", status="missing")]))
    assert (structure.comments, structure.missing, structure.breadth, structure.max_depth) == (0, 1, 0, None)


def test_a_placeholder_below_a_comment_makes_it_no_leaf():
    thread = build_thread([Comment("a"), Comment("x", "a", status="missing"), Comment("b", "x")])
    assert leaves(thread) == 1
    assert levels(thread) == (1, 0, 1)
    assert h_index(thread) == 1
    assert branching_factor(thread) is None


def test_deleted_comments_are_comments():
    structure = measure_structure(build_thread([Comment("a", status="deleted"), Comment("b", "a")]))
    assert (structure.comments, structure.deleted, structure.structural_virality) == (2, 1, 1)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((1,), 1), ((3,), 1), ((1, 1), 1), ((1, 2, 3), 3), ((4, 1, 5), 1), ((2, 2, 3, 4, 4), 4)],
)
def test_the_h_index_ends_at_the_first_level_that_is_too_small(sizes, expected):
    above = [None]
    comments = []
    for depth, size in enumerate(sizes):
        level = [Comment(f"{depth}-{i}", above[0]) for i in range(size)]
        comments += level
        above = [level[0].id]
    assert h_index(build_thread(comments)) == expected


def test_a_star_and_a_chain_have_the_known_virality():
    star = grow(a=None, b="a", c="a", d="a", e="a")
    chain = grow(a=None, b="a", c="b", d="c", e="d")
    assert structural_virality(star) == pytest.approx(2 - 2 / 5)
    assert structural_virality(chain) == pytest.approx((5 + 1) / 3)


def test_a_long_chain_is_no_trouble():
    chain = build_thread(Comment(str(i), str(i - 1) if i else None) for i in range(50_000))
    assert structural_virality(chain) == pytest.approx(50_001 / 3)
    assert measure_structure(chain).max_depth == 49_999
