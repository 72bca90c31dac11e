import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from analyzer.metrics import Metrics, measure
from analyzer.predictions import Prediction, Scored
from analyzer.thread import Comment, build_thread

REPOSITORY = Path(__file__).parents[2]
THREAD = build_thread([Comment("a", author="Ann"), Comment("b", "a", author="Bo"), Comment("c", "gone")])


def measured() -> Metrics:
    predictions = [
        None if comment.status == "missing" else Prediction(Scored("pro", {"pro": 1.0}), None, 0.0)
        for comment in THREAD.comments
    ]
    return measure(THREAD, predictions, ("pro", "contra", "none"))


def test_every_name_occurs_once():
    metrics = measured()
    groups = [metrics.structure, metrics.participation, metrics.agreement, metrics.polarization]
    names = [field.name for group in groups for field in fields(group)]
    assert list(metrics.as_dict()) == names
    assert len(set(names)) == len(names)


def test_the_dict_survives_json():
    values = measured().as_dict()
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    assert (values["comments"], values["missing"], values["levels"]) == (3, 1, [1, 2])


def test_an_empty_thread_can_be_measured():
    values = measure(build_thread([]), [], ("pro", "contra", "none")).as_dict()
    assert values["comments"] == 0
    assert values["structural_virality"] is None


def test_networkx_is_loaded_only_when_it_is_needed():
    code = "import sys, analyzer.metrics; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=REPOSITORY).returncode == 0
