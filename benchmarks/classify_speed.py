"""Time classification against two usual ways of doing it: same weights, same processors, same comments, in turns.

    python benchmarks/classify_speed.py ROWS.jsonl[.gz] [--rows 256] [--rounds 3]

Needs the `train` extra, and the `fast` extra for OpenVINO. A line a way: comments a second (median of the rounds, which
alternate) and the median ratio to the transformers pipeline in the same round, then both by processor time, which a
busy machine distorts less (set OMP_WAIT_POLICY=PASSIVE for it), and the share of stance and agreement labels that are
those of float32. Below: what share of the machine's own matrix-multiply peak, at the precision used, the fastest way
reaches (products of the encoder only, padding not counted), and how much of its workers' time is not spent in the
network. The pipeline runs the encoder with a head of its own, which costs no more than ours.
"""

import argparse
import gzip
import json
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import BertForSequenceClassification, PreTrainedTokenizerFast, logging, pipeline

from analyzer.classifier.engine import processors, quick_engine
from analyzer.classifier.export import read_weights
from analyzer.classifier.folder import TOKENIZER, WEIGHTS
from analyzer.classifier.inputs import encode, make_turn
from analyzer.classifier.network import Network, empty_network
from analyzer.classifier.predictor import OnnxPredictor, load_predictor, model_feed
from analyzer.predictions import Turn
from analyzer.resources import model_folder

_PEAK_SIDE = 2048


def read_turns(path: Path, rows: int) -> list[Turn]:
    """Return the turns of every tenth row, so that neighbours from one thread do not stand together."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [
            make_turn(row["text"], row["parent_text"] or None)
            for row in map(json.loads, islice(lines, 0, 10 * rows, 10))
        ]


def torch_network(predictor: OnnxPredictor, folder: Path) -> Network:
    """Return the shipped weights as a float32 torch network."""
    network = empty_network(predictor.config.training["encoder_config"], len(predictor.scheme.labels))
    network.load_state_dict(read_weights(folder / WEIGHTS))
    return network.eval()


def sorted_torch_loop(network: Network, predictor: OnnxPredictor, turns: Sequence[Turn]) -> list[np.ndarray]:
    """Return stance and agreement logits by the usual careful loop: sorted by length, batches of 32."""
    encodings = encode(predictor._tokenizer, turns)
    order = sorted(range(len(turns)), key=lambda i: len(encodings[i].ids))
    outputs = [np.empty((len(turns), len(predictor.scheme.labels))), np.empty((len(turns), 3))]
    for start in range(0, len(turns), 32):
        rows = order[start : start + 32]
        feed = {name: torch.from_numpy(values) for name, values in model_feed([encodings[i] for i in rows]).items()}
        with torch.inference_mode():
            for output, values in zip(outputs, network(**feed)[:2], strict=True):
                output[rows] = values.numpy()
    return outputs


def hub_pipeline(network: Network, folder: Path) -> Callable[[Sequence[Turn]], Any]:
    """Return the transformers pipeline at its defaults over the same encoder."""
    model = BertForSequenceClassification(network.encoder.config)
    model.bert.load_state_dict(network.encoder.state_dict(), strict=False)
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("cls", "sep", "pad", "unk", "mask")}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / TOKENIZER), model_max_length=178, **names)
    classify = pipeline("text-classification", model=model.eval(), tokenizer=tokenizer, device="cpu")
    return lambda turns: classify(
        [{"text": turn.text, "text_pair": turn.parent_text or ""} for turn in turns], truncation=True
    )


def peak_flops(precision: torch.dtype) -> float:
    """Return the most operations a processor second of a large matrix product, best of eight on one processor."""
    torch.set_num_threads(1)
    left, right = (torch.randn(_PEAK_SIDE, _PEAK_SIDE).to(precision) for _ in range(2))
    seconds = []
    for _ in range(8):
        start = time.process_time()
        left @ right
        seconds.append(time.process_time() - start)
    return 2 * _PEAK_SIDE**3 / min(seconds)


def encoder_flops(network: Network, predictor: OnnxPredictor, turns: Sequence[Turn]) -> float:
    """Return the operations in the encoder's matrix products for these turns, two for each multiply-add."""
    config = network.encoder.config
    per_token = (
        2 * config.num_hidden_layers * config.hidden_size * (4 * config.hidden_size + 2 * config.intermediate_size)
    )
    lengths = np.array([len(encoding.ids) for encoding in encode(predictor._tokenizer, turns)])
    return float((per_token * lengths + 4 * config.num_hidden_layers * config.hidden_size * lengths**2).sum())


