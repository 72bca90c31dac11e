import json

import pytest

from analyzer.plain import clean, excerpt, json_text, without_surrogates


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x9b31mred", "red"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]no end, so these words stay", "no end, so these words stay"),
        ("bell\x07 null\x00 back\x08space", "bell null backspace"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("two\r\nlines\tand\u2028more", "two lines and more"),
        ("half an emoji \ud83d", "half an emoji"),
        ("family \U0001f468\u200d\U0001f469\u200d\U0001f467", "family \U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("Слава", "Слава"),
    ],
)
def test_clean_leaves_only_words(hostile: str, safe: str) -> None:
    assert clean(hostile).strip() == safe


def test_escape_openers_without_an_end_take_linear_time() -> None:
    assert clean("\x1b]" * 200_000 + "\x9d" * 200_000 + "end") == "end"


def test_excerpt_cuts_at_a_word() -> None:
    assert excerpt("the mines will not wait for us", 20) == "the mines will not…"
    assert excerpt("short enough", 20) == "short enough"
    assert excerpt("x" * 100, 20) == "x" * 19 + "…"


def test_excerpt_of_nothing_is_empty() -> None:
    assert excerpt("", 20) == ""


def test_json_text_keeps_letters_and_escapes_what_acts_on_a_terminal() -> None:
    text = json_text({"text": "Слава \x9b31m \u202e \ud83d"})
    assert text == '{"text": "Слава \\u009b31m \\u202e \\ud83d"}'
    assert json.loads(text) == {"text": "Слава \x9b31m \u202e \ud83d"}
    text.encode()


def test_json_text_refuses_numbers_that_json_lacks() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text(float("nan"))


def test_without_surrogates_keeps_the_length() -> None:
    assert without_surrogates("a\ud83db") == "a\ufffdb"
