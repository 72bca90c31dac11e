"""From labelled rows to a calibrated folder, on the shipped model's logits replaced by ones worked out by hand."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.classifier import recalibration
from analyzer.classifier.calibration import Scaling, softmax
from analyzer.classifier.examples import Example, thread_value
from analyzer.classifier.folder import ModelConfig
from analyzer.classifier.predictor import HeadLogits, OnnxPredictor, load_predictor
from analyzer.classifier.recalibration import calibrate, fit_correction
from analyzer.predictions import TARGET_LABELS, Turn
from analyzer.resources import model_folder

LABELS = ("pro-membership", "escalation-worry", "non-intervention", "none")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder("small"), tmp_path / "mine"))


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> list[Example]:
    """Return 400 rows whose logits are twice as large as they should be."""
    rng = np.random.default_rng(0)
    true = rng.normal(scale=2.0, size=(400, 4))
    stances = [rng.choice(4, p=row) for row in softmax(true, Scaling())]
    outputs = (2 * true, np.zeros((400, 3)), np.zeros(400), 2 * true[:, :3])
    monkeypatch.setattr(
        OnnxPredictor, "logits", lambda self, turns: HeadLogits(*(head[: len(turns)] for head in outputs))
    )
    return [Example(Turn("words"), f"t{i // 4}", LABELS[stance], None, i % 2, 2) for i, stance in enumerate(stances)]


def test_a_folder_is_calibrated_in_place(folder: Path, examples: list[Example]) -> None:
    config = calibrate(folder, examples, provenance={"share": 0.5}).config
    assert config.stance_temperature == pytest.approx(2.0, rel=0.2)
    assert config.stance_bias == ()
    assert config.attack_bias == pytest.approx([0.0])
    assert config.calibration == {"rows": 400, "selective_accuracy": 0.75, "share": 0.5}
    assert config.correction is not None
    assert sum(config.correction.mix) == pytest.approx(1.0)
    assert load_predictor(folder).config == config


def test_the_correction_is_fitted_on_each_collection_apart(folder: Path, examples: list[Example]) -> None:
    together = calibrate(folder, examples).config
    config = calibrate(folder, examples, collections=[200, 180, 20]).config
    counts = [sum(example.stance == label for example in examples[:200]) for label in LABELS]
    assert config.correction is not None
    assert config.correction.mix == pytest.approx([(count + 1) / 204 for count in counts])
    probabilities = softmax(load_predictor(folder).logits([e.turn for e in examples]).stance, config.stance_scaling)
    stances = np.array([LABELS.index(example.stance) for example in examples])
    apart = [
        fit_correction(probabilities[own], stances[own], [example.thread for example in examples[own]])
        for own in (slice(200), slice(200, 380))  # the last 20 are too few
    ]
    assert config.correction.draws == [draw for correction in apart if correction for draw in correction.draws[::2]]
    assert config.stance_temperature == together.stance_temperature


def test_the_head_for_targets_is_calibrated_on_rows_with_targets(folder: Path, examples: list[Example]) -> None:
    before = load_predictor(folder).config
    rng = np.random.default_rng(1)
    logits = load_predictor(folder).logits([example.turn for example in examples]).target / 2
    stances = [TARGET_LABELS[rng.choice(3, p=row)] for row in softmax(logits, Scaling())]
    rows = [replace(row, stance=None, target_stance=own) for row, own in zip(examples, stances, strict=True)]
    after = calibrate(folder, rows).config
    assert after.target_temperature == pytest.approx(2.0, rel=0.2)
    assert 0 < after.target_unclear_below < 1
    assert after.stance_scaling == before.stance_scaling


def test_a_head_without_labelled_rows_stays_as_it_is(folder: Path, examples: list[Example]) -> None:
    before = load_predictor(folder).config
    after = calibrate(folder, [replace(example, stance=None) for example in examples]).config
    assert after.stance_scaling == before.stance_scaling
    assert (after.unclear_below, after.correction) == (before.unclear_below, before.correction)
    assert after.agreement_scaling == before.agreement_scaling
    assert after.attack_scaling != before.attack_scaling


def test_a_copy_leaves_the_folder_alone(folder: Path, examples: list[Example], tmp_path: Path) -> None:
    before = (folder / "config.json").read_bytes()
    predictor = calibrate(folder, examples, output=tmp_path / "copy")
    assert predictor.name == "copy"
    assert (folder / "config.json").read_bytes() == before


def test_more_accuracy_asked_for_means_fewer_answers(folder: Path, examples: list[Example]) -> None:
    low = calibrate(folder, examples, accuracy=0.75).config.unclear_below
    assert calibrate(folder, examples, accuracy=0.9).config.unclear_below > low


def test_few_rows_of_a_label_give_no_correction() -> None:
    labels = np.array([0] * 40 + [1] * 19)
    assert fit_correction(np.full((59, 2), 0.5), labels, [str(i) for i in range(59)]) is None


def test_draws_of_an_informed_classifier_differ_little_from_it() -> None:
    # Calibrated and half and half: slope about 1, offsets about -log(1/2) = 0.69.
    rng = np.random.default_rng(1)
    first = rng.uniform(0.05, 0.95, 2000)
    labels = (rng.random(2000) > first).astype(int)
    correction = fit_correction(np.stack([first, 1 - first], axis=1), labels, [str(i) for i in range(2000)])
    assert correction is not None
    assert correction.mix == pytest.approx([0.5, 0.5], abs=0.03)
    assert np.mean(correction.draws, axis=0) == pytest.approx([1.0, 0.69, 0.69], abs=0.12)


def test_whole_threads_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def spy(logits: np.ndarray, labels: np.ndarray) -> Scaling:
        drawn.append(len(labels))
        return Scaling(1.0, (0.0, 0.0))

    monkeypatch.setattr(recalibration, "fit_scaling", spy)
    threads = ["a"] * 30 + ["b"] * 20  # two draws of a thread: 60, 50 or 40 rows
    fit_correction(np.full((50, 2), 0.5), np.array([0, 1] * 25), threads)
    assert set(drawn) == {40, 50, 60}


def test_the_share_calibrated_on_is_known_by_the_rows_hash(tmp_path: Path) -> None:
    rows, others = tmp_path / "rows.jsonl", tmp_path / "others.jsonl"
    rows.write_bytes(b"abc")
    others.write_text(json.dumps({}))
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    calibration = {"share": 0.5, "data": {"renamed.jsonl": sha256}}
    config = ModelConfig("m", LABELS, "", 1.0, 1.0, 1.0, 0.0, {}, calibration=calibration)
    assert config.calibrated_share([others, rows]) == 0.5
    assert config.calibrated_share([others]) == 0.0


def test_a_thread_s_value_is_its_hash() -> None:
    # sha256 of "abc" begins ba7816bf: 0xba7816bf / 2**32
    assert thread_value("abc") == pytest.approx(0.72839, abs=1e-5)
