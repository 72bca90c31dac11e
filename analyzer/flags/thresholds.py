"""thresholds.toml, and a user's own file over it -> the numbers each rule goes by."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from analyzer.errors import SettingsError

Limits = Mapping[str, float]
"""One rule's numbers by name."""
Thresholds = Mapping[str, Limits]
"""Every rule's numbers by kind of flag."""

SHIPPED = Path(__file__).with_name("thresholds.toml")


@cache
def default_thresholds() -> Thresholds:
    """Return the shipped thresholds."""
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def read_thresholds(path: Path) -> Thresholds:
    """Return the shipped thresholds with those of a TOML file in their place.

    Raises SettingsError for a file that cannot be read, and for a kind, a name or a value that no rule knows.
    """
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot read the thresholds: {error}") from error
    shipped = default_thresholds()
    for kind, limits in own.items():
        if kind not in shipped or not isinstance(limits, dict):
            raise SettingsError(f"{path}: no flag has the kind {kind!r}; known: {', '.join(shipped)}")
        for key, value in limits.items():
            if key not in shipped[kind]:
                raise SettingsError(f"{path}: [{kind}] has no {key!r}; known: {', '.join(shipped[kind])}")
            if not isinstance(value, int | float) or isinstance(value, bool) != (key == "on"):
                wanted = "true or false" if key == "on" else "a number"
                raise SettingsError(f"{path}: [{kind}] {key} must be {wanted}, found {value!r}")
    return {kind: {**limits, **own.get(kind, {})} for kind, limits in shipped.items()}
