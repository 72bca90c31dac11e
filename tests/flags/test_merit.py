import pytest

from analyzer.predictions import Prediction
from analyzer.thread import Comment, build_thread
from tests.flags.making import flags, said

# a ─┬─ b
#    └─ c
THREAD = build_thread([Comment("a", author="Ann"), Comment("b", "a", author="Bo"), Comment("c", "a", author="Cy")])


def test_agreement_from_another_stance_is_a_bridge() -> None:
    predictions = {"a": said(stance="pro"), "b": said("agree", stance="contra"), "c": said("disagree", stance="pro")}
    (flag,) = flags("bridge", THREAD, predictions)
    assert (flag.comment_id, flag.score, flag.involved) == ("a", 0.8, ("b",))
    assert flag.reason == "Agreement across stances in 1 of 2 replies, at best with probability 80 %."


def test_agreement_from_two_stances_is_a_bridge_where_the_comment_takes_none() -> None:
    predictions = {"a": said(), "b": said("agree", stance="contra"), "c": said("agree", stance="pro", sure=0.7)}
    (flag,) = flags("bridge", THREAD, predictions)
    assert flag.involved == ("b", "c")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (said(stance="pro"), said("agree", stance="pro")),
        (said(stance="pro"), said("disagree", stance="contra")),
        (said(stance="pro"), said("agree", stance="contra", sure=0.55)),
        (said(stance="pro"), said("agree", stance="unclear")),
        (said(stance="none"), said("agree", stance="contra")),
    ],
)
def test_no_bridge(a: Prediction, b: Prediction) -> None:
    assert flags("bridge", THREAD, {"a": a, "b": b}) == []


REASONED = "word " * 57 + "because although however"


def test_a_calm_comment_with_reasons_is_constructive() -> None:
    thread = build_thread([Comment("a", text=REASONED)])
    (flag,) = flags("constructive", thread, {"a": said(attack=0.02)})
    assert flag.reason == (
        "60 words with 3 of the kind “because” or “although”; a personal attack with probability 2 %."
    )
    assert flag.score == pytest.approx(5 / (5 + 3))  # 3 in 60 words are 5 in 100


@pytest.mark.parametrize(
    ("text", "attack"),
    [
        (REASONED, 0.2),
        (REASONED.replace("word ", "", 1), 0.0),
        (REASONED.replace("although", "and"), 0.0),
        (REASONED + " word" * 341, 0.0),
    ],
)
def test_not_constructive(text: str, attack: float) -> None:
    assert flags("constructive", build_thread([Comment("a", text=text)]), {"a": said(attack=attack)}) == []
