"""The shipped model on comments that are kept outside the repository: scores below these floors must not ship."""

import os
from pathlib import Path

import pytest

from analyzer.classifier.evaluation import evaluate
from analyzer.classifier.examples import read_examples
from analyzer.classifier.predictor import load_predictor
from analyzer.resources import model_folder

SHARED = Path(os.environ.get("ANALYZER_SHARED", Path(__file__).parents[2].parent / "shared"))

pytestmark = pytest.mark.shared
if not (SHARED / "stance").is_dir():
    pytest.skip("the shared folder is not here", allow_module_level=True)


def test_the_small_model_beats_its_floors_and_the_baseline():
    predictor = load_predictor(model_folder("small"))
    labels = predictor.scheme.labels
    rows = read_examples([SHARED / "stance" / "dev.jsonl"], labels)
    baseline = read_examples([SHARED / "stance" / "train.jsonl"], labels)
    scores = evaluate(predictor, rows, baseline_examples=baseline)
    assert scores.stance
    assert scores.agreement
    assert scores.stance.rows == 600
    assert scores.stance.macro_f1 >= 0.54
    assert scores.stance.macro_f1 > scores.stance.baseline_macro_f1
    assert scores.agreement.macro_f1 >= 0.64
