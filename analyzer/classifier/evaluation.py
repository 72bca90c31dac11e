"""Predicted and gold labels -> scores that stand beside the majority class and a simple baseline, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.classifier.calibration import (
    brier_score,
    calibration_error,
    chance_calibration_error,
    chance_cumulative_error,
    cumulative_calibration_error,
    debiased_calibration_error,
    selective_accuracy,
    sigmoid,
    softmax,
)
from analyzer.classifier.examples import Example, thread_value
from analyzer.classifier.folder import ModelConfig
from analyzer.classifier.predictor import HeadLogits, OnnxPredictor
from analyzer.errors import DataError
from analyzer.predictions import TARGET_LABELS

_DRAWS = 2000
_MANY = 1000  # rows from which a word that occurs once tells TF-IDF little
_COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far a head's probabilities can be trusted, on rows it was not calibrated on.

    `error` is the expected calibration error over 10 bins of equally many rows, `chance_error` what chance alone would
    make of it, `debiased_error` the root mean square without chance's part; `cumulative_error` is the error
    without bins, beside what chance alone would make of it. `risk_coverage` is
    (share of rows answered, accuracy among them), the most confident first to be answered; `aurc` is the mean risk
    over all coverages, and 0 is best.
    """

    rows: int
    error: float
    chance_error: float
    debiased_error: float
    cumulative_error: float
    chance_cumulative_error: float
    brier: float
    risk_coverage: tuple[tuple[float, float], ...]
    aurc: float


@dataclass(frozen=True, slots=True)
class HeadScore:
    """How well one head does on one test set; every F1 is between 0 and 1, `low` and `high` a 95 % interval.

    `baseline_gain` is the 95 % interval of what the model's macro-F1 is above the baseline's on the same rows.
    """

    rows: int
    macro_f1: float
    low: float
    high: float
    accuracy: float
    f1_by_label: dict[str, float]
    rows_by_label: dict[str, int]
    majority_macro_f1: float
    baseline_macro_f1: float | None
    baseline_gain: tuple[float, float] | None
    reliability: Reliability | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of a model's heads; None for a head without labelled rows.

    `answered` is the share of stances not answered `unclear`, `answered_accuracy` the accuracy among them, both on rows
    the model was not calibrated on.
    """

    stance: HeadScore | None
    agreement: HeadScore | None
    target: HeadScore | None
    attack_precision: float | None
    attack_rate: float | None
    attack_reliability: Reliability | None
    answered: float | None
    answered_accuracy: float | None


def evaluate(
    predictor: OnnxPredictor,
    examples: Sequence[Example],
    *,
    baseline_examples: Sequence[Example] = (),
    calibrated_share: float = 0.0,
) -> Evaluation:
    """Return the scores on `examples`; labels are forced (no `unclear`), as in published work.

    With `baseline_examples`, TF-IDF (1-2 grams) with logistic regression is trained on them and scored beside. The
    threads that `split_by_thread` holds out at `calibrated_share` are left out where calibration is judged.
    """
    logits = predictor.logits([example.turn for example in examples])
    return score(
        predictor.config,
        examples,
        logits,
        baseline_examples=baseline_examples,
        calibrated_share=calibrated_share,
    )


def score(
    config: ModelConfig,
    examples: Sequence[Example],
    logits: HeadLogits,
    *,
    baseline_examples: Sequence[Example] = (),
    calibrated_share: float = 0.0,
) -> Evaluation:
    """Return the scores of these logits of the examples; see `evaluate`."""
    stance, agreement, attack, target, _ = logits
    stance_scores = softmax(stance, config.stance_scaling)
    stances = [example.stance for example in examples]
    unseen = [thread_value(example.thread) >= calibrated_share for example in examples]
    known = [i for i, label in enumerate(stances) if label is not None and unseen[i]]
    answered = answered_accuracy = None
    if known:
        sure = [i for i in known if stance_scores[i].max() >= config.unclear_below]
        right = sum(config.stance_labels[stance_scores[i].argmax()] == stances[i] for i in sure)
        answered, answered_accuracy = len(sure) / len(known), right / len(sure) if sure else None
    attacked = [i for i, example in enumerate(examples) if example.attack is not None]
    gold_attack = np.array([examples[i].attack for i in attacked])
    attack_scores = sigmoid(attack, config.attack_scaling)
    judged = [i for i in attacked if unseen[i]]
    return Evaluation(
        stance=_head(
            config.stance_labels, stance_scores, stances, unseen, _baseline(baseline_examples, examples, "stance")
        ),
        agreement=_head(
            config.agreement_labels,
            softmax(agreement, config.agreement_scaling),
            [example.agreement for example in examples],
            unseen,
            _baseline(baseline_examples, examples, "agreement"),
        ),
        target=None
        if target is None
        else _head(
            TARGET_LABELS,
            softmax(target, config.target_scaling),
            [example.target_stance for example in examples],
            unseen,
            _baseline(baseline_examples, examples, "target_stance"),
        ),
        attack_precision=average_precision(attack_scores[attacked], gold_attack) if gold_attack.any() else None,
        attack_rate=float(gold_attack.mean()) if attacked else None,
        attack_reliability=_reliability(
            np.stack([1 - attack_scores, attack_scores], axis=1)[judged], np.array([examples[i].attack for i in judged])
        ),
        answered=answered,
        answered_accuracy=answered_accuracy,
    )


def macro_f1(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean F1 over the labels that occur, of confusion matrices (..., gold, predicted).

    Two labels, gold A A B, predicted A B B: both F1 are 2/3, so is their mean.
    """
    f1, present = _f1(confusion), confusion.sum(-1) + confusion.sum(-2) > 0
    mean: NDArray[np.float64] = (f1 * present).sum(-1) / np.maximum(present.sum(-1), 1)
    return mean


