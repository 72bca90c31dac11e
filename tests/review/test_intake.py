from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from analyzer.errors import ReviewError
from analyzer.review import audit
from analyzer.review.decisions import decide
from analyzer.review.intake import Added, _known_predictions, add_document, add_thread, find_document
from analyzer.review.queue import Wanted, look, open_item
from analyzer.review.store import Store, comments, items
from analyzer.thread import Comment, Thread, build_thread
from tests.review.conftest import ADA, FLAGS, document
from tests.toy import SOURCE, ToyPredictor


def thread(*rows: tuple[str, str | None, str]) -> Thread:
    """Return a thread of (id, parent, text), a minute apart."""
    return build_thread(
        [
            Comment(name, parent, text, name.upper(), datetime(2024, 3, 1, 12, i, tzinfo=UTC))
            for i, (name, parent, text) in enumerate(rows)
        ],
        id="t1",
    )


KEPT = b64encode(bytes(range(64))).decode()
SMALL = (("a", None, "We should sign this treaty."), ("b", "a", "Wrong. Scrap it."), ("c", None, "You idiot."))
GROWN = (*SMALL, ("d", "b", "Four ships, then."), ("e", "b", "No idea."))


def test_of_a_grown_thread_only_what_is_new_is_classified(open_store: Callable[[], Store]) -> None:
    store = open_store()
    predictor = ToyPredictor()
    assert add_thread(store, thread(*SMALL), predictor, source=SOURCE) == Added(1, 3, 1, 0)
    predictor.turns.clear()
    assert add_thread(store, thread(*GROWN), predictor, source=SOURCE) == Added(1, 2, 0, 0)
    assert [turn.text for turn in predictor.turns] == ["Four ships, then.", "No idea."]


def test_what_the_model_said_comes_back_with_its_embedding(open_store: Callable[[], Store]) -> None:
    class Embedding(ToyPredictor):
        def predict(self, turns, *, progress=None):
            return [replace(answer, embedding=KEPT) for answer in super().predict(turns, progress=progress)]

    store = open_store()
    add_thread(store, thread(*SMALL), Embedding(), source=SOURCE)
    with store.reading() as connection:
        known = _known_predictions(connection, "", "t1", ToyPredictor.sha256)
    assert [prediction.embedding for prediction in known.values()] == [KEPT] * 3


def test_a_reply_is_read_again_when_its_parent_was_edited(open_store: Callable[[], Store]) -> None:
    store = open_store()
    predictor = ToyPredictor()
    add_thread(store, thread(*SMALL), predictor, source=SOURCE)
    predictor.turns.clear()
    edited = (("a", None, "We should scrap this treaty."), *SMALL[1:])
    add_thread(store, thread(*edited), predictor, source=SOURCE)
    assert [turn.text for turn in predictor.turns] == ["We should scrap this treaty.", "Wrong. Scrap it."]


def test_another_model_reads_everything_again(open_store: Callable[[], Store]) -> None:
    store = open_store()
    add_thread(store, thread(*SMALL), ToyPredictor(), source=SOURCE)
    other = ToyPredictor()
    other.sha256 = "e" * 64
    add_thread(store, thread(*SMALL), other, source=SOURCE)
    assert len(other.turns) == 3


def test_decisions_are_kept_when_a_thread_has_grown(open_store: Callable[[], Store]) -> None:
    store = open_store()
    add_thread(store, thread(*SMALL), ToyPredictor(), source=SOURCE)
    decide(store, 1, ADA, "hide", request="a", reason="personal_attack")
    add_thread(store, thread(*GROWN), ToyPredictor(), source=SOURCE)
    with store.reading() as connection:
        assert connection.execute(select(items.c.state)).scalars().all() == ["hidden"]
        assert connection.execute(select(comments.c.comment_id).order_by(comments.c.position)).scalars().all() == [
            "a",
            "b",
            "d",
            "e",
            "c",
        ]
        assert audit.verify(connection).problem is None


