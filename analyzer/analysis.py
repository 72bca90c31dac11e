"""A Thread and a model -> an Analysis: quotations, predictions, metrics and stance shares of one thread, joined.

It knows neither file formats nor reports.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analyzer.formats import Source
from analyzer.metrics import Metrics, measure
from analyzer.predictions import UNCLEAR, Prediction, Predictor, Progress, Turn
from analyzer.prevalence import Correction, chance_interval, corrected_shares
from analyzer.quotes import find_quotes, mask_quotes
from analyzer.scheme import Scheme
from analyzer.thread import Thread

# Nobody quotes from further up, and a chain of thousands must not cost the square of its length.
_QUOTABLE_ANCESTORS = 20
_FEW_DECIDED = 10


class Model(Predictor, Protocol):
    """A predictor that can say what it is: its name, the hash of its weights, its scheme, and how it errs, if known."""

    name: str
    sha256: str
    scheme: Scheme
    correction: Correction | None


@dataclass(frozen=True, slots=True)
class Quotation:
    """`text[start:end]` of a comment repeats words of comment `source_id`, or of something else where that is None."""

    start: int
    end: int
    source_id: str | None


@dataclass(frozen=True, slots=True)
class StanceShare:
    """How many comments got a label, the label's share, and its 95 % interval; None where no comment has words.

    The share of a stance or `none` is corrected for the classifier's mistakes where its `correction` is known, over
    all comments in its language; that of `unclear` is always the count's. `too_few`: under 10 comments have a label.
    """

    count: int
    share: float | None
    low: float | None
    high: float | None
    too_few: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything known about one thread.

    `quotations` and `predictions` stand beside `thread.comments`; the prediction of a placeholder or a deleted
    comment is None. `stances` has every label of the scheme, then `unclear`.
    """

    source: Source
    thread: Thread
    scheme: Scheme
    model_name: str
    model_sha256: str
    quotations: tuple[tuple[Quotation, ...], ...]
    predictions: tuple[Prediction | None, ...]
    metrics: Metrics
    stances: dict[str, StanceShare]
    shares_corrected: bool
    flags: tuple[()] = ()


def analyze(thread: Thread, predictor: Model, *, source: Source, progress: Progress | None = None) -> Analysis:
    """Return the analysis of a thread; `progress` hears how many comments were classified since its last call."""
    return analyze_all([thread], predictor, source=source, progress=progress)[0]


def analyze_all(
    threads: Sequence[Thread], predictor: Model, *, source: Source, progress: Progress | None = None
) -> list[Analysis]:
    """Return the analysis of each thread; the comments of all are classified in one call."""
    turns: dict[tuple[int, int], Turn] = {}  # by thread and comment
    quotations: list[list[tuple[Quotation, ...]]] = []
    for t, thread in enumerate(threads):
        quotations.append([()] * len(thread.comments))
        for i, comment in enumerate(thread.comments):
            if comment.status == "ok":
                turns[t, i], quotations[t][i] = read_turn(thread, i)
    answers = dict(zip(turns, predictor.predict(list(turns.values()), progress=progress), strict=True)) if turns else {}
    return [
        _analysis(
            thread, predictor, source, tuple(quotations[t]), [answers.get((t, i)) for i in range(len(thread.comments))]
        )
        for t, thread in enumerate(threads)
    ]


def read_turn(thread: Thread, i: int) -> tuple[Turn, tuple[Quotation, ...]]:
    """Return what the model reads of a comment with words, and what of it is quoted and masked."""
    text, ancestors = thread.comments[i].text, _quotable_ancestors(thread, i)
    quotes = find_quotes(text, [thread.comments[j].text for j in ancestors])
    ids = [thread.comments[j].id for j in ancestors]
    quotations = tuple(Quotation(q.start, q.end, ids[q.source] if q.source >= 0 else None) for q in quotes)
    return Turn(mask_quotes(text, quotes), _parent_text(thread, i)), quotations


def stance_shares(
    predictions: Sequence[Prediction | None], labels: Sequence[str], correction: Correction | None = None
) -> dict[str, StanceShare]:
    """Return the share of each label, and of `unclear`, among the comments that were classified."""
    answers = [prediction.stance for prediction in predictions if prediction]
    counts = Counter(answer.label for answer in answers)
    too_few = 0 < counts.total() < _FEW_DECIDED + counts[UNCLEAR]
    shares = {label: _share(counts[label], counts.total(), too_few) for label in labels}
    readable = [answer.scores for answer in answers if answer.reason != "language"]
    if correction and readable:
        scores = np.array([[by_label[label] for label in labels] for by_label in readable])
        for label, share, low, high in zip(labels, *corrected_shares(scores, correction), strict=True):
            shares[label] = StanceShare(counts[label], float(share), float(low), float(high), too_few)
    shares[UNCLEAR] = _share(counts[UNCLEAR], counts.total(), too_few=False)
    return shares


def _analysis(
    thread: Thread,
    predictor: Model,
    source: Source,
    quotations: tuple[tuple[Quotation, ...], ...],
    predictions: Sequence[Prediction | None],
) -> Analysis:
    labels = predictor.scheme.labels
    return Analysis(
        source=source,
        thread=thread,
        scheme=predictor.scheme,
        model_name=predictor.name,
        model_sha256=predictor.sha256,
        quotations=quotations,
        predictions=tuple(predictions),
        metrics=measure(thread, predictions, labels),
        stances=stance_shares(predictions, labels, predictor.correction),
        shares_corrected=predictor.correction is not None,
    )


def _quotable_ancestors(thread: Thread, i: int) -> list[int]:
    """Return the positions of the ancestors with words, nearest first."""
    ancestors = []
    j = thread.parents[i]
    for _ in range(_QUOTABLE_ANCESTORS):
        if j < 0:
            break
        if thread.comments[j].status == "ok":
            ancestors.append(j)
        j = thread.parents[j]
    return ancestors


def _parent_text(thread: Thread, i: int) -> str | None:
    """Return the parent's words; None for a root and where the parent is missing, deleted or blank."""
    parent = thread.parents[i]
    if parent < 0 or thread.comments[parent].status != "ok":
        return None
    text = thread.comments[parent].text
    return text if text.strip() else None


def _share(count: int, total: int, too_few: bool) -> StanceShare:
    if not total:
        return StanceShare(0, None, None, None)
    low, high = chance_interval(np.array(count / total), total)
    return StanceShare(count, count / total, float(low), float(high), too_few)
