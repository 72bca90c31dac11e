from base64 import b64encode
from dataclasses import replace
from math import sqrt

import pytest

from analyzer.predictions import EMBEDDING_SIZE, Prediction
from analyzer.thread import Comment, Thread, build_thread
from tests.flags.making import flags, said


def under(comment: Comment, *, direct: int, below: int) -> Thread:
    """Return a comment with direct replies, and further ones in a chain under the first of these."""
    replies = [Comment(f"d{i}", comment.id, "So they say.") for i in range(direct)]
    further = [Comment(f"e{i}", f"e{i - 1}" if i else "d0", "Do they?") for i in range(below)]
    return build_thread([comment, *replies, *further])


def test_a_deleted_comment_that_many_answer_is_lost_context() -> None:
    (flag,) = flags("lost_context", under(Comment("a", status="deleted"), direct=3, below=5))
    assert flag.reason == (
        "The comment was deleted: 8 comments below it, 3 of them direct replies, can mislead without it."
    )
    assert (flag.comment_id, flag.scope, flag.score, flag.involved) == ("a", "branch", 8 / (8 + 8), ("d0", "d1", "d2"))


def test_so_is_one_that_the_file_does_not_hold() -> None:
    thread = build_thread([Comment(f"d{i}", "gone", "So they say.") for i in range(8)])
    (flag,) = flags("lost_context", thread)
    assert flag.comment_id == "gone"
    assert flag.reason.startswith("The comment is not in the file: 8 comments below it, 8 of them direct replies")


@pytest.mark.parametrize(
    "thread",
    [
        under(Comment("a", text="I said it."), direct=3, below=5),
        under(Comment("a", status="deleted"), direct=2, below=6),
        under(Comment("a", status="deleted"), direct=3, below=4),
    ],
)
def test_no_lost_context(thread: Thread) -> None:
    assert flags("lost_context", thread) == []


def about(axis: int) -> Prediction:
    """Return a prediction whose embedding points along one axis."""
    return replace(said(), embedding=b64encode(bytes(127 * (i == axis) for i in range(EMBEDDING_SIZE))).decode())


def talk(axis: int, *, parents: bool = False) -> tuple[Thread, dict[str, Prediction]]:
    """Return twelve top-level comments, eight along axis 0 and four along axis 1, and a branch of five along `axis`.

    With `parents` each of the five answers the one before, else all answer the first.
    """
    top = [Comment(f"m{i}", text="So they say.") for i in range(12)]
    branch = [Comment(f"f{i}", f"f{i - 1 if parents else 0}" if i else None, "Do they?") for i in range(5)]
    axes = {f"m{i}": int(i >= 8) for i in range(12)} | {f"f{i}": axis for i in range(5)}
    return build_thread([*top, *branch]), {name: about(own) for name, own in axes.items()}


def test_a_branch_in_another_direction_is_off_topic() -> None:
    # A comment along axis 0 lies at 7 / |(7, 4, 5)| to all others, one along axis 1 at 3 / |(8, 3, 5)|.
    first, second = 7 / sqrt(90), 3 / sqrt(98)
    usual = (8 * first + 4 * second) / 12
    spread = sqrt((8 * first**2 + 4 * second**2) / 12 - usual**2)
    errors = usual * sqrt(5) / spread
    (flag,) = flags("off_topic", *talk(2))
    assert (flag.comment_id, flag.scope) == ("f0", "branch")
    assert flag.score == pytest.approx(errors / (errors + 4.2))
    assert flag.reason == (
        "Its 5 comments seem to be about something else: their likeness to the rest of the thread is 0.00, that of "
        "other comments 0.59, on a scale up to 1."
    )


def test_a_branch_in_the_thread_s_direction_is_not() -> None:
    assert flags("off_topic", *talk(0)) == []


def test_without_embeddings_nothing_is_off_topic() -> None:
    thread, predictions = talk(2)
    assert flags("off_topic", thread, {name: said() for name in predictions}) == []
    assert flags("off_topic", thread) == []


def test_a_comment_without_an_embedding_does_not_count() -> None:
    thread, predictions = talk(2)
    assert flags("off_topic", thread, predictions | {"f4": said()}) == []  # four are left


def test_of_branches_inside_each_other_one_is_flagged() -> None:
    thread, predictions = talk(2, parents=True)
    grown = build_thread([*thread.comments, *(Comment(f"g{i}", f"g{i - 1}" if i else "f4") for i in range(3))])
    (flag,) = flags("off_topic", grown, predictions | {f"g{i}": about(2) for i in range(3)})
    assert flag.comment_id == "f0"


def test_a_branch_that_is_most_of_the_thread_is_its_topic() -> None:
    thread, predictions = talk(2)
    grown = build_thread([*thread.comments, *(Comment(f"g{i}", "f0") for i in range(14))])  # 19 of 31
    assert flags("off_topic", grown, predictions | {f"g{i}": about(2) for i in range(14)}) == []
