"""A saved web page -> its elements, its article, and the comments whose markup a reader recognises.

Knows how pages nest comments and where they usually put names, times and words; which elements are comments is told by
the reader of the site.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from analyzer.errors import ReadError
from analyzer.formats.html_text import element_to_text
from analyzer.formats.times import read_time
from analyzer.thread import Comment

if TYPE_CHECKING:
    from lxml import etree

Identify = Callable[["etree._Element"], tuple[str, str | None] | None]
"""Says which comment an element is: (its id, its parent's id where the markup names it), None for no comment."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WORDS = frozenset(
    re.findall(
        r"\S+",
        "comment-content comment_content comment-text comment_text commenttext comment-entry comment-copy "
        "comment__text comment__content comment__body commentbody wc-comment-text wpd-comment-text commtext",
    )
)
_AUTHOR = frozenset(
    ("fn", "wc-comment-author", "wpd-comment-author", "comment-author-name", "comment__author", "hnuser")
)
_NOT_WORDS = frozenset(
    re.findall(
        r"\S+",
        "children comment-author comment-author-name comment__author vcard comment-meta commentmetadata "
        "comment-metadata comment__meta comment-footer comment-actions comment-date comment-time comment- "
        "permalink reply comment-reply comment-reply-link reply-link says avatar comment-awaiting-moderation "
        "comment-edit-link edit-link comment-respond screen-reader-text sharedaddy",
    )
)
_NO_WORDS_TAGS = frozenset(("form", "button", "nav", "time", "noscript", "svg", "script", "style"))
_SAYS = re.compile(r"\s*(?:says|sagt|schrieb|dit|a dit|dice|zegt|skriver)?\s*:?\s*$", re.I)
_NUMBER = (
    r"(?:thoughts?|comments?|responses?|repl(?:y|ies)|antwort(?:en)?|kommentare?r?|ergänzung(?:en)?|gedanken?|"
    r"commentaires?|réponses?|comentarios?|comentários?|respuestas?|commenti|risposte|reacties|reactions?|svar|"
    r"komentarz[ey]?|комментари\w*|відповід\w*|коментар\w*)"
)
_DECLARED = re.compile(rf"(?<![\d.,])(\d{{1,3}}(?:[.,\s]\d{{3}})+|\d+)\s+(?:\w+\s+)?{_NUMBER}\b", re.I)
_COUNT_PLACES = (
    "//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::span or self::a or self::p or self::div]"
    "[contains(@class, 'comment') or contains(@id, 'comment') or ancestor::*[@id='comments']]"
)
_ONE = re.compile(rf"^\s*(?:one|ein|eine|un|une|uno|en)\s+{_NUMBER}\b", re.I)


@dataclass(slots=True)
class _Found:
    """A comment whose end tag has not come yet, with the elements that were found in it."""

    id: str
    parent_id: str | None
    element: "etree._Element"
    words: "etree._Element | None" = None
    author: "etree._Element | None" = None
    vcard: "etree._Element | None" = None
    time: str | None = None
    marks: frozenset[str] = field(default_factory=frozenset)


