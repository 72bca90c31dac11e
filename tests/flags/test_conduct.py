from datetime import datetime

import pytest

from analyzer.flags import Flag
from analyzer.thread import Comment, Thread, build_thread
from tests.flags.making import at, chain, flags, said


def test_a_likely_attack_is_flagged_with_its_probability() -> None:
    thread = build_thread([Comment("a"), Comment("b", "a")])
    found = flags("attack", thread, {"a": said(attack=0.84), "b": said("disagree", attack=0.91)})
    assert found == [Flag("attack", "b", 0.91, "A personal attack with probability 91 %.")]


def test_two_who_attack_each_other_are_flagged_at_the_first_attack() -> None:
    attacks = {
        "c1": said("disagree", attack=0.7),
        "c2": said("disagree", attack=0.5),
        "c3": said("disagree", attack=0.4),
    }
    (flag,) = flags("attack_exchange", chain("Olga", "Piet", "Olga", "Piet"), attacks)
    assert (flag.comment_id, flag.score, flag.scope, flag.involved) == ("c1", 0.5, "branch", ("c2", "c3"))
    assert flag.reason == (
        "Piet and Olga attack each other in 2 and 1 reply, each at least once with probability 50 % or more."
    )


@pytest.mark.parametrize(
    ("authors", "attacks"),
    [
        (("Olga", "Piet", "Olga"), {"c1": 0.9, "c2": 0.9}),  # one attack, one retort
        (("Olga", "Piet", "Olga", "Piet"), {"c1": 0.9, "c2": 0.39, "c3": 0.9}),  # one of them keeps calm
        (("Olga", "Piet", "Rosa", "Olga"), {"c1": 0.9, "c2": 0.9, "c3": 0.9}),  # each attacks somebody else
        (("Olga", "Olga", "Olga", "Olga"), {"c1": 0.9, "c2": 0.9, "c3": 0.9}),
        ((None, None, None, None), {"c1": 0.9, "c2": 0.9, "c3": 0.9}),
    ],
)
def test_no_exchange_of_attacks(authors: tuple[str | None, ...], attacks: dict[str, float]) -> None:
    predictions = {comment: said("disagree", attack=attack) for comment, attack in attacks.items()}
    assert flags("attack_exchange", chain(*authors), predictions) == []


def crowd(times: list[datetime | None], authors: str = "ABCDEFGH") -> Thread:
    replies = [
        Comment(f"r{i}", "a", author=author, created=time)
        for i, (author, time) in enumerate(zip(authors, times, strict=False))
    ]
    return build_thread([Comment("a", author="Z", created=times[0]), *replies])


def test_seven_who_contradict_within_an_hour_pile_on() -> None:
    thread = crowd([at(minute) for minute in (0, 5, 10, 20, 30, 40, 45, 50)])
    predictions = {f"r{i}": said("disagree") for i in range(7)} | {"r7": said("agree")}
    (flag,) = flags("pile_on", thread, predictions)
    assert (flag.comment_id, flag.score) == ("a", 7 / (7 + 7))
    assert flag.reason == "7 authors contradict it within 45 minutes; 7 of its 8 replies disagree."
    assert flag.involved == ("r0", "r1", "r2", "r3", "r4", "r5", "r6")


def test_contradiction_spread_over_hours_is_no_pile_on() -> None:
    thread = crowd([at(0), at(10), at(20), at(30), at(40), at(59), at(59, hour=11)])
    assert flags("pile_on", thread, {f"r{i}": said("disagree") for i in range(7)}) == []


def test_one_person_is_no_crowd() -> None:
    thread = crowd([at(0)] * 7, authors="AAAAAAA")
    assert flags("pile_on", thread, {f"r{i}": said("disagree") for i in range(7)}) == []


def test_as_many_who_agree_are_no_pile_on() -> None:
    thread = crowd([at(0)] * 14, authors="ABCDEFGHIJKLMN")
    predictions = {f"r{i}": said("disagree" if i < 7 else "agree") for i in range(14)}
    assert flags("pile_on", thread, predictions) == []


def test_without_times_the_span_is_said_to_be_unknown() -> None:
    thread = crowd([None] * 7)
    (flag,) = flags("pile_on", thread, {f"r{i}": said("disagree") for i in range(7)})
    assert flag.reason == "7 authors contradict it at unknown times; 7 of its 7 replies disagree."
