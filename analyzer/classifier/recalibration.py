"""Labelled rows -> a model folder whose probabilities, `unclear` and corrected shares can be trusted on such rows."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from analyzer.classifier.calibration import (
    Floats,
    Ints,
    abstention_threshold,
    fit_scaling,
    softmax,
)
from analyzer.classifier.examples import Example
from analyzer.classifier.folder import write_config
from analyzer.classifier.predictor import OnnxPredictor, load_predictor
from analyzer.errors import DataError
from analyzer.predictions import AGREEMENT_LABELS
from analyzer.prevalence import Correction

SELECTIVE_ACCURACY = 0.75
_DRAWS = 100
_LEAST_ROWS = 20  # of a label; below, the correction would only add noise


def calibrate(
    folder: Path,
    examples: Sequence[Example],
    *,
    output: Path | None = None,
    accuracy: float = SELECTIVE_ACCURACY,
    provenance: dict[str, Any] | None = None,
) -> OnnxPredictor:
    """Fit the scalings, the `unclear` threshold and the correction of shares, and return the new folder's predictor.

    The folder is changed in place, or copied to `output`. Agreement gets a temperature only: biases would cost its rare
    labels (models/LOG.md). A head without labelled rows becomes uncalibrated. The
    threshold is the lowest at which answers reach `accuracy`. `provenance` is kept in config.json beside the number of
    rows. Raises DataError where `output` cannot be written.
    """
    predictor = load_predictor(folder)
    stance, agreement, attack = predictor.logits([example.turn for example in examples])
    labels = predictor.config.stance_labels
    stance_rows, stance_gold = gold([example.stance for example in examples], labels)
    agreement_rows, agreement_gold = gold([example.agreement for example in examples], AGREEMENT_LABELS)
    attack_rows, attack_gold = gold([example.attack for example in examples], (0, 1))
    stance_scaling = fit_scaling(stance[stance_rows], stance_gold)
    agreement_scaling = fit_scaling(agreement[agreement_rows], agreement_gold, biases=False)
    attack_scaling = fit_scaling(np.stack([np.zeros(len(attack_rows)), attack[attack_rows]], axis=1), attack_gold)
    probabilities = softmax(stance[stance_rows], stance_scaling)
    config = replace(
        predictor.config,
        stance_temperature=stance_scaling.temperature,
        stance_bias=stance_scaling.bias,
        agreement_temperature=agreement_scaling.temperature,
        agreement_bias=agreement_scaling.bias,
        attack_temperature=attack_scaling.temperature,
        attack_bias=(attack_scaling.bias[1] - attack_scaling.bias[0],),
        unclear_below=abstention_threshold(probabilities, stance_gold, accuracy=accuracy),
        calibration={"rows": len(examples), "selective_accuracy": accuracy, **(provenance or {})},
        correction=fit_correction(probabilities, stance_gold, [examples[i].thread for i in stance_rows]),
    )
    if output and output.resolve() != folder.resolve():
        try:
            shutil.copytree(folder, output, dirs_exist_ok=True)
        except OSError as error:
            raise DataError(f"{output}: cannot write the model folder: {error}") from error
        config = replace(config, name=output.name)
    write_config(output or folder, config)
    return load_predictor(output or folder)


def fit_correction(probabilities: Floats, labels: Ints, threads: Sequence[str]) -> Correction | None:
    """Return what corrects a thread's shares, from held-out rows; None where a label has fewer than 20 rows.

    Whole threads are drawn in the bootstrap, for rows of one thread are alike.
    """
    size = probabilities.shape[1]
    counts = np.bincount(labels, minlength=size)
    if counts.min() < _LEAST_ROWS:
        return None
    rng = np.random.default_rng(0)
    logs = np.log(np.maximum(probabilities, 1e-12))
    names, thread_of = np.unique(np.array(threads), return_inverse=True)
    rows_of = [np.flatnonzero(thread_of == i) for i in range(len(names))]
    draws = []
    for _ in range(_DRAWS):
        rows = np.concatenate([rows_of[i] for i in rng.integers(0, len(names), len(names))])
        scaling = fit_scaling(logs[rows], labels[rows])
        offsets = np.array(scaling.bias) - np.log(_mix(labels[rows], size))
        draws.append([round(value, 4) for value in (1 / scaling.temperature, *offsets.tolist())])
    return Correction(_mix(labels, size).tolist(), draws)


def gold(labels: Sequence[Any], names: Sequence[Any]) -> tuple[Ints, Ints]:
    """Return (row numbers that have a label, their label numbers)."""
    rows = [i for i, label in enumerate(labels) if label is not None]
    return np.array(rows, dtype=int), np.array([names.index(labels[i]) for i in rows], dtype=int)


def _mix(labels: Ints, size: int) -> Floats:
    """Return the share of each label, none of them 0."""
    return (np.bincount(labels, minlength=size) + 1) / (len(labels) + size)
