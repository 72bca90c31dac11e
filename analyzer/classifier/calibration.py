"""Logits -> probabilities that mean what they say, the confidence below which to abstain, and how far off both are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_RIDGE = 5.0
_BINS = 10


@dataclass(frozen=True, slots=True)
class Scaling:
    """Logits become softmax(logits / temperature + bias).

    Where there are `temperatures`, one a label, a row goes by that of its likeliest label instead.
    """

    temperature: float = 1.0
    bias: tuple[float, ...] = ()
    temperatures: tuple[float, ...] = ()


def softmax(logits: Floats, scaling: Scaling) -> Floats:
    """Return probabilities, (rows, labels)."""
    temperature: float | Floats = scaling.temperature
    if scaling.temperatures:
        temperature = np.array(scaling.temperatures)[logits.argmax(axis=1)][:, None]
    scaled = logits / temperature + np.array(scaling.bias or 0.0)
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities


def sigmoid(logits: Floats, scaling: Scaling) -> Floats:
    """Return probabilities, (rows,); the scaling has at most one bias."""
    probabilities: Floats = 1 / (1 + np.exp(-(logits / scaling.temperature + np.array(scaling.bias or 0.0))))
    return probabilities


def fit_scaling(logits: Floats, labels: Ints, *, biases: bool = True) -> Scaling:
    """Return the temperature (at most 10), and biases, under which held-out `labels` are likeliest (Guo et al. 2017).

    `logits` is (rows, labels); few rows leave them unchanged: departures are squared and cost like lost log-likelihood
    (a ridge of 5, chosen by cross-fitting). For a sigmoid head pass (0, logit) pairs.
    """
    size = logits.shape[1]
    identity = np.eye(size)
    slopes = np.concatenate([logits[:, :, None], np.broadcast_to(identity, (len(labels), size, size))], axis=2)
    if not biases:
        slopes = slopes[:, :, :1]
    start = np.append(1.0, np.zeros(slopes.shape[2] - 1))

    def loss(values: Floats) -> float:
        likelihood = softmax(slopes @ values, Scaling())[np.arange(len(labels)), labels]
        return float(_RIDGE * ((values - start) ** 2).sum() - np.log(likelihood + 1e-12).sum())

    values = start  # 1 / temperature, then the biases
    for _ in range(30):  # Newton's steps on a convex loss, halved while they overshoot
        probabilities = softmax(slopes @ values, Scaling())
        gradient = np.einsum("nk,nkj->j", probabilities - identity[labels], slopes) + 2 * _RIDGE * (values - start)
        spread = probabilities[:, :, None] * (identity - probabilities[:, None, :])  # (rows, labels, labels)
        curvature = np.einsum("nki,nkl,nlj->ij", slopes, spread, slopes) + 2 * _RIDGE * np.eye(len(start))
        step = np.linalg.solve(curvature, gradient)
        while np.abs(step).max() > 1e-6 and loss(values - step) > loss(values):
            step /= 2
        values = values - step
        if np.abs(step).max() <= 1e-6:
            break
    return Scaling(float(1 / max(values[0], 0.1)), tuple(values[1:].tolist()))


def fit_temperatures(logits: Floats, labels: Ints) -> Scaling:
    """Return a temperature for each label, of the rows it is likeliest in: a model is surer than right of some only.

    Each is pulled towards the common one as in `fit_scaling`. No row's likeliest label changes.
    """
    common = fit_scaling(logits, labels, biases=False).temperature
    likeliest = logits.argmax(axis=1)
    own = [
        fit_scaling(logits[likeliest == label] / common, labels[likeliest == label], biases=False).temperature
        for label in range(logits.shape[1])
    ]
    return Scaling(common, temperatures=tuple(common * temperature for temperature in own))


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


def calibration_error(probabilities: Floats, labels: Ints, *, bins: int = _BINS) -> float:
    """Return the expected calibration error: mean |confidence - accuracy| over bins of equally many rows.

    Range 0 to 1; 0.0 without rows. Naeini et al. 2015; few rows make it too large, see `chance_calibration_error`.
    """
    gaps = [
        abs(confidence.mean() - correct.mean()) * len(correct)
        for confidence, correct in _binned(probabilities, labels, bins)
    ]
    return float(sum(gaps) / max(1, len(labels)))


def chance_calibration_error(probabilities: Floats, *, bins: int = _BINS, draws: int = 200) -> float:
    """Return the calibration error to expect of perfect probabilities on so few rows: the mean over simulated labels.

    About 0.06 for 300 rows.
    """
    if not len(probabilities):
        return 0.0
    gaps = np.array_split(_chance_gaps(probabilities, draws), min(bins, len(probabilities)), axis=1)
    return float(sum(abs(gap.sum(axis=1)).mean() for gap in gaps) / len(probabilities))


def cumulative_calibration_error(probabilities: Floats, labels: Ints) -> float:
    """Return the largest |sum of confidence - correct| over the rows below any confidence, a row.

    Range 0 to 1; 0.0 without rows. It needs no bins, so few rows tell more than in `calibration_error`: the
    Kolmogorov-Smirnov error of Gupta et al. 2021. Confident by 0.8 and wrong, then by 0.9 and right: |0.8 / 2| = 0.4.
    """
    confidence = probabilities.max(axis=1)
    gaps = confidence - (probabilities.argmax(axis=1) == labels)
    return float(abs(_cumulative(gaps[np.argsort(confidence, kind="stable")])).max(initial=0.0))


def chance_cumulative_error(probabilities: Floats, *, draws: int = 200) -> float:
    """Return the cumulative error to expect of perfect probabilities on so few rows; about 0.03 for 250 rows."""
    if not len(probabilities):
        return 0.0
    return float(abs(_cumulative(_chance_gaps(probabilities, draws))).max(axis=1).mean())


def debiased_calibration_error(probabilities: Floats, labels: Ints, *, bins: int = _BINS) -> float:
    """Return the root mean square of confidence - accuracy over the same bins, less what chance adds to it.

    Range 0 to 1; 0.0 where chance explains all. A bin's squared gap is on average too large by the variance of its
    accuracy, a (1 - a) / (n - 1). Kumar et al. 2019.
    """
    total = 0.0
    for confidence, correct in _binned(probabilities, labels, bins):
        accuracy, rows = correct.mean(), len(correct)
        total += rows * ((confidence.mean() - accuracy) ** 2 - accuracy * (1 - accuracy) / max(1, rows - 1))
    return float(np.sqrt(max(0.0, total / max(1, len(labels)))))


def brier_score(probabilities: Floats, labels: Ints) -> float:
    """Return the mean squared distance from the right answer, summed over labels; range 0 to 2. Brier 1950."""
    return float(((probabilities - np.eye(probabilities.shape[1])[labels]) ** 2).sum(axis=1).mean())


def selective_accuracy(probabilities: Floats, labels: Ints) -> Floats:
    """Return the accuracy among the 1, 2, … n most confident rows; El-Yaniv and Wiener 2010.

    1 less its mean is the area under the risk-coverage curve.
    """
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    correct = (probabilities.argmax(axis=1) == labels)[order]
    accuracies: Floats = np.cumsum(correct) / np.arange(1, len(labels) + 1)
    return accuracies


def _cumulative(gaps: Floats) -> Floats:
    """Return the running sums over the last axis, by its length."""
    sums: Floats = np.cumsum(gaps, axis=-1) / max(1, gaps.shape[-1])
    return sums


def _chance_gaps(probabilities: Floats, draws: int) -> Floats:
    """Return confidence - correct, (draws, rows) by rising confidence, with rows right as often as they are sure."""
    confidence = np.sort(probabilities.max(axis=1))
    gaps: Floats = confidence - (np.random.default_rng(0).random((draws, len(confidence))) < confidence)
    return gaps


def _binned(probabilities: Floats, labels: Ints, bins: int) -> list[tuple[Floats, NDArray[np.bool_]]]:
    """Return (confidence, correct) of each bin, by rising confidence; bins differ by at most one row."""
    order = np.argsort(probabilities.max(axis=1), kind="stable")
    confidence = probabilities.max(axis=1)[order]
    correct = (probabilities.argmax(axis=1) == labels)[order]
    filled = min(bins, len(labels))
    return list(zip(np.array_split(confidence, filled), np.array_split(correct, filled), strict=True)) if filled else []
