"""Pages of YouTube's commentThreads.list -> a Thread a video."""

import re
from collections import Counter
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import by_thread, count, fields, load_documents, objects, words
from analyzer.thread import Comment, Thread

_MARK = re.compile(r'"kind"\s*:\s*"youtube#comment|"topLevelComment"\s*:\s*\{')


EXAMPLE = '{"kind": "youtube#commentThreadListResponse", "items": [{"snippet": {"topLevelComment": {}}}]}'


def looks_like(head: str, name: str) -> bool:
    """JSON that names its kind as YouTube's comments."""
    return head.lstrip()[:1] in {"[", "{"} and _MARK.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each video of a page, or of a list of pages; `hidden` counts replies it only mentions.

    Raises NoCommentsError for a page without items.
    """
    pages = [page for document in load_documents(text, name) for page in _objects(document)]
    comments: list[tuple[str, Comment]] = []
    hidden: Counter[str] = Counter()
    for item in (item for page in pages for item in _objects(page.get("items", page))):
        snippet = fields(item.get("snippet"))
        top = fields(snippet.get("topLevelComment")) or item
        video = words(snippet.get("videoId"))
        if not fields(top.get("snippet")):
            continue
        comment = _comment(top, None, len(comments) + 1)
        replies = objects(fields(item.get("replies")).get("comments"))
        comments.append((video, comment))
        comments += [
            (video, _comment(reply, comment.id, len(comments) + k)) for k, reply in enumerate(replies, start=1)
        ]
        hidden[video] += max((count(snippet.get("totalReplyCount")) or 0) - len(replies), 0)
    if not comments:
        raise NoCommentsError(f"no reader comments found in {name}: its page has no items")
    return by_thread(comments, hidden=hidden)


def _objects(value: Any) -> list[dict[str, Any]]:
    return objects(value if isinstance(value, list) else [value])


def _comment(item: dict[str, Any], above: str | None, number: int) -> Comment:
    snippet = fields(item.get("snippet"))
    original = snippet.get("textOriginal")
    return make_comment(
        words(item.get("id")) or f"comment-{number}",
        words(snippet.get("parentId")) or above,
        text=words(original) if isinstance(original, str) else html_to_text(words(snippet.get("textDisplay"))),
        author=words(snippet.get("authorDisplayName")),
        time=snippet.get("publishedAt"),
        deleted=snippet.get("moderationStatus") == "rejected",
    )
