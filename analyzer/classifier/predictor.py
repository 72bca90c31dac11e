"""A model folder -> a predictor on ONNX Runtime, offline and without torch (why this one: models/LOG.md)."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from analyzer.classifier.calibration import Floats, sigmoid, softmax
from analyzer.classifier.folder import TOKENIZER, WEIGHTS, ModelConfig, read_folder
from analyzer.classifier.inputs import encode
from analyzer.errors import ModelError
from analyzer.predictions import UNCLEAR, Prediction, Progress, Scored, Turn
from analyzer.scheme import Scheme

_BATCH_TOKENS = 512  # little padding: a thread of 27 comments takes half the time it took in batches of 4,096


class OnnxPredictor:
    """A loaded model; `predict` is its one method. Safe to use from several threads."""

    def __init__(
        self, config: ModelConfig, scheme: Scheme, tokenizer: Tokenizer, session: onnxruntime.InferenceSession
    ):
        self.name = config.name
        self.sha256 = config.sha256
        self.scheme = scheme
        self.config = config
        self._tokenizer = tokenizer
        self._session = session

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        """Return one prediction a turn, in order; `progress` hears of each finished batch."""
        stance, agreement, attack = self.logits(turns, progress=progress)
        config = self.config
        stance_scores = softmax(stance, config.stance_temperature).tolist()
        agreement_scores = softmax(agreement, config.agreement_temperature).tolist()
        attack_scores = sigmoid(attack, config.attack_temperature).tolist()
        predictions = []
        for turn, s, a, attacked in zip(turns, stance_scores, agreement_scores, attack_scores, strict=True):
            stance_answer = _scored(config.stance_labels, s, unclear_below=config.unclear_below)
            agreement_answer = _scored(config.agreement_labels, a) if turn.parent_text else None
            predictions.append(Prediction(stance_answer, agreement_answer, attacked))
        return predictions

    def logits(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> tuple[Floats, Floats, Floats]:
        """Return uncalibrated stance (rows, labels), agreement (rows, 3) and attack (rows,) logits."""
        encodings = encode(self._tokenizer, turns)
        outputs = (
            np.empty((len(turns), len(self.config.stance_labels))),
            np.empty((len(turns), len(self.config.agreement_labels))),
            np.empty(len(turns)),
        )
        for rows in _batches(encodings):
            feed = model_feed([encodings[i] for i in rows])
            for output, values in zip(outputs, self._session.run(None, feed), strict=True):
                output[rows] = values
            if progress:
                progress(len(rows))
        return outputs


def load_predictor(folder: Path) -> OnnxPredictor:
    """Return the predictor of a model folder; raises ModelError where the folder is incomplete or damaged."""
    config, scheme = read_folder(folder)
    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        session = open_session(folder / WEIGHTS)
    except Exception as error:  # both libraries raise bare exceptions for a damaged file
        raise ModelError(f"{folder}: cannot load the model: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return OnnxPredictor(config, scheme, tokenizer, session)


def open_session(weights: Path) -> onnxruntime.InferenceSession:
    """Return an ONNX Runtime session over all the processors this process may use."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def _scored(labels: Sequence[str], scores: Sequence[float], *, unclear_below: float = 0.0) -> Scored:
    best = max(range(len(labels)), key=scores.__getitem__)
    label = labels[best] if scores[best] >= unclear_below else UNCLEAR
    return Scored(label, dict(zip(labels, scores, strict=True)))


def _batches(encodings: Sequence[Encoding]) -> Iterator[list[int]]:
    """Yield row numbers in batches of like length, each at most `_BATCH_TOKENS` with its padding."""
    order = sorted(range(len(encodings)), key=lambda i: len(encodings[i].ids))
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) + 1) * len(encodings[i].ids) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def model_feed(encodings: Sequence[Encoding]) -> dict[str, np.ndarray]:
    """Return the padded inputs of one batch, each (batch, tokens)."""
    width = max(len(encoding.ids) for encoding in encodings)
    ids, mask, types = np.zeros((3, len(encodings), width), dtype=np.int64)
    for row, encoding in enumerate(encodings):
        length = len(encoding.ids)
        ids[row, :length] = encoding.ids
        mask[row, :length] = 1
        types[row, :length] = encoding.type_ids
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
