from analyzer.explain import Explanation, explain
from analyzer.report.explanation import render_explanation
from analyzer.thread import Comment, build_thread
from tests.toy import SCHEME, ToyPredictor


def explanation_of(text: str) -> Explanation:
    return explain(build_thread([Comment("a", None, text)]), 0, ToyPredictor())


def test_an_explanation_marks_and_lists_what_carried_the_label() -> None:
    text = render_explanation(explanation_of("We waited. So sign it."), SCHEME)
    assert text.splitlines() == [
        "a: for-treaty 80 %, then against-treaty 10 %",
        "",
        "  We waited. So *sign* it.",
        "",
        "WORDS FOR",
        "  +0.70  sign",
        "",
        "CLAUSES FOR AND AGAINST",
        "  +0.70  So sign it.",
        "",
        "It was read without a parent.",
        "A weight is how far the probability falls when that part is left out; parts work",
        "together.",
    ]


def test_an_abstention_says_why() -> None:
    assert "none 40 %" in (text := render_explanation(explanation_of("Hmm, ships."), SCHEME))
    assert "answered unclear: too uncertain" in text


def test_colours_mark_instead_of_stars() -> None:
    text = render_explanation(explanation_of("sign it"), SCHEME, color=True)
    assert "\x1b[1msign\x1b[0m" in text
    assert "*" not in text


def test_hostile_words_stay_words() -> None:
    text = render_explanation(explanation_of("sign [red]it[/red] \x1b[31m\u202enow\n:smile:"), SCHEME)
    assert "sign* [red]it[/red] now :smile:" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
