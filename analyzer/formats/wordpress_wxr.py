"""A WordPress export (WXR, an RSS file with the comments of every post) -> Threads."""

import re
from typing import TYPE_CHECKING

from analyzer.errors import NoCommentsError
from analyzer.formats.comments import make_comment
from analyzer.formats.excluded import LINKBACKS, exclude
from analyzer.formats.html_text import html_to_text
from analyzer.formats.times import is_no_time
from analyzer.formats.xml_tree import local_name, parse_xml, words
from analyzer.thread import Comment, Issue, Thread, build_thread

if TYPE_CHECKING:
    from lxml import etree

# Both http and https addresses are about, and any version after them.
_NAMESPACE = re.compile(r"""["']https?://wordpress\.org/export/[\d.]+/["']""")
_TRASH = {"trash", "post-trashed"}


EXAMPLE = '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><wp:comment>'


def looks_like(head: str, name: str) -> bool:
    """Markup with the namespace of WordPress exports near its beginning."""
    return _NAMESPACE.search(head) is not None and "<rss" in head


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each post that has comments, as comment ids can repeat from post to post.

    A comment in the trash is deleted. Pingbacks, trackbacks, spam and comments waiting for approval are excluded: nodes
    of the tree that count as found but have no stance. Raises NoCommentsError if no post has comments.
    """
    threads = []
    for item in (element for element in parse_xml(text, name).iter() if local_name(element) == "item"):
        comments: list[Comment] = []
        issues: list[Issue] = []
        for number, element in enumerate(_comment_elements(item), start=1):
            comment, found = exclude(_comment(element, number), _why_excluded(element))
            comments.append(comment)
            issues += found
        if comments:
            article = html_to_text(words(item, "encoded"), keep_lines=True)
            title = words(item, "title")
            threads.append(
                build_thread(comments, id=words(item, "post_id"), title=title, article=article, issues=issues)
            )
    if not threads:
        raise NoCommentsError(f"no reader comments found in {name}: no item of the export has a comment")
    return threads


def _comment_elements(item: "etree._Element") -> "list[etree._Element]":
    return [element for element in item if local_name(element) == "comment"]


def _comment(element: "etree._Element", number: int) -> Comment:
    parent, time = words(element, "comment_parent"), words(element, "comment_date_gmt")
    return make_comment(
        words(element, "comment_id") or f"comment-{number}",
        None if parent == "0" else parent,
        text=html_to_text(words(element, "comment_content"), keep_lines=True),
        author=words(element, "comment_author"),
        time=words(element, "comment_date") if is_no_time(time) else time,
        deleted=words(element, "comment_approved") in _TRASH,
    )


def _why_excluded(element: "etree._Element") -> str:
    kind, approved = words(element, "comment_type"), words(element, "comment_approved")
    if kind in LINKBACKS:
        return kind
    return {"spam": "spam", "0": "waiting for approval", "hold": "waiting for approval"}.get(approved, "")
