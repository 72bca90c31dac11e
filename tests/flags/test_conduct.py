from datetime import UTC, datetime

import pytest

from analyzer.flags import Flag, raise_flags
from analyzer.predictions import Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread


def said(agreement: str | None = None, attack: float = 0.0, stance: str = "none") -> Prediction:
    judged = Scored(agreement, {agreement: 0.8}) if agreement else None
    return Prediction(Scored(stance, {stance: 0.8}), judged, attack)


def flags(kind: str, thread: Thread, predictions: dict[str, Prediction]) -> list[Flag]:
    beside = [predictions.get(comment.id) for comment in thread.comments]
    return [flag for flag in raise_flags(thread, beside) if flag.kind == kind]


def at(minute: int) -> datetime:
    return datetime(2025, 5, 2, 9, minute, tzinfo=UTC)


def test_a_likely_attack_is_flagged_with_its_probability() -> None:
    thread = build_thread([Comment("a"), Comment("b", "a")])
    found = flags("attack", thread, {"a": said(attack=0.49), "b": said("disagree", attack=0.81)})
    assert found == [Flag("attack", "b", 0.81, "A personal attack with probability 81 %.")]


def quarrel(*authors: str | None) -> Thread:
    """Return a chain c0, c1, … by these authors."""
    return build_thread(Comment(f"c{i}", f"c{i - 1}" if i else None, author=author) for i, author in enumerate(authors))


def test_two_who_attack_each_other_are_flagged_at_the_first_attack() -> None:
    attacks = {"c1": said("disagree", 0.7), "c2": said("disagree", 0.4), "c3": said("disagree", 0.35)}
    (flag,) = flags("attack_exchange", quarrel("Olga", "Piet", "Olga", "Piet"), attacks)
    assert (flag.comment_id, flag.score, flag.scope, flag.involved) == ("c1", 0.4, "branch", ("c2", "c3"))
    assert flag.reason == (
        "Piet and Olga attack each other in 2 and 1 reply, each at least once with probability 40 % or more."
    )


@pytest.mark.parametrize(
    ("authors", "attacks"),
    [
        (("Olga", "Piet", "Olga"), {"c1": 0.9, "c2": 0.29}),  # one of them keeps calm
        (("Olga", "Piet", "Rosa"), {"c1": 0.9, "c2": 0.9}),  # each attacks somebody else
        (("Olga", "Olga", "Olga"), {"c1": 0.9, "c2": 0.9}),
        ((None, None, None), {"c1": 0.9, "c2": 0.9}),
    ],
)
def test_no_exchange_of_attacks(authors: tuple[str | None, ...], attacks: dict[str, float]) -> None:
    predictions = {comment: said("disagree", attack) for comment, attack in attacks.items()}
    assert flags("attack_exchange", quarrel(*authors), predictions) == []


def crowd(times: list[datetime | None], authors: str = "ABCDEFGH") -> Thread:
    replies = [
        Comment(f"r{i}", "a", author=author, created=time)
        for i, (author, time) in enumerate(zip(authors, times, strict=False))
    ]
    return build_thread([Comment("a", author="Z", created=times[0]), *replies])


def test_five_who_contradict_within_an_hour_pile_on() -> None:
    thread = crowd([at(0), at(5), at(10), at(20), at(30), at(40)])
    predictions = {f"r{i}": said("disagree") for i in range(5)} | {"r5": said("agree")}
    (flag,) = flags("pile_on", thread, predictions)
    assert (flag.comment_id, flag.score) == ("a", 5 / (5 + 5))
    assert flag.reason == "5 authors contradict it within 30 minutes; 5 of its 6 replies disagree."
    assert flag.involved == ("r0", "r1", "r2", "r3", "r4")


def test_contradiction_spread_over_hours_is_no_pile_on() -> None:
    thread = crowd([at(0), at(20), at(40), at(59), at(59).replace(hour=11)])
    assert flags("pile_on", thread, {f"r{i}": said("disagree") for i in range(5)}) == []


def test_one_person_is_no_crowd() -> None:
    thread = crowd([at(0)] * 5, authors="AAAAA")
    assert flags("pile_on", thread, {f"r{i}": said("disagree") for i in range(5)}) == []


def test_as_many_who_agree_are_no_pile_on() -> None:
    thread = crowd([at(0)] * 8)
    predictions = {f"r{i}": said("disagree" if i < 4 else "agree") for i in range(8)}
    assert flags("pile_on", thread, predictions) == []


def test_without_times_the_span_is_said_to_be_unknown() -> None:
    thread = crowd([None] * 5)
    (flag,) = flags("pile_on", thread, {f"r{i}": said("disagree") for i in range(5)})
    assert flag.reason == "5 authors contradict it at unknown times; 5 of its 5 replies disagree."
