"""What comes in with a request, cleaned: conditions, numbers, words; and conditions written into an address again."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request

from analyzer.errors import ReviewError
from analyzer.plain import clean, clean_lines
from analyzer.review.queue import Wanted

STATES = ("open", "news", "escalated", "second", "approved", "hidden", "all")
_LONGEST_NOTE = 2000
_LARGEST_ID = 2**31 - 1  # of a database; an address may name a larger one
_SAID = re.compile(r"(\d{1,9})-([a-z]{2,9})(?:-(\d{1,4}))?")


def item_id(request: Request) -> int:
    """Return the item that the address names."""
    return min(int(request.path_params["id"]), _LARGEST_ID)


def number(value: Any) -> int | None:
    """Return a whole number, None for anything else and for one that is too large to be meant."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10 else None


def numbers(form: FormData, name: str) -> list[int]:
    """Return the numbers under a name."""
    return [found for value in form.getlist(name) if (found := number(value)) is not None]


def field(form: Mapping[str, Any], name: str) -> str:
    """Return a field on one line; empty where it is missing or a file."""
    value = form.get(name, "")
    return clean(value) if isinstance(value, str) else ""


def words(form: FormData, name: str) -> str:
    """Return a field with its lines."""
    value = form.get(name, "")
    return clean_lines(value).strip()[:_LONGEST_NOTE] if isinstance(value, str) else ""


def request_name(form: FormData) -> str:
    """Return the name of this very request, by which a decision sent twice is written once."""
    name = field(form, "request")
    if not 8 <= len(name) <= 64:
        raise ReviewError("this form is incomplete; load the page again")
    return name


def wanted(fields: Mapping[str, Any]) -> Wanted:
    """Return the conditions in a query or a form; what makes no sense is left out."""
    state = field(fields, "state")
    return Wanted(
        state=state if state in STATES else "open",
        kind=field(fields, "kind")[:64],
        thread=number(fields.get("thread")),
        words=field(fields, "words")[:200],
        page=max(1, number(fields.get("page")) or 1),
    )


def query_of(wanted: Wanted, **more: Any) -> str:
    """Return the conditions, and what else is given, as an address's query; empty where they are the usual ones."""
    usual = Wanted()
    fields = {name: getattr(wanted, name) for name in ("state", "kind", "thread", "words", "page")} | more
    given = {name: value for name, value in fields.items() if value not in (None, "", getattr(usual, name, None))}
    return f"?{urlencode(given)}" if given else ""


def said(request: Request) -> tuple[str, str, str] | None:
    """Return what the last form did, as the address tells: item or number, what, and how many were refused."""
    found = _SAID.fullmatch(request.query_params.get("said", ""))
    return (found[1], found[2], found[3] or "0") if found else None
