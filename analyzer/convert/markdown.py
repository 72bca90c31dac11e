"""Threads -> Markdown to read: a heading a thread, a list item a comment, replies indented under their parents."""

from collections.abc import Iterator, Sequence

from analyzer.plain import clean
from analyzer.report.markdown import escape
from analyzer.thread import Comment, Thread

_DEEPEST = 20  # levels of indentation; a chain of thousands of replies would be nothing but spaces
_INSTEAD = {"deleted": "deleted", "missing": "not in the file"}


def write(threads: Sequence[Thread]) -> bytes:
    """Return the document in UTF-8; everything a comment says stays words."""
    return ("\n\n".join("\n".join(_lines(thread)) for thread in threads) + "\n").encode("utf-8", "replace")


def _lines(thread: Thread) -> Iterator[str]:
    yield f"# {escape(clean(thread.title or thread.id)) or 'Thread'}"
    yield ""
    for comment, depth in zip(thread.comments, thread.depths, strict=True):
        indent = "  " * min(depth, _DEEPEST)
        deeper = f" (level {depth})" if depth > _DEEPEST else ""
        first, *others = [escape(clean(paragraph)) for paragraph in comment.text.split("\n\n")]
        words = f"*{_INSTEAD[comment.status]}*" if comment.status in _INSTEAD else first
        yield f"{indent}- **{escape(clean(comment.author or comment.id))}**{_time(comment)}{deeper}: {words}"
        for paragraph in filter(None, others):
            yield ""
            yield f"{indent}  {paragraph}"


def _time(comment: Comment) -> str:
    return f", {comment.created:%Y-%m-%d %H:%M}" if comment.created else ""
