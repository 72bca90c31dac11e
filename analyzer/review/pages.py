"""The pages of somebody who is signed in: each takes the request, the session and the form, and returns a response."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from analyzer.errors import RefusedError
from analyzer.review import accounts, audit, decisions, exports, forms, opinions, queue, ranking
from analyzer.review.accounts import Session
from analyzer.review.queue import Wanted
from analyzer.review.rendering import item_page, page
from analyzer.review.store import Store

_AUDIT_ROWS = 200

Page = Callable[[Request, Session, FormData], Response]


def show_queue(request: Request, session: Session, form: FormData) -> Response:
    """Show one page of the queue under the conditions in the address."""
    wanted, name = forms.wanted(request.query_params), session.user.name
    with store_of(request).reading() as connection:
        entries, total = queue.look(connection, wanted, name)
        tallies = queue.tallies(connection, name)
        kinds = queue.kinds(connection)
    return page(
        session,
        "queue.html.j2",
        said=forms.said(request),
        entries=entries,
        total=total,
        pages=-(-total // queue.PAGE),
        tallies=tallies,
        kinds=kinds,
        wanted=wanted,
    )


def show_item(request: Request, session: Session, form: FormData) -> Response:
    """Show one item inside its thread."""
    with store_of(request).reading() as connection:
        context = queue.open_item(connection, forms.item_id(request), session.user.name)
    return item_page(session, context, forms.wanted(request.query_params), said=forms.said(request))


def take_next(request: Request, session: Session, form: FormData) -> Response:
    """Keep the next item for this moderator, after the one that is skipped, and go there."""
    return _to_next(request, session, forms.wanted(form), after=forms.number(form.get("after")))


def claim(request: Request, session: Session, form: FormData) -> Response:
    """Keep this item."""
    item_id = forms.item_id(request)
    decisions.claim(store_of(request), item_id, session.user)
    return _to(f"/items/{item_id}", forms.wanted(form))


def decide(request: Request, session: Session, form: FormData) -> Response:
    """Write the decision down, and go to the next item."""
    item_id, action = forms.item_id(request), forms.field(form, "action")
    decisions.decide(
        store_of(request),
        item_id,
        session.user,
        action,
        request=forms.request_name(form),
        reason=forms.field(form, f"{action}_reason"),
        note=forms.words(form, "note"),
        wrong=[str(kind) for kind in form.getlist("wrong")],
    )
    return _to_next(request, session, forms.wanted(form), said=f"{item_id}-{action}")


def undo(request: Request, session: Session, form: FormData) -> Response:
    """Take back the moderator's last decision, or that on the item named, and go to the item."""
    chosen = forms.number(form.get("item"))
    item_id = decisions.undo(store_of(request), session.user, request=forms.request_name(form), item_id=chosen)
    return _to(f"/items/{item_id}", forms.wanted(form), said=f"{item_id}-undo")


def give_opinion(request: Request, session: Session, form: FormData) -> Response:
    """Write the second opinion down."""
    item_id, choice = forms.item_id(request), forms.field(form, "choice")
    decisions.give_opinion(store_of(request), item_id, session.user, choice, request=forms.request_name(form))
    return _to("/", Wanted(state="second"), said=f"{item_id}-opinion")


def ask_opinion(request: Request, session: Session, form: FormData) -> Response:
    """Put the item before somebody else."""
    item_id = forms.item_id(request)
    decisions.ask_opinion(store_of(request), item_id, session.user)
    return _to(f"/items/{item_id}", forms.wanted(form), said=f"{item_id}-ask")


def decide_many(request: Request, session: Session, form: FormData) -> Response:
    """Decide the chosen items alike, and show the queue again."""
    action = forms.field(form, "action")
    done, refused = decisions.decide_many(
        store_of(request),
        forms.numbers(form, "item")[: queue.PAGE],
        session.user,
        action,
        request=forms.request_name(form),
        reason=forms.field(form, f"{action}_reason"),
    )
    return _to("/", forms.wanted(form), said=f"{done}-many-{len(refused)}")


def show_quality(request: Request, session: Session, form: FormData) -> Response:
    """Show each rule's precision, and how far moderators agree."""
    with store_of(request).reading() as connection:
        rules = ranking.rules(connection)
        agreement = opinions.agreement(connection)
    return page(session, "quality.html.j2", rules=rules, agreement=agreement)


def export(request: Request, session: Session, form: FormData) -> Response:
    """Hand out all decisions as a file."""
    name = request.path_params["name"]
    if name not in exports.FILES:
        return PlainTextResponse(f"no such export; known: {', '.join(exports.FILES)}", 404)
    rows, write, media_type = exports.FILES[name]
    with store_of(request).reading() as connection:
        content = write(list(rows(connection)))
    attachment = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=attachment)


def show_audit(request: Request, session: Session, form: FormData) -> Response:
    """Show the newest entries of the log, and whether all of it is as it was written."""
    with store_of(request).reading() as connection:
        verdict = audit.verify(connection)
        entries = audit.newest(connection, _AUDIT_ROWS)
    return page(session, "audit.html.j2", verdict=verdict, entries=entries)


def show_people(request: Request, session: Session, form: FormData) -> Response:
    """Show an admin who may come in."""
    _ask_for_admin(session)
    with store_of(request).reading() as connection:
        people = accounts.everybody(connection)
    return page(session, "people.html.j2", people=people, roles=accounts.ROLES)


def save_person(request: Request, session: Session, form: FormData) -> Response:
    """Let somebody in, or shut them out, as an admin wants it."""
    _ask_for_admin(session)
    name, store = forms.field(form, "name"), store_of(request)
    if forms.field(form, "action") == "remove":
        if name == session.user.name:
            raise RefusedError("nobody shuts themselves out; another admin can")
        accounts.shut_out(store, name, actor=session.user.name)
    else:
        password, role = str(form.get("password", "")), forms.field(form, "role")
        accounts.add_user(store, name, password, role=role, actor=session.user.name)
    return RedirectResponse("/people", 303)


PAGES: Mapping[str, tuple[str, Page]] = {
    "/": ("GET", show_queue),
    "/items/{id:int}": ("GET", show_item),
    "/items/{id:int}/claim": ("POST", claim),
    "/items/{id:int}/decide": ("POST", decide),
    "/items/{id:int}/opinion": ("POST", give_opinion),
    "/items/{id:int}/ask": ("POST", ask_opinion),
    "/next": ("POST", take_next),
    "/undo": ("POST", undo),
    "/bulk": ("POST", decide_many),
    "/quality": ("GET", show_quality),
    "/export/{name}": ("GET", export),
    "/audit": ("GET", show_audit),
    "/people": ("GET", show_people),
    "/people/save": ("POST", save_person),
}


def store_of(request: Request) -> Store:
    """Return the store this application was made over."""
    store: Store = request.app.state.store
    return store


def _to_next(
    request: Request, session: Session, wanted: Wanted, *, after: int | None = None, said: str = ""
) -> Response:
    conditions: list[Any] = wanted.conditions(session.user.name)
    item_id = decisions.claim_next(store_of(request), session.user, conditions, after=after)
    return _to("/" if item_id is None else f"/items/{item_id}", wanted, said=said)


def _to(path: str, wanted: Wanted, *, said: str = "") -> Response:
    return RedirectResponse(path + forms.query_of(replace(wanted, page=1), said=said), 303)


def _ask_for_admin(session: Session) -> None:
    if session.user.role != "admin":
        raise RefusedError("only an admin may do this")
