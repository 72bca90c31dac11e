"""(comment, parent) -> what the model reads. Training and prediction both come through here, and only here."""

from collections.abc import Sequence

from tokenizers import Encoding, Tokenizer

from analyzer.plain import without_surrogates
from analyzer.predictions import Turn
from analyzer.quotes import find_quotes, mask_quotes

COMMENT_TOKENS = 128
PARENT_TOKENS = 48
_OVERLAP = 32


def make_turn(text: str, parent_text: str | None, target: str | None = None) -> Turn:
    """Return the comment in its author's own words: what it repeats of its parent is masked."""
    if not parent_text:
        return Turn(text, target=target)
    return Turn(mask_quotes(text, find_quotes(text, [parent_text])), parent_text, target)


def encode(tokenizer: Tokenizer, turns: Sequence[Turn]) -> list[Encoding]:
    """Return one encoding a turn: [CLS] comment [SEP] parent [SEP], each part cut to its own share of the window.

    A top-level comment has an empty second part, so the model can tell it from a reply. A target in words stands before
    the parent in the second part. The tokenizer must have neither truncation nor padding set.
    """
    return [windows[0] for windows in encode_windows(tokenizer, turns)]


def encode_windows(tokenizer: Tokenizer, turns: Sequence[Turn]) -> list[list[Encoding]]:
    """Return the encodings of each turn: one, or overlapping windows that together hold all of a long comment.

    Every window has the same share of the parent.
    """
    comments, parents = (
        tokenizer.encode_batch([without_surrogates(text) for text in texts], add_special_tokens=False)
        for texts in ([turn.text for turn in turns], [_second_part(turn) for turn in turns])
    )
    for comment, parent in zip(comments, parents, strict=True):
        comment.truncate(COMMENT_TOKENS, stride=_OVERLAP)
        parent.truncate(PARENT_TOKENS)
    return [
        [tokenizer.post_process(window, parent) for window in (comment, *comment.overflowing)]
        for comment, parent in zip(comments, parents, strict=True)
    ]


def _second_part(turn: Turn) -> str:
    return ": ".join(part for part in (turn.target, turn.parent_text) if part)
