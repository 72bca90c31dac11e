"""The HTML of one comment -> plain text. Knows nothing of pages or threads: see the readers for those."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree  # imported where it is used: most forms need no HTML, and every command reads this file

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote dd details div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr ol p pre "
        "section table tr ul",
    )
)
_UNSEEN = frozenset(("script", "style", "template", "head"))
_DEEPEST_QUOTE = 9  # more marks than this would only let a hostile comment grow
_SPACE = re.compile(r"[ \t\r\f\v]*\n\s*|[ \t\r\f\v]+")
_TAG = re.compile(r"<[^<>]*>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def html_to_text(html: str, *, keep_lines: bool = False) -> str:
    """Return the words of `html`: blank lines between paragraphs, "> " before quoted lines, links by their text.

    With `keep_lines` a line end is one, as where WordPress stores what was typed; else it is a space. Any input gives
    an answer: what is not HTML is text.
    """
    root = _parse(_CONTROL.sub("", html))
    return "" if root is None else element_to_text(root, keep_lines=keep_lines)


def element_to_text(
    root: "etree._Element", *, keep_lines: bool = False, skip: Callable[["etree._Element"], bool] | None = None
) -> str:
    """Return the words of a parsed element in the form of `html_to_text`, without the elements that `skip` names."""
    from lxml import etree

    paragraphs: list[str] = []
    pieces: list[str] = []
    quotes = unseen = verbatim = 0
    skipped = None
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag
        if event == "start" and skip and element is not root and skip(element):
            walk.skip_subtree()
            skipped, text = element, None
        elif event == "start":
            unseen += tag in _UNSEEN
            if tag in _BLOCKS:
                _end_paragraph(pieces, paragraphs, quotes)
            quotes += tag == "blockquote"
            verbatim += tag == "pre"
            if tag in ("br", "li") and element is not root:
                pieces.append("\n" if tag == "br" else "\n- ")
            text = element.text
        else:
            if event == "end" and element is not skipped:
                if tag in _BLOCKS:
                    _end_paragraph(pieces, paragraphs, quotes)
                unseen -= tag in _UNSEEN
                quotes -= tag == "blockquote"
                verbatim -= tag == "pre"
            text = element.tail if element is not root else None
        if text and not unseen:
            pieces.append(text if keep_lines or verbatim or not _needs_mending(text) else _SPACE.sub(" ", text))
    _end_paragraph(pieces, paragraphs, quotes)
    return "\n\n".join(paragraphs)


def _parse(html: str) -> "etree._Element | None":
    from lxml import etree

    # huge_tree allows a nesting of 2048; behind that words would be lost, so that the tags are cut out instead.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(_document(html), parser)
        if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            root = etree.fromstring(_document(_TAG.sub(" ", html)), parser)
    except etree.LxmlError:
        return None
    return root


def _document(html: str) -> bytes:
    return f"<div>{html}</div>".encode("utf-8", "replace")


def _needs_mending(text: str) -> bool:
    return "\n" in text or "  " in text or "\t" in text or "\r" in text


def _end_paragraph(pieces: list[str], paragraphs: list[str], quotes: int) -> None:
    """Move the pieces, if they hold words, to a paragraph of their own."""
    if not pieces:
        return
    lines = [line.strip() for line in "".join(pieces).strip().split("\n")]
    pieces.clear()
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    if text:
        mark = "> " * min(quotes, _DEEPEST_QUOTE)
        paragraphs.append("\n".join((mark + line).rstrip() for line in text.split("\n")))
