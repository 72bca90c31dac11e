import numpy as np
import pytest

from analyzer.classifier.calibration import (
    Scaling,
    abstention_threshold,
    brier_score,
    calibration_error,
    chance_calibration_error,
    chance_cumulative_error,
    cumulative_calibration_error,
    debiased_calibration_error,
    fit_scaling,
    fit_temperatures,
    selective_accuracy,
    sigmoid,
    softmax,
)


def test_softmax_of_known_logits():
    assert softmax(np.array([[0.0, np.log(3)]]), Scaling())[0] == pytest.approx([0.25, 0.75])


def test_temperature_two_halves_the_logits():
    assert softmax(np.array([[0.0, 2 * np.log(3)]]), Scaling(2.0))[0] == pytest.approx([0.25, 0.75])


def test_a_bias_of_log_three_triples_the_odds():
    assert softmax(np.zeros((1, 2)), Scaling(1.0, (0.0, np.log(3))))[0] == pytest.approx([0.25, 0.75])
    assert sigmoid(np.zeros(1), Scaling(1.0, (np.log(3),)))[0] == pytest.approx(0.75)


@pytest.fixture
def skewed():
    """Logits three times too large whose first label is e times too likely."""
    rng = np.random.default_rng(0)
    true = rng.normal(size=(20_000, 3))
    labels = np.array([rng.choice(3, p=row) for row in softmax(true, Scaling())])
    return 3 * (true + np.array([1.0, 0.0, 0.0])), labels


def test_scaling_recovers_temperature_and_biases(skewed):
    scaling = fit_scaling(*skewed)
    assert scaling.temperature == pytest.approx(3.0, rel=0.06)
    assert np.array(scaling.bias) - scaling.bias[2] == pytest.approx([-1.0, 0.0, 0.0], abs=0.08)


def test_scaling_can_go_without_biases(skewed):
    assert fit_scaling(*skewed, biases=False).bias == ()


def test_a_row_goes_by_the_temperature_of_its_likeliest_label():
    logits = np.array([[2 * np.log(3), 0.0], [0.0, np.log(3)]])
    probabilities = softmax(logits, Scaling(9.0, temperatures=(2.0, 1.0)))
    assert probabilities.tolist() == [pytest.approx([0.75, 0.25]), pytest.approx([0.25, 0.75])]


def test_each_label_gets_the_temperature_of_the_rows_it_is_likeliest_in():
    # Said with 90 %: the first label is right in half of its rows, the second in nine of ten.
    logits = np.array([[np.log(9), 0.0]] * 1000 + [[0.0, np.log(9)]] * 1000)
    labels = np.array([0] * 500 + [1] * 500 + [1] * 900 + [0] * 100)
    scaling = fit_temperatures(logits, labels)
    first, second = softmax(logits, scaling)[[0, -1]].max(axis=1)
    assert (first, second) == (pytest.approx(0.5, abs=0.03), pytest.approx(0.9, abs=0.03))
    assert scaling.temperatures[0] > scaling.temperature > scaling.temperatures[1]


def test_a_label_that_is_never_likeliest_gets_the_common_temperature():
    scaling = fit_temperatures(np.array([[3.0, 0.0, 0.0]] * 40), np.array([0] * 20 + [1] * 20))
    assert scaling.temperatures[1:] == (scaling.temperature, scaling.temperature)


def test_scaling_without_rows_changes_nothing():
    assert fit_scaling(np.empty((0, 3)), np.empty(0, dtype=int)) == Scaling(1.0, (0.0, 0.0, 0.0))


def test_threshold_is_the_lowest_confidence_that_still_reaches_the_accuracy():
    # By falling confidence: right, right, wrong, wrong -> selective accuracy 1, 1, 2/3, 1/2.
    probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.65, 0.35], [0.6, 0.4]])
    labels = np.array([0, 0, 1, 1])
    assert abstention_threshold(probabilities, labels, accuracy=0.9) == 0.7
    assert abstention_threshold(probabilities, labels, accuracy=0.6) == 0.65
    assert abstention_threshold(probabilities, labels, accuracy=0.5) == 0.0


