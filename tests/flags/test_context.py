import pytest

from analyzer.thread import Comment, Thread, build_thread
from tests.flags.making import flags


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


ON_TOPIC = "harbour mines treaty warships fleet"
OFF_TOPIC = "football referee penalty striker goalkeeper"


def talk(second: str) -> Thread:
    """Return a thread on a harbour with two branches of six comments, the second saying `second`."""
    branches = [
        Comment(f"{name}{i}", f"{name}0" if i else None, words)
        for name, words in (("m", ON_TOPIC), ("n", ON_TOPIC), ("f", second))
        for i in range(6)
    ]
    return build_thread(branches, title="Treaty on harbour mines", article="The fleet of warships is to leave.")


def test_a_branch_in_words_of_another_topic_is_off_topic() -> None:
    # 60 of 90 words are the topic's: 20 of the branch's 30 should be, none is
    (flag,) = flags("off_topic", talk(OFF_TOPIC))
    assert (flag.comment_id, flag.score, flag.scope) == ("f0", 1.0, "branch")
    assert flag.reason == (
        "0 % of the words that say something in its 6 comments are the topic's, 67 % in the whole thread."
    )


def test_a_branch_that_keeps_to_a_third_of_the_topic_is_no_drift() -> None:
    assert flags("off_topic", talk("harbour mines penalty striker goalkeeper")) == []


def test_common_words_belong_to_no_topic() -> None:
    assert flags("off_topic", talk("football referee penalty striker goalkeeper that would have been there"))


def test_the_words_of_the_only_root_are_the_topic() -> None:
    replies = [Comment(f"m{i}", "a", ON_TOPIC) for i in range(12)]
    drift = [Comment(f"f{i}", f"f{i - 1}" if i else "a", OFF_TOPIC) for i in range(6)]
    thread = build_thread([Comment("a", text=ON_TOPIC), *replies, *drift])
    assert [flag.comment_id for flag in flags("off_topic", thread)] == ["f0"]


def test_few_words_say_nothing_about_the_topic() -> None:
    thread = build_thread([Comment("a", text=ON_TOPIC), *(Comment(f"f{i}", "a", "Penalty!") for i in range(5))])
    assert flags("off_topic", thread) == []
