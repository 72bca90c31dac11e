import pytest

from analyzer.predictions import Prediction
from analyzer.thread import Comment, Thread, build_thread
from tests.flags.making import chain, flags, said


def stairs(disagree: list[float], attack: list[float]) -> tuple[Thread, dict[str, Prediction]]:
    """Return a comment with two replies a level, and predictions with these values by level."""
    comments, predictions = [Comment("a")], {}
    for level, values in enumerate(zip(disagree, attack, strict=True), 1):
        for side in "xy":
            comments.append(Comment(f"{side}{level}", f"x{level - 1}" if level > 1 else "a"))
            predictions[f"{side}{level}"] = said("disagree", sure=values[0], attack=values[1])
    return build_thread(comments), predictions


def test_a_branch_heats_up_along_a_line() -> None:
    # two replies a level on exact lines: 30, 50, 70, 90 % and 0, 10, 20, 30 %
    (flag,) = flags("heated_branch", *stairs([0.3, 0.5, 0.7, 0.9], [0.0, 0.1, 0.2, 0.3]))
    assert flag.reason == (
        "Over 8 replies on 4 levels, disagreement rises by 20 and attack by 10 points a level, "
        "to 90 % and 30 % at the deepest."
    )
    assert (flag.comment_id, flag.scope, flag.score) == ("a", "branch", pytest.approx((0.9 + 0.3) / 2))
    assert set(flag.involved) == {f"{side}{level}" for side in "xy" for level in range(1, 5)}


@pytest.mark.parametrize(
    ("disagree", "attack"),
    [
        ([0.9, 0.7, 0.5, 0.3], [0.3, 0.2, 0.1, 0.0]),  # it cools
        ([0.9, 0.9, 0.9, 0.9], [0.3, 0.3, 0.3, 0.3]),  # hot from the start
        ([0.3, 0.5, 0.7, 0.9], [0.0, 0.0, 0.0, 0.0]),  # nobody attacks
        ([0.0, 0.1, 0.2, 0.3], [0.0, 0.1, 0.2, 0.3]),  # hardly anybody disagrees
        ([0.3, 0.9], [0.0, 0.3]),  # two levels are no trend
    ],
)
def test_no_heated_branch(disagree: list[float], attack: list[float]) -> None:
    assert flags("heated_branch", *stairs(disagree, attack)) == []


def test_of_branches_inside_each_other_the_outermost_is_heated() -> None:
    thread, predictions = stairs([0.2, 0.3, 0.4, 0.5, 0.6, 0.7], [0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert [flag.comment_id for flag in flags("heated_branch", thread, predictions)] == ["a"]


def disagreeing(*ids: str) -> dict[str, Prediction]:
    return {comment_id: said("disagree") for comment_id in ids}


def test_two_who_go_back_and_forth_are_flagged_at_their_first_comment() -> None:
    thread = chain("Rosa", "Olga", "Piet", "Olga", "Piet", "Olga", "Piet")
    predictions = disagreeing("c1", "c2", "c3", "c4", "c6") | {"c5": said("neutral")}
    (flag,) = flags("back_and_forth", thread, predictions)
    assert flag.reason == "Olga and Piet answer each other over 6 comments; 4 of 5 disagree."
    assert (flag.comment_id, flag.involved) == ("c1", ("c2", "c3", "c4", "c5", "c6"))
    assert flag.score == pytest.approx(6 / (6 + 6) * 4 / 5)


@pytest.mark.parametrize(
    ("authors", "labels"),
    [
        ("OPOPO", ["disagree"] * 4),  # five comments are too few
        ("OPOPOP", ["agree", "agree", "disagree", "disagree", "disagree"]),  # they agree too often
        ("OPORPO", ["disagree"] * 5),  # a third joins
        ("OOPPOO", ["disagree"] * 5),  # they do not alternate
    ],
)
def test_no_back_and_forth(authors: str, labels: list[str]) -> None:
    predictions = {f"c{i}": said(label) for i, label in enumerate(labels, 1)}
    assert flags("back_and_forth", chain(*authors), predictions) == []


def test_the_nameless_do_not_go_back_and_forth() -> None:
    assert flags("back_and_forth", chain(*[None] * 6), disagreeing("c1", "c2", "c3", "c4", "c5")) == []


def test_of_two_chains_from_one_comment_the_longest_counts() -> None:
    comments = [Comment(f"c{i}", f"c{i - 1}" if i else None, author="OP"[i % 2]) for i in range(7)]
    thread = build_thread([*comments, Comment("d", "c4", author="P")])
    (flag,) = flags("back_and_forth", thread, disagreeing(*(f"c{i}" for i in range(1, 7)), "d"))
    assert flag.reason == "O and P answer each other over 7 comments; 6 of 6 disagree."
