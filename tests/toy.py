"""A predictor that goes by plain words, and a small thread: every expected value can be worked out by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime

from analyzer.analysis import Analysis, analyze
from analyzer.formats import Source
from analyzer.predictions import AGREEMENT_LABELS, UNCLEAR, Prediction, Progress, Scored, Turn
from analyzer.prevalence import Correction
from analyzer.scheme import Scheme
from analyzer.thread import Comment, Thread, build_thread

SCHEME = Scheme(
    "harbour",
    "Harbour treaty",
    {"for-treaty": "Wants the treaty.", "against-treaty": "Rejects it.", "none": "Takes no position."},
)
SOURCE = Source("harbour.txt", "indented_text", "0" * 64)


class ToyPredictor:
    """Says for-treaty where it reads "sign", against-treaty where "scrap", unclear where "hmm", else none.

    A reply agrees where it reads "agree" or "right", disagrees where "wrong", and is neutral otherwise; "idiot" is
    an attack. The chosen label always has probability 0.8, an abstention 0.4.
    """

    name = "toy"
    sha256 = "f" * 64
    scheme = SCHEME
    correction: Correction | None = None
    identity = "toy"

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        self.turns.extend(turns)
        if progress:
            progress(len(turns))
        return [_prediction(turn) for turn in turns]


def _prediction(turn: Turn) -> Prediction:
    words = turn.text.lower()
    label = "for-treaty" if "sign" in words else "against-treaty" if "scrap" in words else "none"
    stance = Scored(label, _scores(SCHEME.labels, label, 0.8))
    if "hmm" in words:
        stance = Scored(UNCLEAR, _scores(SCHEME.labels, "none", 0.4), "low_confidence")
    agreement = None
    if turn.parent_text:
        answer = "disagree" if "wrong" in words else "agree" if "agree" in words or "right" in words else "neutral"
        agreement = Scored(answer, _scores(AGREEMENT_LABELS, answer, 0.8))
    return Prediction(stance, agreement, 0.9 if "idiot" in words else 0.1)


def _scores(labels: Sequence[str], chosen: str, score: float) -> dict[str, float]:
    rest = round((1 - score) / (len(labels) - 1), 3)
    return {label: score if label == chosen else rest for label in labels}


def small_thread() -> Thread:
    """Return eight comments, one of them deleted, and one placeholder.

    c1 ─┬─ c2 ─── c3        c5 ─── c6 (deleted) ─── c7        gone ─── c8        c4
    """
    return build_thread(
        [
            _comment(1, None, "We should sign this treaty before the spring, the mines will not wait for us.", "Ada"),
            _comment(2, "c1", "Wrong. Scrap it: a harbour full of warships is how the next war begins.", "Ben"),
            _comment(3, "c2", "“a harbour full of warships” keeps the peace. You are wrong, sign it.", "Ada"),
            _comment(4, None, "Hmm, four ships.", "Cleo"),
            _comment(5, None, "Scrap the treaty and spend the money on our own coast, please.", "Dov"),
            Comment("c6", "c5", created=_time(6), status="deleted"),
            _comment(7, "c6", "You are all idiots.", "Eve"),
            _comment(8, "gone", "You are right, sign it now, and [bold]quickly[/bold] *too*.", "Finn"),
        ],
        id="t1",
        title="Harbour treaty signed",
        article="Three harbours are to open.",
        declared=12,
        hidden=1,
    )


def small_analysis() -> Analysis:
    return analyze(small_thread(), ToyPredictor(), source=SOURCE)


def _comment(number: int, parent_id: str | None, text: str, author: str) -> Comment:
    return Comment(f"c{number}", parent_id, text, author, _time(number))


def _time(minute: int) -> datetime:
    return datetime(2024, 3, 1, 12, minute, tzinfo=UTC)
