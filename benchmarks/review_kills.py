"""Kill the review page's server at random moments under a load of decisions, and count what became of them.

python benchmarks/review_kills.py [--kills 100] [--store ADDRESS]: every decision that was acknowledged must be in the
log once, no item may be decided twice, and the log must verify.
"""

import argparse
import http.client
import json
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from review_bench import Moderator, fill, free_port, start
from sqlalchemy import select

from analyzer.review import audit
from analyzer.review.decisions import ACTIONS
from analyzer.review.store import Store
from analyzer.review.store import audit as log

_MODERATORS = 6
_ITEMS_A_KILL = 60


def run(address: str, kills: int, *, seed: int = 1) -> dict[str, object]:
    """Return what was sent, acknowledged, kept, lost and doubled, and whether the log verifies."""
    rng = random.Random(seed)
    store = Store(address)
    names = fill(store, kills * _ITEMS_A_KILL, _MODERATORS)
    port = free_port()
    server = start(address, port)
    acknowledged: list[tuple[str, int]] = []
    retries = Counter[str]()
    done = threading.Event()

    def work(moderator: Moderator, own: list[int], name: str) -> None:
        for item_id in own:
            request = f"{name}-item-{item_id}"
            while not done.is_set():
                try:
                    status, _ = moderator.decide(item_id, "approve", request)
                except (OSError, http.client.HTTPException):
                    retries["no answer, sent again"] += 1
                    time.sleep(0.02)
                    continue
                retries[f"status {status}"] += 1
                if status == 303:
                    acknowledged.append((request, item_id))
                break
            if done.is_set():
                return

    workers = []
    for i, name in enumerate(names):
        own = list(range(1 + i, kills * _ITEMS_A_KILL, _MODERATORS))
        workers.append(threading.Thread(target=work, args=(Moderator(port, name), own, name)))
    for worker in workers:
        worker.start()
    for _ in range(kills):
        goal, patience = len(acknowledged) + rng.randint(0, 20), time.monotonic() + 5
        while len(acknowledged) < goal and time.monotonic() < patience:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.05))
        server.kill()
        server.join()
        server = start(address, port)
    time.sleep(0.5)
    done.set()
    for worker in workers:
        worker.join()
    server.kill()
    server.join()

    with store.reading() as connection:
        rows = connection.execute(select(log.c.request, log.c.item_id).where(log.c.action.in_(ACTIONS))).all()
        verdict = audit.verify(connection)
    store.close()
    kept = Counter((row.request, row.item_id) for row in rows)
    by_item = Counter(row.item_id for row in rows)
    return {
        "kills": kills,
        "acknowledged": len(acknowledged),
        "in the log": len(rows),
        "lost": sum(decision not in kept for decision in acknowledged),
        "doubled": sum(number > 1 for number in by_item.values()),
        "answers": dict(retries),
        "log": verdict.problem or f"{verdict.entries} entries, none changed",
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--store")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(options.store or str(Path(folder) / "review.db"), options.kills), indent=2))
