import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update

from analyzer.errors import ConflictError, RefusedError, ReviewError
from analyzer.review import decisions, ranking
from analyzer.review.decisions import (
    ask_opinion,
    claim,
    claim_next,
    decide,
    decide_many,
    give_opinion,
    release,
    undo,
)
from analyzer.review.intake import add_document
from analyzer.review.queue import Wanted, look
from analyzer.review.store import Store, audit, flags, items
from tests.review.conftest import ADA, BEN, CLEO, document

FIRST = 1  # the item of c7, the most urgent


def state(store: Store, item_id: int = FIRST) -> str:
    with store.reading() as connection:
        return str(connection.execute(select(items.c.state).where(items.c.id == item_id)).scalar_one())


def judged(store: Store) -> dict[str, bool | None]:
    with store.reading() as connection:
        query = select(flags.c.kind, flags.c.judged).where(flags.c.item_id == FIRST)
        return {row.kind: row.judged for row in connection.execute(query)}


def detail(store: Store, seq: int) -> Any:
    with store.reading() as connection:
        return json.loads(connection.execute(select(audit.c.detail).where(audit.c.seq == seq)).scalar_one())


@pytest.mark.parametrize(
    ("action", "reason", "expected"),
    [
        ("approve", "", "approved"),
        ("hide", "spam", "hidden"),
        ("escalate", "", "escalated"),
        ("wrong", "irony", "approved"),
    ],
)
def test_an_action_leaves_the_item_in_its_state(store: Store, action: str, reason: str, expected: str) -> None:
    decide(store, FIRST, ADA, action, request="a", reason=reason)
    assert state(store) == expected


def test_one_request_is_one_decision_however_often_it_is_sent(store: Store) -> None:
    first = decide(store, FIRST, ADA, "approve", request="a")
    assert decide(store, FIRST, ADA, "approve", request="a") == first
    with store.reading() as connection:
        assert connection.execute(select(func.count()).where(audit.c.action == "approve")).scalar_one() == 1


def test_a_request_cannot_be_used_for_another_decision(store: Store) -> None:
    decide(store, FIRST, ADA, "approve", request="a")
    with pytest.raises(ConflictError, match="this form was used before"):
        decide(store, 2, ADA, "approve", request="a")


def test_an_item_is_decided_by_one_of_two_who_are_equally_fast(store: Store) -> None:
    def attempt(user: Any) -> str:
        try:
            decide(store, FIRST, user, "approve", request=user.name)
        except ConflictError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, (ADA, BEN)))
    assert outcomes[0] == "done"
    assert outcomes[1].startswith("item 1 is already approved, by ")


def test_what_another_moderator_holds_cannot_be_decided(store: Store) -> None:
    claim(store, FIRST, BEN)
    with pytest.raises(ConflictError, match=r"^item 1 is with ben until \d\d:\d\d UTC$"):
        decide(store, FIRST, ADA, "approve", request="a")


def test_a_claim_ends_by_itself(store: Store) -> None:
    claim(store, FIRST, BEN)
    with store.writing() as connection:
        connection.execute(update(items).values(claimed_until="2000-01-01T00:00:00.000000+00:00"))
    decide(store, FIRST, ADA, "approve", request="a")


def test_two_moderators_are_given_two_items(store: Store) -> None:
    assert claim_next(store, ADA, []) == 1
    assert claim_next(store, BEN, []) == 2
    release(store, ADA)
    assert claim_next(store, BEN, []) == 1


def test_hiding_needs_a_known_reason(store: Store) -> None:
    with pytest.raises(ReviewError, match="hide needs a reason: personal_attack, harassment"):
        decide(store, FIRST, ADA, "hide", request="a", reason="because")


def test_a_hidden_comment_has_a_statement_of_reasons(store: Store) -> None:
    seq = decide(store, FIRST, ADA, "hide", request="a", reason="personal_attack", note="Calls everybody idiots.")
    statement = detail(store, seq)["statement"]
    assert statement["facts"] == "The comment attacks a person instead of what they say. Calls everybody idiots."
    assert (statement["ground"], statement["automated_detection"], statement["automated_decision"]) == (
        "terms",
        True,
        False,
    )


def test_only_an_admin_decides_what_was_escalated(store: Store) -> None:
    decide(store, FIRST, ADA, "escalate", request="a")
    with pytest.raises(RefusedError, match="item 1 was escalated: an admin decides it"):
        decide(store, FIRST, BEN, "approve", request="b")
    decide(store, FIRST, CLEO, "approve", request="c")
    assert state(store) == "approved"


def test_undo_takes_back_the_last_decision_and_holds_the_item(store: Store) -> None:
    decide(store, FIRST, ADA, "hide", request="a", reason="spam")
    assert undo(store, ADA, request="u") == FIRST
    assert (state(store), judged(store)) == ("open", {"attack": None, "pile_on": None})
    with pytest.raises(ConflictError, match="is with ada"):
        claim(store, FIRST, BEN)


