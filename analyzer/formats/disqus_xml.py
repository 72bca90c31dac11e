"""A Disqus export, the comments of a whole site in one XML file -> Threads."""

import re
from typing import TYPE_CHECKING

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.excluded import exclude
from analyzer.formats.html_text import html_to_text
from analyzer.formats.xml_tree import child, local_name, parse_xml, words
from analyzer.thread import Comment, Issue, Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

_ROOT = re.compile(r"<disqus[\s>]")
_ID = "{http://disqus.com/disqus-internals}id"


EXAMPLE = '<disqus xmlns:dsq="http://disqus.com/disqus-internals"><post dsq:id="1"><message>Keep it.</message></post>'


def looks_like(head: str, name: str) -> bool:
    """A `disqus` element near the beginning."""
    return _ROOT.search(head) is not None


def read(text: str, name: str) -> list[Thread]:
    """Return the threads that have comments, in the order of the export's first comment on each.

    A deleted comment stays without its words; spam is excluded: a node of the tree without stance. Raises
    NoCommentsError if the export has none.
    """
    root = parse_xml(text, name)
    titles = {element.get(_ID): words(element, "title") for element in root if local_name(element) == "thread"}
    threads: dict[str, list[Comment]] = {}
    issues: dict[str, list[Issue]] = {}
    for number, element in enumerate((post for post in root if local_name(post) == "post"), start=1):
        key = _reference(element, "thread") or ""
        comment, found = exclude(_comment(element, number), "spam" if _says(element, "isSpam") else "")
        threads.setdefault(key, []).append(comment)
        issues.setdefault(key, []).extend(found)
    if not threads:
        raise NoCommentsError(f"no reader comments found in {name}: the export has no post element")
    return [
        build_thread(comments, id=key, title=titles.get(key, ""), issues=issues[key])
        for key, comments in threads.items()
    ]


def _comment(post: "etree._Element", number: int) -> Comment:
    author = child(post, "author")
    return make_comment(
        post.get(_ID) or f"post-{number}",
        _reference(post, "parent"),
        text=html_to_text(words(post, "message")),
        author=None if author is None else words(author, "name") or words(author, "username"),
        time=words(post, "createdAt"),
        deleted=_says(post, "isDeleted"),
    )


def _says(post: "etree._Element", tag: str) -> bool:
    return words(post, tag).lower() == "true"


def _reference(post: "etree._Element", tag: str) -> str | None:
    element = child(post, tag)
    return None if element is None else element.get(_ID)
