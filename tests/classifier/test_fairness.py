import json
from pathlib import Path

import pytest

from analyzer.classifier.fairness import MirroredPair, mirrored_difference, read_pairs
from analyzer.errors import DataError
from analyzer.predictions import Turn
from analyzer.resources import resource
from tests.toy import ToyPredictor


def test_the_difference_is_the_mean_gap_of_attack_scores() -> None:
    # The toy gives 0.9 to "idiot", else 0.1: gaps 0, 0.8, 0.
    pairs = [
        MirroredPair("a", Turn("Idiot!"), Turn("idiot?")),
        MirroredPair("b", Turn("idiots sign"), Turn("fools scrap")),
        MirroredPair("c", Turn("sign"), Turn("scrap")),
    ]
    difference = mirrored_difference(ToyPredictor(), pairs)
    assert difference.mean == pytest.approx(0.8 / 3)
    assert (difference.pairs, difference.largest_id) == (3, "b")
    assert difference.largest == pytest.approx(0.8)


def test_pairs_keep_their_parents(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    row = {"id": "m1", "text": "No.", "parent_text": "sign", "mirrored_text": "Nope.", "mirrored_parent_text": "scrap"}
    path.write_text(json.dumps(row))
    assert read_pairs(path) == [MirroredPair("m1", Turn("No.", "sign"), Turn("Nope.", "scrap"))]


@pytest.mark.parametrize("row", ['{"text": "sign"}', '{"text": "sign", "mirrored_text": " "}', "3"])
def test_a_row_that_is_no_pair_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(f"\n{row}\n")
    with pytest.raises(DataError, match=r"pairs\.jsonl, line 2: a mirrored pair needs text and mirrored_text"):
        read_pairs(path)


def test_the_bundled_pairs_swap_the_sides_and_nothing_else() -> None:
    pairs = read_pairs(resource("data", "labelled", "mirrored.jsonl"))
    assert len(pairs) >= 60
    assert len({pair.first.text for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert pair.first.text != pair.second.text
        assert abs(len(pair.first.text.split()) - len(pair.second.text.split())) <= 2
        assert bool(pair.first.parent_text) == bool(pair.second.parent_text)