def average_precision(scores: NDArray[np.float64], gold: NDArray[np.int64]) -> float:
    """Return the mean precision at each positive row, rows by falling score; chance is the base rate."""
    hits = gold[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits == 1].mean())


def _f1(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    f1: NDArray[np.float64] = 2 * hits / np.maximum(confusion.sum(-1) + confusion.sum(-2), 1)
    return f1


def _head(
    labels: Sequence[str],
    scores: NDArray[np.float64],
    gold_labels: Sequence[str | None],
    unseen: Sequence[bool],
    baseline: Sequence[str] | None,
) -> HeadScore | None:
    rows = [i for i, label in enumerate(gold_labels) if label is not None]
    if not rows:
        return None
    index = {label: i for i, label in enumerate(labels)}
    gold = np.array([index[str(gold_labels[i])] for i in rows])
    predicted = scores[rows].argmax(axis=1)
    confusion = _confusion(gold, predicted, len(labels))
    guesses = None if baseline is None else np.array([index[baseline[i]] for i in rows])
    # Resampling rows with replacement is drawing the confusion matrix's cells from a multinomial.
    cells = np.zeros((len(labels),) * 3)
    np.add.at(cells, (gold, predicted, gold if guesses is None else guesses), 1)
    rng = np.random.default_rng(0)
    draws = rng.multinomial(len(rows), cells.ravel() / len(rows), size=_DRAWS).reshape(_DRAWS, *cells.shape)
    drawn = macro_f1(draws.sum(axis=3).astype(float))
    low, high = np.quantile(drawn, [0.025, 0.975])
    gain = None
    if guesses is not None:
        worse, better = np.quantile(drawn - macro_f1(draws.sum(axis=2).astype(float)), [0.025, 0.975])
        gain = (float(worse), float(better))
    majority = np.full_like(gold, np.bincount(gold).argmax())
    judged = [k for k, i in enumerate(rows) if unseen[i]]
    return HeadScore(
        rows=len(rows),
        macro_f1=float(macro_f1(confusion)),
        low=float(low),
        high=float(high),
        accuracy=float(np.trace(confusion) / len(rows)),
        f1_by_label=dict(zip(labels, _f1(confusion).tolist(), strict=True)),
        rows_by_label=dict(zip(labels, confusion.sum(1).astype(int).tolist(), strict=True)),
        majority_macro_f1=float(macro_f1(_confusion(gold, majority, len(labels)))),
        baseline_macro_f1=None if guesses is None else float(macro_f1(_confusion(gold, guesses, len(labels)))),
        baseline_gain=gain,
        reliability=_reliability(scores[rows][judged], gold[judged]),
    )


def _reliability(probabilities: NDArray[np.float64], gold: NDArray[np.int64]) -> Reliability | None:
    if not len(gold):
        return None
    accuracies = selective_accuracy(probabilities, gold)
    answered = [max(1, round(coverage * len(gold))) for coverage in _COVERAGES]
    return Reliability(
        rows=len(gold),
        error=calibration_error(probabilities, gold),
        chance_error=chance_calibration_error(probabilities),
        debiased_error=debiased_calibration_error(probabilities, gold),
        cumulative_error=cumulative_calibration_error(probabilities, gold),
        chance_cumulative_error=chance_cumulative_error(probabilities),
        brier=brier_score(probabilities, gold),
        risk_coverage=tuple((c, float(accuracies[n - 1])) for c, n in zip(_COVERAGES, answered, strict=True)),
        aurc=float(1 - accuracies.mean()),
    )


def _confusion(gold: NDArray[np.int64], predicted: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    confusion = np.zeros((size, size))
    np.add.at(confusion, (gold, predicted), 1)
    return confusion


def _baseline(train: Sequence[Example], test: Sequence[Example], head: str) -> list[str] | None:
    """Return the labels that TF-IDF (1-2 grams) with logistic regression gives; None without training rows."""
    labelled = [example for example in train if getattr(example, head) is not None]
    if not labelled:
        return None
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError as error:
        raise DataError("the baseline needs scikit-learn: pip install 'analyzer[train]'") from error
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2 if len(labelled) > _MANY else 1, sublinear_tf=True),
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
    )
    model.fit([example.turn.text for example in labelled], [getattr(example, head) for example in labelled])
    return [str(label) for label in model.predict([example.turn.text for example in test])]
