import sys

import pytest

from analyzer.analysis import Quotation, StanceShare, analyze, stance_shares
from analyzer.errors import AnalyzerError
from analyzer.predictions import Prediction, Scored
from analyzer.prevalence import Correction
from analyzer.thread import Comment, Thread, build_thread
from tests.toy import SCHEME, SOURCE, ToyPredictor, small_analysis, small_thread


def chain(length: int) -> Thread:
    comments = [Comment(f"c{i}", f"c{i - 1}" if i else None, f"word{i} said here") for i in range(length)]
    return build_thread(comments)


def said(label: str) -> Prediction:
    return Prediction(Scored(label, {label: 0.8}), None, 0.1)


def test_predictions_stand_beside_comments() -> None:
    analysis = small_analysis()
    labels = {
        comment.id: prediction and prediction.stance.label
        for comment, prediction in zip(analysis.thread.comments, analysis.predictions, strict=True)
    }
    assert labels == {
        "c1": "for-treaty",
        "c2": "against-treaty",
        "c3": "for-treaty",
        "c4": "unclear",
        "c5": "against-treaty",
        "c6": None,
        "c7": "none",
        "gone": None,
        "c8": "for-treaty",
    }


def test_a_frame_has_a_row_a_comment() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed (extra notebooks)")
    frame = small_analysis().to_frame()
    assert list(frame.index) == ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "gone", "c8"]
    assert frame.loc["c2", ["parent_id", "depth", "stance", "agreement", "attack"]].tolist() == [
        "c1",
        1,
        "against-treaty",
        "disagree",
        0.1,
    ]
    assert frame["created"]["c2"] == pandas.Timestamp("2024-03-01 12:02", tz="UTC")
    assert frame["stance"].isna().tolist() == [False] * 5 + [True, False, True, False]
    assert frame.groupby("stance")["score:for-treaty"].max()["for-treaty"] == 0.8


def test_the_frame_of_an_empty_thread_is_empty() -> None:
    pytest.importorskip("pandas", reason="pandas is not installed (extra notebooks)")
    assert analyze(build_thread([]), ToyPredictor(), source=SOURCE).to_frame().empty


def test_a_frame_without_pandas_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(AnalyzerError, match=r"pip install 'analyzer\[notebooks\]'"):
        small_analysis().to_frame()


def test_a_reply_to_a_missing_or_deleted_comment_has_no_agreement() -> None:
    predictor = ToyPredictor()
    analysis = analyze(small_thread(), predictor, source=SOURCE)
    parents = {turn.text[:12]: turn.parent_text for turn in predictor.turns}
    assert parents["You are righ"] is None
    assert parents["You are all "] is None
    assert [
        prediction.agreement.label for prediction in analysis.predictions if prediction and prediction.agreement
    ] == [
        "disagree",
        "disagree",
    ]


def test_quoted_words_are_masked_and_named() -> None:
    predictor = ToyPredictor()
    analysis = analyze(small_thread(), predictor, source=SOURCE)
    (quotation,) = analysis.quotations[2]
    text = analysis.thread.comments[2].text
    assert "a harbour full of warships" in text[quotation.start : quotation.end]
    assert quotation.source_id == "c2"
    assert "warships" not in predictor.turns[2].text


def test_a_grandparent_can_be_quoted() -> None:
    words = "the mines in the strait will not sweep themselves this spring"
    thread = build_thread([Comment("a", None, words), Comment("b", "a", "So?"), Comment("c", "b", f"> {words}\nTrue.")])
    (quotation,) = analyze(thread, ToyPredictor(), source=SOURCE).quotations[2]
    assert quotation == Quotation(quotation.start, quotation.end, "a")


def test_a_deep_chain_is_read_in_linear_time() -> None:
    assert len(analyze(chain(5000), ToyPredictor(), source=SOURCE).predictions) == 5000


def test_shares_count_classified_comments_only() -> None:
    stances = small_analysis().stances
    assert {label: share.count for label, share in stances.items()} == {
        "for-treaty": 3,
        "against-treaty": 2,
        "none": 1,
        "unclear": 1,
    }
    assert stances["for-treaty"].share == pytest.approx(3 / 7)


def test_wilson_interval() -> None:
    # Newcombe 1998, table I: 15 of 148 has the score interval 0.0624 to 0.1605.
    predictions = [said("for-treaty")] * 15 + [said("none")] * 133
    share = stance_shares(predictions, SCHEME.labels)["for-treaty"]
    assert (share.low, share.high) == (pytest.approx(0.0624, abs=5e-5), pytest.approx(0.1605, abs=5e-5))


def test_shares_are_corrected_but_counts_are_not() -> None:
    # Half the held-out rows were for, half against; no draw differs. 120 comments at 0.8 for, 30 against, which is
    # just what a thread wholly for would show: the share goes beyond 120 / 150.
    scores = {"for-treaty": 0.8, "against-treaty": 0.2}
    predictions = [Prediction(Scored("for-treaty", scores), None, 0.1)] * 120
    predictions += [Prediction(Scored("against-treaty", {"for-treaty": 0.2, "against-treaty": 0.8}), None, 0.1)] * 30
    correction = Correction([0.5, 0.5], [[1.0, 0.7, 0.7]] * 20)
    share = stance_shares(predictions, tuple(scores), correction)["for-treaty"]
    assert share.count == 120
    assert share.share is not None
    assert 0.8 < share.share < 1.0


def test_comments_in_another_language_are_left_out_of_corrected_shares() -> None:
    sure = Prediction(Scored("for-treaty", {"for-treaty": 1.0, "against-treaty": 0.0}), None, 0.1)
    foreign = Prediction(Scored("unclear", {"for-treaty": 0.0, "against-treaty": 1.0}, "language"), None, 0.1)
    shares = stance_shares(
        [sure] * 20 + [foreign] * 20, ("for-treaty", "against-treaty"), Correction([0.5, 0.5], [[1.0, 0.7, 0.7]])
    )
    assert shares["for-treaty"].share == pytest.approx(22 / 24)  # 20 comments and a prior of 2 in 4
    assert shares["unclear"].share == 0.5


@pytest.mark.parametrize(("decided", "too_few"), [(9, True), (10, False)])
def test_shares_of_few_decided_comments_are_marked(decided: int, too_few: bool) -> None:
    shares = stance_shares([said("none")] * decided + [said("unclear")] * 30, SCHEME.labels)
    assert {shares[label].too_few for label in SCHEME.labels} == {too_few}
    assert not shares["unclear"].too_few


def test_shares_of_nothing_are_undefined() -> None:
    assert stance_shares([None], SCHEME.labels)["none"] == StanceShare(0, None, None, None)


@pytest.mark.parametrize("comments", [[], [Comment("c1", status="deleted")]])
def test_a_thread_without_words_asks_nothing_of_the_model(comments: list[Comment]) -> None:
    predictor = ToyPredictor()
    analysis = analyze(build_thread(comments), predictor, source=SOURCE)
    assert predictor.turns == []
    assert analysis.predictions == (None,) * len(comments)


def test_progress_hears_of_every_classified_comment() -> None:
    heard: list[int] = []
    analyze(small_thread(), ToyPredictor(), source=SOURCE, progress=heard.append)
    assert sum(heard) == 7
