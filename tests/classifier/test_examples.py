import pytest

from analyzer.classifier.examples import read_examples
from analyzer.errors import DataError

LABELS = ("keep", "bridge", "none")


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return [path]


def test_a_row_keeps_the_labels_it_has(tmp_path):
    rows = (
        '{"text": "No.", "parent_text": "Keep it.", "stance": "bridge", "relation": "disagree", '
        '"attack": 0, "thread": "t", "sure": 3}'
    )
    (example,) = read_examples(write(tmp_path / "a.jsonl", rows), LABELS)
    assert (example.stance, example.agreement, example.attack) == ("bridge", "disagree", 0)
    assert (example.thread, example.sure, example.turn.parent_text) == ("t", 3, "Keep it.")


def test_agreement_without_a_parent_is_ignored(tmp_path):
    (example,) = read_examples(write(tmp_path / "a.jsonl", '{"text": "No.", "relation": "disagree"}\n'), LABELS)
    assert example.agreement is None
    assert example.stance is None


def test_a_prediction_with_its_text_teaches_by_its_scores(tmp_path):
    row = (
        '{"id": "a", "text": "No.", "parent_text": "Keep it.", "attack": {"score": 0.25}, '
        '"stance": {"label": "unclear", "scores": {"none": 0.5, "keep": 0.2, "bridge": 0.3}}, '
        '"agreement": {"label": "disagree", "scores": {"agree": 0.1, "disagree": 0.7, "neutral": 0.2}}}'
    )
    (example,) = read_examples(write(tmp_path / "a.jsonl", row), LABELS)
    assert (example.stance, example.stance_scores) == (None, (0.2, 0.3, 0.5))
    assert (example.agreement, example.agreement_scores) == (None, (0.1, 0.7, 0.2))
    assert (example.attack, example.is_taught) == (0.25, True)


def test_a_row_with_a_target_has_a_stance_towards_it(tmp_path):
    row = '{"text": "No.", "parent_text": NaN, "target": "the bridge", "stance": "against"}'
    (example,) = read_examples(write(tmp_path / "a.jsonl", row), LABELS)
    assert (example.stance, example.target_stance) == (None, "against")
    assert (example.turn.target, example.turn.parent_text) == ("the bridge", None)


def test_scores_of_a_row_with_a_target_are_of_the_stance_towards_it(tmp_path):
    row = '{"text": "No.", "target": "the bridge", "stance": {"scores": {"none": 0.2, "favor": 0.1, "against": 0.7}}}'
    (example,) = read_examples(write(tmp_path / "a.jsonl", row), LABELS)
    assert (example.target_stance, example.target_scores, example.is_taught) == (None, (0.1, 0.7, 0.2), True)


def test_rows_can_be_chosen_by_a_key(tmp_path):
    rows = '{"text": "No.", "source": "a"}\n{"text": "Yes.", "source": "b"}\n'
    (example,) = read_examples(write(tmp_path / "a.jsonl", rows), LABELS, only=("source", "b"))
    assert example.turn.text == "Yes."


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"text": "x", "stance": "tunnel"}', "line 2: unknown stance 'tunnel'; the scheme has keep, bridge, none"),
        ('{"text": "x", "parent_text": "y", "relation": "maybe"}', "line 2: unknown agreement 'maybe'"),
        ('{"text": "x", "attack": 2}', "line 2: attack is 0, 1 or a score between, not 2"),
        (
            '{"text": "x", "stance": {"scores": {"keep": 1}}}',
            "line 2: stance scores are for keep; expected keep, bridge, none",
        ),
        (
            '{"text": "x", "target": "y", "stance": "keep"}',
            "unknown stance towards a target 'keep'; known: favor, against",
        ),
        ('{"text": "x", "parent_text": 3}', "line 2: parent_text is a string or null, not '3'"),
        ('{"stance": "keep"}', "line 2: a labelled row needs a text"),
        ('{"text": ', "line 2: not valid JSON"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        read_examples(write(tmp_path / "a.jsonl", '{"text": "Keep it.", "stance": "keep"}\n' + row), LABELS)


def test_a_file_without_rows_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no labelled rows"):
        read_examples(write(tmp_path / "a.jsonl", "\n"), LABELS)
