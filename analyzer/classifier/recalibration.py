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
    fit_temperatures,
    softmax,
)
from analyzer.classifier.examples import Example
from analyzer.classifier.folder import ModelConfig, write_config
from analyzer.classifier.predictor import HeadLogits, OnnxPredictor, load_predictor
from analyzer.errors import DataError
from analyzer.predictions import AGREEMENT_LABELS, TARGET_LABELS
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
    collections: Sequence[int] = (),
    provenance: dict[str, Any] | None = None,
) -> OnnxPredictor:
    """Fit the scalings, the `unclear` threshold and the correction of shares, and return the new folder's predictor.

    The folder is changed in place, or copied to `output`. A head without labelled rows stays as it is. The stance
    gets a temperature a label, other heads with several labels get one: biases would cost their rare labels
    (models/LOG.md). The threshold is the lowest at which answers reach `accuracy`. The examples are one
    collection after the other, of these sizes, or one in all; the correction is fitted on each apart, for it takes
    comments of one label to look alike, and how far the collections differ widens the intervals of shares.
    `provenance` is kept in config.json beside the number of rows. Raises DataError where `output` cannot be written.
    """
    predictor = load_predictor(folder)
    logits = predictor.logits([example.turn for example in examples])
    config = fit_config(predictor.config, examples, logits, accuracy=accuracy, collections=collections)
    config = replace(config, calibration=config.calibration | (provenance or {}))
    if output and output.resolve() != folder.resolve():
        try:
            shutil.copytree(folder, output, dirs_exist_ok=True)
        except OSError as error:
            raise DataError(f"{output}: cannot write the model folder: {error}") from error
        config = replace(config, name=output.name)
    write_config(output or folder, config)
    return load_predictor(output or folder)


def fit_config(
    config: ModelConfig,
    examples: Sequence[Example],
    logits: HeadLogits,
    *,
    accuracy: float = SELECTIVE_ACCURACY,
    collections: Sequence[int] = (),
) -> ModelConfig:
    """Return the config with scalings, `unclear` thresholds and correction fitted on these logits of the examples.

    `collections` are as in `calibrate`.
    """
    stance, agreement, attack, target, _ = logits
    rows, labels = gold([example.stance for example in examples], config.stance_labels)
    if len(rows):
        scaling = fit_temperatures(stance[rows], labels)
        probabilities = softmax(stance[rows], scaling)
        collection = np.searchsorted(np.cumsum(collections or [len(examples)]), rows, side="right")
        corrections = [
            fit_correction(probabilities[own], labels[own], [examples[i].thread for i in rows[own]])
            for own in (collection == i for i in range(max(1, len(collections))))
        ]
        config = replace(
            config,
            stance_temperature=scaling.temperature,
            stance_bias=(),
            stance_temperatures=scaling.temperatures,
            unclear_below=abstention_threshold(probabilities, labels, accuracy=accuracy),
            correction=_one_for_all([correction for correction in corrections if correction]),
        )
    rows, labels = gold([example.agreement for example in examples], AGREEMENT_LABELS)
    if len(rows):
        scaling = fit_scaling(agreement[rows], labels, biases=False)
        config = replace(config, agreement_temperature=scaling.temperature, agreement_bias=())
    rows, labels = gold([example.attack for example in examples], (0, 1))
    if len(rows):
        scaling = fit_scaling(np.stack([np.zeros(len(rows)), attack[rows]], axis=1), labels)
        config = replace(
            config, attack_temperature=scaling.temperature, attack_bias=(scaling.bias[1] - scaling.bias[0],)
        )
    rows, labels = gold([example.target_stance for example in examples], TARGET_LABELS)
    if len(rows) and target is not None:
        scaling = fit_scaling(target[rows], labels, biases=False)
        probabilities = softmax(target[rows], scaling)
        config = replace(
            config,
            target_temperature=scaling.temperature,
            target_unclear_below=abstention_threshold(probabilities, labels, accuracy=accuracy),
        )
    return replace(config, calibration={"rows": len(examples), "selective_accuracy": accuracy})


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


def _one_for_all(corrections: Sequence[Correction]) -> Correction | None:
    """Return the correction with some draws of each and the mix of the first."""
    draws = [draw for correction in corrections for draw in correction.draws[:: len(corrections)]]
    return Correction(corrections[0].mix, draws) if corrections else None


def gold(labels: Sequence[Any], names: Sequence[Any]) -> tuple[Ints, Ints]:
    """Return (row numbers that have a label, their label numbers)."""
    rows = [i for i, label in enumerate(labels) if label is not None]
    return np.array(rows, dtype=int), np.array([names.index(labels[i]) for i in rows], dtype=int)


def _mix(labels: Ints, size: int) -> Floats:
    """Return the share of each label, none of them 0."""
    return (np.bincount(labels, minlength=size) + 1) / (len(labels) + size)
