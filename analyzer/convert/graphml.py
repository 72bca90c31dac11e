"""Threads -> one GraphML graph: a node a comment, an edge from each reply to its parent, a tree a thread.

For Gephi, networkx, igraph and the like. The words are attributes of the nodes.
"""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from analyzer.convert.rows import to_rows
from analyzer.thread import Thread

_ATTRIBUTES = ("thread_id", "id", "depth", "status", "author", "created", "text")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # by XML 1.0


def write(threads: Sequence[Thread]) -> bytes:
    """Return the document in UTF-8; a node is named by its row's number, as ids may repeat between threads."""
    return ("\n".join(_lines(threads)) + "\n").encode()


def _lines(threads: Sequence[Thread]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for name in _ATTRIBUTES:
        kind = "int" if name == "depth" else "string"
        yield f'<key id="{name}" for="node" attr.name="{name}" attr.type="{kind}"/>'
    yield '<graph edgedefault="directed">'
    nodes: dict[tuple[str, str], int] = {}
    for row in to_rows(threads):
        if row["id"] is None:
            continue
        number = nodes[row["thread_id"], row["id"]] = len(nodes)
        data = (
            f"<data key={quoteattr(name)}>{_text(row[name])}</data>" for name in _ATTRIBUTES if row[name] is not None
        )
        yield f'<node id="n{number}">{"".join(data)}</node>'
        if row["parent_id"] is not None:
            yield f'<edge source="n{number}" target="n{nodes[row["thread_id"], row["parent_id"]]}"/>'
    yield "</graph>"
    yield "</graphml>"


def _text(value: str | int) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", str(value)), {"\r": "&#13;"})
