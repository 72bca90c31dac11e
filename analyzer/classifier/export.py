"""A trained network -> the runtime's file. The only place that knows how the weights are laid out on disk."""

import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from analyzer.classifier.network import Network

_AXES = {0: "batch", 1: "tokens"}
_BLOCK = 32


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
            dynamic_axes=dict.fromkeys(names, _AXES),
            opset_version=17,
            dynamo=False,
        )


def export_int8(network: Network, path: Path) -> None:
    """Write the network with int8 matrices, one scale a block of 32 weights, and float16 word embeddings.

    Activations are quantised block by block as they come, not with one scale a batch: so a comment's labels do not
    depend on which other comments share its batch, and 99 % of them are those of the float32 network.
    """
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder, "float.onnx")
        export_float(network, exported)
        model = onnx.load(exported)
    logging.getLogger("onnxruntime.quantization").setLevel(logging.ERROR)
    quantizer = MatMulNBitsQuantizer(model, bits=8, block_size=_BLOCK, is_symmetric=True, accuracy_level=4)
    quantizer.process()
    model = quantizer.model.model
    _halve_embeddings(model.graph)
    onnx.save(model, path)


def _halve_embeddings(graph: onnx.GraphProto) -> None:
    """Store every large embedding table in float16 and cast what is looked up back to float32."""
    tables = {tensor.name: tensor for tensor in graph.initializer if np.prod(tensor.dims) > 1 << 20}
    nodes = []
    for node in graph.node:
        nodes.append(node)
        if node.op_type != "Gather" or node.input[0] not in tables:
            continue
        table = tables[node.input[0]]
        table.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(table).astype(np.float16), table.name))
        output = node.output[0]
        node.output[0] = f"{output}_float16"
        nodes.append(onnx.helper.make_node("Cast", [node.output[0]], [output], to=onnx.TensorProto.FLOAT))
    del graph.node[:]
    graph.node.extend(nodes)
