"""An Analysis -> its document as JSON text."""

from analyzer.analysis import Analysis
from analyzer.document import to_document
from analyzer.plain import json_text


def render_json(analysis: Analysis, **_: object) -> str:
    """Return the document, indented, with a newline at its end."""
    return json_text(to_document(analysis), indent=2) + "\n"
