"""The HTML of one comment -> plain text. Knows nothing of pages or threads: see the readers for those."""

import re

from lxml import etree

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
    if root is None:
        return ""
    paragraphs: list[str] = []
    pieces: list[str] = []
    quotes = unseen = verbatim = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag
        if event == "start":
            unseen += tag in _UNSEEN
            if tag in _BLOCKS:
                _end_paragraph(pieces, paragraphs, quotes)
            quotes += tag == "blockquote"
            verbatim += tag == "pre"
            if tag in ("br", "li"):
                pieces.append("\n" if tag == "br" else "\n- ")
            text = element.text
        else:
            if event == "end":
                if tag in _BLOCKS:
                    _end_paragraph(pieces, paragraphs, quotes)
                unseen -= tag in _UNSEEN
                quotes -= tag == "blockquote"
                verbatim -= tag == "pre"
            text = element.tail
        if text and not unseen:
            pieces.append(text if keep_lines or verbatim else _SPACE.sub(" ", text))
    _end_paragraph(pieces, paragraphs, quotes)
    return "\n\n".join(paragraphs)


def _parse(html: str) -> etree._Element | None:
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


def _end_paragraph(pieces: list[str], paragraphs: list[str], quotes: int) -> None:
    """Move the pieces, if they hold words, to a paragraph of their own."""
    lines = [line.strip() for line in "".join(pieces).strip().split("\n")]
    pieces.clear()
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    if text:
        mark = "> " * min(quotes, _DEEPEST_QUOTE)
        paragraphs.append("\n".join((mark + line).rstrip() for line in text.split("\n")))
