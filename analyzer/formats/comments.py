"""The values of one comment as a file has them -> a Comment: what every reader does alike."""

from analyzer.formats.times import is_no_time, read_time
from analyzer.thread import Comment


def make_comment(
    id: str, parent_id: str | None, *, text: str = "", author: str | None = None, time: object = None, deleted: bool
) -> Comment:
    """Return a comment whose empty parent and author are none, and which has no words if it is deleted.

    A `time` that cannot be read is kept as it is written, so that the thread can name it.
    """
    created = read_time(time)
    return Comment(
        id=id,
        parent_id=parent_id or None,
        text="" if deleted else text,
        author=author or None,
        created=created,
        status="deleted" if deleted else "ok",
        unread_time=None if created or is_no_time(time) else _excerpt(time),
    )


def _excerpt(value: object) -> str:
    """Return the beginning of a value; of a nested one only its kind, as it may be deeper than `str` can go."""
    return str(value)[:40] if isinstance(value, str | int | float) else f"({type(value).__name__})"
