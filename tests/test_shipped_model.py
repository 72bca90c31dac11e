"""The shipped model and the bundled thread fit together; how good the labels are is measured elsewhere."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from analyzer.classifier.fairness import mirrored_difference, read_pairs
from analyzer.classifier.floors import read_floors
from analyzer.classifier.predictor import load_predictor
from analyzer.cli import app
from analyzer.predictions import Turn
from analyzer.resources import model_folder, resource
from analyzer.scheme import read_scheme


@pytest.fixture(scope="module")
def predictor():
    return load_predictor(model_folder("small"))


def test_its_labels_are_those_of_the_shipped_scheme(predictor):
    assert predictor.scheme == read_scheme(resource("data", "schemes", "ukraine-nato.toml"))


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Ukraine should join NATO as soon as possible. Let them in now.", "pro-membership"),
        ("Expanding NATO any further will provoke Russia and could end in nuclear war.", "escalation-worry"),
        ("This is not our war. Stay out of it and spend the money at home.", "non-intervention"),
        ("Does anyone know when the summit starts?", "none"),
    ],
)
def test_plain_statements_get_their_stance(predictor, text, stance):
    (prediction,) = predictor.predict([Turn(text)])
    assert max(prediction.stance.scores, key=prediction.stance.scores.get) == stance
    assert prediction.agreement is None


def test_a_plain_rebuttal_disagrees(predictor):
    (prediction,) = predictor.predict([Turn("No, you are wrong. That is simply not true.", "NATO started this war.")])
    assert prediction.agreement.label == "disagree"


def test_another_language_is_unclear_and_says_so(predictor):
    german = Turn("Das ist doch nicht unser Krieg, wir sollten uns da raushalten.", "NATO started this war.")
    (prediction,) = predictor.predict([german])
    assert prediction.stance.as_dict() == {
        "label": "unclear",
        "scores": prediction.stance.scores,
        "reason": "language",
    }
    assert prediction.agreement.reason == "language"


def test_attack_scores_hardly_depend_on_the_side(predictor):
    limits = read_floors(model_folder("small") / "floors.toml").at_most
    difference = mirrored_difference(predictor, read_pairs(resource("data", "labelled", "mirrored.jsonl")))
    assert difference.mean <= limits["mirrored_difference"] <= 0.05


def test_the_bundled_thread_becomes_a_document():
    path = resource("data", "threads", "harbour-treaty.txt")
    result = CliRunner().invoke(app, ["report", str(path), "--format", "json"])
    document = json.loads(result.stdout)
    assert document["thread"]["found"] == 26
    assert document["thread"]["declared"] == 31
    assert document["thread"]["missing"] == 2
    assert sum(stance["count"] for stance in document["stances"].values()) == 26


def test_a_prediction_leaves_no_trace_outside_the_program(tmp_path):
    code = "from analyzer import load_predictor, model_folder; from analyzer.predictions import Turn"
    code += "; load_predictor(model_folder('small')).predict([Turn('Let them in.')])"
    env = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    subprocess.run([sys.executable, "-c", code], check=True, env=env | {"HOME": str(tmp_path)})
    assert list(tmp_path.rglob("*")) == []
