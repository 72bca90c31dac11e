from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from analyzer.review import audit
from analyzer.review.decisions import decide
from analyzer.review.store import Store
from analyzer.review.store import audit as log
from tests.review.conftest import ADA


def verdict(store: Store, head: str | None = None) -> audit.Verdict:
    with store.reading() as connection:
        return audit.verify(connection, head=head)


def without_triggers(store: Store, *statements: str) -> None:
    """Do what somebody does who has the database's own password."""
    with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER audit_not_changed ON audit"))
        else:
            connection.execute(text("DROP TRIGGER audit_not_changed"))
            connection.execute(text("DROP TRIGGER audit_not_deleted"))
        for statement in statements:
            connection.execute(text(statement))


def test_an_empty_log_is_whole(open_store: Callable[[], Store]) -> None:
    assert verdict(open_store()) == audit.Verdict(0, "0" * 64, None)


def test_every_entry_names_the_hash_of_the_one_before(store: Store) -> None:
    decide(store, 1, ADA, "approve", request="a")
    with store.reading() as connection:
        rows = connection.execute(select(log).order_by(log.c.seq)).all()
    assert [row.action for row in rows] == ["add", "user", "user", "user", "approve"]
    assert [row.previous for row in rows] == ["0" * 64, *(row.hash for row in rows[:-1])]
    assert verdict(store) == audit.Verdict(5, rows[-1].hash, None)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_an_entry(store: Store, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(text(statement))
    assert verdict(store).problem is None


def test_a_changed_entry_is_found(store: Store) -> None:
    without_triggers(store, "UPDATE audit SET actor = 'ben' WHERE seq = 2")
    assert verdict(store).problem == "entry 2 was changed after it was written"


def test_a_removed_entry_is_found(store: Store) -> None:
    without_triggers(store, "DELETE FROM audit WHERE seq = 2")
    assert verdict(store).problem == "entry 2 is missing: 3 follows 1"


def test_an_end_that_was_cut_off_is_found_by_a_hash_noted_earlier(store: Store) -> None:
    head = verdict(store).head
    without_triggers(store, "DELETE FROM audit WHERE seq = 4")
    assert verdict(store).problem is None
    assert verdict(store, head=head).problem == f"the entry {head} is gone: the end of the log was cut off"


def test_a_state_that_no_decision_made_is_found(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE items SET state = 'hidden' WHERE id = 2"))
    assert verdict(store).problem == "item 2 is hidden, its last entry says open"
