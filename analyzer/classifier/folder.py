"""A model folder: config.json, scheme.toml, tokenizer.json, model.onnx and a model card; read with every check."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.classifier.calibration import Scaling
from analyzer.errors import ModelError
from analyzer.predictions import AGREEMENT_LABELS
from analyzer.prevalence import Correction
from analyzer.scheme import Scheme, read_scheme

FOLDER_VERSION = 1
WEIGHTS = "model.onnx"
TOKENIZER = "tokenizer.json"
_NUMBERS = re.compile(r"\[\s+([-+\d.e,\s]+?)\s+\]")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What config.json says: label order, calibration, the hash of the weights and where they come from.

    `calibration` names the labelled rows that the scalings, `unclear_below` and `correction` were fitted on.
    """

    name: str
    stance_labels: tuple[str, ...]
    sha256: str
    stance_temperature: float
    agreement_temperature: float
    attack_temperature: float
    unclear_below: float
    training: dict[str, Any]
    agreement_labels: tuple[str, ...] = AGREEMENT_LABELS
    folder_version: int = FOLDER_VERSION
    stance_bias: tuple[float, ...] = ()
    agreement_bias: tuple[float, ...] = ()
    attack_bias: tuple[float, ...] = ()
    languages: tuple[str, ...] = ("en",)
    calibration: dict[str, Any] = field(default_factory=dict)
    correction: Correction | None = None
    target_temperature: float = 1.0
    target_unclear_below: float = 0.0
    stance_temperatures: tuple[float, ...] = ()

    def calibrated_share(self, paths: Iterable[Path]) -> float:
        """Return the share of the threads in these files that the model was calibrated on; 0.0 where none was."""
        known = self.calibration.get("data", {}).values()
        return float(self.calibration["share"]) if any(file_sha256(path) in known for path in paths) else 0.0

    @property
    def stance_scaling(self) -> Scaling:
        """How stance logits become probabilities."""
        return Scaling(self.stance_temperature, self.stance_bias, self.stance_temperatures)

    @property
    def agreement_scaling(self) -> Scaling:
        """How agreement logits become probabilities."""
        return Scaling(self.agreement_temperature, self.agreement_bias)

    @property
    def target_scaling(self) -> Scaling:
        """How the logits of a stance towards a target become probabilities."""
        return Scaling(self.target_temperature, ())

    @property
    def attack_scaling(self) -> Scaling:
        """How the attack logit becomes a probability."""
        return Scaling(self.attack_temperature, self.attack_bias)


def write_config(folder: Path, config: ModelConfig) -> None:
    """Write config.json, each list of numbers on one line."""
    text = json.dumps(asdict(config), indent=2)
    text = _NUMBERS.sub(lambda match: "[" + " ".join(match[1].split()) + "]", text)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")


def read_folder(folder: Path) -> tuple[ModelConfig, Scheme]:
    """Return the config and scheme of a model folder; raises ModelError where anything does not fit together."""
    for name in ("config.json", "scheme.toml", TOKENIZER, WEIGHTS):
        if not (folder / name).is_file():
            raise ModelError(f"{folder}: not a model folder: {name} is missing")
    try:
        values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if values.get("correction"):
            values["correction"] = Correction(**values["correction"])
        for attribute in fields(ModelConfig):
            if isinstance(values.get(attribute.name), list):
                values[attribute.name] = tuple(values[attribute.name])
        config = ModelConfig(**values)
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder}: config.json is damaged: {error}") from error
    if config.folder_version != FOLDER_VERSION:
        raise ModelError(f"{folder}: model folder version {config.folder_version}; this program reads {FOLDER_VERSION}")
    scheme = read_scheme(folder / "scheme.toml")
    if config.stance_labels != scheme.labels:
        raise ModelError(f"{folder}: the labels of config.json and scheme.toml differ")
    if config.agreement_labels != AGREEMENT_LABELS:
        raise ModelError(f"{folder}: agreement labels {config.agreement_labels}; expected {AGREEMENT_LABELS}")
    for numbers, labels in (
        (config.stance_bias, scheme.labels),
        (config.stance_temperatures, scheme.labels),
        (config.agreement_bias, AGREEMENT_LABELS),
    ):
        if len(numbers) not in (0, len(labels)):
            raise ModelError(
                f"{folder}: config.json has {len(numbers)} biases or temperatures for {len(labels)} labels"
            )
    if config.correction and len(config.correction.mix) != len(scheme.labels):
        raise ModelError(f"{folder}: the correction in config.json is for {len(config.correction.mix)} labels")
    if weights_sha256(folder) != config.sha256:
        raise ModelError(f"{folder}: {WEIGHTS} is not the file config.json was written for (its sha256 differs)")
    return config, scheme


def weights_sha256(folder: Path) -> str:
    """Return the hex digest of a model folder's weights, the file and its continuations."""
    return file_sha256(*_weights_files(folder))


def weights_bytes(folder: Path) -> int:
    """Return the size of a model folder's weights."""
    return sum(path.stat().st_size for path in _weights_files(folder))


def file_sha256(*paths: Path) -> str:
    """Return the hex digest of the bytes of one file, or of several one after the other."""
    digest = sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _weights_files(folder: Path) -> list[Path]:
    return [folder / WEIGHTS, *sorted(folder.glob(f"{WEIGHTS}.*"))]
