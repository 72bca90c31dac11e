import sys
import threading

import numpy as np
import pytest

from analyzer.classifier import engine as engines
from analyzer.classifier.bench import bundled_turns
from analyzer.classifier.predictor import OnnxPredictor, load_predictor
from analyzer.predictions import Turn
from analyzer.resources import model_folder

TURNS = [Turn("Let them in."), Turn("Stay out of it."), Turn("No, you are wrong.", "NATO started this war.")]


@pytest.fixture(scope="module")
def predictor() -> OnnxPredictor:
    return load_predictor(model_folder("small"))


@pytest.fixture
def without_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)


@pytest.mark.usefixtures("without_openvino")
def test_without_openvino_each_processor_gets_a_batch_of_its_own() -> None:
    engine = engines.bulk_engine(model_folder("small") / "model.onnx")
    assert (engine.name, engine.workers) == ("onnxruntime int8", engines.processors())


def test_a_processor_that_clamps_products_of_bytes_gives_the_same_answers(
    predictor: OnnxPredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_has_vnni", lambda: False)
    careful = load_predictor(model_folder("small")).logits(TURNS)
    np.testing.assert_allclose(careful.stance, predictor.logits(TURNS).stance, atol=0.02)


@pytest.mark.usefixtures("without_openvino")
def test_bulk_and_quick_give_the_same_answers(predictor: OnnxPredictor) -> None:
    assert load_predictor(model_folder("small"), bulk=True).predict(TURNS) == predictor.predict(TURNS)


def test_openvino_gives_the_labels_of_onnxruntime(predictor: OnnxPredictor) -> None:
    pytest.importorskip("openvino")
    bulk = load_predictor(model_folder("small"), bulk=True)
    assert bulk.engine.name.startswith("openvino")
    assert [p.stance.best for p in bulk.predict(TURNS)] == [p.stance.best for p in predictor.predict(TURNS)]


def test_openvino_has_read_arrays_before_any_worker_does(monkeypatch: pytest.MonkeyPatch) -> None:
    # Workers that are the first to do so, two at once, can wait for each other for ever.
    openvino = pytest.importorskip("openvino")
    made_by: list[int] = []
    make = openvino.CompiledModel.create_infer_request

    def noted(model):
        made_by.append(threading.get_ident())
        return make(model)

    monkeypatch.setattr(openvino.CompiledModel, "create_infer_request", noted)
    engines.bulk_engine(model_folder("small") / "model.onnx")
    assert made_by == [threading.get_ident()]


def test_equal_turns_are_read_once_and_all_are_heard_of(predictor: OnnxPredictor, monkeypatch) -> None:
    read: list[int] = []

    def run(feed):
        read.append(len(feed["input_ids"]))
        return predictor.engine.run(feed)

    counting = OnnxPredictor(
        predictor.config, predictor.scheme, predictor._tokenizer, predictor.engine._replace(run=run)
    )
    heard: list[int] = []
    answers = counting.predict([TURNS[0], TURNS[1], TURNS[0], TURNS[0]], progress=heard.append)
    assert (sum(read), sum(heard)) == (2, 4)
    assert answers == [answers[0], answers[1], answers[0], answers[0]]


def test_turns_tokenised_in_parts_keep_their_order(predictor: OnnxPredictor, monkeypatch) -> None:
    whole = predictor.predict(TURNS)
    monkeypatch.setattr("analyzer.classifier.predictor._TOKENISED_AT_ONCE", 1)
    assert [p.stance.label for p in predictor.predict(TURNS)] == [p.stance.label for p in whole]


def test_bundled_turns_have_words() -> None:
    assert [bool(turn.text) for turn in bundled_turns(3)] == [True, True, True]
