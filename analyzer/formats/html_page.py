"""A saved web page -> its elements, its article, and the comments whose markup a reader recognises.

Knows how pages nest comments and where they usually put names, times and words; which elements are comments is told by
the reader of the site.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from analyzer.errors import ReadError
from analyzer.formats.html_text import element_to_text
from analyzer.formats.written_times import before_time, read_written_time
from analyzer.thread import Comment

if TYPE_CHECKING:
    from lxml import etree

Identify = Callable[["etree._Element"], tuple[str, str | None] | None]
"""Says which comment an element is: (its id, its parent's id where the markup names it), None for no comment.
A parent of "" means that there is none; None leaves it to the nesting."""

# Together they keep a page within a gigabyte of memory.
_MOST_CHARACTERS = 40_000_000
_MOST_TAGS = 2_000_000
_MOST_COMMENTS = 200_000

# The parser's time grows with the square of the attributes in a tag.
_CROWDED_TAG = re.compile(
    r"""<[a-zA-Z][^\s/>]*+(?>[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+){2000}"""
)

_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|main|article|section|div|ol|ul|dl|table)\b", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)\b")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WORDS = frozenset(
    re.findall(
        r"\S+",
        """comment-content comment_content comment-text comment_text commenttext comment-entry comment-copy
    comment-message comment__text comment__content comment__body commentbody wc-comment-text wpd-comment-text
    wp-block-comment-content format_text""",
    )
)
# The lower the number, the more surely the element holds the name and nothing else.
_AUTHOR = {
    "fn": 0,
    **dict.fromkeys(
        re.findall(
            r"\S+",
            """comment-author-name comment_author comment-author-link comment__author-name comment__username author-name
        wc-comment-author wpd-comment-author wp-block-comment-author-name username user-name nickname""",
        ),
        1,
    ),
    "cite": 2,
    **dict.fromkeys(("comment-author", "comment__author", "vcard", "author", "commenter", "comment-user", "user"), 3),
}
_TIME = frozenset(
    re.findall(
        r"\S+",
        """comment-date comment_date comment-time comment_time comment__date comment__time comment-timestamp timestamp
    date wc-comment-date wpd-comment-date wp-block-comment-date comment-meta comment-metadata commentmetadata
    comment__meta age time posted-on""",
    )
)
_NOT_WORDS = frozenset(
    re.findall(
        r"\S+",
        """children comment-author comment-author-name comment__author comment_author vcard comment-meta commentmetadata
    comment-metadata comment__meta comment-footer comment-actions comment-date comment_date comment-time comment_time
    comment-permalink reply reply-container comment-reply comment-reply-link reply-link says avatar comment_avatar
    comment_postinfo comment-awaiting-moderation comment-edit-link edit-link comment-respond screen-reader-text
    sharedaddy wp-block-comment-author-name wp-block-comment-date wp-block-comment-reply-link
    wp-block-comment-edit-link wpdiscuz-readmore""",
    )
)
_NO_WORDS_TAGS = frozenset(("form", "button", "nav", "time", "noscript", "svg", "script", "style", "textarea"))
_WAITING = frozenset(("comment-awaiting-moderation", "wpd-unapproved-comment", "wpd-unapproved"))
_SAYS = (
    r"(?:says|said|wrote|sagt|sagte|schrieb|meint|a\s+dit|dit|écrit|dice|dijo|ha\s+scritto|zegt|schreef|skriver|diz)"
)
_AFTER_NAME = re.compile(rf"\s*\b{_SAYS}?\s*[:,]?\s*$", re.IGNORECASE)
_BEFORE_NAME = frozenset(("", "by", "von", "par", "por", "di", "da", "door", "from", "av", "af"))
_BEFORE_WORDS = re.compile(rf"^\s*(?:{_SAYS}\s*:|:)\s*", re.IGNORECASE)
_LONGEST_TIME, _LONGEST_NAME, _LONGEST_LINK = 60, 200, 500
_MOST_PARTS = 50
_HEADLINES = frozenset(("h1", "h2", "h3", "h4"))

_ARTICLE_BODY = (
    frozenset(("entry-content", "e-content")),
    frozenset(("article-body", "article__body", "articlebody", "post-content", "post-body", "article-content")),
)
_COMMENTS = frozenset(
    re.findall(
        r"\S+",
        """comments comments-area comments-wrap comment-list commentlist comment_list respond comment-respond wpdcom
    wpcomm wp-block-comments disqus_thread sharedaddy jp-relatedposts""",
    )
)
_NOUN = (
    r"(?:thoughts?|comm?ent\w*|responses?|repl(?:y|ies)|opinions?|antworten?|kommentar\w*|komment\w+|ergänzung(?:en)?|"
    r"meinung(?:en)?|gedanken?|réponses?|réflexions?|avis|comentari\w*|comentári\w*|respuestas?|respostas?|ideas?|"
    r"pensamientos?|risposte|risposta|pensieri|reacties?|reactions?|gedachten?|svar|koment\w+|odpowied\w+|myśl\w*|"
    r"yorum\w*|hozzászólás|коммент\w*|комент\w*|ответ\w*|мысл\w*|відповід\w*|думк\w*)"
)
_COUNT = r"(\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+|\d+)"
_DECLARED = (
    re.compile(
        rf"\W*(?:(?:there\s+(?:are|is)|il\s+y\s+a|hay|es\s+gibt|bisher)\s+)?{_COUNT}\s+(?:\w+\s+)?{_NOUN}\b", re.I
    ),
    re.compile(rf"\W*{_NOUN}\s*[:(\[–-]?\s*{_COUNT}\W*$", re.I),
    re.compile(r".{0,160}?(\d+)\s*(?:件のコメント|件のフィードバック|条评论|条留言|則留言|個評論)"),
    re.compile(rf"\W*(one|ein|eine|un|une|uno|una|um|uma|en|één|een|jeden)\s+{_NOUN}\b", re.I),
)
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6", "legend", "summary"))
_SPEAKS_OF_COMMENTS = re.compile(r"comment|repl|respon|discuss|wpd", re.IGNORECASE)
_LONGEST_HEADING = 250


@dataclass(frozen=True, slots=True)
class PageComment:
    """A comment of a page, with the class names of its element and of what stands around its words."""

    comment: Comment
    marks: frozenset[str]
    element: "etree._Element"
    waiting: bool
    linked: int
    """Letters of its words, name and buttons that are links."""
    headline: bool
    """Whether a link stands in a heading, as in a list of articles."""


@dataclass(slots=True)
class _Found:
    """A comment whose last end tag has not come yet, with the elements that were found in it."""

    id: str
    parent_id: str | None
    element: "etree._Element"
    last: "etree._Element"
    marks: frozenset[str]
    words: "etree._Element | None" = None
    author: "etree._Element | None" = None
    author_rank: int = 9
    times: "tuple[etree._Element, ...]" = ()
    waiting: bool = False
    linked: int = 0
    headline: bool = False


def is_page(head: str) -> bool:
    """Say whether a file that begins with `head` is a page or a piece of one, rather than a feed or a text."""
    start = head[:4096]
    return start.lstrip("\ufeff \n\t")[:1] == "<" and _PAGE.search(start) is not None and not _FEED.search(start)


def parse_page(text: str, name: str) -> "etree._Element":
    """Return the root element of a page; raises ReadError for one beyond the limits of size and nesting."""
    from lxml import etree

    if len(text) > _MOST_CHARACTERS or text.count("<") > _MOST_TAGS:
        limits = f"{_MOST_CHARACTERS // 1_000_000} million characters and {_MOST_TAGS // 1_000_000} million tags"
        raise ReadError(f"{name}: too large for one page of comments; up to {limits} are read")
    if crowded := _CROWDED_TAG.search(text):
        place = f"{name}, line {text.count(chr(10), 0, crowded.start()) + 1}"
        raise ReadError(f"{place}: a tag with more than 2000 attributes is no part of a page of comments")
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
    root: "etree._Element", identify: Identify, name: str, *, skip: Collection[str] = ()
) -> list[PageComment]:
    """Return the comments of a page in its order.

    A comment is inside its parent where the markup does not name the parent. Words are taken from the element that
    usually holds them, else from the whole comment without replies, names, dates, buttons and the classes in `skip`.
    Raises ReadError for more comments than a page can have.
    """
    found = _find(root, identify, name)
    parts = {id(comment.element) for comment in found}
    parts.update(id(part) for comment in found for part in (comment.author, *comment.times) if part is not None)
    left_out = _NOT_WORDS.union(skip)

    def no_words(element: "etree._Element") -> bool:
        if element.tag in _NO_WORDS_TAGS or id(element) in parts:
            return True
        return not left_out.isdisjoint((element.get("class") or "").split())

    return [_comment(comment, no_words) for comment in found]


def check_number(comments: int, name: str) -> None:
    """Raise ReadError for more comments than a page can have."""
    if comments > _MOST_COMMENTS:
        raise ReadError(f"{name}: more than {_MOST_COMMENTS} comments on one page; so many are not read")


def classes(element: "etree._Element") -> frozenset[str]:
    """Return the class names of an element."""
    return frozenset((element.get("class") or "").split())


def line(element: "etree._Element", *, limit: int | None = None) -> str:
    """Return the text of an element on one line; "" if it is longer than `limit` or has too many parts for a line."""
    if limit is not None and next(islice(element.iterdescendants(), _MOST_PARTS, None), None) is not None:
        return ""
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        words = str(piece)
        pieces.append(words)
        length += len(words.strip()) + 1
        if limit is not None and length > limit:
            return ""
    return " ".join("".join(pieces).split())


def article_of(root: "etree._Element", comments: Sequence[PageComment]) -> tuple[str, str]:
    """Return (title, text) of a page's article, "" for what it does not mark; never words of the comments."""
    outside = list(_outside(root, comments))
    titles = (
        [element for element in outside if "entry-title" in classes(element)],
        [element for element in outside if element.tag == "h1"],
        [element for element in outside if element.tag == "title"],
    )
    title = next((text for group in titles for element in group if (text := line(element))), "")
    bodies = [
        *([element for element in outside if not marks.isdisjoint(classes(element))] for marks in _ARTICLE_BODY),
        [element for element in outside if element.get("itemprop") == "articleBody" or element.tag == "article"],
    ]
    body = next((element for group in bodies for element in group), None)
    if body is None:
        return title, ""
    elements = {id(comment.element) for comment in comments}
    return title, element_to_text(body, skip=lambda part: id(part) in elements or _is_comments(part))


def declared_count(root: "etree._Element", comments: Sequence[PageComment]) -> int | None:
    """Return the number of comments that the page itself claims ("20 thoughts on …"), None without a claim.

    A page links to other articles with their counts, so the last claim above the first comment is its own; a claim
    below the comments counts only if there is none above.
    """
    first = comments[0].element if comments else None
    claim = None
    for element in _outside(root, comments, area=True):
        if element is first:
            if claim is not None:
                return claim
            first = None
            continue
        speaks = _SPEAKS_OF_COMMENTS.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        if element.tag not in _HEADINGS and not speaks:
            continue
        text = line(element, limit=_LONGEST_HEADING)
        match = next((match for pattern in _DECLARED if text and (match := pattern.match(text))), None)
        if match:
            claim = int(re.sub(r"\D", "", match[1]) or 1)
            if first is None:
                return claim
    return claim


def _find(root: "etree._Element", identify: Identify, name: str) -> list[_Found]:
    from lxml import etree

    found: list[_Found] = []
    known: set[str] = set()
    inside: list[_Found] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            if inside and inside[-1].last is element:
                # A list of definitions puts the name into dt and the words, with the replies, into the dd behind it.
                below = element.getnext() if element.tag == "dt" else None
                if below is not None and below.tag == "dd":
                    inside[-1].last = below
                else:
                    inside.pop()
            continue
        if inside and inside[-1].last is element:
            continue
        identity = identify(element)
        if identity and identity[0] not in known:
            own, named = identity
            above = named if named is not None else inside[-1].id if inside else None
            comment = _Found(own, above or None, element, element, classes(element))
            known.add(own)
            found.append(comment)
            inside.append(comment)
            check_number(len(found), name)
        elif inside:
            _note(inside[-1], element)
    return found


def _note(comment: _Found, element: "etree._Element") -> None:
    """Keep the element if it is where pages put the words, the name or the time of a comment."""
    tag, attributes = element.tag, element.attrib
    if tag == "time":
        comment.times = (element, *comment.times)
        return
    if tag == "a":
        comment.linked += len(line(element, limit=_LONGEST_LINK))
        above = element.getparent()
        comment.headline = comment.headline or (above is not None and above.tag in _HEADLINES)
    marks = (attributes.get("class") or "").split()
    role = attributes.get("itemprop")
    if tag == "cite":
        marks.append("cite")
    if not marks and role is None:
        return
    before = comment.words is None
    if before and (role in {"text", "commentText"} or not _WORDS.isdisjoint(marks)):
        comment.words = element
    elif before or comment.author is None:
        rank = min((_AUTHOR.get(mark, 9) for mark in marks), default=9)
        rank = min(rank, 2 if role in {"author", "creator"} else 9)
        # A quotation may carry a `cite` too, but only inside of the words; some themes put no more than a picture
        # where others have the name.
        fits = rank < comment.author_rank and (before or rank != 2)
        if fits and (rank < 2 or line(element, limit=_LONGEST_NAME)):
            comment.author, comment.author_rank = element, rank
    if not _TIME.isdisjoint(marks) or role in {"dateCreated", "datePublished"}:
        comment.times = (*comment.times, element)
    if not _WAITING.isdisjoint(marks):
        comment.waiting = True


def _comment(found: _Found, no_words: Callable[["etree._Element"], bool]) -> PageComment:
    name, behind = ("", "") if found.author is None else _name(found.author)
    text = element_to_text(found.last if found.words is None else found.words, skip=no_words)
    written = [time for element in found.times if (time := _written(element))]
    if not written and read_written_time(behind):
        written = [behind]
    created = next((moment for words in written if (moment := read_written_time(words))), None)
    comment = Comment(
        id=found.id,
        parent_id=found.parent_id,
        text=_BEFORE_WORDS.sub("", text) if found.words is None else text,
        author=name or None,
        created=created,
        unread_time=written[0][:_LONGEST_TIME] if written and created is None else None,
    )
    return PageComment(comment, found.marks, found.element, found.waiting, linked=found.linked, headline=found.headline)


def _name(element: "etree._Element") -> tuple[str, str]:
    """Return the author's name and what stands behind it in its element: a badge, "says", in some themes the time."""
    whole = line(element, limit=_LONGEST_NAME)
    own = " ".join((element.text or "").split())
    name = own if whole.startswith(own) and own.strip(" :").casefold() not in _BEFORE_NAME else before_time(whole)
    return _AFTER_NAME.sub("", name), whole[len(name) :]


def _written(element: "etree._Element") -> str:
    """Return the time as the page writes it, for programs if it does, else for people; "" if there is none."""
    for name in ("datetime", "content", "data-time", "data-timestamp", "pubdate", "title"):
        value = str(element.get(name) or "")
        if any(letter.isdigit() for letter in value):
            return value
    text = line(element, limit=200)
    return text if any(letter.isdigit() for letter in text) else ""


def _outside(
    root: "etree._Element", comments: Sequence[PageComment], *, area: bool = False
) -> "Iterator[etree._Element]":
    """Yield the elements that are not within a comment, without those of the comment area unless `area` asks for it.

    A comment's own element is yielded with its area, so that one sees where the comments begin.
    """
    from lxml import etree

    elements = {id(comment.element) for comment in comments}
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        is_comment = id(element) in elements
        if is_comment or (not area and _is_comments(element)):
            walk.skip_subtree()
            if not (is_comment and area):
                continue
        yield element


def _is_comments(element: "etree._Element") -> bool:
    return element.tag not in {"html", "body"} and (
        element.get("id") in _COMMENTS or not _COMMENTS.isdisjoint((element.get("class") or "").split())
    )
