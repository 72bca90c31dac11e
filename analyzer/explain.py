"""One comment of a thread and a model -> what in the comment carried its stance: its words, its clauses, its parent.

Parts are left out one at a time and the comment is classified again (occlusion), so any predictor can be explained.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from analyzer.analysis import read_turn
from analyzer.errors import ReadError
from analyzer.predictions import Predictor, Scored, Turn
from analyzer.thread import Thread

_WORD = re.compile(r"\S+")
_CLAUSE = re.compile(r"[^.,;:!?…–—\n]+[.,;:!?…–—]*")
# Of a long comment several words are left out together: reading it without each would take the square of its length.
_MOST_PARTS = 200
_WORDS_TO_READ = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """`text` at `start` of what the model read, and by how much the label's probability falls without it."""

    start: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a comment got its stance.

    `label` is the likeliest stance, the one explained, even where the answer is `unclear`. `text` is what the model
    read, quotations masked. `parent_weight` is by how much the label's probability falls without the parent; None for a
    comment without one.
    """

    comment_id: str
    text: str
    stance: Scored
    label: str
    runner_up: str
    words: tuple[Part, ...]
    clauses: tuple[Part, ...]
    parent_weight: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {**asdict(self), "stance": self.stance.as_dict()}


def explain(thread: Thread, i: int, predictor: Predictor) -> Explanation:
    """Return the explanation of the stance of comment number `i`; raises ReadError where it has no words."""
    comment = thread.comments[i]
    if comment.status != "ok" or not comment.text.strip():
        raise ReadError(f"comment {comment.id!r} has no words to explain")
    turn, _ = read_turn(thread, i)
    most = max(8, min(_MOST_PARTS, _WORDS_TO_READ // len(turn.text.split())))
    words, clauses = _spans(_WORD, turn.text, most), _spans(_CLAUSE, turn.text, most)
    turns = [turn, Turn(turn.text), *(_without(turn, start, end) for start, end in (*words, *clauses))]
    stance, alone, *others = [prediction.stance for prediction in predictor.predict(turns)]
    label, runner_up = sorted(stance.scores, key=lambda name: -stance.scores[name])[:2]
    parts = [
        Part(start, turn.text[start:end], stance.scores[label] - other.scores[label])
        for (start, end), other in zip((*words, *clauses), others, strict=True)
    ]
    return Explanation(
        comment_id=comment.id,
        text=turn.text,
        stance=stance,
        label=label,
        runner_up=runner_up,
        words=tuple(parts[: len(words)]),
        clauses=tuple(parts[len(words) :]),
        parent_weight=stance.scores[label] - alone.scores[label] if turn.parent_text else None,
    )


def _spans(pattern: re.Pattern[str], text: str, most: int) -> list[tuple[int, int]]:
    """Return where the pattern's matches with words lie, several together where there would be more than `most`."""
    found = [match.span() for match in pattern.finditer(text) if any(map(str.isalnum, match[0]))]
    size = max(1, ceil(len(found) / most))
    groups: Sequence[Sequence[tuple[int, int]]] = [found[k : k + size] for k in range(0, len(found), size)]
    return [(group[0][0], group[-1][1]) for group in groups]


def _without(turn: Turn, start: int, end: int) -> Turn:
    return Turn(turn.text[:start] + turn.text[end:], turn.parent_text)
