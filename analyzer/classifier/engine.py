"""A weights file -> the network loaded for many comments: the fastest runtime that is installed, on every processor.

Knows nothing of comments or labels: arrays go in, arrays come out.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime

Feed = Mapping[str, np.ndarray]


class Engine(NamedTuple):
    """A loaded network: `run` answers one batch, and `workers` threads that call it at once keep all processors busy.

    `name` says the runtime and the precision it computes in.
    """

    name: str
    outputs: tuple[str, ...]
    workers: int
    run: Callable[[Feed], Sequence[np.ndarray]]


def quick_engine(weights: Path) -> Engine:
    """Return the engine that starts at once: ONNX Runtime, each processor with a batch of its own."""
    return _onnxruntime(weights, processors())


def bulk_engine(weights: Path, workers: int | None = None) -> Engine:
    """Return the engine that answers most comments a second: `workers` threads, by default one a processor.

    That is OpenVINO where it is installed (extra `fast`), in bfloat16 on a processor that multiplies it, else ONNX
    Runtime. OpenVINO takes a second to start, and its scores differ a little from ONNX Runtime's.
    """
    workers = workers or processors()
    try:
        return _openvino(weights, workers)
    except ImportError:
        return _onnxruntime(weights, workers)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _onnxruntime(weights: Path, workers: int) -> Engine:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a batch split over two processors takes a third longer than two side by side
    options.log_severity_level = 3
    if not _has_vnni():  # without it ONNX Runtime's fastest product of bytes is clamped where it grows large
        options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    outputs = tuple(output.name for output in session.get_outputs())
    return Engine("onnxruntime int8", outputs, workers, lambda feed: session.run(None, dict(feed)))


def _has_vnni() -> bool:
    """Return whether this processor is known to add up products of bytes in 32 bits; others take more time for it."""
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


def _openvino(weights: Path, workers: int) -> Engine:
    import openvino

    core = openvino.Core()
    precision = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"
    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        "NUM_STREAMS": str(workers),
        "INFERENCE_NUM_THREADS": str(workers),
        "ENABLE_CPU_PINNING": "NO",  # else the workers of several processes sit on the same processor
    }
    model = core.compile_model(str(weights), "CPU", settings)
    outputs = tuple(output.get_any_name() for output in model.outputs)
    own = threading.local()  # a request answers one batch at a time

    def run(feed: Feed) -> list[Any]:
        if not hasattr(own, "request"):
            own.request = model.create_infer_request()
        own.request.infer(dict(feed))
        return [np.array(own.request.get_output_tensor(i).data) for i in range(len(outputs))]

    # Before any worker: two threads that hand OpenVINO its first arrays at once can wait for each other for ever.
    run({tensor.get_any_name(): np.zeros((1, 1), dtype=np.int64) for tensor in model.inputs})
    return Engine(f"openvino {'bfloat16' if precision == 'bf16' else 'float32'}", outputs, workers, run)
