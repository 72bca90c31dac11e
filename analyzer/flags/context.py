"""What a branch hangs on: a comment that is gone, and the topic it left."""

from base64 import b64decode
from collections.abc import Iterator, Sequence

import numpy as np

from analyzer.flags.flag import Flag, counted, strength
from analyzer.flags.scene import Scene, sums_below
from analyzer.flags.thresholds import Limits
from analyzer.predictions import EMBEDDING_SIZE, Prediction

_LEAST = 1e-9  # what is divided by, at least
_GONE = {"deleted": "was deleted", "missing": "is not in the file", "excluded": "was not published"}


def lost_contexts(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each comment that is gone while many below it, several directly, still answer it.

    The score is the strength of the number of comments with words below it.
    """
    thread = scene.thread
    readable = [comment.status == "ok" for comment in thread.comments]
    below = sums_below(np.array(readable, dtype=int), thread.parents).tolist()
    for i, comment in enumerate(thread.comments):
        if comment.status == "ok" or below[i] < limits["comments"]:
            continue
        answers = [j for j in thread.replies[i] if readable[j]]
        if len(answers) < limits["replies"]:
            continue
        reason = (
            f"The comment {_GONE[comment.status]}: {counted(below[i], 'comment')} below it, "
            f"{len(answers)} of them direct replies, can mislead without it."
        )
        score = strength(below[i], limits["comments"])
        yield Flag("lost_context", comment.id, score, reason, "branch", tuple(map(scene.id, answers)))


def off_topics(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each branch whose comments are about something else than the rest of the thread.

    By the model's embeddings: the likeness of a branch is the mean cosine of its comments with the sum of all comments
    outside it. It must be low, and lie many standard errors below the likeness of single comments outside to all
    others; the score is the strength of these standard errors. Of branches inside each other, the one with most.
    Without embeddings there is no flag.
    """
    thread = scene.thread
    vectors = _unit_vectors(scene.predictions)  # (comments, size)
    if not vectors.any():
        return
    others = vectors.sum(axis=0) - vectors
    single = _ratio((vectors * others).sum(axis=1), np.linalg.norm(others, axis=1))
    known = vectors.any(axis=1)
    own = np.column_stack([vectors, known, known * single, known * single**2])
    inside = own + sums_below(own, thread.parents)
    outside = own.sum(axis=0) - inside
    size = vectors.shape[1]
    branch, rest = inside[:, :size], outside[:, :size]
    comments = inside[:, size]
    left, likeness_left, squares_left = outside[:, size:].T
    likeness = _ratio((branch * rest).sum(axis=1), comments * np.linalg.norm(rest, axis=1))
    usual = _ratio(likeness_left, left)
    spread = np.sqrt(np.maximum(_ratio(squares_left, left) - usual**2, 0))
    errors = (usual - likeness) * np.sqrt(comments) / np.maximum(spread, _LEAST)
    large = (comments >= limits["comments"]) & (comments <= limits["share"] * (comments + left))
    found = np.flatnonzero(large & (likeness <= limits["likeness"]) & (errors >= limits["t"]))
    taken = np.zeros(len(vectors), dtype=bool)
    for i in found[np.argsort(-errors[found], kind="stable")].tolist():
        if taken[i : i + thread.sizes[i]].any():
            continue
        taken[i : i + thread.sizes[i]] = True
        reason = (
            f"Its {counted(int(comments[i]), 'comment')} seem to be about something else: their likeness to the rest "
            f"of the thread is {likeness[i]:z.2f}, that of other comments {usual[i]:z.2f}, on a scale up to 1."
        )
        yield Flag("off_topic", scene.id(i), strength(float(errors[i]), limits["t"]), reason, "branch")


def _unit_vectors(predictions: Sequence[Prediction | None]) -> np.ndarray:
    """Return the embeddings at length 1, (comments, size); zeros where there is none."""
    vectors = np.zeros((len(predictions), EMBEDDING_SIZE))
    for vector, prediction in zip(vectors, predictions, strict=True):
        if prediction and prediction.embedding:
            vector[:] = np.frombuffer(b64decode(prediction.embedding), np.int8)
    return _ratio(vectors, np.linalg.norm(vectors, axis=1, keepdims=True))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return above / below, where below is 0 or more; as good as 0 where both are 0."""
    ratio: np.ndarray = above / np.maximum(below, _LEAST)
    return ratio
