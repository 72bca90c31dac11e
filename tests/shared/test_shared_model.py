"""The shipped model on comments that are kept outside the repository: scores below these floors must not ship."""

import os
from pathlib import Path

import lxml.html
import pytest

from analyzer.classifier.evaluation import evaluate
from analyzer.classifier.examples import read_examples
from analyzer.classifier.fairness import mirrored_difference, read_pairs
from analyzer.classifier.floors import failures, measured_values, read_floors
from analyzer.classifier.predictor import load_predictor
from analyzer.predictions import Turn
from analyzer.resources import model_folder, resource

SHARED = Path(os.environ.get("ANALYZER_SHARED", Path(__file__).parents[2].parent / "shared"))

pytestmark = pytest.mark.shared
if not (SHARED / "stance").is_dir():
    pytest.skip("the shared folder is not here", allow_module_level=True)


def test_the_small_model_keeps_its_floors_and_beats_the_baseline():
    folder = model_folder("small")
    predictor = load_predictor(folder)
    labels = predictor.scheme.labels
    path = SHARED / "stance" / "dev.jsonl"
    rows = read_examples([path], labels)
    baseline = read_examples([SHARED / "stance" / "train.jsonl"], labels)
    share = predictor.config.calibrated_share([path])
    scores = evaluate(predictor, rows, baseline_examples=baseline, calibrated_share=share)
    assert scores.stance
    assert scores.stance.rows == 600
    assert scores.stance.macro_f1 > scores.stance.baseline_macro_f1
    difference = mirrored_difference(predictor, read_pairs(resource("data", "labelled", "mirrored.jsonl")))
    assert failures(measured_values(scores, difference), read_floors(folder / "floors.toml")) == []


def test_german_comments_are_not_read_and_english_ones_are():
    predictor = load_predictor(model_folder("small"))
    page = lxml.html.parse(SHARED / "formats" / "wordpress_html" / "netzpolitik_de_nested.html")
    texts = [" ".join(e.text_content().split()) for e in page.xpath('//div[@class="comment-content"]')]
    german = [p.stance.reason for p in predictor.predict([Turn(text) for text in texts])]
    rows = read_examples([SHARED / "stance" / "dev.jsonl"], predictor.scheme.labels)[:200]
    english = [p.stance.reason for p in predictor.predict([row.turn for row in rows])]
    assert german.count("language") >= 0.95 * len(texts) >= 60
    assert english.count("language") == 0
