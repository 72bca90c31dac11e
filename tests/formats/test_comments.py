import pytest

from analyzer.formats.comments import make_comment
from analyzer.thread import Comment, build_thread


def test_empty_values_are_none() -> None:
    assert make_comment("a", "", text="Late.", author="", deleted=False) == Comment("a", None, "Late.")


def test_a_deleted_comment_has_no_words() -> None:
    comment = make_comment("a", "b", text="Rude.", author="Ines", deleted=True)
    assert comment == Comment("a", "b", "", "Ines", status="deleted")


@pytest.mark.parametrize(
    ("time", "written"),
    [("soon", "soon"), (True, "True"), (1e30, "1e+30"), ([[]], "(list)"), ({"on": 1}, "(dict)"), ("x" * 99, "x" * 40)],
)
def test_a_time_that_cannot_be_read_is_kept_as_written(time: object, written: str) -> None:
    comment = make_comment("a", None, time=time, deleted=False)
    assert (comment.created, comment.unread_time) == (None, written)


@pytest.mark.parametrize("time", [None, "", " ", "null", "0000-00-00 00:00:00", "0000-00-00T00:00:00"])
def test_no_time_is_no_fault(time: object) -> None:
    thread = build_thread([make_comment("a", None, time=time, deleted=False)])
    assert thread.issues == ()
