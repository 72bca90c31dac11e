"""Analyse a generated corpus of real texts with a predictor that only looks at lengths, and measure time and memory.

    python benchmarks/corpus_speed.py TEXTS.jsonl[.gz] [--comments 1000000] [--workers 2] [--kills 20] [--ray]
        [--bucket-bytes N] [--keep ROWS.jsonl]

Needs the `corpus` extra and psutil; --ray also the `ray` extra. The texts are resampled, threads have sizes drawn from
an exponential distribution (mean 25), seven of ten comments answer an earlier one, and the rows are shuffled. Prints
the seconds, the processor seconds and the largest resident memory, the last two of all processes together. With --kills
the run is killed (SIGKILL, its workers too) that many times at random moments and resumed, and its tables are compared
with the undisturbed run's; with --ray the same on Ray. --keep only writes the rows.
"""

import argparse
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from analyzer.corpus import run_corpus
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Progress, Scored, Turn
from analyzer.prevalence import Correction
from analyzer.resources import resource
from analyzer.scheme import read_scheme

_MEAN_SIZE = 25
_LONGEST = 400


class StubPredictor:
    """Answers by the length of a comment, as fast as can be: what is left is the cost of everything else."""

    name = "stub"
    sha256 = "0" * 64
    correction: Correction | None = None

    def __init__(self) -> None:
        self.scheme = read_scheme(resource("data", "schemes", "ukraine-nato.toml"))
        self._stances = [_certain(self.scheme.labels, label) for label in self.scheme.labels]
        self._agreements = [_certain(AGREEMENT_LABELS, label) for label in AGREEMENT_LABELS]

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        """Return one prediction a turn."""
        return [
            Prediction(
                self._stances[len(turn.text) % len(self._stances)],
                self._agreements[len(turn.text) % 3] if turn.parent_text else None,
                0.1,
            )
            for turn in turns
        ]


def _certain(labels: Sequence[str], chosen: str) -> Scored:
    return Scored(chosen, {label: 0.9 if label == chosen else 0.1 / (len(labels) - 1) for label in labels})


def generate(texts_file: Path, path: Path, comments: int) -> None:
    """Write the shuffled rows as JSON Lines."""
    with (gzip.open if texts_file.suffix == ".gz" else open)(texts_file, "rt", encoding="utf-8") as lines:
        texts = [json.dumps(json.loads(line)["text"]) for line in lines]
    random_ = random.Random(8)
    places: list[tuple[int, int]] = []
    thread = 0
    while len(places) < comments:
        size = min(1 + int(random_.expovariate(1 / _MEAN_SIZE)), _LONGEST, comments - len(places))
        places += [(thread, i) for i in range(size)]
        thread += 1
    random_.shuffle(places)
    with path.open("w", encoding="utf-8") as out:
        for thread, i in places:
            parent = f'"c{random_.randrange(i)}"' if i and random_.random() < 0.7 else "null"
            author = f"u{random_.randrange(5000)}"
            out.write(
                f'{{"thread_id": "t{thread}", "id": "c{i}", "parent_id": {parent}, "author": "{author}"'
                f', "created": {1_700_000_000 + 60 * i}, "text": {random_.choice(texts)}}}\n'
            )


def start(path: Path, output: Path, workers: int, bucket_bytes: int, *, ray: bool = False) -> subprocess.Popen[bytes]:
    """Start a run in a process group of its own."""
    settings = [str(workers), str(bucket_bytes), "ray" if ray else ""]
    command = [sys.executable, __file__, "--run", str(path), str(output), *settings]
    return subprocess.Popen(command, start_new_session=True)


def measure(process: subprocess.Popen[bytes]) -> tuple[float, float, float]:
    """Wait for a run and return its seconds, processor seconds and largest memory in GB, of all its processes."""
    began, peak = time.perf_counter(), 0.0
    before = os.times()
    while process.poll() is None:
        peak = max(peak, sum(_resident(one) for one in _family(process.pid)) / 1e9)
        time.sleep(0.2)
    after = os.times()
    if process.returncode:
        raise SystemExit(f"the run ended with {process.returncode}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, used, peak


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _resident(process: psutil.Process) -> int:
    """Return the bytes a process holds, files that it maps and could let go of left out."""
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(memory.rss - memory.shared)


def kill_and_resume(path: Path, output: Path, workers: int, bucket_bytes: int, *, kills: int, seconds: float) -> None:
    """Kill a run at random moments, each at most a quarter of its time after its start, and resume it to its end."""
    random_ = random.Random(20)
    done = 0
    while done < kills:
        process = start(path, output, workers, bucket_bytes)
        time.sleep(random_.uniform(0.5, seconds / 4))
        if process.poll() is not None:  # it was finished before; the next moment is for a new run
            output.unlink()
            continue
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        done += 1
    if start(path, output, workers, bucket_bytes).wait():
        raise SystemExit("the resumed run failed")


def same_tables(first: Path, second: Path) -> bool:
    """Say whether both tables of two runs are the same row for row."""
    pairs = [(path, path.with_name(f"{path.stem}.threads.parquet")) for path in (first, second)]
    return all(pq.read_table(a).equals(pq.read_table(b)) for a, b in zip(*pairs, strict=True))


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--bucket-bytes", type=int, default=6_000_000)
    parser.add_argument("--keep", type=Path, metavar="ROWS.jsonl")
    options = parser.parse_args()
    if options.keep:
        generate(options.texts, options.keep, options.comments)
        return
    settings = (options.workers, options.bucket_bytes)
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        path, whole = Path(folder, "in.jsonl"), Path(folder, "whole.parquet")
        generate(options.texts, path, options.comments)
        print(f"{options.comments:,} comments, {path.stat().st_size / 1e6:.0f} MB of JSON Lines", flush=True)
        seconds, used, peak = measure(start(path, whole, *settings))
        print(f"{options.workers} workers: {seconds:.0f} s, {used:.0f} processor s, {peak:.2f} GB resident", flush=True)
        if options.kills:
            again = Path(folder, "again.parquet")
            kill_and_resume(path, again, *settings, kills=options.kills, seconds=seconds)
            print(f"killed {options.kills} times: same rows {same_tables(whole, again)}", flush=True)
        if options.ray:
            on_ray = Path(folder, "ray.parquet")
            seconds, used, peak = measure(start(path, on_ray, *settings, ray=True))
            print(f"Ray, {options.workers} workers: {seconds:.0f} s; same rows {same_tables(whole, on_ray)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        source, output, workers, bucket_bytes, ray = sys.argv[2:7]
        run_corpus(
            [source],
            output,
            StubPredictor,
            identity="stub",
            workers=int(workers),
            bucket_bytes=int(bucket_bytes),
            ray="" if ray else None,
        )
    else:
        main()
