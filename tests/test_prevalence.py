import numpy as np
import pytest

from analyzer.prevalence import Correction, corrected_shares

# Held-out rows were half and half; no doubt about the classifier: every draw is slope 1 and offset -log(1/2).
EVEN = Correction([0.5, 0.5], [[1.0, np.log(2), np.log(2)]] * 50)


def test_sure_scores_are_counted_with_a_prior_of_four_comments() -> None:
    # 90 of one label and 10 of the other, each certain: (90 + 2) / 104.
    scores = np.array([[1.0, 0.0]] * 90 + [[0.0, 1.0]] * 10)
    share, low, high = corrected_shares(scores, EVEN)
    assert share == pytest.approx([92 / 104, 12 / 104])
    assert low[0] < 0.9 < high[0]


def test_a_timid_classifier_is_corrected() -> None:
    # Right four times in five, and says so. Of 1,000 comments all of the first label 800 are given to it:
    # the likeliest mix is not 80 % but all, less the prior and the steps not yet taken.
    scores = np.array([[0.8, 0.2]] * 800 + [[0.2, 0.8]] * 200)
    share, low, _ = corrected_shares(scores, EVEN)
    assert share[0] > 0.96
    assert low[0] > 0.9


def test_scores_that_say_nothing_leave_the_held_out_mix() -> None:
    # p = mix for every comment, so the likelihoods are level: only the prior and the flat start speak.
    share, _, _ = corrected_shares(np.array([[0.5, 0.5]] * 20), EVEN)
    assert share == pytest.approx([0.5, 0.5])


def test_shares_go_by_what_held_out_rows_say_of_the_scores() -> None:
    # Level scores, but held-out rows say that such comments are e times likelier under the first label.
    draws = [[1.0, np.log(2) + 1, np.log(2)]] * 50
    share, low, _ = corrected_shares(np.array([[0.5, 0.5]] * 100), Correction([0.5, 0.5], draws))
    assert share[0] > 0.95
    assert low[0] > 0.9


def test_shares_sum_to_one_and_lie_in_their_interval() -> None:
    rng = np.random.default_rng(0)
    scores = rng.dirichlet(np.ones(3), 40)
    draws = [[slope, 1.0, 1.2, 0.9] for slope in (0.6, 1.0, 1.5)]
    share, low, high = corrected_shares(scores, Correction([0.2, 0.3, 0.5], draws))
    assert share.sum() == pytest.approx(1.0)
    assert (low <= share).all()
    assert (share <= high).all()


def test_more_doubt_about_the_classifier_widens_the_interval() -> None:
    scores = np.array([[0.8, 0.2]] * 60 + [[0.2, 0.8]] * 40)
    doubtful = Correction([0.5, 0.5], [[1.0, offset, -offset] for offset in np.linspace(-1, 1, 50)])
    sure_width = np.ptp(corrected_shares(scores, EVEN)[1:], axis=0)
    assert (np.ptp(corrected_shares(scores, doubtful)[1:], axis=0) > sure_width).all()


def test_the_same_thread_has_the_same_shares() -> None:
    scores = np.array([[0.8, 0.2]] * 30)
    assert [x.tolist() for x in corrected_shares(scores, EVEN)] == [x.tolist() for x in corrected_shares(scores, EVEN)]


def test_a_label_that_no_comment_shows_is_not_ruled_out_by_a_small_thread() -> None:
    # Wilson's upper bound for 0 of 20 is z² / (n + z²) = 3.84 / 23.84.
    share, low, high = corrected_shares(np.array([[1.0, 0.0]] * 20), Correction([1 - 1e-9, 1e-9], EVEN.draws))
    assert share[1] == pytest.approx(0.0, abs=1e-6)
    assert low[1] == 0.0
    assert high[1] == pytest.approx(3.8415 / 23.8415, abs=1e-3)
