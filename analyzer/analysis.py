"""A Thread and a model -> an Analysis: quotations, predictions, metrics, stance shares and flags of one thread.

It knows neither file formats nor reports.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from analyzer.errors import AnalyzerError
from analyzer.formats import Source
from analyzer.formats.thread_rows import COMMENT_COLUMNS, comment_row
from analyzer.predictions import UNCLEAR, Prediction, Predictor, Progress, Turn
from analyzer.prevalence import Correction, chance_interval, corrected_shares
from analyzer.quotes import find_quotes, mask_quotes
from analyzer.scheme import Scheme
from analyzer.thread import Thread, cut_branch

if TYPE_CHECKING:
    from pandas import DataFrame

    from analyzer.flags import Flag, Thresholds
    from analyzer.metrics import Metrics

# Nobody quotes from further up, and a chain of thousands must not cost the square of its length.
_QUOTABLE_ANCESTORS = 20
_FEW_DECIDED = 10
_POINTS = {"draws": 0, "shuffles": 0}


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
    comment is None. `stances` has every label of the scheme, then `unclear`. `mix` are the labels' shares in the rows
    the model's probabilities were calibrated on, where they are known.
    """

    source: Source
    thread: Thread
    scheme: Scheme
    model_name: str
    model_sha256: str
    quotations: tuple[tuple[Quotation, ...], ...]
    predictions: tuple[Prediction | None, ...]
    metrics: "Metrics"
    stances: dict[str, StanceShare]
    shares_corrected: bool
    mix: tuple[float, ...] | None = None
    flags: "tuple[Flag, ...]" = ()

    def to_frame(self) -> "DataFrame":
        """Return a pandas table of `comment_rows`, indexed by the comments' ids; `created` is in UTC.

        Needs the `notebooks` extra; raises AnalyzerError without pandas.
        """
        try:
            import pandas
        except ImportError as error:
            raise AnalyzerError("tables need pandas: pip install 'analyzer[notebooks]'") from error
        times = [comment.created for comment in self.thread.comments]
        frame = pandas.DataFrame(comment_rows(self), columns=None if times else COMMENT_COLUMNS)
        return frame.assign(created=pandas.Series(times, dtype="datetime64[us, UTC]")).set_index("id")


def analyze(
    thread: Thread,
    predictor: Model,
    *,
    source: Source,
    progress: Progress | None = None,
    thresholds: "Thresholds | None" = None,
) -> Analysis:
    """Return the analysis of a thread; `progress` hears how many comments were classified since its last call.

    Flags are raised by the shipped thresholds, or by `thresholds`.
    """
    return analyze_all([thread], predictor, source=source, progress=progress, thresholds=thresholds)[0]


def analyze_all(
    threads: Sequence[Thread],
    predictor: Model,
    *,
    source: Source,
    progress: Progress | None = None,
    thresholds: "Thresholds | None" = None,
    intervals: bool = True,
) -> list[Analysis]:
    """Return the analysis of each thread; the comments of all are classified in one call.

    Without `intervals` the metrics are points, and a small thread takes a fraction of the time.
    """
    turns: list[dict[int, Turn]] = []
    quotations: list[list[tuple[Quotation, ...]]] = []
    for thread in threads:
        turns.append({})
        quotations.append([()] * len(thread.comments))
        for i, comment in enumerate(thread.comments):
            if comment.status == "ok":
                turns[-1][i], quotations[-1][i] = read_turn(thread, i)
    asked = [turn for own in turns for turn in own.values()]
    answers = iter(predictor.predict(asked, progress=progress) if asked else ())
    # Not at the top: a command imports this, and the flags, while the model reads.
    from analyzer.metrics import measure_all

    by_comment = [dict(zip(own, islice(answers, len(own)), strict=True)) for own in turns]
    predictions = [
        tuple(own.get(i) for i in range(len(thread.comments))) for thread, own in zip(threads, by_comment, strict=True)
    ]
    metrics = measure_all(
        threads, predictions, predictor.scheme.labels, mix=_mix(predictor), **({} if intervals else _POINTS)
    )
    return [
        _analysis(predictor, source, thresholds, *own)
        for own in zip(threads, turns, predictions, map(tuple, quotations), metrics, strict=True)
    ]


def analyze_branch(analysis: Analysis, i: int) -> Analysis:
    """Return the analysis of comment `i` and everything below it alone; its shares of stances are as counted."""
    from analyzer.metrics import measure

    branch, thread = analysis.thread.branch(i), cut_branch(analysis.thread, i)
    predictions = analysis.predictions[branch.start : branch.stop]
    labels = analysis.scheme.labels
    below = {comment.id for comment in thread.comments}
    return replace(
        analysis,
        thread=thread,
        quotations=analysis.quotations[branch.start : branch.stop],
        predictions=predictions,
        metrics=measure(thread, predictions, labels, mix=analysis.mix),
        stances=stance_shares(predictions, labels),
        shares_corrected=False,
        flags=tuple(flag for flag in analysis.flags if flag.comment_id in below),
    )


def comment_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """Return a row for each comment, placeholders included, in reading order: what the file says of it, and its labels.

    The columns of `thread_rows.COMMENT_COLUMNS`, then `quoted` (characters that repeat an ancestor), `stance` with its
    `confidence` and `score:LABEL` of each label, `agreement` with its `agreement_confidence`, and `attack`; None where
    a comment has no such label.
    """
    rows = []
    for i, (prediction, quotations) in enumerate(zip(analysis.predictions, analysis.quotations, strict=True)):
        stance = prediction.stance if prediction else None
        agreement = prediction.agreement if prediction else None
        rows.append(
            comment_row(analysis.thread, i, analysis.thread.id)
            | {
                "quoted": sum(quotation.end - quotation.start for quotation in quotations),
                "stance": stance and stance.label,
                "confidence": stance and stance.confidence,
                **{f"score:{label}": stance and stance.scores[label] for label in analysis.scheme.labels},
                "agreement": agreement and agreement.label,
                "agreement_confidence": agreement and agreement.confidence,
                "attack": prediction and prediction.attack,
            }
        )
    return rows


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
    predictor: Model,
    source: Source,
    thresholds: "Thresholds | None",
    thread: Thread,
    turns: Mapping[int, Turn],
    predictions: tuple[Prediction | None, ...],
    quotations: tuple[tuple[Quotation, ...], ...],
    metrics: "Metrics",
) -> Analysis:
    from analyzer.flags import raise_flags

    own_words = [turns[i].text if i in turns else "" for i in range(len(thread.comments))]
    return Analysis(
        source=source,
        thread=thread,
        scheme=predictor.scheme,
        model_name=predictor.name,
        model_sha256=predictor.sha256,
        quotations=quotations,
        predictions=predictions,
        metrics=metrics,
        stances=stance_shares(predictions, predictor.scheme.labels, predictor.correction),
        shares_corrected=predictor.correction is not None,
        mix=_mix(predictor),
        flags=tuple(raise_flags(thread, predictions, own_words=own_words, thresholds=thresholds)),
    )


def _mix(predictor: Model) -> tuple[float, ...] | None:
    """Return the labels' shares in the rows the model's probabilities were calibrated on, where they are known."""
    return tuple(predictor.correction.mix) if predictor.correction else None


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
