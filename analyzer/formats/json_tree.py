"""Text -> a JSON document, and plain words out of its values. Knows no site's fields."""

import json
import re
from typing import Any

from analyzer.errors import ReadError

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def load_json(text: str, name: str) -> Any:
    """Return the document in `text`; raises ReadError for damage and for nesting beyond the parser's limit."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise ReadError(f"{name}: not valid JSON ({error})") from error
    except RecursionError as error:
        raise ReadError(f"{name}: JSON nested too deeply to be a comment thread") from error


def words(value: Any) -> str:
    """Return text or a number as text that can be written again, "" for anything else."""
    return _LONE_SURROGATE.sub("\ufffd", str(value)) if isinstance(value, str | int) else ""


def count(value: Any) -> int | None:
    """Return a number of comments, None for what is no number."""
    return max(value, 0) if isinstance(value, int) else None


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects in a list; none for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def fields(value: Any) -> dict[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}
