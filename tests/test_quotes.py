import time
from itertools import pairwise

import pytest

from analyzer.quotes import Quote, find_quotes, mask_quotes

PARENT = "The old ferry was never late. It carried cars, goats and wedding guests across the bay. I miss it."


def quoted(text: str, *ancestors: str) -> list[tuple[str, int]]:
    return [(text[quote.start : quote.end], quote.source) for quote in find_quotes(text, ancestors or [PARENT])]


def test_a_sentence_repeated_on_a_line_of_its_own_is_a_quote() -> None:
    text = "The old ferry was never late.\n\nYou must have taken another one."
    assert find_quotes(text, [PARENT]) == [Quote(0, 29, 0)]


def test_several_sentences_are_several_quotes() -> None:
    text = "The old ferry was never late.\nIt was.\nIt carried cars, goats and wedding guests across the bay.\nOnce."
    assert quoted(text) == [
        ("The old ferry was never late.", 0),
        ("It carried cars, goats and wedding guests across the bay.", 0),
    ]


def test_six_repeated_words_in_running_text_are_a_quote() -> None:
    text = "So you think the old ferry was never late because nobody had a watch"
    assert quoted(text) == [("the old ferry was never late", 0)]


def test_five_repeated_words_in_running_text_are_not() -> None:
    assert quoted("So you think the old ferry was never on time", "He thinks the old ferry was slow") == []


def test_a_common_phrase_in_running_text_is_not() -> None:
    assert quoted("I think I miss it when the bay freezes over") == []


def test_a_short_sentence_repeated_whole_is_a_quote() -> None:
    assert quoted("I miss it. Really? Why?") == [("I miss it.", 0)]


@pytest.mark.parametrize("marks", ["“”", '""', "«»", "„“"])
def test_three_words_inside_quotation_marks_are_a_quote_with_its_marks(marks: str) -> None:
    phrase = f"{marks[0]}goats and wedding{marks[1]}"
    assert quoted(f"Your {phrase} came by bus") == [(phrase, 0)]


def test_case_punctuation_and_the_shape_of_apostrophes_do_not_matter() -> None:
    text = "IT’S   A SHAME -- the harbour wasn’t dredged"
    assert quoted(text, "it's a shame, the harbour wasn't dredged.") == [(text, 0)]


def test_lines_after_a_sign_are_one_quote_of_the_ancestor_who_wrote_them() -> None:
    text = "> The old ferry was never late.\n> I miss it.\nI do not."
    assert quoted(text) == [("> The old ferry was never late.\n> I miss it.", 0)]


def test_lines_after_a_sign_that_nobody_wrote_are_a_quote_of_somebody() -> None:
    assert quoted("> Bridges are forever.\nWho said that?") == [("> Bridges are forever.", -1)]


def test_a_single_word_after_a_sign_finds_its_ancestor() -> None:
    assert quoted("> Goats\nReally?") == [("> Goats", 0)]


def test_a_sign_without_words_is_no_quote() -> None:
    assert quoted(">:(\nNo.") == []


def test_the_nearest_of_equal_ancestors_is_the_source() -> None:
    assert quoted("I miss it.\nMe too.", "Well. I miss it.", PARENT) == [("I miss it.", 0)]


def test_the_ancestor_with_the_longer_repetition_is_the_source() -> None:
    text = "The old ferry was never late. Nonsense."
    assert quoted(text, "You say the old ferry was never cheap.", PARENT) == [("The old ferry was never late.", 1)]


@pytest.mark.parametrize(("text", "ancestors"), [("", [PARENT]), ("I miss it.", []), ("I miss it.", [""])])
def test_nothing_to_compare_gives_no_quotes(text: str, ancestors: list[str]) -> None:
    assert find_quotes(text, ancestors) == []


@pytest.mark.parametrize("unit", ["a ", "a a a a a b ", '"', "“a b c", "> a b c\n", ".", ". a", "&gt; ", "a.\n"])
def test_endless_repetition_is_read_in_linear_time(unit: str) -> None:
    text = unit * 50_000
    start = time.process_time()
    mask_quotes(text, find_quotes(text, [text + "a b", "a a a a a c " * 50_000]))
    assert time.process_time() - start < 10


def test_quotes_are_ordered_and_never_overlap() -> None:
    text = f"“I miss it” “I miss it” {PARENT}\n> I miss it.\nI miss it."
    quotes = find_quotes(text, [PARENT])
    assert all(left.end <= right.start for left, right in pairwise(quotes))
    assert len(quotes) == 5


def test_masking_leaves_the_authors_own_words() -> None:
    text = "“The old ferry was never late”  You must have\n\n\n\ntaken another one."
    assert mask_quotes(text, find_quotes(text, [PARENT])) == "[quote] You must have\n\ntaken another one."


def test_a_text_that_is_all_quotation_becomes_one_mask() -> None:
    text = "> The old ferry was never late.\n\nI miss it."
    assert mask_quotes(text, find_quotes(text, [PARENT])) == "[quote]"


def test_a_text_without_quotes_is_unchanged() -> None:
    assert mask_quotes("A  ferry\n\n\n\nsails", []) == "A  ferry\n\n\n\nsails"
