"""A trained network -> the runtime's file. The only place that knows how the weights are laid out on disk."""

import logging
import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from analyzer.classifier.network import Network

_AXES = {0: "batch", 1: "tokens"}


def export_float(network: Network, path: Path) -> None:
    """Write the network as an ONNX file in float32 with free batch and token axes."""
    network.eval()
    example = torch.ones((2, 8), dtype=torch.int64)
    example_types = torch.tensor([[0, 0, 0, 0, 0, 1, 1, 1]] * 2)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecations
        torch.onnx.export(
            network,
            (example, example, example_types),
            str(path),
            input_names=names,
            output_names=["stance", "agreement", "attack"],
            dynamic_axes={name: _AXES for name in names},
            opset_version=17,
            dynamo=False,
        )


def export_int8(network: Network, path: Path) -> None:
    """Write the network with int8 weights, one scale a channel; activations are quantised as they come.

    The heads stay in float32: they are small, and rounding them is what moves labels.
    """
    logging.getLogger("onnxruntime.quantization").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        exported, prepared = Path(folder, "float.onnx"), Path(folder, "prepared.onnx")
        export_float(network, exported)
        quant_pre_process(str(exported), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            prepared,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"MatMulConstBOnly": True},
        )
