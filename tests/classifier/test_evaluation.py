import numpy as np
import pytest

from analyzer.classifier.evaluation import average_precision, macro_f1


def test_macro_f1_by_hand():
    # gold A A B, predicted A B B: F1(A) = F1(B) = 2/3.
    assert macro_f1(np.array([[1.0, 1.0], [0.0, 1.0]])) == pytest.approx(2 / 3)


def test_a_label_that_never_occurs_is_left_out():
    assert macro_f1(np.array([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])) == 1.0


def test_a_label_that_is_never_right_counts_as_zero():
    # gold A A B, all predicted A: F1(A) = 4/5, F1(B) = 0.
    assert macro_f1(np.array([[2.0, 0.0], [1.0, 0.0]])) == pytest.approx(0.4)


def test_average_precision_by_hand():
    # Ranks of the positives: 1 and 3 -> (1/1 + 2/3) / 2.
    assert average_precision(np.array([0.9, 0.8, 0.7, 0.1]), np.array([1, 0, 1, 0])) == pytest.approx(5 / 6)
