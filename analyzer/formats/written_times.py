"""A time as a page shows it to people ("27. Februar 2017 um 09:49") -> a datetime in UTC; without a zone it is UTC."""

import re
from datetime import UTC, datetime

from analyzer.formats.times import read_time

# How the names of the months begin in English, German, French, Spanish, Italian, Dutch and Portuguese.
_MONTHS = {
    beginning: number
    for number, beginnings in enumerate(
        (
            "jan jän ene gen",
            "feb fév fev",
            "mar mär mae maa mrt",
            "apr avr abr",
            "may mai mei mag maj",
            "jun juin giu",
            "jul juil lug",
            "aug aoû aou ago",
            "sep set",
            "oct okt ott out",
            "nov",
            "dec dez déc dic",
        ),
        start=1,
    )
    for beginning in beginnings.split()
}
_NAME = rf"(?P<name>(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})[^\W\d_]*)\.?"
_ORDINAL = r"(?:st|nd|rd|th|er|º|\.)?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_NAME}\s+(?P<day>\d{{1,2}}){_ORDINAL},?\s+(?P<year>\d{{4}})\b",
        rf"\b(?P<day>\d{{1,2}}){_ORDINAL}\s+(?:de\s+)?{_NAME},?\s+(?:del?\s+)?(?P<year>\d{{4}})\b",
        r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})\b",
        r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})\b",
    )
)
_FOR_PROGRAMS = re.compile(
    r"\d{9,13}$|\d{4}-\d\d-\d\d|(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
)
_CLOCK = re.compile(r"\b(\d{1,2})\s?[:h.]\s?(\d{2})(?::(\d{2}))?\s*(?:([ap])\.?m\b)?", re.IGNORECASE)


def read_written_time(text: str) -> datetime | None:
    """Return the time in `text`, None if there is none that has only one reading (3/4/2017 has two)."""
    # The mail parser behind read_time takes nearly anything and overlooks "pm": only what is written for programs.
    if _FOR_PROGRAMS.match(text) and (time := read_time(text)) is not None:
        return time
    match = _date(text)
    if match is None:
        return None
    parts = match.groupdict()
    month = int(parts["month"]) if "month" in parts else _month(parts["name"].lower())
    clock = _CLOCK.search(text, match.end())
    hour, minute, second = (int(clock[i] or 0) for i in (1, 2, 3)) if clock else (0, 0, 0)
    if clock and clock[4]:
        hour = hour % 12 + 12 * (clock[4].lower() == "p")
    try:
        return datetime(int(parts["year"]), month, int(parts["day"]), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def before_time(text: str) -> str:
    """Return what stands before the date in `text` ("Hedda on 6 May 2024" -> "Hedda on"), all of it without a date."""
    match = _date(text)
    return text[: match.start()].strip() if match else text


def _date(text: str) -> re.Match[str] | None:
    return next((match for pattern in _DATES if (match := pattern.search(text))), None)


def _month(name: str) -> int:
    return max((len(beginning), number) for beginning, number in _MONTHS.items() if name.startswith(beginning))[1]
