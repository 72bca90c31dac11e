"""The review page in a process of its own, as `analyzer review serve` starts it, to be used and to be killed."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

_START = """
import sys, uvicorn
from analyzer.review.store import Store
from analyzer.review.web import make_app
from tests.toy import ToyPredictor
uvicorn.run(make_app(Store(sys.argv[1]), predictor=ToyPredictor()), port=int(sys.argv[2]), log_level="warning")
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(address: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the store until the block ends; the process is ready when the block begins."""
    process = subprocess.Popen([sys.executable, "-c", _START, address, str(port)])
    try:
        _wait(port, process)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the page did not start"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the page did not answer within a minute")
