"""A time as files write it -> a datetime in UTC."""

from datetime import UTC, datetime

_MILLISECONDS = 1e11  # as seconds this is the year 5138, as milliseconds 1973
_NO_TIMES = ("null", "none", "nan", "0000-00-00")  # the last is MySQL's, as WordPress exports it


def read_time(value: object) -> datetime | None:
    """Return the time of epoch seconds or milliseconds, ISO 8601 or RFC 2822; without a zone it is UTC."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        seconds = float(str(value))
    except ValueError:
        return _written_time(str(value).strip())
    try:
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) >= _MILLISECONDS else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def is_no_time(value: object) -> bool:
    """Say whether a file writes `value` where it has no time; anything else should be one."""
    return value is None or (
        isinstance(value, str) and (not value.strip() or value.strip().lower().startswith(_NO_TIMES))
    )


def _written_time(text: str) -> datetime | None:
    # Imported here: it brings the whole of `email`, which most files never need.
    from email.utils import parsedate_to_datetime

    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = parse(text.removesuffix(" UTC"))
            return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            continue
    return None
