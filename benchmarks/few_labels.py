"""What a model taught a few rows of another topic scores beside TF-IDF on the same rows, over several draws of them.

    python benchmarks/few_labels.py data/labelled/topics.jsonl --only topic=bypass --scheme data/schemes/bypass.toml
    python benchmarks/few_labels.py target_stance_train.jsonl --only source=covid19 --test target_stance_dev.jsonl

Rows drawn for training are chosen evenly among the labels; without --test the others of the file are the test set.
"""

import argparse
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analyzer.classifier.evaluation import evaluate
from analyzer.classifier.examples import Example, read_examples, read_rows
from analyzer.classifier.learning import train
from analyzer.resources import resource
from analyzer.scheme import read_scheme


def main() -> None:
    """Print a line a draw and the mean gain."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--only", default="=", help="KEY=VALUE that rows must have")
    parser.add_argument("--scheme", type=Path, default=resource("data", "schemes", "ukraine-nato.toml"))
    parser.add_argument("--per-label", type=int, default=16)
    parser.add_argument("--draws", type=int, default=5)
    options = parser.parse_args()

    key, _, value = options.only.partition("=")
    only = (key, value) if key else None
    labels = read_scheme(options.scheme).labels
    examples = read_examples([options.rows], labels, only=only)
    lines = [json.dumps(row) for _, row in read_rows(options.rows) if only is None or str(row.get(key)) == value]
    test = read_examples([options.test], labels, only=only) if options.test else None
    print(f"{options.only}: {options.per_label} rows a label")
    print("   draw   model  TF-IDF  majority    gain  seconds  tested on")
    gains = []
    for draw in range(options.draws):
        chosen = _draw(examples, options.per_label, random.Random(draw))
        others = test or [example for i, example in enumerate(examples) if i not in chosen]
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder, "rows.jsonl")
            data.write_text("".join(lines[i] + "\n" for i in sorted(chosen)), encoding="utf-8")
            started = time.perf_counter()
            predictor, _ = train([data], options.scheme, Path(folder, "model"))
            seconds = time.perf_counter() - started
            scores = evaluate(predictor, others, baseline_examples=[examples[i] for i in sorted(chosen)])
        head = scores.stance or scores.target
        if head is None or head.baseline_macro_f1 is None:
            raise SystemExit("the rows have no stances")
        gains.append(head.macro_f1 - head.baseline_macro_f1)
        print(
            f"{draw:7}{head.macro_f1:8.3f}{head.baseline_macro_f1:8.3f}{head.majority_macro_f1:10.3f}"
            f"{gains[-1]:+8.3f}{seconds:9.0f}{head.rows:7} rows",
            flush=True,
        )
    print(f"\nmean gain {np.mean(gains):+.3f}, least {min(gains):+.3f}, macro-F1")


def _draw(examples: Sequence[Example], per_label: int, rng: random.Random) -> set[int]:
    """Return the numbers of so many random rows of each label."""
    rows_of = defaultdict(list)
    for i, example in enumerate(examples):
        rows_of[example.stance or example.target_stance].append(i)
    return {i for rows in rows_of.values() for i in rng.sample(rows, min(per_label, len(rows)))}


if __name__ == "__main__":
    main()
