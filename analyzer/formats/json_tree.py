"""Text -> a JSON document, plain words out of its values, and threads out of its comments. Knows no site's fields."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from analyzer.errors import ReadError
from analyzer.thread import Comment, Thread, build_thread

_JSON_LINES = re.compile(r"\s*\{.*\}[ \t]*\n\s*\{")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def load_json(text: str, name: str) -> Any:
    """Return the document in `text`; raises ReadError for damage and for nesting beyond the parser's limit."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise ReadError(f"{name}: not valid JSON ({error})") from error
    except RecursionError as error:
        raise ReadError(f"{name}: JSON nested too deeply to be a comment thread") from error


def load_documents(text: str, name: str) -> list[Any]:
    """Return the one document in `text`, or that of each line where every line is one; raises as `load_json`."""
    if not _JSON_LINES.match(text):
        return [load_json(text, name)]
    lines = enumerate(text.split("\n"), start=1)
    return [load_json(line, f"{name}, line {number}") for number, line in lines if line.strip()]


def words(value: Any) -> str:
    """Return text or a whole number as text that can be written again, "" for anything else."""
    if isinstance(value, str):
        return value if value.isascii() else _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def count(value: Any) -> int | None:
    """Return a number of comments, None for what is no number."""
    return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else None


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects in a list; none for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def fields(value: Any) -> dict[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def walk(
    items: Sequence[dict[str, Any]],
    replies: Callable[[dict[str, Any]], Sequence[dict[str, Any]]],
    *,
    identify: Callable[[dict[str, Any]], Any] = lambda item: item.get("id"),
) -> Iterator[tuple[dict[str, Any], str, str | None]]:
    """Yield each item with its id and that of the one it is nested in, parents first, however deep they nest.

    An item without an id is named by its place, so that its replies stay below it.
    """
    waiting: list[tuple[dict[str, Any], str | None]] = [(item, None) for item in reversed(items)]
    number = 0
    while waiting:
        item, above = waiting.pop()
        number += 1
        own = words(identify(item)) or f"comment-{number}"
        yield item, own, above
        waiting.extend((reply, own) for reply in reversed(replies(item)))


def by_thread(
    comments: Iterable[tuple[str, Comment]],
    *,
    titles: Mapping[str, str] | None = None,
    declared: Mapping[str, int | None] | None = None,
    hidden: Mapping[str, int] | None = None,
) -> list[Thread]:
    """Return the threads of (thread id, comment) pairs, in the order of their first comments."""
    threads: dict[str, list[Comment]] = {}
    for thread_id, comment in comments:
        threads.setdefault(thread_id, []).append(comment)
    titles, declared, hidden = titles or {}, declared or {}, hidden or {}
    return [
        build_thread(found, id=key, title=titles.get(key, ""), declared=declared.get(key), hidden=hidden.get(key, 0))
        for key, found in threads.items()
    ]
