from pathlib import Path

import pytest

from analyzer.classifier.evaluation import Evaluation, HeadScore, Reliability
from analyzer.classifier.fairness import MirroredDifference
from analyzer.classifier.floors import Floors, failures, measured_values, read_floors
from analyzer.errors import DataError

RELIABILITY = Reliability(50, 0.07, 0.05, 0.03, 0.025, 0.02, 0.4, ((1.0, 0.7), (0.5, 0.8)), 0.2)
F1, ROWS = {"keep": 0.5, "bridge": 0.7}, {"keep": 40, "bridge": 60}
HEAD = HeadScore(100, 0.6, 0.5, 0.7, 0.7, F1, ROWS, 0.3, None, None, RELIABILITY)
EVALUATION = Evaluation(HEAD, None, None, 0.4, 0.05, None, 0.8, 0.75)
VALUES = measured_values(EVALUATION, MirroredDifference(60, 0.04, 0.3, "m1"))


def test_values_by_hand() -> None:
    assert (
        pytest.approx(
            {
                "stance_macro_f1": 0.6,
                "stance_worst_f1": 0.5,
                "stance_calibration_error": 0.025,
                "attack_multiple": 8.0,  # 0.4 / 0.05
                "mirrored_difference": 0.04,
            }
        )
        == VALUES
    )


def test_limits_that_are_kept_say_nothing() -> None:
    assert failures(VALUES, Floors({"stance_macro_f1": 0.6}, {"mirrored_difference": 0.04})) == []


def test_each_broken_limit_is_a_line() -> None:
    floors = Floors({"stance_worst_f1": 0.55, "agreement_macro_f1": 0.6}, {"mirrored_difference": 0.03})
    assert failures(VALUES, floors) == [
        "stance_worst_f1 is 0.500; it must be at least 0.55",
        "agreement_macro_f1 was not measured; it must be at least 0.6",
        "mirrored_difference is 0.040; it must be at most 0.03",
    ]


def test_floors_are_read(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    path.write_text("[at_least]\nstance_macro_f1 = 0.5\n")
    assert read_floors(path) == Floors({"stance_macro_f1": 0.5}, {})


@pytest.mark.parametrize("text", ["[at_least", "[at_least]\nstance_macro_f1 = 'much'", "at_least = 3"])
def test_a_file_that_holds_no_floors_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=r"floors\.toml: cannot read the floors"):
        read_floors(path)
