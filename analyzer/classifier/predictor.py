"""A model folder -> a predictor, offline and without torch (why on these runtimes: models/LOG.md)."""

import base64
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tokenizers import Encoding, Tokenizer

from analyzer.classifier.calibration import Floats, sigmoid, softmax
from analyzer.classifier.engine import Engine, bulk_engine, quick_engine
from analyzer.classifier.folder import TOKENIZER, WEIGHTS, ModelConfig, read_folder
from analyzer.classifier.inputs import encode_windows
from analyzer.classifier.language import is_foreign
from analyzer.errors import ModelError
from analyzer.predictions import EMBEDDING_SIZE, TARGET_LABELS, UNCLEAR, Prediction, Progress, Scored, Turn
from analyzer.prevalence import Correction
from analyzer.scheme import Scheme, target_scheme

_BATCH_TOKENS = 256  # little padding, and what a layer makes of a batch stays near the processor
_TOKENISED_AT_ONCE = 1024  # turns; the next are tokenised while these are read


class HeadLogits(NamedTuple):
    """What the heads say before any softmax or sigmoid, and the embedding; an older model lacks the last two."""

    stance: Floats  # (rows, labels)
    agreement: Floats  # (rows, 3)
    attack: Floats  # (rows,)
    target: Floats | None = None  # (rows, 3)
    embedding: Floats | None = None  # (rows, 64)


