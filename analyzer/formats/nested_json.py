"""JSON of any site whose comments hold their replies -> Threads. The last resort among the JSON forms.

What a comment is, is told by its fields: words under a usual name, beside an id, an author, a time or replies.
Everything between two comments ("data", "edges", ids as keys) is a wrapper and is looked through.
"""

import re
from collections.abc import Iterator
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import fields, load_json, words
from analyzer.formats.times import read_time
from analyzer.thread import Comment, Thread, build_thread

_REPLIES = (
    "replies",
    "children",
    "comments",
    "responses",
    "answers",
    "child_comments",
    "childComments",
    "kids",
    "items",
)
_TEXT = ("text", "body", "content", "message", "comment", "comment_text", "commentText", "html", "raw")
_ID = ("id", "_id", "comment_id", "commentId", "uuid", "key")
_AUTHOR = ("author", "user", "username", "author_name", "authorName", "name", "by", "commenter", "creator")
_NAME = ("name", "display_name", "displayName", "username", "login", "nickname")
_TIME = ("created", "created_at", "createdAt", "created_utc", "date", "time", "timestamp", "published", "publishedAt")
_TITLE = ("title", "headline")
_NESTING = re.compile(rf'"(?:{"|".join(_REPLIES)})"\s*:\s*[\[{{]\s*["\[{{]')
_WORDS = re.compile(rf'"(?:{"|".join(_TEXT)})"\s*:\s*"')
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")


def looks_like(head: str, name: str) -> bool:
    """JSON with words under a usual name and non-empty replies."""
    one_document = head.lstrip()[:1] in {"{", "["} and not re.search(r"\}\s*\n\{", head)
    return one_document and _NESTING.search(head) is not None and _WORDS.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each titled object that holds comments, and one for comments outside of any.

    Raises NoCommentsError if nothing in the file looks like a comment.
    """
    articles: list[dict[str, Any]] = [{}]
    found: list[list[Comment]] = [[]]
    for value, article, above, article_fields in _comments(load_json(text, name)):
        while len(articles) <= article:
            articles.append({})
            found.append([])
        articles[article] = article_fields
        found[article].append(_comment(value, above, sum(map(len, found)) + 1))
    threads = [
        build_thread(comments, id=_first(about, _ID), title=_first(about, _TITLE), article=_plain(_first(about, _TEXT)))
        for about, comments in zip(articles, found, strict=True)
        if comments
    ]
    if not threads:
        raise NoCommentsError(f"no reader comments found in {name}: none of its objects has words and an author or id")
    return threads


def _comments(document: Any) -> Iterator[tuple[dict[str, Any], int, str | None, dict[str, Any]]]:
    """Yield (comment, number of its article, id of the comment above it, the article), parents first."""
    seen = articles = 0
    about: dict[int, dict[str, Any]] = {0: {}}
    waiting: list[tuple[Any, int, str | None]] = [(document, 0, None)]
    while waiting:
        value, article, above = waiting.pop()
        if isinstance(value, list):
            waiting.extend((item, article, above) for item in reversed(value) if isinstance(item, list | dict))
            continue
        inner = [value[key] for key in _REPLIES if isinstance(value.get(key), list | dict)]
        if above is None and inner and _first(value, _TITLE):
            articles += 1
            about[articles] = value
            waiting.extend((item, articles, None) for item in reversed(inner))
        elif _is_comment(value):
            seen += 1
            yield value, article, above, about[article]
            own = _first(value, _ID) or f"comment-{seen}"
            waiting.extend((item, article, own) for item in reversed(inner))
        else:
            inner = [item for item in value.values() if isinstance(item, list | dict)]
            waiting.extend((item, article, above) for item in reversed(inner))


def _is_comment(value: dict[str, Any]) -> bool:
    has_words = any(isinstance(value.get(key), str) for key in _TEXT)
    return has_words and any(value.get(key) is not None for key in (*_ID, *_AUTHOR, *_TIME, *_REPLIES))


def _comment(value: dict[str, Any], above: str | None, number: int) -> Comment:
    author = next((value[key] for key in _AUTHOR if value.get(key)), None)
    return Comment(
        id=_first(value, _ID) or f"comment-{number}",
        parent_id=above,
        text=_plain(_first(value, _TEXT)),
        author=(_first(author, _NAME) if isinstance(author, dict) else words(author)) or None,
        created=next((time for key in _TIME if (time := read_time(value.get(key)))), None),
        status="deleted" if value.get("deleted") is True else "ok",
    )


def _first(value: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((found for key in keys if (found := words(fields(value).get(key)))), "")


def _plain(text: str) -> str:
    return html_to_text(text) if _MARKUP.search(text) else text
