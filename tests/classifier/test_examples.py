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


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"text": "x", "stance": "tunnel"}', "line 2: unknown stance 'tunnel'; the scheme has keep, bridge, none"),
        ('{"text": "x", "parent_text": "y", "relation": "maybe"}', "line 2: unknown agreement 'maybe'"),
        ('{"text": "x", "attack": 2}', "line 2: attack is 0 or 1, not 2"),
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