class OnnxPredictor:
    """A loaded model; `predict` is its one method. Safe to use from several threads."""

    def __init__(self, config: ModelConfig, scheme: Scheme, tokenizer: Tokenizer, engine: Engine):
        self.name = config.name
        self.sha256 = config.sha256
        self.scheme = scheme
        self.config = config
        self.correction: Correction | None = config.correction
        self.engine = engine
        self.identity = f"{config} {engine.name}"
        self.reads_targets = "target" in engine.outputs
        self._tokenizer = tokenizer

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        """Return one prediction a turn, in order; `progress` hears of each finished batch.

        Equal turns are read once. One with a target is read twice: with the target for its stance, with its parent for
        the rest. Raises ModelError for it where the model has no head for targets.
        """
        unique = list(dict.fromkeys(turns))
        if len(unique) < len(turns):
            answers = dict(zip(unique, self.predict(unique, progress=progress), strict=True))
            if progress:
                progress(len(turns) - len(unique))
            return [answers[turn] for turn in turns]
        asked = [i for i, turn in enumerate(turns) if turn.target]
        if asked and not self.reads_targets:
            raise ModelError(f"model {self.name!r} has no head for a target in words; the shipped models have one")
        plain = [replace(turn, target=None) if turn.target else turn for turn in turns]
        heads, windows = self._read(plain + [turns[i] for i in asked], progress, counted=len(turns))
        config = self.config
        stance_scores = softmax(heads.stance[: len(turns)], config.stance_scaling).tolist()
        agreement_scores = softmax(heads.agreement, config.agreement_scaling).tolist()
        attack_scores = sigmoid(heads.attack, config.attack_scaling).tolist()
        labels = [(config.stance_labels, config.unclear_below)] * len(turns)
        if heads.target is not None:
            target_scores = softmax(heads.target[len(turns) :], config.target_scaling).tolist()
            for i, scores in zip(asked, target_scores, strict=True):
                stance_scores[i], labels[i] = scores, (TARGET_LABELS, config.target_unclear_below)
        embeddings = _in_base64(heads.embedding, len(turns))
        predictions = []
        for i, turn in enumerate(turns):
            foreign = is_foreign(turn.text, windows[i][0], config.languages)
            stance_labels, unclear_below = labels[i]
            stance = _scored(stance_labels, stance_scores[i], foreign, unclear_below=unclear_below)
            agreement: Scored | None = _scored(config.agreement_labels, agreement_scores[i], foreign)
            agreement = agreement if turn.parent_text else None
            predictions.append(Prediction(stance, agreement, attack_scores[i], embeddings[i]))
        return predictions

    def logits(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> HeadLogits:
        """Return the uncalibrated logits and embedding of each turn, read as it is: with its target where it has one.

        Those of a comment longer than one window are the means over its windows, weighted by their tokens.
        """
        return self._read(turns, progress, counted=len(turns))[0]

    def _read(
        self, turns: Sequence[Turn], progress: Progress | None, *, counted: int
    ) -> tuple[HeadLogits, list[list[Encoding]]]:
        """Return the logits of the turns and their windows; `progress` hears of the first `counted` turns.

        This thread tokenises, and the engine's workers read what is ready.
        """
        windows: list[list[Encoding]] = []
        turn_of: list[int] = []  # of each window
        batches: list[tuple[list[int], Future[Sequence[np.ndarray]]]] = []
        pool = ThreadPoolExecutor(self.engine.workers)
        try:
            for start in range(0, len(turns), _TOKENISED_AT_ONCE):
                new = encode_windows(self._tokenizer, turns[start : start + _TOKENISED_AT_ONCE])
                encodings = [window for turn in new for window in turn]
                first = len(turn_of)
                turn_of += [turn for turn, of_turn in enumerate(new, start) for _ in of_turn]
                windows += new
                for rows in _batches(encodings):
                    answer = pool.submit(self._run, [encodings[i] for i in rows])
                    batches.append(([first + i for i in rows], answer))
            left = [len(turn) for turn in windows]
            outputs = [np.empty((len(turn_of), *shape)) for shape in self._shapes()]
            for rows, answer in batches:
                for output, values in zip(outputs, answer.result(), strict=True):
                    output[rows] = values
                if progress:
                    progress(sum(turn < counted for turn in _finished([turn_of[row] for row in rows], left)))
        finally:
            pool.shutdown(cancel_futures=True)  # whoever stops the program does not wait for the rest
        if len(turn_of) > len(windows):
            lengths = np.array([len(window.type_ids) - sum(window.type_ids) for turn in windows for window in turn])
            share = lengths / np.bincount(turn_of, lengths)[turn_of]
            outputs = [_pooled(output, turn_of, share, len(windows)) for output in outputs]
        return HeadLogits(**dict(zip(self.engine.outputs, outputs, strict=True))), windows

    def _run(self, encodings: Sequence[Encoding]) -> Sequence[np.ndarray]:
        return self.engine.run(model_feed(encodings))

    def _shapes(self) -> list[tuple[int, ...]]:
        """Return the shape of each output for one window."""
        shapes: dict[str, tuple[int, ...]] = {
            "stance": (len(self.config.stance_labels),),
            "agreement": (len(self.config.agreement_labels),),
            "attack": (),
            "target": (len(TARGET_LABELS),),
            "embedding": (EMBEDDING_SIZE,),
        }
        return [shapes[name] for name in self.engine.outputs]


class TargetPredictor:
    """A model that answers with the stance towards one target in words: favor, against or none."""

    def __init__(self, model: OnnxPredictor, target: str):
        self.name = model.name
        self.sha256 = model.sha256
        self.scheme = target_scheme(target)
        self.correction: Correction | None = None
        self.identity = f"{model.identity} {target!r}"
        self._model = model
        self._target = target

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        """Return one prediction a turn, in order."""
        return self._model.predict([replace(turn, target=self._target) for turn in turns], progress=progress)


def load_predictor(folder: Path, *, bulk: bool = False, workers: int | None = None) -> OnnxPredictor:
    """Return the predictor of a model folder; raises ModelError where the folder is incomplete or damaged.

    With `bulk` it takes longer to start and reads many comments faster, by `workers` threads (`engine.bulk_engine`).
    """
    make_engine = partial(bulk_engine, workers=workers) if bulk else quick_engine
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(make_engine, folder / WEIGHTS)  # while the rest is read
        config, scheme = read_folder(folder)
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            engine = loading.result()
        except Exception as error:  # both libraries raise bare exceptions for a damaged file
            raise ModelError(f"{folder}: cannot load the model: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return OnnxPredictor(config, scheme, tokenizer, engine)


def _scored(labels: Sequence[str], scores: Sequence[float], foreign: bool, *, unclear_below: float = 0.0) -> Scored:
    by_label = dict(zip(labels, scores, strict=True))
    if foreign:
        return Scored(UNCLEAR, by_label, "language")
    best = max(range(len(labels)), key=scores.__getitem__)
    return (
        Scored(labels[best], by_label) if scores[best] >= unclear_below else Scored(UNCLEAR, by_label, "low_confidence")
    )


def _in_base64(vectors: Floats | None, rows: int) -> list[str | None]:
    """Return the first vectors in signed bytes, each with its largest number at 127 or -127; None for one all zero."""
    if vectors is None:
        return [None] * rows
    largest = np.abs(vectors[:rows]).max(axis=1, keepdims=True)  # (rows, 1)
    whole = np.round(127 * vectors[:rows] / np.where(largest > 0, largest, 1)).astype(np.int8)
    return [base64.b64encode(row).decode() if row.any() else None for row in whole]


def _finished(turns: Sequence[int], left: list[int]) -> list[int]:
    """Return the turns that have no window left once these have been read."""
    for turn in turns:
        left[turn] -= 1
    return [turn for turn in set(turns) if left[turn] == 0]


def _pooled(output: Floats, turn_of: Sequence[int], share: Floats, turns: int) -> Floats:
    """Return the means over each turn's windows, weighted by their share of its tokens."""
    sums = np.zeros((turns, *output.shape[1:]))
    np.add.at(sums, turn_of, (output.T * share).T)
    return sums


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
