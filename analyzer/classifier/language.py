"""A comment -> is it in another language than the model's? A cheap test comes first, so few threads pay for more."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from tokenizers import Encoding

_LEAST_LETTERS = 20
_STRANGE = 0.3  # of the pieces: 1 % of English comments reach it, and every German one
_SURE = 0.5
_NO_LANGUAGE = ("zxx", "und")  # symbols and noise; nothing found
_LINKS = re.compile(r"https?://\S+|\[quote\]")


def is_foreign(text: str, encoding: Encoding, languages: Sequence[str]) -> bool:
    """Say whether a comment is surely in none of `languages` (ISO 639-1); one of under 20 letters is never judged.

    `encoding` is the comment's as the model reads it: many pieces a word, or letters beyond Latin, make it suspicious,
    and only then py3langid is asked, which takes half a second to load.
    """
    if not looks_strange(text, encoding):
        return False
    text = _LINKS.sub(" ", text)
    if sum(char.isalpha() for char in text) < _LEAST_LETTERS:
        return False
    language, probability = _identifier().classify(text)
    return language not in (*languages, *_NO_LANGUAGE) and probability >= _SURE


def looks_strange(text: str, encoding: Encoding) -> bool:
    """Say whether the vocabulary hardly knows a comment's words, or a third of its letters are not Latin."""
    words = [
        word
        for word, type_id in zip(encoding.word_ids, encoding.type_ids, strict=True)
        if word is not None and not type_id
    ]
    letters = [char for char in text if char.isalpha()]
    beyond_latin = sum(char > "\u024f" for char in letters)
    return len(words) - len(set(words)) >= _STRANGE * max(1, len(words)) or 3 * beyond_latin > len(letters)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
