"""An Analysis -> its comments ready for a page: where each stands, what is quoted, how its labels read.

It knows nothing of HTML but that an anchor may not hold white space.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote

from analyzer.analysis import Analysis
from analyzer.plain import clean, clean_lines, excerpt
from analyzer.predictions import UNCLEAR, Prediction
from analyzer.report.findings import percent, stance_tags
from analyzer.scheme import NO_STANCE

NESTED_DEPTH = 12  # browsers lay out, and people follow, no more boxes inside boxes than this
_COLORS = 6
_LETTERS = 3
_ID = 40
_AUTHOR = 80
_AGREEMENTS = {"agree": ("+", "agrees"), "disagree": ("✗", "disagrees"), "neutral": ("·", "neither")}
_NO_AGREEMENT = ("?", "unclear")


@dataclass(frozen=True, slots=True)
class Look:
    """How a stance label is shown: its key in filters, its colour class, its letters."""

    label: str
    key: str
    color: str
    tag: str


@dataclass(frozen=True, slots=True)
class Flag:
    """What a reader may want to look at first in a comment, and why."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One comment on the page.

    `level` is the depth at which it is drawn; a comment whose `level` is less than its depth stands in a flat list.
    `opens` says that a list of replies begins after it, `closes` how many lists end after it. `spans` are
    (text, whether quoted). `scores` are (what, ((label, share), …)), likeliest first.
    """

    position: int
    parent: int
    id: str
    anchor: str
    parent_id: str | None
    parent_anchor: str | None
    depth: int
    level: int
    opens: bool
    closes: int
    replies: int
    status: str
    author: str
    created: str
    spans: tuple[tuple[str, bool], ...]
    look: Look | None
    confidence: str
    agreement: str | None
    agreement_mark: str
    agreement_word: str
    flags: tuple[Flag, ...]
    scores: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def looks(analysis: Analysis) -> dict[str, Look]:
    """Return how each label of the scheme, and `unclear`, is shown, in their order; long letters become a number."""
    plain = {NO_STANCE: "n", UNCLEAR: "u"}
    shown = {}
    for number, (label, tag) in enumerate(stance_tags(analysis.scheme).items()):
        key = plain.get(label, str(number))
        shown[label] = Look(
            label, key, f"s{plain.get(label, str(number % _COLORS))}", tag if len(tag) <= _LETTERS else str(number + 1)
        )
    return shown


def anchor(comment_id: str) -> str:
    """Return the name of a comment's place on the page, the same for the same id and different for another."""
    return "c-" + quote(comment_id, safe="", errors="backslashreplace")


def entries(analysis: Analysis) -> list[Entry]:
    """Return the comments in reading order."""
    thread = analysis.thread
    levels = [min(depth, NESTED_DEPTH + 1) for depth in thread.depths]
    anchors = [anchor(comment.id) for comment in thread.comments]
    flags = _flags(analysis)
    shown = looks(analysis)
    result = []
    for i, (level, following) in enumerate(pairwise([*levels, 0])):
        comment, prediction, parent = thread.comments[i], analysis.predictions[i], thread.parents[i]
        agreement = prediction.agreement if prediction else None
        mark, word = _AGREEMENTS.get(agreement.label, _NO_AGREEMENT) if agreement else ("", "")
        result.append(
            Entry(
                position=i,
                parent=parent,
                id=excerpt(comment.id, _ID),
                anchor=anchors[i],
                parent_id=excerpt(thread.comments[parent].id, _ID) if parent >= 0 else None,
                parent_anchor=anchors[parent] if parent >= 0 else None,
                depth=thread.depths[i],
                level=level,
                opens=following > level,
                closes=max(0, level - following),
                replies=thread.sizes[i] - 1,
                status=comment.status,
                author=excerpt(comment.author or "", _AUTHOR),
                created=f"{comment.created:%Y-%m-%d %H:%M}" if comment.created else "",
                spans=tuple(_spans(analysis, i)),
                look=shown[prediction.stance.label] if prediction else None,
                confidence=percent(prediction.stance.confidence) if prediction else "",
                agreement=agreement.label if agreement else None,
                agreement_mark=mark,
                agreement_word=word,
                flags=tuple(flags.get(comment.id, ())),
                scores=_scores(prediction) if prediction else (),
            )
        )
    return result


def _flags(analysis: Analysis) -> dict[str, list[Flag]]:
    """Return the flags of each comment that has any."""
    raised: dict[str, list[Flag]] = {}
    for flag in analysis.flags:
        raised.setdefault(flag.comment_id, []).append(Flag(flag.kind, clean(flag.reason)))
    return raised


def _spans(analysis: Analysis, i: int) -> Iterator[tuple[str, bool]]:
    """Yield a comment's text in pieces, quoted or not; overlapping quotations are joined."""
    text, end = analysis.thread.comments[i].text, 0
    for quotation in sorted(analysis.quotations[i], key=lambda quotation: quotation.start):
        if quotation.start > end:
            yield clean_lines(text[end : quotation.start]), False
        if quotation.end > end:
            yield clean_lines(text[max(end, quotation.start) : quotation.end]), True
            end = quotation.end
    if end < len(text):
        yield clean_lines(text[end:]), False


def _scores(prediction: Prediction) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return every label's share in each head, likeliest first."""
    heads = {
        "stance": prediction.stance.scores,
        "agreement": prediction.agreement.scores if prediction.agreement else {},
        "personal attack": {"yes": prediction.attack, "no": 1 - prediction.attack},
    }
    return tuple(
        (head, tuple((label, percent(score)) for label, score in sorted(scores.items(), key=lambda item: -item[1])))
        for head, scores in heads.items()
        if scores
    )
