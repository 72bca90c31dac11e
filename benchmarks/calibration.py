"""Compare ways to calibrate a model by cross-fitting: fit on half of the threads, judge on the other half, and swap.

    python benchmarks/calibration.py ROWS.jsonl [--model small] [--splits 16]

A line a head and way, means over both halves of every split: calibration error (10 equal-mass bins), what of it chance
explains, the debiased error, the error without bins and what of it chance explains, Brier score and macro-F1.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from analyzer.classifier import calibration
from analyzer.classifier.calibration import Floats, Ints, Scaling, fit_scaling, fit_temperatures, softmax
from analyzer.classifier.evaluation import macro_f1
from analyzer.classifier.examples import read_examples, split_by_thread
from analyzer.classifier.predictor import load_predictor
from analyzer.classifier.recalibration import gold
from analyzer.resources import model_folder

Fit = Callable[[Floats, Ints], Scaling]


def scores(probabilities: Floats, labels: Ints) -> list[float]:
    """Return the columns of the table for one half."""
    confusion = np.zeros((probabilities.shape[1],) * 2)
    np.add.at(confusion, (labels, probabilities.argmax(axis=1)), 1)
    return [
        calibration.calibration_error(probabilities, labels),
        calibration.chance_calibration_error(probabilities),
        calibration.debiased_calibration_error(probabilities, labels),
        calibration.cumulative_calibration_error(probabilities, labels),
        calibration.chance_cumulative_error(probabilities),
        calibration.brier_score(probabilities, labels),
        float(macro_f1(confusion)),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="labelled rows the model was not trained on")
    parser.add_argument("--model", default="small")
    parser.add_argument("--splits", type=int, default=16)
    options = parser.parse_args()
    predictor = load_predictor(model_folder(options.model))
    config = predictor.config
    examples = read_examples([options.data], config.stance_labels)
    stance, agreement, *_ = predictor.logits([example.turn for example in examples])
    columns = ("error", "chance", "debiased", "no bins", "chance", "Brier", "macro-F1")
    print(f"{'head':11}{'way':26}" + "".join(f"{column:>10}" for column in columns))
    for name, logits, labels, shipped in (
        ("stance", stance, config.stance_labels, config.stance_scaling),
        ("agreement", agreement, config.agreement_labels, config.agreement_scaling),
    ):
        rows, numbers = gold([getattr(example, name) for example in examples], labels)
        ways: dict[str, Fit] = {
            "none": lambda logits, labels: Scaling(),
            "the folder's own": lambda logits, labels, shipped=shipped: shipped,
            "temperature": lambda logits, labels: fit_scaling(logits, labels, biases=False),
            "a temperature a label": fit_temperatures,
            "temperature and biases": fit_scaling,
        }
        for way, fit in ways.items():
            table = []
            for split in range(options.splits):
                salted = [replace(examples[i], thread=f"{split or ''}{examples[i].thread}") for i in rows]
                held_out = set(map(id, split_by_thread(salted, 0.5)[1]))
                half = np.array([id(example) in held_out for example in salted])
                for fitted in (half, ~half):
                    scaling = fit(logits[rows][fitted], numbers[fitted])
                    table.append(scores(softmax(logits[rows][~fitted], scaling), numbers[~fitted]))
            print(f"{name:11}{way:26}" + "".join(f"{value:10.3f}" for value in np.mean(table, axis=0)))


if __name__ == "__main__":
    main()
