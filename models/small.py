"""How the model `small` was taught last: contrast sets beside rows it knew, then the mean with what it was.

    python models/select_rows.py SHARED rows
    python models/small.py rows SHARED rows
    analyzer train rows/taught.jsonl rows/taught_targets.jsonl rows/contrast_train.jsonl rows/contrast_train.jsonl \
        data/labelled/swapped.jsonl data/labelled/swapped.jsonl rows/written_train.jsonl rows/debagreement_train.jsonl \
        --scheme data/schemes/ukraine-nato.toml --epochs 1 --learning-rate 7e-5 -o taught
    python models/small.py average models/small=0.4 taught=0.6 models/small --rows rows/many_topics.jsonl

All goes on from the `small` at hand, which is its own teacher. On two cores it takes half an hour.
"""

import argparse
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from select_rows import Row, read_rows, write_rows

from analyzer.classifier.examples import read_examples
from analyzer.classifier.folder import read_folder
from analyzer.classifier.inputs import make_turn
from analyzer.classifier.learning import go_on_from, write_folder
from analyzer.classifier.predictor import load_predictor
from analyzer.classifier.training import Settings
from analyzer.predictions import AGREEMENT_LABELS, TARGET_LABELS, Prediction
from analyzer.resources import model_folder

STANCE_ROWS = {"train": 4_500, "machine": 5_500, "unlabelled": 1_000}  # so many of a file, at random
TARGET_ROWS = {"vast": 9_500, "mt_csd": 2_500, "ruw": 700, "ibm_argq": 700}  # so many of a source, at random
STRANGE_TARGETS = 1_500  # comments beside a target of another, towards which they take no stance
MANY_TOPICS = {  # file and sources: the embedding's centre and axes are from so many comments of each
    "target_stance_train": ("vast", "mt_csd", "ruw", "ibm_argq", "covid19"),
    "agreement_train": ("debagreement", "iac_4forums", "CovidVaccine"),
    "conduct_train": ("c3", "ucc"),
}
OF_EACH = 200
LABEL_WEIGHT = 0.5  # of a row's label, the rest is the teacher's


def main() -> None:
    """Do one of the two steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    first = steps.add_parser("rows")
    first.add_argument("shared", type=Path)
    first.add_argument("rows", type=Path, help="what select_rows.py wrote")
    second = steps.add_parser("average")
    second.add_argument("models", nargs="+", metavar="FOLDER=SHARE")
    second.add_argument("out", type=Path)
    second.add_argument("--rows", type=Path, required=True, help="to fit the embedding on")
    options = parser.parse_args()
    if options.step == "rows":
        write_taught(options.shared, options.rows)
        write_rows(options.rows / "many_topics.jsonl", on_many_topics(options.shared / "benchmarks"))
    else:
        shares = dict(model.rsplit("=", 1) for model in options.models)
        average({Path(folder): float(share) for folder, share in shares.items()}, options.rows, options.out)


def write_taught(shared: Path, rows: Path) -> None:
    """Write taught.jsonl and taught_targets.jsonl into the folder of chosen rows."""
    rng = random.Random(7)
    files = {name: read_rows(rows / f"{name}.jsonl") for name in ("machine", "unlabelled")}
    files["train"] = read_rows(shared / "stance" / "train.jsonl")
    stances = [row for name, count in STANCE_ROWS.items() for row in rng.sample(files[name], count)]
    towards = choose_targets(read_rows(shared / "benchmarks" / "target_stance_train.jsonl"), rng)
    for row in towards:
        row["parent_text"] = row["parent_text"] if isinstance(row["parent_text"], str) else None  # NaN, in some
    teacher = load_predictor(model_folder("small"), bulk=True)
    turns = [make_turn(row["text"], row.get("parent_text") or None, row.get("target")) for row in (*stances, *towards)]
    answers = teacher.predict(turns)
    write_rows(rows / "taught.jsonl", teach(stances, answers[: len(stances)], teacher.scheme.labels))
    write_rows(rows / "taught_targets.jsonl", teach_targets(towards, answers[len(stances) :]))


@torch.no_grad()
def average(shares: Mapping[Path, float], rows: Path, out: Path) -> None:
    """Write the network whose weights are the means of those in the folders (Wortsman et al. 2022, Model soups).

    Each went on from the first, so they lie near each other. What the folder says of its training is the last one's;
    the embedding is fitted anew on the rows, and `analyzer calibrate` has to follow.
    """
    last = [*shares][-1]
    config, scheme = read_folder(last)
    network, tokenizer = go_on_from(last, scheme.labels)
    weights = [(go_on_from(folder, scheme.labels)[0].state_dict(), share) for folder, share in shares.items()]
    for name, values in network.state_dict().items():
        if values.is_floating_point():
            values.copy_(sum(share * own[name] for own, share in weights))
    network.embedding.weight.zero_()
    training = config.training | {"mean_of": {folder.name: share for folder, share in shares.items()}}
    held_out = read_examples([rows], scheme.labels)
    write_folder(network, tokenizer, held_out, last / "scheme.toml", out, training=training)


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


def on_many_topics(benchmarks: Path) -> list[Row]:
    """Return comments of ten sets, their words alone."""
    rng = random.Random(7)
    chosen = []
    for file, sources in MANY_TOPICS.items():
        rows = read_rows(benchmarks / f"{file}.jsonl")
        for source in sources:
            chosen += rng.sample([row["text"] for row in rows if row["source"] == source], OF_EACH)
    return [{"text": text} for text in chosen]


def _mixed(label: str | None, scores: Mapping[str, float], labels: Sequence[str]) -> dict[str, float]:
    weight = LABEL_WEIGHT if label else 0.0
    return {name: (1 - weight) * scores[name] + weight * (name == label) for name in labels}


if __name__ == "__main__":
    main()