def parse_page(text: str, name: str) -> "etree._Element":
    """Return the root element of a page; raises ReadError for one that is nested beyond the parser's limit."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(_CONTROL.sub("", text).encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise ReadError(f"{name}: not HTML ({error})") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ReadError(f"{name}: HTML nested too deeply to be a page of comments")
    if root is None:
        raise ReadError(f"{name}: not HTML (no element in it)")
    return root


def find_comments(
    root: "etree._Element", identify: Identify, *, skip: Collection[str] = (), first_id: int = 1
) -> list[tuple[Comment, frozenset[str]]]:
    """Return the comments of a page in its order, each with the classes of its element.

    A comment is inside its parent where the markup does not name the parent. Words are taken from the element that
    usually holds them, else from the whole comment without replies, names, dates, buttons and the classes in `skip`.
    """
    from lxml import etree

    found: list[_Found] = []
    known: set[str] = set()
    inside: list[_Found] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            if inside and inside[-1].element is element:
                inside.pop()
            continue
        marks = classes(element)
        identity = identify(element)
        if identity and identity[0] not in known:
            own, named = identity
            above = named if named is not None else inside[-1].id if inside else None
            comment = _Found(own, above or None, element, marks=marks)
            known.add(own)
            found.append(comment)
            inside.append(comment)
        elif inside:
            _note(inside[-1], element, marks)
    elements = {id(comment.element) for comment in found}
    left_out = _NOT_WORDS.union(skip)

    def no_words(element: "etree._Element") -> bool:
        return id(element) in elements or element.tag in _NO_WORDS_TAGS or not left_out.isdisjoint(classes(element))

    return [(_comment(comment, no_words), comment.marks) for comment in found]


def classes(element: "etree._Element") -> frozenset[str]:
    """Return the class names of an element."""
    return frozenset(str(element.get("class") or "").split())


def elements(root: "etree._Element", path: str) -> "list[etree._Element]":
    """Return the elements that an XPath expression finds."""
    return cast("list[etree._Element]", root.xpath(path))


def line(element: "etree._Element") -> str:
    """Return the text of an element on one line."""
    return " ".join("".join(map(str, element.itertext())).split())


def article_of(root: "etree._Element", comments: Collection[str] = ()) -> tuple[str, str]:
    """Return (title, text) of a page's article, "" for what it does not mark; never words of the comments."""
    paths = ("//*[contains(@class, 'entry-title')]", "//h1", "//title")
    title = next((text for path in paths if (text := _first_text(root, path))), "")
    bodies = elements(
        root,
        "//*[contains(concat(' ', @class, ' '), ' entry-content ') or contains(@class, 'article-body') or "
        "contains(@class, 'article__body') or contains(@class, 'post-content') or @itemprop='articleBody']"
        "[not(ancestor-or-self::*[contains(@class, 'comment') or contains(@id, 'comment')])]",
    )
    body = next(iter(bodies), None)
    skip = _NOT_WORDS.union(comments)
    return title, "" if body is None else element_to_text(
        body, skip=lambda element: not skip.isdisjoint(classes(element))
    )


def declared_count(root: "etree._Element") -> int | None:
    """Return the number of comments that the page's own heading claims ("20 thoughts on …"), None without one."""
    for element in elements(root, _COUNT_PLACES):
        text = line(element) if len(element) < 8 else ""
        if not text or len(text) > 200:
            continue
        if match := _DECLARED.search(text):
            return int(re.sub(r"\D", "", match[1]))
        if _ONE.match(text):
            return 1
    return None


def _note(comment: _Found, element: "etree._Element", marks: frozenset[str]) -> None:
    """Keep the element if it is where pages put the words, the name or the time of a comment."""
    if comment.words is None and (not _WORDS.isdisjoint(marks) or element.get("itemprop") in {"text", "commentText"}):
        comment.words = element
    # A quotation may carry a `cite` too, but only inside of the words.
    names = not _AUTHOR.isdisjoint(marks) or (element.tag == "cite" and comment.words is None)
    if comment.author is None and (names or element.get("itemprop") in {"author", "creator"}):
        comment.author = element
    if comment.vcard is None and not marks.isdisjoint(("comment-author", "vcard", "author", "username")):
        comment.vcard = element
    if comment.time is None:
        if element.tag == "time":
            comment.time = element.get("datetime")
        elif "age" in marks and element.get("title"):
            comment.time = str(element.get("title")).split(" ")[0]
        elif element.get("itemprop") in {"dateCreated", "datePublished"}:
            comment.time = element.get("content") or element.get("datetime")


def _comment(found: _Found, no_words: Callable[["etree._Element"], bool]) -> Comment:
    author = found.author if found.author is not None else found.vcard
    name = "" if author is None else _SAYS.sub("", line(author))
    return Comment(
        id=found.id,
        parent_id=found.parent_id,
        text=element_to_text(found.element if found.words is None else found.words, skip=no_words),
        author=name or None,
        created=read_time(found.time),
    )


def _first_text(root: "etree._Element", path: str) -> str:
    return next((text for element in elements(root, path) if (text := line(element))), "")
