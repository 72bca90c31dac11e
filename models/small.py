"""The rows that `small` was taught on last, and how: contrast sets, beside rows it knew, so that none is forgotten.

    python models/select_rows.py SHARED rows
    python models/small.py SHARED rows
    analyzer train rows/taught.jsonl rows/taught_targets.jsonl rows/contrast_train.jsonl rows/contrast_train.jsonl \
        data/labelled/swapped.jsonl data/labelled/swapped.jsonl rows/written_train.jsonl rows/debagreement_train.jsonl \
        --scheme data/schemes/ukraine-nato.toml --epochs 1 --learning-rate 7e-5 -o models/small

All goes on from the `small` at hand. The second takes five minutes on two cores.
"""

import argparse
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from select_rows import Row, read_rows, write_rows

from analyzer.classifier.inputs import make_turn
from analyzer.classifier.predictor import load_predictor
from analyzer.classifier.training import Settings
from analyzer.predictions import AGREEMENT_LABELS, TARGET_LABELS, Prediction
from analyzer.resources import model_folder

STANCE_ROWS = {"train": 4_500, "machine": 5_500, "unlabelled": 1_000}  # so many of a file, at random
TARGET_ROWS = {"vast": 9_500, "mt_csd": 2_500, "ruw": 700, "ibm_argq": 700}  # so many of a source, at random
STRANGE_TARGETS = 1_500  # comments beside a target of another, towards which they take no stance
LABEL_WEIGHT = 0.5  # of a row's label, the rest is the teacher's


def main() -> None:
    """Write taught.jsonl and taught_targets.jsonl into the folder of chosen rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("rows", type=Path, help="what select_rows.py wrote")
    options = parser.parse_args()
    rng = random.Random(7)
    files = {name: read_rows(options.rows / f"{name}.jsonl") for name in ("machine", "unlabelled")}
    files["train"] = read_rows(options.shared / "stance" / "train.jsonl")
    rows = [row for name, count in STANCE_ROWS.items() for row in rng.sample(files[name], count)]
    towards = choose_targets(read_rows(options.shared / "benchmarks" / "target_stance_train.jsonl"), rng)
    for row in towards:
        row["parent_text"] = row["parent_text"] if isinstance(row["parent_text"], str) else None  # NaN, in some
    teacher = load_predictor(model_folder("small"), bulk=True)
    turns = [make_turn(row["text"], row.get("parent_text") or None, row.get("target")) for row in (*rows, *towards)]
    answers = teacher.predict(turns)
    write_rows(options.rows / "taught.jsonl", teach(rows, answers[: len(rows)], teacher.scheme.labels))
    write_rows(options.rows / "taught_targets.jsonl", teach_targets(towards, answers[len(rows) :]))


def teach(rows: Sequence[Row], answers: Sequence[Prediction], labels: Sequence[str]) -> list[Row]:
    """Return the rows with scores in the place of labels; where there was no label, the teacher's alone.

    Training corrects labels for how rare each is, but takes scores as they are, so these are corrected here.
    """
    shares = Counter(row["stance"] for row in rows if row.get("stance"))
    rarity = {label: (shares.total() / shares[label]) ** Settings().prior for label in labels}
    taught = []
    for row, answer in zip(rows, answers, strict=True):
        stance = _mixed(row.get("stance"), answer.stance.scores, labels)
        weighted = {label: score * rarity[label] for label, score in stance.items()}
        new: Row = {"text": row["text"], "parent_text": row.get("parent_text"), "sure": row.get("sure", 2)}
        new["stance"] = {"scores": {label: score / sum(weighted.values()) for label, score in weighted.items()}}
        if answer.agreement:
            new["agreement"] = {"scores": _mixed(row.get("relation"), answer.agreement.scores, AGREEMENT_LABELS)}
        new["attack"] = row.get("attack", answer.attack)
        taught.append(new)
    return taught


def choose_targets(rows: Sequence[Row], rng: random.Random) -> list[Row]:
    """Return so many rows of each source as `TARGET_ROWS` says, and comments beside targets that are not theirs."""
    chosen = []
    for source, count in TARGET_ROWS.items():
        chosen += rng.sample([row for row in rows if row["source"] == source], count)
    vast = [row for row in rows if row["source"] == "vast"]
    pairs = zip(rng.sample(vast, STRANGE_TARGETS), rng.sample(vast, STRANGE_TARGETS), strict=True)
    return chosen + [row | {"target": other["target"], "stance": "none"} for row, other in pairs]


def teach_targets(rows: Sequence[Row], answers: Sequence[Prediction]) -> list[Row]:
    """Return the rows with scores in the place of stances towards their targets."""
    return [
        {"text": row["text"], "parent_text": row.get("parent_text"), "target": row["target"]}
        | {"stance": {"scores": _mixed(row["stance"], answer.stance.scores, TARGET_LABELS)}}
        for row, answer in zip(rows, answers, strict=True)
    ]


def _mixed(label: str | None, scores: Mapping[str, float], labels: Sequence[str]) -> dict[str, float]:
    weight = LABEL_WEIGHT if label else 0.0
    return {name: (1 - weight) * scores[name] + weight * (name == label) for name in labels}


if __name__ == "__main__":
    main()
