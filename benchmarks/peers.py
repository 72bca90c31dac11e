"""Cost of the metrics beside ConvoKit and delab-trees, and how it grows, all in one run.

    python benchmarks/peers.py ENVIRONMENTS [--comments 100000] [--largest 1000000] [--rounds 3]

ENVIRONMENTS is a folder for the peers' own environments (made with pip where they are missing; delab-trees needs the
numpy and pandas of 2022). A forest of threads is grown by a fixed seed, and each program reads it and computes in a
process of its own; reading is not counted in the seconds, but in the memory. Seconds are of the processor, the fewest
of several rounds, so that a busy machine counts for nobody. The peers compute the shape of each thread: ConvoKit its
tree, longest path and HyperConvo features, delab-trees posts, depth, branching, dominance and the author graph.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEERS = {
    "convokit": (
        "numpy>=2 scipy>1.14 pandas>=1.5 matplotlib msgpack-numpy scikit-learn nltk dill joblib clean-text unidecode "
        "tqdm pymongo pyyaml dnspython h5py numexpr bottleneck networkx requests pydantic",
        "convokit==5.0.0",
    ),
    "delab-trees": (
        "numpy==1.23.5 pandas==1.5.3 networkx==2.8.8 scikit-learn<1.4 matplotlib<3.8 scipy<1.12 pydot tqdm",
        "delab-trees==0.4.2",
    ),
}
READ_ROWS = """
import contextlib, io, json, resource, sys, time
import pandas
rows = pandas.read_json(sys.argv[1], lines=True, dtype=False, convert_dates=False)
"""
FINISH = """
seconds, peak = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "mb": peak}))
"""
PROGRAMS = {
    "convokit": READ_ROWS
    + """
from convokit import Corpus
from convokit.hyperconvo import HyperConvo
rows = rows.rename(columns={"author": "speaker", "thread_id": "conversation_id", "parent_id": "reply_to"})
rows["reply_to"] = rows["reply_to"].astype(object).fillna("None")
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    corpus = Corpus.from_pandas(rows)
    start = time.process_time()
    for conversation in corpus.iter_conversations():
        conversation.initialize_tree_structure()
        conversation.get_longest_paths()
    HyperConvo(prefix_len=10**6, min_convo_len=5).fit_transform(corpus)
"""
    + FINISH,
    "delab-trees": READ_ROWS
    + """
import types
parts = ("", ".keras", ".keras.layers", ".keras.models")
for name in (*("tensorflow" + part for part in parts), "keras", "keras.layers"):  # only its vision models use them
    sys.modules[name] = types.ModuleType(name)
sys.modules["tensorflow.keras.layers"].Dense = sys.modules["keras.layers"].Dense = None
sys.modules["tensorflow.keras.models"].Sequential = sys.modules["keras"].Sequential = None
sys.modules["tensorflow"].keras = sys.modules["tensorflow.keras"]
import matplotlib
matplotlib.use("Agg")
from delab_trees import TreeManager
rows = rows.rename(columns={"author": "author_id", "id": "post_id", "thread_id": "tree_id", "timestamp": "created_at"})
rows["created_at"] = pandas.to_datetime(rows["created_at"], unit="s")
rows["parent_id"] = rows["parent_id"].astype(object).where(rows["parent_id"].notna(), None)
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    trees = list(TreeManager(rows).trees.values())
    start = time.process_time()
    for tree in trees:
        tree.total_number_of_posts(), tree.depth(), tree.average_branching_factor(), tree.root_dominance()
        tree.as_author_interaction_graph()
"""
    + FINISH,
    "analyzer": """
import json, random, resource, sys, time
from datetime import UTC, datetime
from analyzer.metrics import measure_all
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Scored
from analyzer.thread import Comment, build_thread

labels, labelled, options = ("pro", "contra", "none"), sys.argv[2] != "none", json.loads(sys.argv[3])
choose = random.Random(1)
pool = {size: [
    Scored(names[weights.index(max(weights))], {name: weight / sum(weights) for name, weight in zip(names, weights)})
    for weights in ([choose.random() for _ in names] for _ in range(200))
] for size, names in (("stance", labels), ("agreement", AGREEMENT_LABELS))}
threads = {}
with open(sys.argv[1]) as file:
    for row in map(json.loads, file):
        created = datetime.fromtimestamp(row["timestamp"], UTC)
        comment = Comment(row["id"], row["parent_id"], "", row["author"], created)
        threads.setdefault(row["thread_id"], []).append(comment)
threads = [build_thread(comments) for comments in threads.values()]
answers = [[Prediction(choose.choice(pool["stance"]), choose.choice(pool["agreement"]) if parent >= 0 else None, 0.0)
            if labelled else None for parent in thread.parents] for thread in threads]
