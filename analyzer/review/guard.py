"""What stands before every request: limits on size and time, headers, hosts, and where a form may come from.

Plain ASGI, so that a body is read, counted and timed before anything looks at it.
"""

import asyncio
import re
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM_BYTES = 64 * 1024
THREAD_BYTES = 32 * 1024 * 1024
BODY_SECONDS = 10.0

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PORT = re.compile(r":\d+$")


class Guard:
    """Passes on a request whose host is known, whose body is whole, small and in time, and whose form is from here.

    `hosts` are the names under which the page is called; another one in the request is refused, so that no foreign
    name can be made to point here.
    """

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str], large: Sequence[str], body_seconds: float = BODY_SECONDS):
        self._app = app
        self._hosts = set(hosts)
        self._large = set(large)
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault(
                    "Cache-Control", "max-age=600" if scope["path"].startswith("/static/") else "no-store"
                )
            await send(message)

        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _PORT.sub("", host) not in self._hosts:
            await _refuse(scope, receive, send_with_headers, 400, "unknown host")
            return
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            await _refuse(scope, receive, send_with_headers, 403, "sent from another site")
            return
        limit = THREAD_BYTES if scope["path"] in self._large else FORM_BYTES
        try:
            body = await asyncio.wait_for(_read_body(receive, limit), self._body_seconds)
        except TimeoutError:
            await _refuse(scope, receive, send_with_headers, 408, "the body came too slowly")
            return
        if body is None:
            await _refuse(scope, receive, send_with_headers, 413, f"larger than {limit} bytes")
            return
        given = False

        async def receive_body() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, receive_body, send_with_headers)


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body; None as soon as it is larger than the limit."""
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, words: str) -> None:
    await PlainTextResponse(words, status, {"Connection": "close"})(scope, receive, send)
