"""JSON of any site whose comments hold their replies -> Threads. The last resort among the JSON forms.

What a comment is, is told by its fields: words under a usual name, and, unless it stands among comments, beside them
an id, an author, a time or replies.
Everything between two comments ("data", "edges", ids as keys) is a wrapper and is looked through.
"""

import re
from typing import Any

from analyzer.errors import NoCommentsError
from analyzer.formats import flat_records
from analyzer.formats.comments import make_comment
from analyzer.formats.html_text import html_to_text
from analyzer.formats.json_tree import count, fields, load_json, words
from analyzer.formats.times import is_no_time, read_time
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
_FORM = ("rendered", "text", "plain", "html", "raw", "value")
_AROUND = ("comment", "node")
_ID = ("id", "_id", "comment_id", "commentId", "uuid", "key")
_PARENT = ("parent_id", "parentId", "parent_comment_id", "parentCommentId", "parent", "reply_to", "replyTo")
_AUTHOR = ("author", "user", "username", "author_name", "authorName", "name", "by", "commenter", "creator")
_NAME = ("name", "display_name", "displayName", "username", "login", "nickname")
_TIME = ("created", "created_at", "createdAt", "created_utc", "date", "time", "timestamp", "published", "publishedAt")
_GONE = ("deleted", "is_deleted", "isDeleted", "removed", "is_removed", "isRemoved")
_REMOVED = {"[deleted]", "[removed]"}
_TITLE = ("title", "headline")
_COUNT = ("comment_count", "commentCount", "comments_count", "commentsCount", "num_comments", "total_comments")
_NESTING = re.compile(rf'"(?:{"|".join(_REPLIES)})"\s*:\s*[\[{{]\s*["\[{{]')
_WORDS = re.compile(rf'"(?:{"|".join(_TEXT)})"\s*:\s*"')
_NEXT_OBJECT = re.compile(r"\}\s*\n\{")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")

_Found = tuple[dict[str, Any], str, str | None]
"""A comment's fields, its id, and the id of the comment it is nested in."""


EXAMPLE = '[{"id": 1, "text": "Keep it.", "replies": [{"id": 2, "text": "No."}]}]'


def looks_like(head: str, name: str) -> bool:
    """JSON with words under a usual name and non-empty replies; a table's own list is none of these."""
    if head.lstrip()[:1] not in {"{", "["} or _NEXT_OBJECT.search(head) or not _WORDS.search(head):
        return False
    table = flat_records.json_table(head)
    return _NESTING.search(head, table.end() if table else 0) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each titled object that holds comments, and one for comments outside of any.

    Raises NoCommentsError if nothing in the file looks like a comment.
    """
    threads = [_thread(about, found) for about, found in _articles(load_json(text, name)) if found]
    if not threads:
        raise NoCommentsError(f"no reader comments found in {name}: none of its objects has words and an author or id")
    return threads


def _articles(document: Any) -> list[tuple[dict[str, Any], list[_Found]]]:
    """Return each titled object with the comments in it, parents first; before them those outside of any."""
    articles: list[tuple[dict[str, Any], list[_Found]]] = [({}, [])]
    seen = 0
    waiting: list[tuple[Any, int, str | None, bool]] = [(document, 0, None, isinstance(document, list))]
    while waiting:
        value, article, above, listed = waiting.pop()
        if isinstance(value, list):
            waiting.extend((item, article, above, listed) for item in reversed(value) if isinstance(item, list | dict))
            continue
        value = _opened(value)
        inner = _replies(value)
        if above is None and inner and _first(value, _TITLE):
            articles.append((value, []))
            waiting.extend((item, len(articles) - 1, None, True) for item in reversed(inner))
        elif _is_comment(value, listed=listed):
            seen += 1
            own = _first(value, _ID) or f"comment-{seen}"
            articles[article][1].append((value, own, above))
            waiting.extend((item, article, own, True) for item in reversed(inner))
        else:
            among = above is not None
            waiting.extend(
                (item, article, above, among or key in _REPLIES)
                for key, item in reversed(_with_ids(value, listed=among).items())
                if isinstance(item, list | dict)
            )
    return articles


def _opened(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object that has a comment in one field and more about it in others as one comment."""
    for key in _AROUND:
        inner = fields(value.get(key))
        if _is_comment(inner, listed=True):
            return {name: more for name, more in value.items() if name != key} | inner
    return value


def _replies(value: dict[str, Any]) -> list[Any]:
    """Return what may hold the replies of an object."""
    inner = [value[key] for key in _REPLIES if key in value and isinstance(value[key], list | dict)]
    return [
        _with_ids(held, listed=True) if isinstance(held, dict) and not _is_comment(held) else held for held in inner
    ]


def _with_ids(held: dict[str, Any], *, listed: bool) -> dict[str, Any]:
    """Return an object as it is, or where it holds comments by their ids, with these among their fields."""
    if len(held) < 2 - listed or not all(_is_comment(item, listed=listed) for item in held.values()):
        return held
    return {key: item if _first(item, _ID) else {**item, "id": key} for key, item in held.items()}


def _is_comment(value: Any, *, listed: bool = False) -> bool:
    """Say whether `value` has words, or the place for them, and is `listed` or has something else of a comment."""
    about = fields(value)
    if _text(about) is not None:
        return listed or any(about.get(key) is not None for key in (*_ID, *_AUTHOR, *_TIME, *_REPLIES))
    return any(key in about and about[key] is None for key in _TEXT) and _first(about, _ID) != ""


def _text(value: dict[str, Any]) -> str | None:
    """Return the words of a comment, which may stand in an object that names their form."""
    for said in (value[key] for key in _TEXT if key in value):
        text = next((said[form] for form in _FORM if form in said), None) if isinstance(said, dict) else said
        if isinstance(text, str):
            return words(text)
    return None


def _thread(about: dict[str, Any], found: list[_Found]) -> Thread:
    ids = {own for _, own, _ in found}
    return build_thread(
        [_comment(value, own, above, ids) for value, own, above in found],
        id=_first(about, _ID),
        title=_first(about, _TITLE),
        article=_plain(_text(about) or ""),
        declared=next((number for key in _COUNT if (number := count(about.get(key))) is not None), None),
    )


def _comment(value: dict[str, Any], id: str, above: str | None, ids: set[str]) -> Comment:
    """Return a comment whose parent is the one it names, if that is in the file, else the one it is nested in."""
    parent = next((value[key] for key in _PARENT if value.get(key)), None)
    named = _first(parent, _ID) if isinstance(parent, dict) else words(parent)
    author = next((value[key] for key in _AUTHOR if value.get(key)), None)
    times = [value[key] for key in _TIME if not is_no_time(value.get(key))]
    text = _text(value)
    gone = any(value.get(key) is True for key in _GONE)
    return make_comment(
        id,
        named if named in ids and named != id else above,
        text=_plain(text or ""),
        author=_first(author, _NAME) if isinstance(author, dict) else words(author),
        time=next((time for time in times if read_time(time)), times[0] if times else None),
        deleted=gone or text is None or text.strip().lower() in _REMOVED,
    )


def _first(value: Any, keys: tuple[str, ...]) -> str:
    about = fields(value)
    return next((found for key in keys if key in about and (found := words(about[key]))), "")


def _plain(text: str) -> str:
    return html_to_text(text) if _MARKUP.search(text) else text