def test_threshold_out_of_reach_is_the_cap():
    assert abstention_threshold(np.array([[0.9, 0.1]]), np.array([1]), accuracy=0.9) == 0.8


# Two bins of two rows: 0.6 and 0.7, one right; 0.8 and 0.9, both right.
PROBABILITIES = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.7, 0.3]])
LABELS = np.array([0, 1, 0, 0])


def test_calibration_error_by_hand():
    # (2 · |0.65 - 0.5| + 2 · |0.85 - 1|) / 4
    assert calibration_error(PROBABILITIES, LABELS, bins=2) == pytest.approx(0.15)


def test_debiased_calibration_error_by_hand():
    # Bin 1: 0.15² - 0.5 · 0.5 / 1 = -0.2275; bin 2: 0.15² - 0: their mean is negative, so chance explains the gap.
    assert debiased_calibration_error(PROBABILITIES, LABELS, bins=2) == 0.0
    # All wrong: 0.65² and 0.85², no variance; √((0.4225 + 0.7225) / 2)
    wrong = np.ones(4, dtype=int)
    assert debiased_calibration_error(PROBABILITIES, wrong, bins=2) == pytest.approx(0.7566, abs=1e-4)


def test_chance_explains_the_error_of_perfect_probabilities():
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1.0, 4000)
    probabilities = np.stack([sure, 1 - sure], axis=1)
    labels = (rng.random(4000) > sure).astype(int)
    assert calibration_error(probabilities, labels) == pytest.approx(chance_calibration_error(probabilities), abs=0.01)
    assert debiased_calibration_error(probabilities, labels) < 0.02


def test_cumulative_calibration_error_by_hand():
    # By rising confidence 0.6 wrong, 0.7, 0.8 and 0.9 right: sums 0.6, 0.3, 0.1, 0.0; the largest is 0.6 of 4 rows.
    assert cumulative_calibration_error(PROBABILITIES, LABELS) == pytest.approx(0.15)
    # Always right: -0.4, -0.7, -0.9, -1.0
    assert cumulative_calibration_error(PROBABILITIES, np.zeros(4, dtype=int)) == pytest.approx(0.25)


def test_chance_explains_the_cumulative_error_of_perfect_probabilities():
    rng = np.random.default_rng(1)
    sure = rng.uniform(0.5, 1.0, 250)
    probabilities = np.stack([sure, 1 - sure], axis=1)
    errors = [cumulative_calibration_error(probabilities, (rng.random(250) > sure).astype(int)) for _ in range(400)]
    assert np.mean(errors) == pytest.approx(chance_cumulative_error(probabilities, draws=400), rel=0.1)
    # One row, right with 0.8 (gap 0.2), wrong with 0.2 (gap 0.8): 0.32 on average.
    assert chance_cumulative_error(np.array([[0.8, 0.2]]), draws=20_000) == pytest.approx(0.32, abs=0.01)


def test_one_row_is_chance():
    # Right with 0.8 (gap 0.2), wrong with 0.2 (gap 0.8): 0.32 on average.
    assert chance_calibration_error(np.array([[0.8, 0.2]]), draws=20_000) == pytest.approx(0.32, abs=0.01)


def test_errors_without_rows_are_zero():
    none = np.empty((0, 2)), np.empty(0, dtype=int)
    assert calibration_error(*none) == debiased_calibration_error(*none) == chance_calibration_error(none[0]) == 0.0
    assert cumulative_calibration_error(*none) == chance_cumulative_error(none[0]) == 0.0


def test_brier_score_by_hand():
    # (0.3² + 0.3²) and (0.8² + 0.8²), halved.
    assert brier_score(np.array([[0.7, 0.3], [0.8, 0.2]]), np.array([0, 1])) == pytest.approx(0.73)


def test_selective_accuracy_by_hand():
    # By falling confidence: right, right, right, wrong.
    assert selective_accuracy(PROBABILITIES, LABELS).tolist() == [1.0, 1.0, 1.0, 0.75]
