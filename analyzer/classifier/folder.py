"""A model folder: config.json, scheme.toml, tokenizer.json, model.onnx and a model card; read with every check."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.errors import ModelError
from analyzer.predictions import AGREEMENT_LABELS
from analyzer.scheme import Scheme, read_scheme

FOLDER_VERSION = 1
WEIGHTS = "model.onnx"
TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What config.json says: label order, calibration, the hash of the weights and where they come from."""

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


def write_config(folder: Path, config: ModelConfig) -> None:
    """Write config.json."""
    (folder / "config.json").write_text(json.dumps(asdict(config), indent=2) + "\n", encoding="utf-8")


def read_folder(folder: Path) -> tuple[ModelConfig, Scheme]:
    """Return the config and scheme of a model folder; raises ModelError where anything does not fit together."""
    for name in ("config.json", "scheme.toml", TOKENIZER, WEIGHTS):
        if not (folder / name).is_file():
            raise ModelError(f"{folder}: not a model folder: {name} is missing")
    try:
        values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        values["stance_labels"] = tuple(values["stance_labels"])
        values["agreement_labels"] = tuple(values["agreement_labels"])
        config = ModelConfig(**values)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{folder}: config.json is damaged: {error}") from error
    if config.folder_version != FOLDER_VERSION:
        raise ModelError(f"{folder}: model folder version {config.folder_version}; this program reads {FOLDER_VERSION}")
    scheme = read_scheme(folder / "scheme.toml")
    if config.stance_labels != scheme.labels:
        raise ModelError(f"{folder}: the labels of config.json and scheme.toml differ")
    if config.agreement_labels != AGREEMENT_LABELS:
        raise ModelError(f"{folder}: agreement labels {config.agreement_labels}; expected {AGREEMENT_LABELS}")
    if weights_sha256(folder) != config.sha256:
        raise ModelError(f"{folder}: {WEIGHTS} is not the file config.json was written for (its sha256 differs)")
    return config, scheme


def weights_sha256(folder: Path) -> str:
    """Return the hex digest of a model folder's weights, the file and its continuations."""
    return file_sha256(folder / WEIGHTS, *sorted(folder.glob(f"{WEIGHTS}.*")))


def file_sha256(*paths: Path) -> str:
    """Return the hex digest of the bytes of one file, or of several one after the other."""
    digest = sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
