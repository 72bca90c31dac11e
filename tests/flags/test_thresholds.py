from pathlib import Path

import pytest

from analyzer.errors import SettingsError
from analyzer.flags import RULES, default_thresholds, read_thresholds


def test_every_rule_has_shipped_thresholds_and_none_is_left_over() -> None:
    assert list(default_thresholds()) == list(RULES)


@pytest.mark.parametrize("kind", RULES)
def test_every_kind_says_whether_it_is_on_and_what_it_counts(kind: str) -> None:
    limits = default_thresholds()[kind]
    assert limits["on"] is True
    assert 0 <= limits["weight"] <= 1
    assert 0 < limits["precision"] <= 1


def test_a_file_replaces_what_it_names(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[attack]\nprobability = 0.8\n")
    thresholds = read_thresholds(own)
    assert thresholds["attack"] == {**default_thresholds()["attack"], "probability": 0.8}
    assert thresholds["pile_on"] == default_thresholds()["pile_on"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[sarcasm]\non = true", "no flag has the kind 'sarcasm'; known: attack, "),
        ("attack = 0.8", "no flag has the kind 'attack'"),
        ("[attack]\nprobabilty = 0.8", r"\[attack\] has no 'probabilty'; known: on, weight, precision, probability"),
        ("[attack]\nprobability = 'high'", r"\[attack\] probability must be a number, found 'high'"),
        ("[attack]\nprobability = true", r"\[attack\] probability must be a number, found True"),
        ("[attack]\non = 1", r"\[attack\] on must be true or false, found 1"),
        ("[attack", "cannot read the thresholds"),
    ],
)
def test_a_faulty_file_is_refused_with_its_fault(tmp_path: Path, text: str, message: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(SettingsError, match=message):
        read_thresholds(own)
