"""Calibrated probabilities of a thread's comments -> the share of each label, corrected for the classifier's mistakes.

A classifier moves every thread towards the mix of labels it was calibrated on. Expectation-maximisation (Saerens et
al. 2002) finds the mix under which the probabilities are likeliest; `benchmarks/prevalence.py` compares it with others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PRIOR_COMMENTS = 4.0  # a thread of few comments is pulled towards the held-out mix by as much as four comments
_DRAW_PRIOR_COMMENTS = 0.01  # the interval is not pulled
_ROUNDS = 60
_Z_95 = 1.959964
_LARGEST_DRAW = 500  # comments; beyond, chance in the thread is small beside doubt about the classifier


@dataclass(frozen=True, slots=True)
class Correction:
    """What held-out rows say of the classifier, in label order.

    `mix` is their share of each label. Each of `draws` is one bootstrap sample of them: a slope and one offset a label
    that turn log probabilities into the log likelihood of a comment under each label.
    """

    mix: list[float]
    draws: list[list[float]]


def corrected_shares(scores: Floats, correction: Correction, *, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """Return (share, low, high), each (labels,), of a thread whose calibrated probabilities are (comments, labels).

    The 95 % interval is from a bootstrap over the held-out rows and over the thread's comments, and never narrower than
    chance in a thread of that size: a label that no comment shows is drawn in no bootstrap sample either.
    """
    rng = np.random.default_rng(seed)
    mix = np.array(correction.mix)
    logs = np.log(np.maximum(scores, 1e-12))
    draws = np.array(correction.draws)
    centre = draws.mean(axis=0)  # probabilities alone, divided by the mix, would be taken at their word
    share = _likeliest_mix(centre[0] * logs + centre[1:], mix * _PRIOR_COMMENTS)
    rows = rng.integers(0, len(logs), (len(draws), min(len(logs), _LARGEST_DRAW)))
    drawn = _likeliest_mix(draws[:, None, :1] * logs[rows] + draws[:, None, 1:], mix * _DRAW_PRIOR_COMMENTS)
    low, high = _quantiles(drawn, (0.025, 0.975))
    low[low < 0.5 / len(logs)] = 0.0  # less than half a comment is none
    least, most = chance_interval(share, len(scores))
    return share, np.minimum(low, least), np.maximum(high, most)


def _quantiles(drawn: Floats, shares: Sequence[float]) -> list[Floats]:
    """Return quantiles over the first axis, linearly between two; NumPy's loads what a short report takes 35 ms for."""
    ordered = np.sort(drawn, axis=0)
    places = [(share * (len(ordered) - 1), int(share * (len(ordered) - 1))) for share in shares]
    return [
        ordered[below] + (place - below) * (ordered[min(below + 1, len(ordered) - 1)] - ordered[below])
        for place, below in places
    ]


def chance_interval(share: Floats, total: int) -> tuple[Floats, Floats]:
    """Return the 95 % score interval (Wilson 1927) of shares of `total` comments, the labels taken as given."""
    square = _Z_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z_95 / (1 + square / total) * np.sqrt(share * (1 - share) / total + square / (4 * total**2))
    return np.maximum(0.0, middle - half), np.minimum(1.0, middle + half)


def _likeliest_mix(log_likelihoods: Floats, prior: Floats) -> Floats:
    """Return the likeliest shares (…, labels), given (…, comments, labels) and a prior counted in comments."""
    likelihoods = np.exp(log_likelihoods - log_likelihoods.max(axis=-1, keepdims=True))
    mix = np.full((*likelihoods.shape[:-2], 1, len(prior)), 1 / len(prior))
    for _ in range(_ROUNDS):
        weights = likelihoods * mix
        weights /= weights.sum(axis=-1, keepdims=True)
        mix = (weights.sum(axis=-2, keepdims=True) + prior) / (weights.shape[-2] + prior.sum())
    shares: Floats = mix[..., 0, :]
    return shares
