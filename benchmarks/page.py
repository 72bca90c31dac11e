"""Measure the HTML report of a large made-up thread: time to render, size, and seconds until Chromium answers to it.

    python benchmarks/page.py [--comments 5000] [--rounds 5]

Labels are drawn at random, as only the page is measured. A page is interactive when its script has run and a filter has
been answered by a new picture and a new list; the browser's own start is not counted. Beside each time stands the
processor's time in the page's main thread, which a busy machine does not change. Needs playwright and Chromium
(`make check-browser`); without them only the first two are measured.
"""

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from analyzer.analysis import Analysis, analyze
from analyzer.formats import Source
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Progress, Scored, Turn
from analyzer.prevalence import Correction
from analyzer.report.html import render_html
from analyzer.resources import resource
from analyzer.scheme import read_scheme
from analyzer.thread import Comment, build_thread

TEXT = "the treaty was signed and nobody asked us whether we want ships here or a harbour for fish and wind"
FIRST = datetime(2024, 3, 1, tzinfo=UTC)
ANSWERED = "document.getElementById('matches').textContent.includes('match')"


class RandomPredictor:
    """Draws every label at random."""

    name = "random"
    sha256 = "0" * 64
    scheme = read_scheme(resource("data", "schemes", "ukraine-nato.toml"))
    correction: Correction | None = None

    def __init__(self) -> None:
        self.rng = random.Random(1)

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        return [
            Prediction(self._draw(self.scheme.labels), self._draw(AGREEMENT_LABELS), self.rng.random() ** 6)
            for _ in turns
        ]

    def _draw(self, labels: Sequence[str]) -> Scored:
        weights = [self.rng.random() ** 2 for _ in labels]
        scores = {label: weight / sum(weights) for label, weight in zip(labels, weights, strict=True)}
        return Scored(max(scores, key=scores.__getitem__), scores)


def main() -> None:
    """Print the measures, a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    analysis = large_analysis(options.comments)
    start, cpu = time.perf_counter(), time.process_time()
    page = render_html(analysis)
    print(f"rendered  {time.perf_counter() - start:.2f} s (processor {time.process_time() - cpu:.2f} s)")
    print(f"size      {len(page.encode()) / 1e6:.2f} MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.html")
        path.write_text(page, encoding="utf-8")
        times = open_page(path, options.rounds)
    for name, rounds in times.items():
        wall, processor = map(statistics.median, zip(*rounds, strict=True))
        print(f"{name:9} {wall:.2f} s (processor {processor:.2f} s; medians of {len(rounds)})")


def large_analysis(count: int) -> Analysis:
    """Return a thread of comments of 8 to 90 words, replies near and far, some deleted or without their parent."""
    rng = random.Random(7)
    comments = []
    for i in range(count):
        parent = None if rng.random() < 0.12 else f"c{i - 1 - int((i - 1) * rng.random() ** 4)}" if i else None
        text = " ".join(rng.choices(TEXT.split(), k=rng.randint(8, 90)))
        deleted = rng.random() < 0.03
        time_ = FIRST + timedelta(seconds=40 * i)
        status = "deleted" if deleted else "ok"
        comments.append(Comment(f"c{i}", parent, "" if deleted else text, f"user{i % 97}", time_, status))
    return analyze(build_thread(comments, title="Large"), RandomPredictor(), source=Source("large", "made", "0" * 64))


def open_page(path: Path, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return the seconds (wall, processor) until the page's script has run, and from a filter to its answer."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {}
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    times: dict[str, list[tuple[float, float]]] = {"loaded": [], "filtered": []}
    with sync_playwright() as playwright:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=as_root)
        for _ in range(rounds):
            page = browser.new_page()
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            start, before = time.perf_counter(), _thread_time(session)
            page.goto(path.as_uri(), timeout=300_000)
            page.evaluate("new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))")
            loaded, between = time.perf_counter(), _thread_time(session)
            page.select_option("#f-agreement", label="disagrees")
            page.wait_for_function(ANSWERED, timeout=300_000)
            times["loaded"].append((loaded - start, between - before))
            times["filtered"].append((time.perf_counter() - loaded, _thread_time(session) - between))
            page.close()
        browser.close()
    return times


def _thread_time(session: Any) -> float:
    """Return the seconds of processor time of the page's main thread so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "ThreadTime"))


if __name__ == "__main__":
    main()
