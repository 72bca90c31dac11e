"""A model folder -> a predictor on ONNX Runtime, offline and without torch (why this one: models/LOG.md)."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from analyzer.classifier.calibration import Floats, Ints, sigmoid, softmax
from analyzer.classifier.folder import TOKENIZER, WEIGHTS, ModelConfig, read_folder
from analyzer.classifier.inputs import encode_windows
from analyzer.classifier.language import is_foreign
from analyzer.errors import ModelError
from analyzer.predictions import UNCLEAR, Prediction, Progress, Scored, Turn
from analyzer.prevalence import Correction
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
        self.correction: Correction | None = config.correction
        self._tokenizer = tokenizer
        self._session = session

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        """Return one prediction a turn, in order; `progress` hears of each finished batch."""
        windows = encode_windows(self._tokenizer, turns)
        stance, agreement, attack = self._logits(windows, progress)
        config = self.config
        stance_scores = softmax(stance, config.stance_scaling).tolist()
        agreement_scores = softmax(agreement, config.agreement_scaling).tolist()
        attack_scores = sigmoid(attack, config.attack_scaling).tolist()
        predictions = []
        for i, turn in enumerate(turns):
            foreign = is_foreign(turn.text, windows[i][0], config.languages)
            stance_answer = _scored(config.stance_labels, stance_scores[i], foreign, unclear_below=config.unclear_below)
            agreement_answer = _scored(config.agreement_labels, agreement_scores[i], foreign)
            predictions.append(
                Prediction(stance_answer, agreement_answer if turn.parent_text else None, attack_scores[i])
            )
        return predictions

    def logits(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> tuple[Floats, Floats, Floats]:
        """Return uncalibrated stance (rows, labels), agreement (rows, 3) and attack (rows,) logits.

        Those of a comment longer than one window are the means over its windows, weighted by their tokens.
        """
        return self._logits(encode_windows(self._tokenizer, turns), progress)

    def _logits(
        self, windows: Sequence[Sequence[Encoding]], progress: Progress | None
    ) -> tuple[Floats, Floats, Floats]:
        encodings = [window for turn in windows for window in turn]
        turn_of = np.repeat(np.arange(len(windows)), [len(turn) for turn in windows])
        left = [len(turn) for turn in windows]
        outputs = (
            np.empty((len(encodings), len(self.config.stance_labels))),
            np.empty((len(encodings), len(self.config.agreement_labels))),
            np.empty(len(encodings)),
        )
        for rows in _batches(encodings):
            feed = model_feed([encodings[i] for i in rows])
            for output, values in zip(outputs, self._session.run(None, feed), strict=True):
                output[rows] = values
            if progress:
                progress(_finished(turn_of[rows], left))
        if len(encodings) == len(windows):
            return outputs
        lengths = np.array([len(encoding.type_ids) - sum(encoding.type_ids) for encoding in encodings])
        share = lengths / np.bincount(turn_of, lengths)[turn_of]
        pooled = [np.zeros((len(windows), *output.shape[1:])) for output in outputs]
        for sums, output in zip(pooled, outputs, strict=True):
            np.add.at(sums, turn_of, (output.T * share).T)
        return pooled[0], pooled[1], pooled[2]


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


def _scored(labels: Sequence[str], scores: Sequence[float], foreign: bool, *, unclear_below: float = 0.0) -> Scored:
    by_label = dict(zip(labels, scores, strict=True))
    if foreign:
        return Scored(UNCLEAR, by_label, "language")
    best = max(range(len(labels)), key=scores.__getitem__)
    return (
        Scored(labels[best], by_label) if scores[best] >= unclear_below else Scored(UNCLEAR, by_label, "low_confidence")
    )


def _finished(turns: Ints, left: list[int]) -> int:
    """Return how many turns have no window left once these have been read."""
    for turn in turns:
        left[turn] -= 1
    return sum(left[turn] == 0 for turn in set(turns.tolist()))


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