start = time.process_time()
measure_all(threads, answers, labels, **options)
"""
    + FINISH,
}
OURS = {
    "analyzer, all metrics, no labels": ("none", {}),
    "analyzer, labels, points": ("labels", {"draws": 0, "shuffles": 0}),
    "analyzer, labels, points and intervals": ("labels", {"shuffles": 0}),
    "analyzer, labels, all": ("labels", {}),
}
GROWN = ("analyzer, all metrics, no labels", "analyzer, labels, points", "analyzer, labels, all")


def grow(comments: int, thread_id: str, choose: random.Random) -> Iterator[str]:
    """Yield the rows of one thread: half of the replies go to any comment, half to one in proportion to its replies."""
    parents = [-1]
    authors = max(3, comments // 3)
    for i in range(comments):
        if i:
            any_comment = i < 2 or choose.random() < 0.5
            parents.append(choose.randrange(i) if any_comment else parents[choose.randrange(1, i)])
        row = {
            "id": f"{thread_id}_{i}",
            "thread_id": thread_id,
            "parent_id": f"{thread_id}_{parents[i]}" if i else None,
            "author": f"u{choose.randrange(authors)}",
            "timestamp": 1_700_000_000 + 60 * i,
            "text": "Some words.",
        }
        yield json.dumps(row) + "\n"


def write_forest(path: Path, comments: int) -> None:
    """Write threads of 5 comments and more, 50 on average, log-normally spread."""
    choose = random.Random(20261121)
    with path.open("w") as file:
        number = 0
        while comments:
            size = min(comments, max(5, int(choose.lognormvariate(3.2, 1.0))))
            file.writelines(grow(size, f"t{number}", choose))
            number, comments = number + 1, comments - size


def environment(name: str, folder: Path) -> Path:
    """Return the interpreter of a peer's environment, making it where it is missing."""
    python = folder / name / "bin" / "python"
    if not python.exists():
        venv.create(folder / name, with_pip=True)
        needs, package = PEERS[name]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *needs.split()], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", package], check=True)
    return python


def run(rounds: int, python: Path | str, program: str, *arguments: str) -> tuple[float, float]:
    """Return processor seconds and peak megabytes of a program, both the least of so many rounds."""
    command = [str(python), "-W", "ignore", "-c", PROGRAMS[program], *arguments]
    seconds, megabytes = [], []
    for _ in range(rounds):
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        result = json.loads(done.stdout.splitlines()[-1])
        seconds.append(result["seconds"])
        megabytes.append(result["mb"])
    return min(seconds), min(megabytes)


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of log seconds over log size, by least squares."""
    xs, ys = [math.log(size) for size in sizes], [math.log(second) for second in seconds]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def picture(sizes: list[int], seconds: list[float], *, rows: int = 12, columns: int = 48) -> str:
    """Return a log-log picture in characters: o is measured, a dot is linear growth from the first."""
    low, high = math.log10(min(seconds)) - 0.1, math.log10(max(seconds)) + 0.1
    left, right = math.log10(sizes[0]), math.log10(sizes[-1])
    grid = [[" "] * columns for _ in range(rows)]

    def mark(size: float, second: float, sign: str) -> None:
        row = round((high - math.log10(second)) / (high - low) * (rows - 1))
        if 0 <= row < rows:
            grid[row][round((math.log10(size) - left) / (right - left) * (columns - 1))] = sign

    for step in range(columns):
        size = 10 ** (left + (right - left) * step / (columns - 1))
        mark(size, seconds[0] * size / sizes[0], ".")
    for size, second in zip(sizes, seconds, strict=True):
        mark(size, second, "o")
    lines = [f"{10 ** (high - (high - low) * i / (rows - 1)):8.2f} s |{''.join(row)}" for i, row in enumerate(grid)]
    return "\n".join(
        [*lines, " " * 11 + "+" + "-" * columns, f"{'':12}{sizes[0]:<{columns - 9}}{sizes[-1]:>9} comments"]
    )


def main() -> None:
    """Print the tables and the picture."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("environments", type=Path)
    options.add_argument("--comments", type=int, default=100_000)
    options.add_argument("--largest", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        forest = Path(folder) / "forest.jsonl"
        write_forest(forest, chosen.comments)
        results = {
            name: run(chosen.rounds, sys.executable, "analyzer", str(forest), kind, json.dumps(how))
            for name, (kind, how) in OURS.items()
        }
        pythons = {name: environment(name, chosen.environments) for name in PEERS}
        results |= {name: run(chosen.rounds, python, name, str(forest)) for name, python in pythons.items()}
        seconds, megabytes = results["analyzer, all metrics, no labels"]
        print(f"{chosen.comments} comments in threads of 50 on average")
        print(f"{'':46}{'seconds':>12}{'times ours':>12}{'peak MB':>10}{'times ours':>12}")
        for name, (took, peak) in results.items():
            print(f"{name:46}{took:12.2f}{took / seconds:12.1f}{peak:10.0f}{peak / megabytes:12.1f}", flush=True)
        print()
        sizes = [size for size in (10_000, 30_000, 100_000, 300_000, 1_000_000) if size <= chosen.largest]
        for name in GROWN:
            (kind, how), grown = OURS[name], []
            for size in sizes:
                path = Path(folder) / "thread.jsonl"
                with path.open("w") as file:
                    file.writelines(grow(size, "t", random.Random(size)))
                grown.append(run(chosen.rounds, sys.executable, "analyzer", str(path), kind, json.dumps(how)))
            took = [seconds for seconds, _ in grown]
            print(f"One thread, {name}: grows as size to the power {exponent(sizes, took):.2f}")
            for size, (second, peak) in zip(sizes, grown, strict=True):
                print(f"{size:>12} comments{second:10.2f} s{peak:8.0f} MB")
            print(picture(sizes, took), flush=True)


if __name__ == "__main__":
    main()
