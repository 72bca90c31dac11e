"""What the measurements of the review page share: a store with many items, a server process, a moderator's client."""

import http.client
import multiprocessing
import re
import socket
import time
from multiprocessing.process import BaseProcess
from typing import Any
from urllib.parse import urlencode

from analyzer.review.accounts import add_user
from analyzer.review.intake import add_document
from analyzer.review.store import Store

PASSWORD = "of nobody at all"  # noqa: S105
_WORDS = (
    "the",
    "harbour",
    "opens",
    "in",
    "spring",
    "and",
    "nobody",
    "asked",
    "what",
    "the",
    "ships",
    "will",
    "cost",
    "us",
)


def fill(store: Store, items: int, moderators: int) -> list[str]:
    """Put in threads of 500 comments with a flag on every other one, and moderators; return their names."""
    threads = -(-items // 250)
    for number in range(threads):
        add_document(store, _document(number))
    names = [f"moderator{i}" for i in range(moderators)]
    for name in names:
        add_user(store, name, PASSWORD)
    return names


def start(address: str, port: int, **options: Any) -> BaseProcess:
    """Start a server in a process of its own, forked from one that has everything imported; it answers on return."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["analyzer.review.web", "analyzer.classifier.predictor", "uvicorn"])
    process = context.Process(target=_serve, args=(address, port, options), daemon=True)
    process.start()
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process
    raise RuntimeError("the server did not start within a minute")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Moderator:
    """A signed-in browser without a screen: keeps its cookie, its session's word and its connection."""

    def __init__(self, port: int, name: str):
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookie = ""
        _, headers, _ = self.ask("POST", "/sign-in", {"name": name, "password": PASSWORD})
        self._cookie = headers["set-cookie"].partition(";")[0]
        _, _, page = self.ask("GET", "/")
        self._csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, Any, str]:
        """Return status, headers and body of an answer; raises OSError or HTTPException where there is none."""
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            self._connection.request(method, path, urlencode(fields or {}), headers)
            answer = self._connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def take_next(self) -> int | None:
        """Ask for an item to work on; return its number, None where no item is left."""
        return _item_in(self.ask("POST", "/next", {"csrf": self._csrf})[1])

    def decide(self, item_id: int, action: str, request: str) -> tuple[int, int | None]:
        """Send a decision; return the status and the number of the next item."""
        fields = {"csrf": self._csrf, "request": request, "action": action, "hide_reason": "spam"}
        status, headers, _ = self.ask("POST", f"/items/{item_id}/decide", fields)
        return status, _item_in(headers)


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def _item_in(headers: Any) -> int | None:
    found = re.match(r"/items/(\d+)", headers.get("location", ""))
    return int(found[1]) if found else None


def _serve(address: str, port: int, options: dict[str, Any]) -> None:
    import uvicorn

    from analyzer.review.web import Settings, make_app

    predictor = None
    if model := options.pop("model", None):
        from analyzer.classifier.predictor import load_predictor
        from analyzer.resources import model_folder

        predictor = load_predictor(model_folder(model))
    app = make_app(Store(address), predictor=predictor, settings=Settings(**options))
    uvicorn.run(app, port=port, log_level="critical", timeout_keep_alive=65)


def _document(number: int) -> dict[str, Any]:
    comments = [
        {"id": f"t{number}c{i}", "parent_id": f"t{number}c{i - 1}" if i % 5 else None, "status": "ok"}
        | {"author": f"Author {(number + i) % 97}", "created": None, "stance": None, "agreement": None, "attack": None}
        | {"text": " ".join(_WORDS[(number + i * j) % len(_WORDS)] for j in range(20 + i % 50))}
        for i in range(500)
    ]
    flags = [
        {"kind": kind, "comment_id": comments[i]["id"], "score": (number * 31 + i * 7) % 100 / 100}
        | {"reason": f"A reason with {i} numbers."}
        for i in range(0, 500, 2)
        for kind in (("attack", "pile_on") if i % 4 else ("heated_branch",))
    ]
    thread = {"id": f"thread {number}", "title": f"Thread {number}"}
    return {
        "thread": thread,
        "comments": comments,
        "flags": flags,
        "model": {"sha256": ""},
        "source": {"name": "made up"},
    }
