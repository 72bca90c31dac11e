"""Forms that hold comments but not who answers whom: named as what they are, instead of a made-up tree."""

import re

from analyzer.errors import ReadError
from analyzer.thread import Thread

_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)\b")
_STACK_EXCHANGE = re.compile(r"<comments>\s*<row\b[^>]*\bPostId=", re.I)


EXAMPLE = '<rss version="2.0"><channel><item><title>Comment by Ole</title></item></channel></rss>'


def looks_like(head: str, name: str) -> bool:
    """An RSS or Atom feed, or a Stack Exchange table of comments."""
    start = head[:4096]
    return "wordpress.org/export" not in head and bool(_FEED.search(start) or _STACK_EXCHANGE.search(start))


def read(text: str, name: str) -> list[Thread]:
    """Raise ReadError: there is no tree to read."""
    if _FEED.search(text[:4096]):
        raise ReadError(f"{name}: no tree in this form: a feed lists comments without the ids of their parents")
    raise ReadError(f"{name}: no tree in this form: Stack Exchange's comments answer a post, not one another")
