"""Logits -> probabilities that mean what they say, and the confidence below which the answer is `unclear`."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def softmax(logits: Floats, temperature: float) -> Floats:
    """Return probabilities, (rows, labels), of logits divided by `temperature`."""
    scaled = logits / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities


def sigmoid(logits: Floats, temperature: float) -> Floats:
    """Return probabilities, (rows,), of logits divided by `temperature`."""
    probabilities: Floats = 1 / (1 + np.exp(-logits / temperature))
    return probabilities


def fit_temperature(logits: Floats, labels: Ints) -> float:
    """Return the temperature in 0.25 .. 8 under which held-out `labels` are likeliest (Guo et al. 2017).

    `logits` is (rows, labels); 1.0 when there are no rows. For a sigmoid head pass (0, logit) pairs.
    """
    if not len(labels):
        return 1.0
    grid = np.geomspace(0.25, 8, 200)
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(logits, t)[rows, labels] + 1e-12).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])


def abstention_threshold(probabilities: Floats, labels: Ints, *, accuracy: float) -> float:
    """Return the lowest confidence at which held-out answers reach `accuracy`; at most 0.8, 0.0 when all do.

    Confidence is a row's largest probability. Rows below the threshold are to be answered `unclear`.
    """
    if not len(labels):
        return 0.0
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    order = np.argsort(-confidence)
    selective = np.cumsum(correct[order]) / np.arange(1, len(labels) + 1)
    reached = np.flatnonzero(selective >= accuracy)
    if not len(reached) or reached[-1] == len(labels) - 1:
        return 0.0 if len(reached) else 0.8
    return float(min(confidence[order][reached[-1]], 0.8))


def calibration_error(probabilities: Floats, labels: Ints, *, bins: int = 10) -> float:
    """Return the expected calibration error: mean |confidence - accuracy| over `bins` equal slices of confidence.

    Range 0 to 1; 0.0 without rows. Naeini et al. 2015.
    """
    if not len(labels):
        return 0.0
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    slices = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs((confidence - correct)[slices == k].sum()) for k in range(bins)]
    return float(sum(gaps) / len(labels))
