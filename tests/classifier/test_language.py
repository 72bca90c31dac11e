"""Against the shipped vocabulary: a cheap test comes first, and only what fails it is identified."""

import pytest
from tokenizers import Tokenizer

from analyzer.classifier import language
from analyzer.classifier.inputs import encode
from analyzer.classifier.language import is_foreign, looks_strange
from analyzer.predictions import Turn
from analyzer.resources import model_folder

GERMAN = "Das ist doch nicht unser Krieg, wir sollten uns da raushalten."
ENGLISH = "This is not our war and we should stay out of it."


@pytest.fixture(scope="module")
def vocabulary() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(model_folder("small") / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def foreign(vocabulary: Tokenizer, text: str, *languages: str, parent: str | None = None) -> bool:
    return is_foreign(text, encode(vocabulary, [Turn(text, parent)])[0], languages or ("en",))


@pytest.mark.parametrize(
    "text",
    [
        GERMAN,
        "L'Ukraine devrait entrer dans l'OTAN le plus vite possible, sans attendre Moscou.",
        "Esta no es nuestra guerra y no deberíamos gastar ni un euro más.",
        "Это не наша война, пусть разбираются сами.",
        "这不是我们的战争，北约应该置身事外，不要再花钱了，也不要再派士兵去那里送死。",
    ],
)
def test_another_language_is_recognised(vocabulary: Tokenizer, text: str) -> None:
    assert foreign(vocabulary, text)


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        "Zelenskyy, Stoltenberg and Lukashenko walk into a bar in Zaporizhzhia.",
        "NATO lol 😂😂😂😂😂😂",
        "https://example.org/artikel/warum-wir-uns-nicht-einmischen-sollten-teil-zwei",
        "",
    ],
)
def test_english_names_links_and_emoji_are_not(vocabulary: Tokenizer, text: str) -> None:
    assert not foreign(vocabulary, text)


def test_a_short_comment_is_never_judged(vocabulary: Tokenizer) -> None:
    assert not foreign(vocabulary, "Genau so ist es.")


def test_the_model_s_own_languages_are_not_foreign(vocabulary: Tokenizer) -> None:
    assert not foreign(vocabulary, GERMAN, "en", "de")


def test_the_parent_s_language_does_not_matter(vocabulary: Tokenizer) -> None:
    assert not foreign(vocabulary, ENGLISH, parent=GERMAN * 3)


def test_english_never_loads_the_identifier(vocabulary: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_identifier", lambda: pytest.fail("loaded"))
    assert not foreign(vocabulary, ENGLISH)


def test_letters_beyond_latin_look_strange_even_as_whole_words(vocabulary: Tokenizer) -> None:
    (encoding,) = encode(vocabulary, [Turn("这不是")])
    assert looks_strange("这不是", encoding)
