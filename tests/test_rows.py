import json
from collections.abc import Iterator
from typing import Any

import pytest

from analyzer.rows import predict_rows
from tests.toy import ToyPredictor


def answers(*lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in predict_rows(lines, ToyPredictor())]


def test_a_row_gets_stance_agreement_and_attack() -> None:
    row = {"id": "r1", "text": "You are wrong, sign it.", "parent_text": "Scrap the treaty."}
    assert answers(json.dumps(row)) == [
        {
            "id": "r1",
            "stance": {"label": "for-treaty", "scores": {"for-treaty": 0.8, "against-treaty": 0.1, "none": 0.1}},
            "agreement": {"label": "disagree", "scores": {"agree": 0.1, "disagree": 0.8, "neutral": 0.1}},
            "attack": {"score": 0.1},
        }
    ]


@pytest.mark.parametrize("parent", ["", ', "parent_text": null', ', "parent_text": " "'])
def test_without_a_parent_there_is_no_agreement(parent: str) -> None:
    assert answers(f'{{"id": 1, "text": "sign it"{parent}}}')[0]["agreement"] is None


@pytest.mark.parametrize(
    ("line", "id", "kind"),
    [
        ('{"id": "a"}', "a", "missing_text"),
        ('{"id": "a", "text": null}', "a", "missing_text"),
        ('{"id": 7, "text": 12}', 7, "missing_text"),
        ('{"id": "a", "text": " \\n"}', "a", "missing_text"),
        ('{"id": "a", "text": ["sign"]}', "a", "missing_text"),
        ('{"id": "a", "text": "sign", "parent_text": 3}', "a", "invalid_parent_text"),
        ('{"id": "a", "text": "sig', None, "invalid_json"),
        ("[" * 100_000, None, "invalid_json"),
        ('["sign"]', None, "not_an_object"),
        ("null", None, "not_an_object"),
        ('{"text": "sign \udcff"}', None, "invalid_encoding"),
    ],
)
def test_a_bad_row_gets_an_error_in_its_place(line: str, id: str | int | None, kind: str) -> None:
    before, bad, after = answers('{"id": 1, "text": "sign"}', line, '{"id": 3, "text": "scrap"}')
    assert (before["id"], after["id"]) == (1, 3)
    assert after["stance"]["label"] == "against-treaty"
    assert bad["id"] == id
    assert (bad["error"]["kind"], bad["error"]["line"]) == (kind, 2)
    assert bad["error"]["detail"]


def test_blank_lines_are_no_rows_but_count_as_lines() -> None:
    (bad,) = answers("", "  ", "oops")
    assert bad["error"]["line"] == 3


def test_rows_without_an_id_or_with_an_odd_one_get_null() -> None:
    assert [row["id"] for row in answers('{"text": "sign"}', '{"id": {"a": NaN}, "text": "sign"}')] == [None, None]


def test_half_an_emoji_is_classified() -> None:
    assert answers('{"id": 1, "text": "sign \\ud83d"}')[0]["stance"]["label"] == "for-treaty"


def test_rows_stream_in_batches() -> None:
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield json.dumps({"id": number, "text": "sign"})

    rows = predict_rows(lines(), ToyPredictor(), batch_rows=10)
    assert json.loads(next(rows))["id"] == 0
    assert taken == 10
    assert [json.loads(row)["id"] for row in rows] == list(range(1, 1000))
