from collections.abc import Sequence

import pytest

from analyzer.analysis import Analysis, StanceShare, analyze
from analyzer.predictions import Prediction, Progress, Scored, Turn
from analyzer.prevalence import Correction
from analyzer.report import findings
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor, small_analysis


def analysis_of(*comments: Comment) -> Analysis:
    return analyze(build_thread(comments), ToyPredictor(), source=SOURCE)


def roots(*texts: str) -> list[Comment]:
    return [Comment(f"c{i}", None, text) for i, text in enumerate(texts)]


def test_the_subject_is_the_title_else_the_article_else_the_file() -> None:
    comments = [Comment("c1", None, "sign")]
    for thread, subject in (
        (build_thread(comments, title="A title", article="An article"), "A title"),
        (build_thread(comments, article="An article"), "An article"),
        (build_thread(comments), "harbour.txt"),
        (build_thread(comments, id="t9"), "harbour.txt, t9"),
    ):
        assert findings.subject(analyze(thread, ToyPredictor(), source=SOURCE)) == subject


@pytest.mark.parametrize(
    ("texts", "end"),
    [
        (["hello"], "No stance was found in 1 comment."),
        (["sign", "hello"], "Among these, for-treaty leads with 1 over against-treaty with 0, which may be chance."),
        (["sign", "scrap"], "Among these, for-treaty and against-treaty are level with 1 each."),
        (
            ["sign"] * 30,
            "Among these, for-treaty leads with 30 over against-treaty with 0, more than chance would give.",
        ),
    ],
)
def test_the_headline_claims_no_more_than_the_interval_allows(texts: list[str], end: str) -> None:
    assert findings.headline(analysis_of(*roots(*texts))).endswith(end)


def test_the_conversation_counts_crossing_and_agreeing_replies() -> None:
    analysis = analysis_of(
        Comment("a", None, "sign it"),
        Comment("b", "a", "agree, sign it"),
        Comment("c", "a", "wrong, scrap it"),
        Comment("d", "c", "what time is it?"),
    )
    crossing, assortativity, shuffled, *rest = findings.conversation(analysis)
    assert crossing == "1 of 2 replies (50 %) between stance-takers crosses to another stance."
    # e = [[1, 1], [0, 0]] / 2: (0.5 - (1·0.5 + 0·0.5)) / (1 - 0.5) = 0
    assert assortativity.startswith("Stance assortativity is +0.00, 95 % ")
    assert assortativity.endswith(
        "(+1: each stance answers only its own; 0: as by chance; below 0: they seek each other out)."
    )
    # Whichever of the three is the one against it, the assortativity is 0.
    assert shuffled == "Shuffling the same stances over these replies gives a value as extreme in 100 % of cases."
    assert rest == [
        "Of 3 replies to a comment in the file: 1 agreeing, 1 disagreeing, 1 neither.",
        "No comment is more likely than not a personal attack.",
    ]


def test_attacks_are_counted_and_named() -> None:
    assert findings.conversation(small_analysis())[-1] == "1 comment is more likely than not a personal attack: c7."


def test_counts_say_where_the_declared_comments_are() -> None:
    assert findings.counts(small_analysis()) == (
        "8 comments found of the 12 the page declares: 1 missing (only replies to it are left), 1 deleted, "
        "1 hidden behind “load more”, 2 without a trace."
    )
    assert findings.counts(analysis_of(*roots("sign"))) == "1 comment found: 0 missing, 0 deleted, 0 hidden."


def test_branches_are_ranked_by_their_disagreements() -> None:
    analysis = analysis_of(
        Comment("a", None, "sign it"),
        Comment("a1", "a", "wrong"),
        Comment("b", None, "scrap it"),
        Comment("b1", "b", "why?"),
        Comment("b2", "b1", "wrong"),
        Comment("b3", "b1", "also wrong"),
        Comment("e", None, "peace"),
    )
    first, second = findings.contested_branches(analysis)
    assert (first.comment_id, first.replies, first.disagreements) == ("b", 3, 2)
    assert findings.branch_sentence(first) == "3 replies; 2 disagree, 2 of them with b1 “why?”."
    assert findings.branch_sentence(second) == "1 reply; 1 disagrees with it."


def test_under_a_lone_root_its_replies_are_branches_too() -> None:
    analysis = analysis_of(
        Comment("a", None, "sign it"), Comment("b", "a", "hello"), Comment("c", "b", "wrong"), Comment("d", "a", "bye")
    )
    assert [branch.comment_id for branch in findings.contested_branches(analysis)] == ["a", "b"]


def test_voices_are_long_enough_before_they_are_confident() -> None:
    long = "We should sign this because the mines will not wait."
    voices = findings.voices(analysis_of(*roots("sign!", long, "sign?")), each=2)
    assert [voice.text for voice in voices] == [long, "sign!"]


def test_voices_are_the_authors_own_words() -> None:
    voice = next(voice for voice in findings.voices(small_analysis()) if voice.comment_id == "c3")
    assert voice.text == "keeps the peace. You are wrong, sign it."


def test_few_labels_are_called_too_few() -> None:
    assert any("too few" in sentence for sentence in findings.certainty(small_analysis()))
    assert not any("too few" in sentence for sentence in findings.certainty(analysis_of(*roots(*["sign"] * 10))))


def test_comments_in_another_language_are_counted() -> None:
    class Linguist(ToyPredictor):
        def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
            scores = {"for-treaty": 0.4, "against-treaty": 0.3, "none": 0.3}
            foreign = Prediction(Scored("unclear", scores, "language"), None, 0.0)
            plain = super().predict(turns)
            return [foreign if "Krieg" in turn.text else answer for turn, answer in zip(turns, plain, strict=True)]

    thread = build_thread(roots("Nicht unser Krieg.", "hmm", "sign", "scrap"))
    sentence = findings.certainty(analyze(thread, Linguist(), source=SOURCE))[2]
    assert sentence == (
        "2 of 4 comments (50 %) are unclear: 1 in another language than the model's, 1 too uncertain to label."
    )


def test_too_few_labels_are_said_instead_of_the_share() -> None:
    assert findings.interval(StanceShare(3, 0.43, 0.16, 0.75, too_few=True)) == "too few (16–75 %)"
    assert findings.interval(StanceShare(30, 0.43, 0.36, 0.55)) == "43 % (36–55 %)"


def test_corrected_shares_are_said_to_be_so() -> None:
    predictor = ToyPredictor()
    assert "was not measured" in findings.certainty(small_analysis())[-1]
    predictor.correction = Correction([0.4, 0.3, 0.3], [[1.0, 0.9, 1.2, 1.2]])
    analysis = analyze(build_thread(roots("sign")), predictor, source=SOURCE)
    assert findings.certainty(analysis)[-1].startswith("Shares are corrected for the model's known mistakes")


def test_many_issues_are_cut_with_their_number() -> None:
    analysis = analysis_of(*[Comment(f"c{i}", f"gone{i}", "sign") for i in range(20)])
    assert findings.issues(analysis, limit=3)[3:] == ["and 17 more"]
