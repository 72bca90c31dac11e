"""Compare ways to estimate the share of each stance in a thread, by simulation on labelled rows.

    python benchmarks/prevalence.py ROWS.jsonl [--model small] [--rounds 40]

In each round half of the rows' threads are calibrated on, and threads of a known mix are drawn from the other half,
no row twice while rows last. Root mean square error of the shares by way, size and mix; for the one that reports use,
how often its 95 % interval holds the true share (`cover`) and how wide it is.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from analyzer.classifier.calibration import Floats, Ints, abstention_threshold, fit_temperatures, softmax
from analyzer.classifier.examples import Example, read_examples, split_by_thread
from analyzer.classifier.predictor import load_predictor
from analyzer.classifier.recalibration import fit_correction, gold
from analyzer.prevalence import corrected_shares
from analyzer.resources import model_folder

SIZES = (10, 30, 100)
# Shares of the labels in their order (pro-membership, escalation-worry, non-intervention, none).
MIXES = {
    "as a whole thread": (0.10, 0.06, 0.06, 0.78),
    "as the rows": (0.22, 0.11, 0.14, 0.53),
    "even": (0.25, 0.25, 0.25, 0.25),
    "for": (0.60, 0.10, 0.10, 0.20),
    "worried": (0.10, 0.50, 0.10, 0.30),
    "against": (0.10, 0.10, 0.60, 0.20),
}


def counted(scores: Floats) -> Floats:
    """Return the share of each likeliest label."""
    return np.bincount(scores.argmax(axis=1), minlength=scores.shape[1]) / len(scores)


def adjusted(scores: Floats, held_out: Floats, labels: Ints) -> Floats:
    """Return the mix on the simplex whose expected counts, by the held-out confusion, are nearest to the counts."""
    size = scores.shape[1]
    confusion = np.zeros((size, size))
    np.add.at(confusion, (labels, held_out.argmax(axis=1)), 1)
    confusion /= confusion.sum(axis=1, keepdims=True)
    mix = np.full(size, 1 / size)
    for _ in range(500):  # gradient steps, each projected onto the simplex
        mix = _on_simplex(mix - 0.5 * confusion @ (mix @ confusion - counted(scores)))
    return mix


def _on_simplex(values: Floats) -> Floats:
    """Return the nearest shares that sum to 1 (Duchi et al. 2008)."""
    falling = np.sort(values)[::-1]
    excess = (np.cumsum(falling) - 1) / np.arange(1, len(values) + 1)
    return np.maximum(values - excess[np.flatnonzero(falling > excess)[-1]], 0)


def draw_thread(labels: Ints, mix: tuple[float, ...], size: int, rng: np.random.Generator) -> Ints:
    """Return row numbers of a thread whose labels follow `mix`."""
    wanted = np.bincount(rng.choice(len(mix), size, p=mix), minlength=len(mix))
    rows = []
    for label, number in enumerate(wanted):
        pool = np.flatnonzero(labels == label)
        rows += [rng.permutation(pool) for _ in range(number // len(pool))] + [
            rng.permutation(pool)[: number % len(pool)]
        ]
    return np.concatenate(rows)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="labelled rows the model was not trained on")
    parser.add_argument("--model", default="small")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    predictor = load_predictor(model_folder(options.model))
    examples = [e for e in read_examples([options.data], predictor.scheme.labels) if e.stance]
    logits = predictor.logits([example.turn for example in examples])[0]
    _, labels = gold([example.stance for example in examples], predictor.scheme.labels)
    errors: dict[tuple[int, str, str], list[Floats]] = {}
    covered: dict[tuple[int, str], list[tuple[float, float]]] = {}
    rng = np.random.default_rng(0)
    for number in range(options.rounds):
        fitted = _half(examples, number)
        scaling = fit_temperatures(logits[fitted], labels[fitted])
        held_out, others = softmax(logits[fitted], scaling), softmax(logits[~fitted], scaling)
        least = abstention_threshold(held_out, labels[fitted], accuracy=0.75)
        threads = [examples[i].thread for i in np.flatnonzero(fitted)]
        correction = fit_correction(held_out, labels[fitted], threads)
        if correction is None:
            raise SystemExit("too few rows of a label")
        rectifier = (np.eye(held_out.shape[1])[labels[fitted]] - held_out).mean(axis=0)
        ways: dict[str, Callable[[Floats], Floats]] = {
            "counts of the decided": lambda s, least=least: counted(s[s.max(axis=1) >= least]),
            "counts, all decided": counted,
            "mean probability": lambda s: s.mean(axis=0),
            "prediction-powered": lambda s, rectifier=rectifier: s.mean(axis=0) + rectifier,
            "adjusted counts": lambda s, h=held_out, y=labels[fitted]: adjusted(s, h, y),
        }
        for size in SIZES:
            for name, mix in MIXES.items():
                rows = draw_thread(labels[~fitted], mix, size, rng)
                true = np.bincount(labels[~fitted][rows], minlength=len(mix)) / size
                for way, estimate in ways.items():
                    errors.setdefault((size, way, name), []).append(estimate(others[rows]) - true)
                share, low, high = corrected_shares(others[rows], correction)
                errors.setdefault((size, "maximum likelihood (EM)", name), []).append(share - true)
                inside = (low <= true + 1e-9) & (true <= high + 1e-9)
                covered.setdefault((size, name), []).append((inside.mean(), (high - low).mean()))
    print(f"{'comments':>8} {'way':26}" + "".join(f"{name:>19}" for name in (*MIXES, "all mixes")))
    for size in SIZES:
        for way in dict.fromkeys(way for _, way, _ in errors):
            squares = [np.mean(np.square(errors[size, way, name])) for name in MIXES]
            print(f"{size:8} {way:26}" + "".join(f"{np.sqrt(value):19.3f}" for value in (*squares, np.mean(squares))))
        table = np.array([np.mean(covered[size, name], axis=0) for name in MIXES])
        for column, what in enumerate(("EM: cover", "EM: width")):
            values = (*table[:, column], table[:, column].mean())
            print(f"{size:8} {what:26}" + "".join(f"{value:19.2f}" for value in values))


def _half(examples: list[Example], number: int) -> np.ndarray:
    """Return which rows to calibrate on: by thread, every two rounds the two halves of one split."""
    salted = [replace(example, thread=f"{number // 2 or ''}{example.thread}") for example in examples]
    chosen = set(map(id, split_by_thread(salted, 0.5)[1]))
    half = np.array([id(example) in chosen for example in salted])
    return ~half if number % 2 else half


if __name__ == "__main__":
    main()
