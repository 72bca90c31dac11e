import json
import random
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from analyzer.metrics import Metrics, measure, measure_all
from analyzer.predictions import Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread

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


def talk(*, comments: int, seed: int) -> tuple[Thread, list[Prediction | None]]:
    """Return a thread with uncertain labels, every seventh comment without any."""
    choose = random.Random(seed)
    thread = build_thread(
        Comment(
            str(i), str(choose.randrange(i)) if i and choose.random() < 0.9 else None, author=choose.choice("ABCDEFG")
        )
        for i in range(comments)
    )
    predictions: list[Prediction | None] = []
    for i, parent in enumerate(thread.parents):
        pro, agrees = choose.random(), choose.random()
        stance = Scored(
            "pro" if pro > 0.4 else "none", {"pro": pro, "contra": (1 - pro) / 3, "none": (1 - pro) * 2 / 3}
        )
        agreement = Scored("agree" if agrees > 0.5 else "disagree", {"agree": agrees, "disagree": 1 - agrees})
        predictions.append(Prediction(stance, agreement if parent >= 0 else None, 0.0) if i % 7 else None)
    return thread, predictions


@pytest.mark.parametrize("mix", [None, (0.5, 0.3, 0.2)])
def test_a_thread_has_the_same_metrics_whichever_are_measured_beside_it(mix):
    talks = [talk(comments=comments, seed=comments) for comments in (5, 40, 230, 1, 0, 17, 90)]
    talks.append((THREAD, [None] * len(THREAD.comments)))
    labels = ("pro", "contra", "none")
    alone = [measure(*talk, labels, mix=mix) for talk in talks]
    assert alone[1].intervals
    assert alone[1].nulls
    assert measure_all(*zip(*talks, strict=True), labels, mix=mix) == alone
    assert measure_all(*zip(*talks[::-1], strict=True), labels, mix=mix) == alone[::-1]


def test_every_thread_needs_its_predictions():
    with pytest.raises(ValueError, match="2 predictions do not stand beside 4 comments"):
        measure_all([THREAD], [[None, None]], ("pro", "none"))


def test_networkx_is_loaded_only_when_it_is_needed():
    code = "import sys, analyzer.metrics; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=REPOSITORY).returncode == 0
