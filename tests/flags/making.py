"""Threads and predictions written out by hand, and the flags of one kind in them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from analyzer.flags import Flag, raise_flags
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread


def said(agreement: str | None = None, *, attack: float = 0.0, stance: str = "none", sure: float = 0.8) -> Prediction:
    """Return a prediction; the other two agreement labels share what `sure` leaves."""
    scores = {label: sure if label == agreement else (1 - sure) / 2 for label in AGREEMENT_LABELS}
    return Prediction(Scored(stance, {stance: 0.8}), Scored(agreement, scores) if agreement else None, attack)


def flags(
    kind: str,
    thread: Thread,
    predictions: Mapping[str, Prediction] | None = None,
    own_words: Sequence[str] | None = None,
) -> list[Flag]:
    """Return the flags of one kind; a comment without a prediction has none."""
    beside = [(predictions or {}).get(comment.id) for comment in thread.comments]
    return [flag for flag in raise_flags(thread, beside, own_words=own_words) if flag.kind == kind]


def chain(*authors: str | None) -> Thread:
    """Return comments c0, c1, … by these authors, each a reply to the one before."""
    return build_thread(Comment(f"c{i}", f"c{i - 1}" if i else None, author=author) for i, author in enumerate(authors))


def at(minute: int, *, hour: int = 9) -> datetime:
    return datetime(2025, 5, 2, hour, minute, tzinfo=UTC)
