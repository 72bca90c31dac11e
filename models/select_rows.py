"""The shared sets of labelled comments -> the files that the shipped models are trained and tested on.

Usage: python models/select_rows.py SHARED OUT [--unlabelled 17000]

SHARED holds `stance/` and `benchmarks/`. What is held out is chosen by hashes, so it is the same on every machine. The
unlabelled comments are not a random sample: nine in ten of those take no stance, and a student learns most where its
teacher has something to say, so a quick classifier picks them evenly over the labels.
"""

import argparse
import csv
import gzip
import json
import random
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

Row = dict[str, Any]
WRITTEN_HELD_OUT = 0.20  # of its threads
DEBAGREEMENT_HELD_OUT = 0.15  # of its rows
MIN_LETTERS = 16
LABELLED = Path(__file__).parents[1] / "data" / "labelled"


def main() -> None:
    """Write written_, contrast_ and debagreement_, each _train and _test, unlabelled, machine and machine_random."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--unlabelled", type=int, default=17_000, help="how many unlabelled comments to choose")
    options = parser.parse_args()
    stance, benchmarks = options.shared / "stance", options.shared / "benchmarks"
    options.out.mkdir(parents=True, exist_ok=True)

    written, contrast = read_rows(stance / "written.jsonl"), read_rows(LABELLED / "contrast.jsonl")
    debagreement = [row for row in read_rows(benchmarks / "agreement_train.jsonl") if row["source"] == "debagreement"]
    train, dev = read_rows(stance / "train.jsonl"), read_rows(stance / "dev.jsonl")
    with gzip.open(stance / "unlabelled.jsonl.gz", "rt", encoding="utf-8") as file:
        pool = [json.loads(line) | {"id": f"u{number}"} for number, line in enumerate(file)]
    labels = labelled_by_machine(pool, LABELLED / "machine_labels.csv")
    seen = {row["text"] for row in (*train, *dev)}
    pool = [row for row in pool if row["text"] not in seen and len(row["text"]) >= MIN_LETTERS]

    for name, rows in {
        "written_train": [row for row in written if share(row["thread"]) >= WRITTEN_HELD_OUT],
        "written_test": [row for row in written if share(row["thread"]) < WRITTEN_HELD_OUT],
        "contrast_train": [row for row in contrast if not is_fifth(row["thread"])],
        "contrast_test": [row for row in contrast if is_fifth(row["thread"])],
        "debagreement_train": [row for row in debagreement if share(row["id"]) >= DEBAGREEMENT_HELD_OUT],
        "debagreement_test": [row for row in debagreement if share(row["id"]) < DEBAGREEMENT_HELD_OUT],
        "unlabelled": choose(pool, train, options.unlabelled),
        "machine": [row for row in labels if row["drawn"] == "chosen"],
        "machine_random": [row for row in labels if row["drawn"] == "random"],
    }.items():
        write_rows(options.out / f"{name}.jsonl", rows)
        print(f"{name}.jsonl: {len(rows):,} rows")


def labelled_by_machine(pool: list[Row], path: Path) -> list[Row]:
    """Return the unlabelled comments whose labels, but not words, are kept in the file; by number and hash of the text.

    Raises ValueError where a comment is not the one that was labelled.
    """
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for label in csv.DictReader(file):
            row = pool[int(label.pop("row"))]
            if sha256(row["text"].encode()).hexdigest()[:12] != label.pop("text_sha256"):
                raise ValueError(f"{path}: comment {row['id']} is not the one that was labelled")
            rows.append(row | label | {"attack": int(label["attack"]), "sure": int(label["sure"])})
    return rows


def choose(pool: list[Row], labelled: list[Row], count: int) -> list[Row]:
    """Return `count` rows of the pool: for each label its share of those a TF-IDF classifier finds likeliest."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    features = vectorizer.fit_transform(row["text"] for row in labelled)
    model = LogisticRegression(max_iter=300, class_weight="balanced", C=2)
    scores = model.fit(features, [row["stance"] for row in labelled]).predict_proba(
        vectorizer.transform(row["text"] for row in pool)
    )
    chosen: set[int] = set()
    for column in scores.T:
        likely = np.argsort(-column)[: 2 * count // len(model.classes_)].tolist()
        chosen.update(random.Random(3).sample(likely, count // len(model.classes_)))
    return [pool[i] for i in sorted(chosen)]


def share(key: str) -> float:
    """Return a number in [0, 1) that depends on the key alone (as `split_by_thread` has it)."""
    return int.from_bytes(sha256(key.encode()).digest()[:4]) / 2**32


def is_fifth(key: str) -> bool:
    """Return whether the key is among a fifth of all, by which the contrast sets of models/LOG.md were held out."""
    return int.from_bytes(sha256(key.encode()).digest()) % 5 == 0


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