def test_undoing_twice_with_one_request_takes_back_one_decision(store: Store) -> None:
    decide(store, 1, ADA, "approve", request="a")
    decide(store, 2, ADA, "approve", request="b")
    assert [undo(store, ADA, request="u"), undo(store, ADA, request="u")] == [2, 2]
    assert state(store, 1) == "approved"


def test_nobody_takes_back_the_decision_of_another(store: Store) -> None:
    decide(store, FIRST, ADA, "approve", request="a")
    with pytest.raises(ConflictError, match="no decision of yours"):
        undo(store, BEN, request="u", item_id=FIRST)
    assert undo(store, CLEO, request="v", item_id=FIRST) == FIRST


def test_a_decision_that_others_built_on_is_not_taken_back(store: Store) -> None:
    decide(store, FIRST, ADA, "escalate", request="a")
    decide(store, FIRST, CLEO, "approve", request="c")
    with pytest.raises(ConflictError, match="item 1 has moved on since"):
        undo(store, ADA, request="u")


@pytest.mark.parametrize(
    ("action", "reason", "wrong", "expected"),
    [
        ("hide", "spam", (), {"attack": True, "pile_on": True}),
        ("hide", "spam", ("pile_on",), {"attack": True, "pile_on": False}),
        ("approve", "", (), {"attack": False, "pile_on": False}),
        ("wrong", "irony", (), {"attack": False, "pile_on": False}),
        ("escalate", "", (), {"attack": None, "pile_on": None}),
    ],
)
def test_a_decision_judges_the_flags(
    store: Store, action: str, reason: str, wrong: tuple[str, ...], expected: dict[str, bool | None]
) -> None:
    decide(store, FIRST, ADA, action, request="a", reason=reason, wrong=wrong)
    assert judged(store) == expected


def test_approving_a_bridge_comment_says_that_its_flag_is_right(open_store: Callable[[], Store]) -> None:
    store = open_store()
    add_document(store, document(("bridge", "c3", 0.5)))
    decide(store, FIRST, ADA, "approve", request="a")
    assert judged(store) == {"bridge": True}


def test_of_many_items_those_of_others_are_left_out_and_named(store: Store) -> None:
    claim(store, 2, BEN)
    done, refused = decide_many(store, [1, 2, 3], ADA, "approve", request="m")
    assert (done, len(refused)) == (2, 1)
    assert refused[0].startswith("item 2 is with ben until")


def test_a_second_opinion_is_for_somebody_else_and_changes_nothing(store: Store) -> None:
    decide(store, FIRST, ADA, "hide", request="a", reason="spam")
    ask_opinion(store, FIRST, ADA)
    with store.reading() as connection:
        assert [look(connection, Wanted(state="second"), name)[1] for name in ("ada", "ben")] == [0, 1]
    with pytest.raises(ConflictError, match="no second opinion of yours"):
        give_opinion(store, FIRST, ADA, "approve", request="o")
    give_opinion(store, FIRST, BEN, "approve", request="p")
    assert state(store) == "hidden"


def priority(store: Store, item_id: int) -> float:
    with store.reading() as connection:
        return float(connection.execute(select(items.c.priority).where(items.c.id == item_id)).scalar_one())


def test_what_decisions_teach_of_a_rule_moves_the_items_that_wait(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "_REWEIGH", 1)
    monkeypatch.setattr(ranking, "_AT_ONCE", 1)
    add_document(store, document(("attack", "c7", 0.9), ("attack", "c2", 0.8)), site="other")
    with store.reading() as connection:
        query = select(items.c.id).where(items.c.thread_id == 2).order_by(items.c.priority.desc())
        worse, milder = connection.execute(query).scalars()
    assert (priority(store, worse), priority(store, milder)) == pytest.approx((0.63, 0.56))  # precision 0.7
    decide(store, FIRST, ADA, "hide", request="a", reason="spam")
    # One right on top of seven in ten: precision 8 / 11.
    assert (priority(store, worse), priority(store, milder)) == pytest.approx((0.9 * 8 / 11, 0.8 * 8 / 11))


def test_a_priority_that_moved_meanwhile_is_left_alone(store: Store) -> None:
    decide(store, 2, ADA, "wrong", request="a", reason="irony")
    with store.writing() as connection:
        connection.execute(update(flags).where(flags.c.kind == "attack").values(judged=False))
        changes = ranking._changes(connection)
        connection.execute(update(items).where(items.c.id == FIRST).values(priority=0.5))
        ranking._write(connection, changes)
    assert [change["which"] for change in changes] == [FIRST]
    assert priority(store, FIRST) == 0.5
