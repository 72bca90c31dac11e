"""A stance scheme: the topic, its labels and their definitions, read from TOML."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from analyzer.errors import SchemeError

NO_STANCE = "none"


@dataclass(frozen=True, slots=True)
class Scheme:
    """The labels of one topic in their fixed order, each with its definition; the last is always `none`."""

    name: str
    topic: str
    definitions: dict[str, str]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label, `none` last."""
        return tuple(self.definitions)

    @property
    def stances(self) -> tuple[str, ...]:
        """The labels that take a stance."""
        return self.labels[:-1]


def target_scheme(target: str) -> Scheme:
    """Return the scheme of stances towards a target in words: favor, against and none."""
    definitions = {
        "favor": f"The author is in favour of {target}.",
        "against": f"The author is against {target}.",
        NO_STANCE: "Neither can be told with fair confidence.",
    }
    return Scheme("target", target, definitions)


def read_scheme(path: Path) -> Scheme:
    """Return the scheme in a TOML file with `name`, `topic` and one `[labels]` line a label: `label = "definition"`.

    `none` is added when the file does not define it. Raises SchemeError, naming the file and the fault.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SchemeError(f"{path}: cannot read the scheme: {error}") from error
    for key in ("name", "topic"):
        if not isinstance(data.get(key), str):
            raise SchemeError(f'{path}: a scheme needs {key} = "…"')
    labels = data.get("labels")
    if not isinstance(labels, dict) or not all(isinstance(text, str) for text in labels.values()):
        raise SchemeError(f'{path}: a scheme needs a [labels] table with one line a label: label = "definition"')
    definitions = {label: text for label, text in labels.items() if label != NO_STANCE}
    if len(definitions) < 2:
        raise SchemeError(f"{path}: a scheme needs at least two labels beside {NO_STANCE!r}; found {len(definitions)}")
    if "unclear" in definitions:
        raise SchemeError(f"{path}: 'unclear' is the classifier's abstention and cannot be a label")
    definitions[NO_STANCE] = labels.get(NO_STANCE, "No position can be told with fair confidence.")
    return Scheme(data["name"], data["topic"], definitions)
