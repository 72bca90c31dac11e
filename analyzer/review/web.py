"""The review page as a Starlette application: who may come in, the pages, and the doors for programs.

Every route but /sign-in, /health, /static and those for programs (each with a proof of its own) asks for a session;
every form repeats the session's word.
"""

import asyncio
import io
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from analyzer.analysis import Model
from analyzer.errors import AnalyzerError, ConflictError, MissingError, RefusedError, ReviewError, TooManyError
from analyzer.formats import read_threads
from analyzer.plain import clean
from analyzer.review import accounts, coral, decisions, forms, intake
from analyzer.review.guard import BODY_SECONDS, Guard
from analyzer.review.pages import PAGES, Page, store_of
from analyzer.review.rendering import page
from analyzer.review.store import Store

COOKIE = "review"
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
_STATIC = Path(__file__).parent / "static"
_STATUSES = {TooManyError: 429, RefusedError: 403, ConflictError: 409, MissingError: 404}


@dataclass(frozen=True, slots=True)
class Settings:
    """How the page is served: the names it is called by, whether by https alone, and whether Coral may ask it."""

    hosts: tuple[str, ...] = OWN_NAMES
    secure: bool = False
    body_seconds: float = BODY_SECONDS
    phase: coral.Phase | None = None


def make_app(store: Store, *, predictor: Model | None = None, settings: Settings | None = None) -> Starlette:
    """Return the application over an open store; without a predictor only documents can be put in."""
    settings = settings or Settings()
    guard = Middleware(Guard, hosts=settings.hosts, large=["/api/threads"], body_seconds=settings.body_seconds)
    app = Starlette(
        routes=[
            *(Route(path, _for_session(shown), methods=[method]) for path, (method, shown) in PAGES.items()),
            Route("/sign-in", show_sign_in, methods=["GET"]),
            Route("/sign-in", sign_in, methods=["POST"]),
            Route("/sign-out", _for_session(sign_out), methods=["POST"]),
            Route("/health", show_health, methods=["GET"]),
            Route("/api/threads", put_thread, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[guard],
        exception_handlers={AnalyzerError: _show_error},
    )
    if settings.phase and predictor:
        app.routes.append(Route("/coral", judge_for_coral, methods=["POST"]))
    app.state.store, app.state.predictor, app.state.settings = store, predictor, settings
    return app


async def show_sign_in(request: Request) -> Response:
    """Ask for name and password."""
    return page(None, "sign_in.html.j2", problem="")


async def sign_in(request: Request) -> Response:
    """Begin a session with a token that the server chose just now, whatever the browser came with."""
    form = await request.form(max_files=0, max_fields=10)
    name, password = forms.field(form, "name"), str(form.get("password", ""))
    address = request.client.host if request.client else ""
    try:
        token = await run_in_threadpool(accounts.sign_in, store_of(request), name, password, address=address)
    except (RefusedError, TooManyError) as error:
        return page(None, "sign_in.html.j2", status=_status(error), problem=str(error))
    response = RedirectResponse("/", 303)
    secure = request.app.state.settings.secure
    response.set_cookie(COOKIE, token, max_age=accounts.SESSION_SECONDS, httponly=True, samesite="lax", secure=secure)
    return response


def sign_out(request: Request, session: accounts.Session, form: FormData) -> Response:
    """End the session, and let go of what it held."""
    accounts.sign_out(store_of(request), request.cookies[COOKIE])
    decisions.release(store_of(request), session.user)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE)
    return response


async def show_health(request: Request) -> Response:
    """Say that the page is up."""
    return PlainTextResponse("ok")


async def judge_for_coral(request: Request) -> Response:
    """Answer Coral's external moderation phase: 204 lets a comment pass, 200 flags it."""
    phase, predictor, body = request.app.state.settings.phase, request.app.state.predictor, await request.body()
    signature = request.headers.get("x-coral-signature", "")
    try:
        await run_in_threadpool(coral.check_signature, store_of(request), phase, signature, body)
        judging = run_in_threadpool(coral.judge, body, phase, predictor)
        answer = await asyncio.wait_for(judging, phase.seconds)
    except TimeoutError:
        return JSONResponse({"error": "no answer in time"}, 503)
    except ReviewError as error:
        return JSONResponse({"error": str(error)}, _status(error))
    return JSONResponse(answer) if answer else Response(status_code=204)


async def put_thread(request: Request) -> Response:
    """Put a saved thread, or a document, into the queue for a program that holds a token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    name = await run_in_threadpool(accounts.find_token, store_of(request), token) if scheme == "Bearer" else None
    if name is None:
        return JSONResponse({"error": "no valid token"}, 401, {"WWW-Authenticate": "Bearer"})
    site = forms.field(request.query_params, "site")
    added = await run_in_threadpool(_put_in, request, await request.body(), site, name)
    return JSONResponse({"threads": [asdict(one) for one in added]}, 201)


def _put_in(request: Request, data: bytes, site: str, actor: str) -> list[intake.Added]:
    store, predictor = store_of(request), request.app.state.predictor
    document = intake.find_document(data)
    if document is not None:
        return [intake.add_document(store, document, site=site, actor=actor)]
    if predictor is None:
        raise AnalyzerError("this page runs without a model: send a document of `analyzer report --format json`")
    source, threads = read_threads(io.BytesIO(data))
    return [intake.add_thread(store, thread, predictor, source=source, site=site, actor=actor) for thread in threads]


def _for_session(shown: Page) -> Callable[[Request], Awaitable[Response]]:
    """Return a page for those signed in, whose form repeats the session's word; others are sent to sign in."""

    async def answer(request: Request) -> Response:
        token = request.cookies.get(COOKIE, "")
        session = await run_in_threadpool(accounts.find_session, store_of(request), token)
        if session is None:
            return RedirectResponse("/sign-in", 303) if request.method == "GET" else PlainTextResponse("sign in", 401)
        form = FormData()
        if request.method == "POST":
            form = await request.form(max_files=0, max_fields=200)
            if not secrets.compare_digest(forms.field(form, "csrf").encode(), session.csrf.encode()):
                return PlainTextResponse("this form is not of your session; load the page again", 403)
        return await run_in_threadpool(shown, request, session, form)

    return answer


async def _show_error(request: Request, error: Exception) -> Response:
    problem = clean(str(error))
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": problem}, _status(error))
    session = await run_in_threadpool(accounts.find_session, store_of(request), request.cookies.get(COOKIE, ""))
    return page(session, "error.html.j2", status=_status(error), problem=problem)


def _status(error: Exception) -> int:
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 400)
