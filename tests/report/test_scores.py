from dataclasses import replace

from analyzer.classifier.fairness import MirroredDifference
from analyzer.report.scores import render_scores
from tests.classifier.test_floors import EVALUATION, HEAD


def test_the_scores_are_a_table() -> None:
    mirrored = MirroredDifference(60, 0.04, 0.3, "m1")
    assert render_scores(EVALUATION, mirrored, model="toy", test_set="rows.jsonl").splitlines() == [
        "toy on rows.jsonl",
        "",
        "stance      macro-F1 0.600  (95 % 0.500 to 0.700, 100 rows)",
        "  majority class         0.300",
        "  accuracy               0.700",
        "  calibration error      0.070  (10 equal-mass bins; 0.050 by chance alone on 50 rows)",
        "    debiased             0.030",
        "    without bins         0.025  (largest cumulative gap; 0.020 by chance)",
        "  Brier score            0.400",
        "  F1 keep                0.500  (40 rows)",
        "  F1 bridge              0.700  (60 rows)",
        "",
        "attack      average precision 0.400",
        "  base rate (chance)     0.050",
        "",
        "stance, the most confident answered first",
        "  answered    100%    50%",
        "  accuracy   0.700  0.800",
        "  mean risk over all coverages (AURC) 0.200",
        "  answered (not unclear) 80.0%, accuracy among those 0.750",
        "",
        "sides swapped in 60 comments: attack scores differ by 0.040 on average",
        "  most, 0.300, in m1",
    ]


def test_a_baseline_stands_with_the_interval_of_what_the_model_gains() -> None:
    scores = replace(EVALUATION, target=replace(HEAD, baseline_macro_f1=0.55, baseline_gain=(-0.01, 0.11)))
    lines = render_scores(scores, model="toy", test_set="rows.jsonl").splitlines()
    assert "target      macro-F1 0.600  (95 % 0.500 to 0.700, 100 rows)" in lines
    assert "  TF-IDF + logistic      0.550  (the model is above it by -0.010 to +0.110, 95 %)" in lines


def test_a_model_that_kept_no_rows_for_scores_says_so() -> None:
    nothing = replace(
        EVALUATION,
        stance=None,
        agreement=None,
        target=None,
        attack_precision=None,
        answered=None,
        answered_accuracy=None,
    )
    assert render_scores(nothing, model="toy", test_set="rows it did not learn from").splitlines() == [
        "toy on rows it did not learn from",
        "",
        "no rows to judge by",
    ]
