"""No metric depends on the order of the rows or on how comments and authors are called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.metrics import measure
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Scored
from analyzer.thread import Comment, build_thread

LABELS = ("pro", "contra", "none")
START = datetime(2024, 3, 1, tzinfo=UTC)
Row = tuple[Comment, Prediction]


def scored(labels: tuple[str, ...], choice: int) -> Scored:
    scores = {label: 0.6 if i == choice else 0.4 / (len(labels) - 1) for i, label in enumerate(labels)}
    return Scored(labels[choice], scores)


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Return up to 30 comments a minute apart, each with its prediction."""
    found = []
    for i in range(draw(st.integers(1, 30))):
        parent = draw(st.integers(-1, i - 1))
        comment = Comment(
            f"c{i}",
            None if parent < 0 else f"c{parent}",
            "",
            draw(st.sampled_from("ABCD")),
            START + timedelta(minutes=i),
        )
        agreement = None if parent < 0 else scored(AGREEMENT_LABELS, draw(st.integers(0, 2)))
        found.append((comment, Prediction(scored(LABELS, draw(st.integers(0, 2))), agreement, 0.0)))
    return found


def values(found: list[Row]) -> dict[str, object]:
    predictions = {comment.id: prediction for comment, prediction in found}
    thread = build_thread([comment for comment, _ in found])
    return measure(
        thread, [predictions[comment.id] for comment in thread.comments], LABELS, draws=20, shuffles=20
    ).as_dict()


@given(rows(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_rows_changes_nothing(found, choose):
    shuffled = list(found)
    choose.shuffle(shuffled)
    assert values(shuffled) == values(found)


@given(rows(), st.permutations(range(30)))
@settings(max_examples=100, deadline=None)
def test_other_ids_change_nothing(found, numbers):
    new = {f"c{i}": f"x{number}" for i, number in enumerate(numbers)}
    renamed = [
        (replace(comment, id=new[comment.id], parent_id=new.get(comment.parent_id or "")), prediction)
        for comment, prediction in found
    ]
    before, after = values(found), values(renamed)
    assert after.pop("controversy") == {new[name]: value for name, value in before.pop("controversy").items()}
    assert after == before


@given(rows())
@settings(max_examples=100, deadline=None)
def test_other_names_of_authors_change_nothing(found):
    renamed = [(replace(comment, author=f"Z{comment.author}"), prediction) for comment, prediction in found]
    assert values(renamed) == values(found)


@given(rows())
@settings(max_examples=100, deadline=None)
def test_swapping_two_stances_changes_no_value(found):
    swap = {"pro": "contra", "contra": "pro", "none": "none"}
    swapped = [
        (comment, replace(prediction, stance=scored(LABELS, LABELS.index(swap[prediction.stance.label]))))
        for comment, prediction in found
    ]
    before, after = values(found), values(swapped)
    for name in ("stance_entropy", "stance_assortativity", "ei_index", "stance_modularity", "consistency"):
        first, second = before[name], after[name]
        if isinstance(first, dict) and isinstance(second, dict):
            assert second["value"] == pytest.approx(first["value"])
        else:
            assert first is second is None
