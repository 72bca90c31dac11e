import numpy as np
import pytest

from analyzer.classifier.evaluation import average_precision, evaluate, macro_f1
from analyzer.classifier.examples import Example, thread_value
from analyzer.classifier.folder import ModelConfig
from analyzer.classifier.predictor import HeadLogits
from analyzer.predictions import Turn


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


class Known:
    """Four rows: right 0.9, wrong 0.8, right 0.7, right 0.6, by their logits."""

    config = ModelConfig("known", ("keep", "none"), "", 1.0, 1.0, 1.0, 0.75, {})

    def logits(self, turns):
        first = np.array([0.9, 0.8, 0.7, 0.6])[: len(turns)]
        heads = np.log(np.stack([first, 1 - first], axis=1)), np.zeros((len(turns), 3)), np.zeros(len(turns))
        return HeadLogits(*heads, target=np.eye(3)[[0, 1, 2, 0][: len(turns)]])


def known_rows(*threads):
    labelled = zip(threads, ("keep", "none", "keep", "keep"), strict=True)
    return [Example(Turn("words"), thread, stance, None, None, 2) for thread, stance in labelled]


def test_the_most_confident_are_answered_first():
    reliability = evaluate(Known(), known_rows("a", "b", "c", "d")).stance.reliability
    # 1/1, 1/2, 2/3, 3/4 by falling confidence
    assert dict(reliability.risk_coverage)[1.0] == 0.75
    assert dict(reliability.risk_coverage)[0.5] == 0.5
    assert dict(reliability.risk_coverage)[0.2] == 1.0
    assert reliability.aurc == pytest.approx(1 - (1 + 1 / 2 + 2 / 3 + 3 / 4) / 4)
    # 2 · 0.1², 2 · 0.8², 2 · 0.3², 2 · 0.4² over 4 rows
    assert reliability.brier == pytest.approx(0.45)


def test_threads_it_was_calibrated_on_are_left_out_where_calibration_is_judged():
    assert thread_value("abc") > 0.7 > thread_value("b")
    scores = evaluate(Known(), known_rows("abc", "b", "abc", "b"), calibrated_share=0.7)
    assert scores.stance.rows == 4
    assert scores.stance.reliability.rows == 2
    assert (scores.answered, scores.answered_accuracy) == (0.5, 1.0)


def test_stances_towards_targets_have_a_score_of_their_own():
    stances = ("favor", "against", "none", "none")  # answered favor, against, none, favor: F1 2/3, 1, 2/3
    rows = [
        Example(Turn("words", target="the ferry"), name, target_stance=s)
        for name, s in zip("abcd", stances, strict=True)
    ]
    scores = evaluate(Known(), rows)
    assert scores.stance is None
    assert scores.target.macro_f1 == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert scores.target.rows_by_label == {"favor": 1, "against": 1, "none": 2}


def test_the_gain_over_the_baseline_is_of_the_same_rows():
    stances = ("favor", "against", "none", "favor")  # all answered right
    rows = [
        Example(Turn(f"sea {name}", target="the ferry"), name, target_stance=s)
        for name, s in zip("abcd", stances, strict=True)
    ]
    # The baseline knows none of the words above.
    taught = [
        Example(Turn("road road"), "e", target_stance="favor"),
        Example(Turn("road toll"), "f", target_stance="none"),
    ]
    target = evaluate(Known(), rows, baseline_examples=taught * 2).target
    low, high = target.baseline_gain
    assert target.baseline_macro_f1 < 0.5
    assert 0 < low <= 1 - target.baseline_macro_f1 <= high <= 1
