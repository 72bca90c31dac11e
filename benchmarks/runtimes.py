"""Time the candidate runtimes on one network, side by side, and count the labels each changes against float32.

    python benchmarks/runtimes.py ROWS.jsonl [--rows 256] [--rounds 5]

Needs the `train` extra and `pip install openvino nncf`. The network is trained for a moment on rows that are not timed.
Batches are 32 rows of like length, as prediction makes them. A line a runtime: start-up seconds (import, load, and one
answer in a fresh process), rows a second (median of interleaved rounds), the ratio to float32 on ONNX Runtime, file
size, and the share of stance and agreement labels that are those of float32.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from onnxruntime.quantization import QuantType, quantize_dynamic

from analyzer.classifier.engine import quick_engine
from analyzer.classifier.examples import read_examples
from analyzer.classifier.export import export_float, export_int8
from analyzer.classifier.inputs import encode
from analyzer.classifier.learning import load_tokenizer, published_encoder
from analyzer.classifier.network import new_network
from analyzer.classifier.predictor import model_feed
from analyzer.classifier.training import Settings, fit
from analyzer.resources import resource
from analyzer.scheme import read_scheme

Run = Callable[[dict[str, np.ndarray]], list[np.ndarray]]


def ort(path: Path) -> Run:
    """Return ONNX Runtime with the file loaded."""
    engine = quick_engine(path)
    return lambda feed: list(engine.run(feed)[:2])


def openvino(path: Path, precision: str | None = None, *, compress: bool = False) -> Run:
    """Return OpenVINO with the file compiled, at a precision or with int8 weights."""
    import openvino

    core = openvino.Core()
    model = core.read_model(path)
    config = {"PERFORMANCE_HINT": "LATENCY"} | ({"INFERENCE_PRECISION_HINT": precision} if precision else {})
    if compress:
        import nncf

        model = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
        config["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = "32"
    compiled = core.compile_model(model, "CPU", config)
    return lambda feed: [compiled(feed)[name] for name in ("stance", "agreement")]


# name -> (file, how to load it)
RUNTIMES: dict[str, tuple[str, Callable[[Path], Run]]] = {
    "onnxruntime float32": ("float", ort),
    "onnxruntime int8, a scale a batch": ("int8_batch", ort),
    "onnxruntime int8, a scale a block": ("int8_block", ort),
    "openvino float32": ("float", lambda path: openvino(path, "f32")),
    "openvino bfloat16": ("float", lambda path: openvino(path, "bf16")),
    "openvino int8 weights": ("float", lambda path: openvino(path, compress=True)),
}
LOADERS = {
    "onnxruntime": "import onnxruntime; run = onnxruntime.InferenceSession(p).run; run(None, feed)",
    "openvino": "import openvino; c = openvino.Core(); c.compile_model(c.read_model(p), 'CPU')(feed)",
}


def start_up_seconds(name: str, path: Path) -> float:
    """Return the seconds a fresh process needs to import the runtime, load the file and answer once."""
    code = (
        "import sys, time; t = time.perf_counter(); p = sys.argv[1]; import numpy as np; "
        "feed = {n: np.ones((2, 16), dtype=np.int64) for n in ('input_ids', 'attention_mask', 'token_type_ids')}; "
        f"{LOADERS[name.split()[0]]}; print(time.perf_counter() - t)"
    )
    return float(subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True).stdout)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="labelled rows, at least twice --rows of them")
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    labels = read_scheme(resource("data", "schemes", "ukraine-nato.toml")).labels
    tokenizer = load_tokenizer(published_encoder())
    examples = read_examples([options.data], labels)
    network = new_network(published_encoder(), len(labels))
    settings = Settings(epochs=1)
    fit(network, tokenizer, examples[options.rows : 4 * options.rows], labels, settings=settings)
    encodings = encode(tokenizer, [example.turn for example in examples[: options.rows]])
    encodings.sort(key=lambda encoding: len(encoding.ids))
    feeds = [model_feed(encodings[start : start + 32]) for start in range(0, len(encodings), 32)]
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, f"{name}.onnx") for name in ("float", "int8_batch", "int8_block")}
        export_float(network, files["float"])
        export_int8(network, files["int8_block"])
        quantize_dynamic(files["float"], files["int8_batch"], weight_type=QuantType.QInt8, per_channel=True)
        runs = {name: load(files[file]) for name, (file, load) in RUNTIMES.items()}
        starts = {name: start_up_seconds(name, files[file]) for name, (file, _) in RUNTIMES.items()}
        sizes = {name: files[file].stat().st_size / 1e6 for name, (file, _) in RUNTIMES.items()}
        answers = {name: _labels(run, feeds) for name, run in runs.items()}
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(options.rounds):
            for name, run in runs.items():
                start = time.perf_counter()
                _labels(run, feeds)
                seconds[name].append(time.perf_counter() - start)
    reference = "onnxruntime float32"
    print(f"{'runtime':36}{'start s':>8}{'rows/s':>8}{'ratio':>7}{'MB':>6}{'same stance':>13}{'same agreement':>16}")
    for name, times in seconds.items():
        median = statistics.median(times)
        ratio = statistics.median(seconds[reference]) / median
        same = (answers[name] == answers[reference]).mean(axis=1)
        print(
            f"{name:36}{starts[name]:8.2f}{len(encodings) / median:8.0f}{ratio:7.2f}{sizes[name]:6.0f}"
            f"{same[0]:13.3f}{same[1]:16.3f}"
        )


def _labels(run: Run, feeds: list[dict[str, np.ndarray]]) -> np.ndarray:
    """Return the chosen labels, (2, rows): stance and agreement."""
    answers = [[head.argmax(axis=1) for head in run(feed)] for feed in feeds]
    return np.array([np.concatenate(head) for head in zip(*answers, strict=True)])


if __name__ == "__main__":
    main()