@pytest.mark.parametrize(
    ("flags", "news"),
    [
        (FLAGS, ""),
        ((("attack", "c7", 1.0), *FLAGS[1:]), ""),
        ((FLAGS[0], ("pile_on", "c7", 0.6), *FLAGS[2:]), "pile_on rose from 0.40 to 0.60"),
        ((*FLAGS, ("spam", "c7", 0.1)), "new flag: spam"),
        (FLAGS[2:], ""),
    ],
)
def test_a_decided_item_comes_back_on_new_evidence_only(
    store: Store, flags: tuple[tuple[str, str, float], ...], news: str
) -> None:
    decide(store, 1, ADA, "approve", request="a")
    assert add_document(store, document(*flags)).reopened == bool(news)
    with store.reading() as connection:
        (entry,) = (one for one in look(connection, Wanted(state="all"), "ada")[0] if one.item.id == 1)
        assert (entry.item.state, entry.item.news) == ("open" if news else "approved", news)
        assert audit.verify(connection).problem is None


def test_an_edited_comment_comes_back(store: Store) -> None:
    decide(store, 1, ADA, "approve", request="a")
    edited = document(*FLAGS)
    next(comment for comment in edited["comments"] if comment["id"] == "c7")["text"] = "You are all dears."
    assert add_document(store, edited).reopened == 1


def test_a_flagged_comment_that_is_gone_is_shown_as_last_seen(store: Store) -> None:
    later = document()
    later["comments"] = [comment for comment in later["comments"] if comment["id"] != "c7"]
    add_document(store, later)
    with store.reading() as connection:
        context = open_item(connection, 1, "ada")
    assert (context.comment, context.entry.item.text) == (None, "You are all idiots.")


def test_the_queue_is_in_the_order_of_priority(store: Store) -> None:
    # weight * precision * score, by the shipped thresholds: attack 1.0 * 0.7 * 0.9, pile_on 0.7 * 0.8 * 0.4,
    # heated_branch 0.7 * 0.6 * 0.5. c7 has the first two: 1 - (1 - 0.63) * (1 - 0.224) = 0.713.
    with store.reading() as connection:
        entries, _ = look(connection, Wanted(), "ada")
    found = [(entry.item.comment_id, round(entry.item.priority, 3)) for entry in entries]
    assert found == [("c7", 0.713), ("c2", 0.21), ("c3", 0.0)]


def test_two_threads_of_one_id_are_told_apart_by_their_site(store: Store) -> None:
    other = document()
    for comment in other["comments"]:
        comment["id"] = f"other-{comment['id']}"
        comment["parent_id"] = comment["parent_id"] and f"other-{comment['parent_id']}"
    with pytest.raises(ReviewError, match="another thread 't1' is in the store"):
        add_document(store, other)
    assert add_document(store, other, site="other").thread_id == 2


@pytest.mark.parametrize(
    "damage",
    [
        {"comments": None},
        {"comments": [{"id": "a"}]},
        {"comments": "abc"},
        {"thread": {"id": 7, "title": ""}},
        {"flags": [{"kind": "attack", "comment_id": "c7", "score": 7, "reason": ""}]},
        {"flags": [{"kind": "attack", "comment_id": "c7", "score": float("nan"), "reason": ""}]},
        {"flags": [{"kind": "attack", "comment_id": "c7", "score": "high", "reason": ""}]},
    ],
)
def test_a_damaged_document_changes_nothing(store: Store, damage: dict[str, object]) -> None:
    with pytest.raises(ReviewError):
        add_document(store, document() | damage)
    with store.reading() as connection:
        assert look(connection, Wanted(), "ada")[1] == 3


def test_a_comment_before_its_parent_is_refused(store: Store) -> None:
    turned = document()
    turned["comments"].reverse()
    with pytest.raises(ReviewError, match="does not follow its parent's branch"):
        add_document(store, turned)


def test_a_document_is_known_by_its_beginning() -> None:
    assert find_document(b'{"format_version": 1}') == {"format_version": 1}
    assert find_document(b'{"id": "a", "text": "format_version"}') is None
