"""Which side a comment takes must move neither a flag about conduct nor a priority."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from analyzer.flags import POSITIVE, Flag, prioritise, raise_flags
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread
from tests.flags.making import at, said

STANCES = ("pro", "contra", "none", "unclear")
Labelled = tuple[Thread, list[Prediction | None]]


@st.composite
def threads(draw: st.DrawFn) -> Labelled:
    """Return a heated thread of up to 40 comments by four people, with predictions."""
    comments = []
    for i in range(draw(st.integers(1, 40))):
        parent = draw(st.integers(max(0, i - 6), i - 1)) if i else None
        text = draw(
            st.sampled_from(["We have been lied to for years by the board of this harbour", "", "Shame on you"])
        )
        author = draw(st.sampled_from("ABCD"))
        status = draw(st.sampled_from(["ok", "ok", "ok", "deleted"]))
        comments.append(Comment(f"c{i}", f"c{parent}" if i else None, text, author, at(i), status))
    thread = build_thread(comments)
    predictions = [
        said(
            draw(st.sampled_from(AGREEMENT_LABELS)) if comment.parent_id else None,
            attack=draw(st.floats(0, 1)),
            stance=draw(st.sampled_from(STANCES)),
        )
        if comment.status == "ok"
        else None
        for comment in thread.comments
    ]
    return thread, predictions


def with_stances(predictions: list[Prediction | None], stances: list[str]) -> list[Prediction | None]:
    return [
        prediction and replace(prediction, stance=Scored(stance, {stance: 0.8}))
        for prediction, stance in zip(predictions, stances, strict=True)
    ]


def conduct(flags: list[Flag]) -> list[Flag]:
    return [flag for flag in flags if flag.kind not in POSITIVE]


@given(threads(), st.randoms())
def test_permuted_stances_change_no_priority_and_no_flag_but_praise(labelled: Labelled, random: Random) -> None:
    thread, predictions = labelled
    stances = [prediction.stance.label if prediction else "none" for prediction in predictions]
    random.shuffle(stances)
    before, after = raise_flags(thread, predictions), raise_flags(thread, with_stances(predictions, stances))
    assert conduct(before) == conduct(after)
    assert prioritise(thread, before) == prioritise(thread, after)


@given(threads())
def test_swapped_sides_change_nothing_at_all(labelled: Labelled) -> None:
    thread, predictions = labelled
    swap = {"pro": "contra", "contra": "pro", "none": "none", "unclear": "unclear"}
    stances = [swap[prediction.stance.label] if prediction else "none" for prediction in predictions]
    assert raise_flags(thread, predictions) == raise_flags(thread, with_stances(predictions, stances))


@given(threads())
def test_scores_are_shares_and_flags_stand_at_comments_of_the_thread(labelled: Labelled) -> None:
    thread, predictions = labelled
    flags = raise_flags(thread, predictions)
    known = {comment.id for comment in thread.comments}
    assert all(0 <= flag.score <= 1 for flag in flags)
    assert all({flag.comment_id, *flag.involved} <= known for flag in flags)
    priorities = prioritise(thread, flags)
    assert all(0 <= priority <= 1 for priority in priorities.comments)