class Busy:
    """A predictor's engine, with the seconds that its workers spend in it."""

    def __init__(self, predictor: OnnxPredictor) -> None:
        self.seconds = 0.0
        self._run = predictor.engine.run
        predictor.engine = predictor.engine._replace(run=self.run)

    def run(self, feed: Any) -> Any:
        """Answer one batch."""
        start = time.perf_counter()
        answer = self._run(feed)
        self.seconds += time.perf_counter() - start
        return answer


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows_file", type=Path)
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(processors())
    folder = model_folder("small")
    turns = read_turns(options.rows_file, options.rows)
    bulk = load_predictor(folder, bulk=True)
    # Comments of one window, so that every way reads the same tokens.
    turns = [
        turn for turn, encoding in zip(turns, encode(bulk._tokenizer, turns), strict=True) if not encoding.overflowing
    ]
    network = torch_network(bulk, folder)
    by_pipeline = hub_pipeline(network, folder)
    quick = OnnxPredictor(bulk.config, bulk.scheme, bulk._tokenizer, quick_engine(folder / WEIGHTS))
    busy = Busy(bulk)
    ways: dict[str, Callable[[], Any]] = {
        "transformers pipeline": lambda: by_pipeline(turns),
        "sorted torch float32": lambda: sorted_torch_loop(network, bulk, turns),
        f"analyzer, {quick.engine.name}": lambda: quick.predict(turns),
        f"analyzer, {bulk.engine.name}": lambda: bulk.predict(turns),
    }
    for warm in ways.values():
        warm()
    busy.seconds = 0.0
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    used: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, run in ways.items():
            start, start_used = time.perf_counter(), time.process_time()
            run()
            seconds[name].append(time.perf_counter() - start)
            used[name].append(time.process_time() - start_used)
    in_network = busy.seconds
    expected = [output.argmax(1) for output in sorted_torch_loop(network, bulk, turns)]
    same = {"sorted torch float32": "1.000      1.000"}
    for name, predictor in zip(list(ways)[2:], (quick, bulk), strict=True):
        logits = predictor.logits(turns)[:2]
        shares = [float((own.argmax(1) == other).mean()) for own, other in zip(logits, expected, strict=True)]
        same[name] = f"{shares[0]:.3f}      {shares[1]:.3f}"
    print(f"{len(turns)} comments, {processors()} processors, {options.rounds} rounds")
    print(f"{'way':<34}{'comments/s':>11}{'ratio':>7}{'a processor s':>15}{'ratio':>7}   stance  agreement")
    for name, times in seconds.items():
        ratios = [_median_ratio(one["transformers pipeline"], one[name]) for one in (seconds, used)]
        rates = [len(turns) / statistics.median(one) for one in (times, used[name])]
        print(f"{name:<34}{rates[0]:>11.1f}{ratios[0]:>7.2f}{rates[1]:>15.1f}{ratios[1]:>7.2f}   {same.get(name, '')}")
    fastest, own = list(seconds.items())[-1]
    over_loop = [_median_ratio(one["sorted torch float32"], one[fastest]) for one in (seconds, used)]
    print(f"{fastest} against the sorted torch loop: {over_loop[0]:.2f}, by processor time {over_loop[1]:.2f}")
    precision = torch.bfloat16 if "bfloat16" in fastest else torch.float32
    peak = peak_flops(precision)
    share = encoder_flops(network, bulk, turns) / min(used[fastest]) / peak
    print(f"share of the {precision} peak of {peak / 1e9:.0f} GFLOP a processor s: {share:.2f}")
    workers = bulk.engine.workers
    print(f"workers outside the network: {1 - in_network / (workers * sum(own)):.1%}")


def _median_ratio(slower: Sequence[float], faster: Sequence[float]) -> float:
    return statistics.median(a / b for a, b in zip(slower, faster, strict=True))


if __name__ == "__main__":
    main()
