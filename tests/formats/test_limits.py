import pytest

from analyzer.errors import ReadError
from analyzer.formats import limits


@pytest.mark.parametrize(
    "text",
    [
        '{"id": [' + "[]," * 200_000 + "[]]}",
        "[" + '{"a":0},' * 200_000 + "0]",
        '{"id": 1}\n{"id": [' + '"ab",' * 900_000 + "0]}",
        "<p>" * 900_000,
        "id,text\n" + "1,\n" * 300_000,
        "id,text\n" + "," * 9_000_000,
    ],
    ids=["lists", "objects", "one line of many", "tags", "rows", "cells"],
)
def test_dense_text_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_HEAVIEST", 20_000_000)
    with pytest.raises(ReadError, match=r"^ferry holds more values than can be read at once"):
        limits.check_weight(text, "ferry")


def test_words_weigh_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_HEAVIEST", 1_000_000)
    limits.check_weight('{"id": 1, "text": "' + "late " * 1_000_000 + '"}', "ferry")


def test_values_of_json_lines_are_weighed_a_line_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_HEAVIEST", 1_000_000)
    limits.check_weight('{"id": 1, "text": "late", "tags": ["a", "b", "c"]}\n' * 2_000, "ferry")


def test_a_file_beyond_the_limit_is_refused() -> None:
    limits.check_size(100_000_000, "ferry")
    with pytest.raises(ReadError, match=r"^ferry holds more than 100 MB, the most that is read at once"):
        limits.check_size(100_000_001, "ferry")
