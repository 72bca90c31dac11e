import pytest

from analyzer.errors import ReadError
from analyzer.explain import explain
from analyzer.predictions import Prediction, Scored, Turn
from analyzer.thread import Comment, Thread, build_thread
from tests.toy import ToyPredictor, small_thread


class ParentReader(ToyPredictor):
    """Is surer of its stance where it reads a parent."""

    def predict(self, turns, *, progress=None):
        self.turns.extend(turns)
        high, low = {"for-treaty": 0.9, "none": 0.1}, {"for-treaty": 0.6, "none": 0.4}
        return [Prediction(Scored("for-treaty", high if turn.parent_text else low), None, 0.0) for turn in turns]


def position(thread: Thread, id: str) -> int:
    return [comment.id for comment in thread.comments].index(id)


def thread_of(text: str) -> Thread:
    return build_thread([Comment("a", None, text)])


def test_the_word_that_carries_the_label_has_the_weight() -> None:
    # Without "sign" the toy says none: for-treaty falls from 0.8 to 0.1.
    explanation = explain(thread_of("Please sign it."), 0, ToyPredictor())
    assert explanation.label == "for-treaty"
    assert [(part.text, part.start, round(part.weight, 3)) for part in explanation.words] == [
        ("Please", 0, 0.0),
        ("sign", 7, 0.7),
        ("it.", 12, 0.0),
    ]


def test_clauses_are_weighed_too() -> None:
    explanation = explain(thread_of("We waited. So sign it, now!"), 0, ToyPredictor())
    assert [(part.text, round(part.weight, 3)) for part in explanation.clauses] == [
        ("We waited.", 0.0),
        (" So sign it,", 0.7),
        (" now!", 0.0),
    ]


def test_the_runner_up_is_the_next_likeliest() -> None:
    thread = small_thread()
    explanation = explain(thread, position(thread, "c2"), ToyPredictor())
    assert (explanation.label, explanation.runner_up) == ("against-treaty", "for-treaty")


def test_an_unclear_comment_is_explained_by_its_likeliest_label() -> None:
    thread = small_thread()
    explanation = explain(thread, position(thread, "c4"), ToyPredictor())
    assert (explanation.stance.label, explanation.label) == ("unclear", "none")


def test_the_parent_s_part_is_what_is_lost_without_it() -> None:
    thread = small_thread()
    assert explain(thread, position(thread, "c2"), ParentReader()).parent_weight == pytest.approx(0.3)
    assert explain(thread, position(thread, "c1"), ParentReader()).parent_weight is None


def test_the_model_is_asked_once_and_quotations_stay_masked() -> None:
    thread, predictor = small_thread(), ToyPredictor()
    explanation = explain(thread, position(thread, "c3"), predictor)
    assert "warships" not in explanation.text
    assert predictor.turns[1] == Turn(explanation.text)
    assert len(predictor.turns) == 2 + len(explanation.words) + len(explanation.clauses)


def test_a_long_comment_is_taken_in_groups_of_words() -> None:
    # 20,000 words to read: 20 times 1,000, so 50 words are left out together.
    explanation = explain(thread_of("word " * 1000), 0, ToyPredictor())
    assert [part.start for part in explanation.words] == list(range(0, 5000, 250))
    assert explanation.words[1].text == " ".join(["word"] * 50)


@pytest.mark.parametrize("id", ["c6", "gone"])
def test_a_comment_without_words_is_an_error(id: str) -> None:
    thread = small_thread()
    with pytest.raises(ReadError, match=f"'{id}' has no words to explain"):
        explain(thread, position(thread, id), ToyPredictor())
