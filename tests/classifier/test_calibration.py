import numpy as np
import pytest

from analyzer.classifier.calibration import abstention_threshold, calibration_error, fit_temperature, softmax


def test_softmax_of_known_logits():
    assert softmax(np.array([[0.0, np.log(3)]]), 1.0)[0] == pytest.approx([0.25, 0.75])


def test_temperature_two_halves_the_logits():
    assert softmax(np.array([[0.0, 2 * np.log(3)]]), 2.0)[0] == pytest.approx([0.25, 0.75])


def test_temperature_recovers_logits_that_are_three_times_too_large():
    rng = np.random.default_rng(0)
    true = rng.normal(size=(20_000, 3))
    labels = np.array([rng.choice(3, p=row) for row in softmax(true, 1.0)])
    assert fit_temperature(3 * true, labels) == pytest.approx(3.0, rel=0.06)


def test_temperature_without_rows_is_one():
    assert fit_temperature(np.empty((0, 3)), np.empty(0, dtype=int)) == 1.0


def test_threshold_is_the_lowest_confidence_that_still_reaches_the_accuracy():
    # By falling confidence: right, right, wrong, wrong -> selective accuracy 1, 1, 2/3, 1/2.
    probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.65, 0.35], [0.6, 0.4]])
    labels = np.array([0, 0, 1, 1])
    assert abstention_threshold(probabilities, labels, accuracy=0.9) == 0.7
    assert abstention_threshold(probabilities, labels, accuracy=0.6) == 0.65
    assert abstention_threshold(probabilities, labels, accuracy=0.5) == 0.0


def test_threshold_out_of_reach_is_the_cap():
    assert abstention_threshold(np.array([[0.9, 0.1]]), np.array([1]), accuracy=0.9) == 0.8


def test_calibration_error_by_hand():
    # Slice 0.9: two rows, one right -> |1.8 - 1| = 0.8; slice 0.6: one row, right -> 0.4; (0.8 + 0.4) / 3.
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4]])
    assert calibration_error(probabilities, np.array([0, 1, 0])) == pytest.approx(0.4)
