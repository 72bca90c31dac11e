from datetime import UTC, datetime

import pytest

from analyzer.formats.written_times import read_written_time


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-06T14:05:00+00:00",
        "2024-03-06 14:05",
        "1709733900",
        "Wed, 06 Mar 2024 15:05:00 +0100",
        "March 6, 2024 at 2:05 pm",
        "on Mar 6th, 2024 at 2:05 PM",
        "March 6, 2024 2:05 p.m.",
        "6. März 2024 um 14:05 Uhr",
        "06.03.2024, 14:05",
        "6 mars 2024 à 14 h 05",
        "6 de marzo de 2024 a las 14:05",
        "6 Marzo 2024 alle 14:05",
        "6 maart 2024 om 14:05",
        "2024/03/06 14:05",
    ],
)
def test_what_has_one_reading_is_read(text: str) -> None:
    assert read_written_time(text) == datetime(2024, 3, 6, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "month"),
    [("1 juin 2024", 6), ("1 juillet 2024", 7), ("1 août 2024", 8), ("1. Dez. 2024", 12), ("1 mei 2024", 5)],
)
def test_months_have_their_names(text: str, month: int) -> None:
    assert read_written_time(text) == datetime(2024, month, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "3/4/2024", "2 hours ago", "March 40, 2024", "Marching 6 times", "9999999999999999"]
)
def test_what_has_none_or_two_is_not(text: str) -> None:
    assert read_written_time(text) is None


def test_midnight_and_noon() -> None:
    assert [read_written_time(f"May 6, 2024 12:30 {half}m") for half in "ap"] == [
        datetime(2024, 5, 6, 0, 30, tzinfo=UTC),
        datetime(2024, 5, 6, 12, 30, tzinfo=UTC),
    ]
