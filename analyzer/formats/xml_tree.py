"""Text -> XML elements, and the words in them. Mends slight damage, fetches nothing and expands no entity."""

import re
from typing import TYPE_CHECKING

from analyzer.errors import ReadError

if TYPE_CHECKING:
    from lxml import etree

_DECLARATION = re.compile(r"<\?xml\b[^<>]*\?>")
# What XML 1.0 forbids; one such character would end the document there.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The numbers D800 to DFFF are halves of characters: the recovering parser lets them pass and cannot return them.
_HALF_CHARACTER = re.compile(
    r"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));?",
    re.IGNORECASE,
)


def parse_xml(text: str, name: str) -> "etree._Element":
    """Return the root of the document in `text`, which may have stray characters before its first tag.

    Raises ReadError if there is no document, if start and end tags do not match, or if its size or nesting
    goes beyond what the parser takes.
    """
    from lxml import etree  # here, as every command reads this file and few need a parser

    # The text is decoded already: an encoding that the declaration names is no longer true.
    document = _DECLARATION.sub("", _FORBIDDEN.sub("\ufffd", text[max(text.find("<"), 0) :]), count=1)
    document = _HALF_CHARACTER.sub("\ufffd", document)
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(document.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(f"{name}: not valid XML ({error})") from error
    # A stray end tag closes the document early, and what stands behind it would be lost without a word.
    end = document.count("\n", 0, document.rfind("</")) + 1
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            raise ReadError(f"{name}, line {entry.line}: XML beyond the safe limits ({entry.message.strip()})")
        if entry.type_name == "ERR_TAG_NAME_MISMATCH" or (entry.type_name == "ERR_DOCUMENT_END" and entry.line < end):
            raise ReadError(f"{name}, line {entry.line}: start and end tags do not match ({entry.message.strip()})")
    if root is None:
        raise ReadError(f"{name}: not valid XML (no element in it)")
    return root


def local_name(element: "etree._Element") -> str:
    """Return the tag without its namespace, whose address differs between exports; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def child(element: "etree._Element", tag: str) -> "etree._Element | None":
    """Return the first child with that local name."""
    return next((candidate for candidate in element if local_name(candidate) == tag), None)


def words(element: "etree._Element", tag: str) -> str:
    """Return the text of the first child with that local name, "" without one."""
    found = child(element, tag)
    return "" if found is None else "".join(map(str, found.itertext())).strip()
