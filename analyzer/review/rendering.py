"""What the store holds -> pages. The template engine escapes everything; control characters go from comments too."""

import json
import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from analyzer.plain import clean, clean_lines, excerpt
from analyzer.review.accounts import Session
from analyzer.review.decisions import REASONS
from analyzer.review.forms import STATES, query_of
from analyzer.review.queue import Context, Wanted

_FOLDER = Path(__file__).parent / "templates"
# The reason to hide that a kind of flag speaks for.
_REASON_OF_KIND = {
    "attack": "personal_attack",
    "attack_exchange": "personal_attack",
    "pile_on": "harassment",
    "copy": "spam",
    "spam": "spam",
    "off_topic": "off_topic",
}


def page(session: Session | None, template: str, *, status: int = 200, said: Any = None, **shown: Any) -> HTMLResponse:
    """Return a page; its forms carry the session's word and a new name for the request they make."""
    shown |= {"session": session, "said": said, "request_name": secrets.token_urlsafe(12)}
    return HTMLResponse(_environment().get_template(template).render(shown), status)


def item_page(session: Session, context: Context, wanted: Wanted, *, said: Any) -> HTMLResponse:
    """Return the page of one item: who is asked for a second opinion is not shown the first."""
    item, name, is_admin = context.entry.item, session.user.name, session.user.role == "admin"
    blind = item.second and item.decided_by != name
    may_decide = context.entry.holder is None and (item.state == "open" or (item.state == "escalated" and is_admin))
    return page(
        session,
        "item.html.j2",
        said=said,
        context=context,
        entry=context.entry,
        item=item,
        wanted=wanted,
        blind=blind,
        may_decide=may_decide,
        may_undo=item.state != "open" and (item.decided_by == name or is_admin) and not blind,
        hide_reason=_likely_reason([flag.kind for flag in context.entry.flags]),
        log=[] if blind else [_told(row) for row in context.history],
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "lines": clean_lines,
        "clean": clean,
        "excerpt": excerpt,
        "minute": _minute,
        "words": _spaced,
    }
    environment.globals |= {"reasons": REASONS, "states": STATES, "query_of": query_of}
    return environment


def _likely_reason(kinds: Sequence[str]) -> str:
    """Return the reason to hide that the strongest flag speaks for; the moderator may choose another."""
    return next((_REASON_OF_KIND[kind] for kind in kinds if kind in _REASON_OF_KIND), "other")


def _told(row: Any) -> str:
    """Return one line of an item's history in words."""
    detail = json.loads(row.detail)
    more = [detail.get(name, "") for name in ("reason", "news", "note", "choice")]
    wrong = detail.get("wrong") or []
    more.append(f"wrong: {', '.join(wrong)}" if wrong else "")
    told = "; ".join(_spaced(clean(part)) for part in more if part)
    return f"{_minute(row.at)} {clean(row.actor)}: {row.action}" + (f" ({told})" if told else "")


def _minute(time: str | None) -> str:
    return f"{time[:10]} {time[11:16]}" if time else ""


def _spaced(name: str) -> str:
    return name.replace("_", " ")
