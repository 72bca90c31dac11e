"""Time the review page and Coral's endpoint on loopback under load.

python benchmarks/review_load.py [--moderators 50] [--items 10000] [--seconds 60] [--pause 1.0] [--store ADDRESS]:
moderators who each load the queue, think, decide, and think again, for as long as it lasts; then comments for Coral at
a steady rate. Also says what the server's own processor time was for one request, which other programs on the machine
do not change.
"""

import argparse
import hmac
import http.client
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from review_bench import Moderator, fill, free_port, percentile, start

from analyzer.review.coral import Phase
from analyzer.review.store import Store

_SECRET = "ssec_of_nobody"  # noqa: S105
_SENTENCES = (
    "Four ships are not a base, whatever the headline says.",
    "You clearly did not read the article, and it shows in every line.",
    "I have fished off that coast for thirty years and the mines are no joke.",
    "Who pays for the quay? Nobody in the ministry could say when they were asked.",
)


def main() -> None:
    """Time the page, then the endpoint."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--moderators", type=int, default=50)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=1.0, help="mean seconds a moderator thinks between two requests")
    parser.add_argument("--rate", type=float, default=30, help="comments a second for Coral's endpoint")
    parser.add_argument("--store")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = options.store or str(Path(folder) / "review.db")
        print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        moderators(address, options)
        coral(address, options)


def moderators(address: str, options: argparse.Namespace) -> None:
    """Let the moderators work, and print how long they waited."""
    store = Store(address)
    names = fill(store, options.items, options.moderators)
    store.close()
    port = free_port()
    server = start(address, port)
    signed_in = [Moderator(port, name) for name in names]
    queue: list[float] = []
    decision: list[float] = []
    errors: list[str] = []
    before, end = _cpu_seconds(server), time.monotonic() + options.seconds

    def work(number: int, moderator: Moderator) -> None:
        rng = random.Random(number)
        time.sleep(rng.uniform(0, 2 * options.pause))
        item = moderator.take_next()
        while item is not None and time.monotonic() < end:
            page = rng.choice(("/", "/", "/?page=2", "/?kind=attack", "/?words=harbour"))
            _timed(queue, errors, partial(_look, moderator, page), 200)
            time.sleep(rng.uniform(0, 2 * options.pause))
            action = rng.choice(("approve", "hide"))
            item = _timed(decision, errors, partial(moderator.decide, item, action, f"bench-{item:05}"), 303)
            time.sleep(rng.uniform(0, 2 * options.pause))

    workers = [threading.Thread(target=work, args=pair) for pair in enumerate(signed_in)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    spent = _cpu_seconds(server) - before
    server.kill()
    server.join()
    print(f"{options.moderators} moderators, {options.items:,} items, {options.seconds:.0f} s, pause {options.pause} s")
    _tell("queue page", queue)
    _tell("decision", decision)
    print(f"errors: {len(errors)} {errors[:3]}")
    print(f"server: {1000 * spent / (len(queue) + len(decision)):.1f} ms processor time a request")


def coral(address: str, options: argparse.Namespace) -> None:
    """Send comments as Coral does, at a steady rate on several connections, and print how long the answers took."""
    port = free_port()
    server = start(address, port, model="small", phase=Phase((_SECRET,), seconds=30))
    waited: list[float] = []
    errors: list[str] = []
    total = int(options.rate * min(options.seconds, 20))
    begin = time.monotonic() + 0.5
    before = _cpu_seconds(server)
    due = iter(range(total))
    lock = threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                return
            planned = begin + number / options.rate
            time.sleep(max(0.0, planned - time.monotonic()))
            body = json.dumps({"action": "NEW", "comment": {"body": _text(number), "parentID": None}}).encode()
            signature = f"sha256={hmac.new(_SECRET.encode(), body, 'sha256').hexdigest()}"
            connection.request("POST", "/coral", body, {"X-Coral-Signature": signature})
            answer = connection.getresponse()
            answer.read()
            waited.append(time.monotonic() - planned)  # from when it was due: a late start counts
            if answer.status not in (200, 204):
                errors.append(f"status {answer.status}")

    workers = [threading.Thread(target=work) for _ in range(32)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.monotonic() - begin
    spent = _cpu_seconds(server) - before
    server.kill()
    server.join()
    print(f"Coral: {total} comments due at {options.rate:.0f} a second, {total / took:.1f} a second answered")
    print(f"errors: {len(errors)} {errors[:3]}")
    _tell("Coral's endpoint", waited)
    print(f"server: {1000 * spent / total:.1f} ms processor time a comment")


def _look(moderator: Moderator, path: str) -> tuple[int, None]:
    return moderator.ask("GET", path)[0], None


def _timed(
    times: list[float], errors: list[str], ask: Callable[[], tuple[int, int | None]], expected: int
) -> int | None:
    """Note how long the answer took, and return the number of the next item in it."""
    begin = time.monotonic()
    try:
        status, item = ask()
    except (OSError, http.client.HTTPException) as error:
        errors.append(repr(error))
        return None
    times.append(time.monotonic() - begin)
    if status != expected:
        errors.append(f"status {status}")
    return item


def _tell(what: str, seconds: list[float]) -> None:
    shown = ", ".join(
        f"{name} {1000 * percentile(seconds, share):.0f} ms" for name, share in (("p50", 0.5), ("p95", 0.95))
    )
    print(f"{what}: {len(seconds)} requests, {shown}, longest {1000 * max(seconds):.0f} ms")


def _text(number: int) -> str:
    return f"{_SENTENCES[number % len(_SENTENCES)]} {_SENTENCES[number // 7 % len(_SENTENCES)]} ({number})"


def _cpu_seconds(server: BaseProcess) -> float:
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
