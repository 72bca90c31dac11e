"""Time reading JSON Lines of comments into trees, beside ConvoKit 5 where it is installed.

    python benchmarks/read_speed.py FILE.jsonl [--rounds 3] [--convokit PYTHON]

FILE has id, parent_id, thread_id, author, created_at and text. `--convokit` is a Python that has ConvoKit and pandas;
without it this one is tried. Each round is a fresh process and the two take turns. A line each: comments, seconds
(median) without imports, comments a second, and the peak of the process's memory. ConvoKit's way is the one it
documents: pandas, `Corpus.from_pandas`, then the tree of every conversation.
"""

import argparse
import statistics
import subprocess
import sys
from pathlib import Path

REPORT = "print(n, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)"
OURS = f"""
import resource, sys, time
from analyzer.formats import read_threads
start = time.perf_counter()
_, threads = read_threads(sys.argv[1])
n = sum(len(thread.depths) for thread in threads)
{REPORT}
"""
CONVOKIT = f"""
import contextlib, io, resource, sys, time
import pandas as pd
from convokit import Corpus
start = time.perf_counter()
names = {{"author": "speaker", "thread_id": "conversation_id", "parent_id": "reply_to", "created_at": "timestamp"}}
frame = pd.read_json(sys.argv[1], lines=True, dtype=False).rename(columns=names)
frame = frame[["id", *names.values(), "text"]]
frame["reply_to"] = frame["reply_to"].astype(object).fillna("None")  # what from_pandas takes for no parent
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    corpus = Corpus.from_pandas(frame)
    for conversation in corpus.iter_conversations():
        conversation.initialize_tree_structure()
n = len(corpus.utterances)
{REPORT}
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--convokit", metavar="PYTHON", default=sys.executable)
    options = parser.parse_args()
    readers = {"analyzer": (sys.executable, OURS), "ConvoKit": (options.convokit, CONVOKIT)}
    results: dict[str, list[list[float]]] = {name: [] for name in readers}
    for _ in range(options.rounds):
        for name, (python, code) in readers.items():
            run = subprocess.run([python, "-c", code, str(options.file)], capture_output=True, text=True)
            if run.returncode == 0:
                results[name].append([float(value) for value in run.stdout.split()[-3:]])
    for name, rounds in results.items():
        if not rounds:
            print(f"{name:10} does not run here")
            continue
        comments, seconds, megabytes = (statistics.median(values) for values in zip(*rounds, strict=True))
        print(
            f"{name:10}{comments:9.0f} comments{seconds:8.2f} s{comments / seconds:10.0f} a second{megabytes:7.0f} MB"
        )


if __name__ == "__main__":
    main()
