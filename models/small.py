"""The rows that `small` was taught on last: labels and the answers of `accurate` to the same comments, half and half.

    python models/select_rows.py SHARED rows
    python models/small.py SHARED rows
    analyzer train rows/taught.jsonl rows/targets.jsonl rows/debagreement_train.jsonl \
        --scheme data/schemes/ukraine-nato.toml --epochs 2 -o models/small

The last line goes on from the `small` at hand. The second takes half an hour on two cores.
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
from analyzer.predictions import AGREEMENT_LABELS, Prediction
from analyzer.resources import model_folder

TARGET_ROWS = {"vast": 7_000, "mt_csd": 2_500, "ruw": 700, "ibm_argq": 700}  # so many of a source, at random
LABEL_WEIGHT = 0.5  # of a row's label, the rest is the teacher's


def main() -> None:
    """Write taught.jsonl and targets.jsonl into the folder of chosen rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("rows", type=Path, help="what select_rows.py wrote")
    options = parser.parse_args()
    machine = read_rows(options.rows / "machine.jsonl")
    labelled = {row["id"] for row in machine}
    rows = [
        *machine,
        *(row for row in read_rows(options.rows / "unlabelled.jsonl") if row["id"] not in labelled),
        *read_rows(options.rows / "written_train.jsonl"),
        *read_rows(options.shared / "stance" / "train.jsonl"),
    ]
    teacher = load_predictor(model_folder("accurate"), bulk=True)
    answers = teacher.predict([make_turn(row["text"], row.get("parent_text") or None) for row in rows])
    write_rows(options.rows / "taught.jsonl", teach(rows, answers, teacher.scheme.labels))
    towards = read_rows(options.shared / "benchmarks" / "target_stance_train.jsonl")
    write_rows(options.rows / "targets.jsonl", choose_targets(towards))


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


def choose_targets(rows: Sequence[Row]) -> list[Row]:
    """Return so many rows of each source of stances towards targets as `TARGET_ROWS` says."""
    chosen = []
    for source, count in TARGET_ROWS.items():
        chosen += random.Random(7).sample([row for row in rows if row["source"] == source], count)
    return chosen


def _mixed(label: str | None, scores: Mapping[str, float], labels: Sequence[str]) -> dict[str, float]:
    weight = LABEL_WEIGHT if label else 0.0
    return {name: (1 - weight) * scores[name] + weight * (name == label) for name in labels}


if __name__ == "__main__":
    main()
