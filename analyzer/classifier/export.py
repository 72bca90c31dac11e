"""A trained network <-> the runtime's file. The only place that knows how the weights are laid out on disk."""

import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from torch import Tensor, nn

from analyzer.classifier.network import Logits, Network

_AXES = {0: "batch", 1: "tokens"}
_FILE_BYTES = 45_000_000  # what code hosts take without complaint
_SMALL = 1 << 16  # bytes; what is smaller stays in the first file
_ROW_SCALES = "_row_scales"
_FOUR_BIT_BLOCK = 32  # weights that share a scale


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
            output_names=list(Logits._fields),
            dynamic_axes=dict.fromkeys(names, _AXES),
            opset_version=17,
            dynamo=False,
        )


def export_int8(network: Network, path: Path) -> None:
    """Write the network with int8 matrices, one scale a block of weights, and int8 word embeddings, one a word.

    A matrix that `round_to_four_bits` has gone over takes four bits a weight. A file above 45 MB is continued in
    `PATH.1`, `PATH.2`, … Activations are quantised block by block as they come, not with one scale a batch: so a
    comment's labels do not depend on which other comments share its batch, and 99 % of them are those of the float32
    network.
    """
    block = 32 if network.encoder.config.hidden_size < 512 else 128  # type: ignore[union-attr, operator]
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder, "float.onnx")
        export_float(network, exported)
        model = onnx.load(exported)
    logging.getLogger("onnxruntime.quantization").setLevel(logging.ERROR)
    rounded = _rounded_products(model.graph)
    model = _quantize(model, bits=8, block=block, leave=rounded)
    if rounded:
        model = _quantize(model, bits=4, block=_FOUR_BIT_BLOCK)
    _shrink_embeddings(model.graph)
    _save(model, path)


@torch.no_grad()
def round_to_four_bits(module: nn.Module) -> None:
    """Round the matrices of all linear layers in place to what four bits a weight can hold, a scale every 32 weights.

    Done before training, on layers that stay as they are, it lets the layers above learn with the rounding.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Linear) and layer.in_features % _FOUR_BIT_BLOCK == 0:
            layer.weight.copy_(_rounded(layer.weight))


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Return the weights in a file of `export_int8` by their names in the network, in float32.

    They differ from the trained ones by the rounding to int8 only: a good place to go on training from.
    """
    graph = onnx.load(path).graph
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {name: values for name, values in stored.items() if name.endswith((".weight", ".bias"))}
    for name, scales in stored.items():
        if name.endswith(_ROW_SCALES):
            table = name.removesuffix(_ROW_SCALES)
            weights[table] = stored[table] * scales
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            settings = {attribute.name: attribute.i for attribute in node.attribute}
            integers, scales = (stored[name] for name in node.input[1:3])  # (out, blocks, bytes a block), (out, blocks)
            if settings["bits"] == 4:  # the first of two weights is in a byte's lower half
                integers = np.stack([integers & 15, integers >> 4], axis=3).reshape(*integers.shape[:2], -1)
            zero = 1 << settings["bits"] - 1
            matrix = (integers.astype(np.float32) - zero) * scales.reshape(*integers.shape[:2], 1)
            module = node.name.strip("/").rpartition("/")[0].replace("/", ".")
            matrix = matrix.reshape(len(matrix), -1)[:, : settings["K"]]  # the last block may be padded
            weights[f"{module}.weight"] = matrix
    return {name: torch.from_numpy(values.astype(np.float32)) for name, values in weights.items()}


def _quantize(model: onnx.ModelProto, *, bits: int, block: int, leave: Sequence[str] = ()) -> onnx.ModelProto:
    quantizer = MatMulNBitsQuantizer(
        model, bits=bits, block_size=block, is_symmetric=True, accuracy_level=4, nodes_to_exclude=list(leave)
    )
    quantizer.process()
    return quantizer.model.model


def _rounded_products(graph: onnx.GraphProto) -> list[str]:
    """Return the names of the matrix products whose weights four bits hold without loss."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    names = []
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            matrix = torch.from_numpy(onnx.numpy_helper.to_array(stored[node.input[1]]).T.copy())  # (out, in)
            if matrix.shape[1] % _FOUR_BIT_BLOCK == 0 and torch.allclose(_rounded(matrix), matrix, rtol=1e-5, atol=0):
                names.append(node.name)
    return names


def _rounded(matrix: Tensor) -> Tensor:
    """Return a matrix (out, in) as four bits a weight hold it: whole multiples, -8 to 7, of a scale for each block.

    Of two scales the one with the smaller squared error is taken: the block's largest weight at -8, or a little beyond.
    """
    blocks = matrix.reshape(len(matrix), -1, _FOUR_BIT_BLOCK)
    largest = blocks.gather(2, blocks.abs().argmax(2, keepdim=True))  # (out, blocks, 1)
    exact, wider = (
        (blocks / scale).round().clamp(-8, 7) * scale
        for scale in (torch.where(largest == 0, 1.0, largest) / -steps for steps in (8.0, 7.6))
    )
    errors = [(rounded - blocks).square().sum(2, keepdim=True) for rounded in (exact, wider)]
    return torch.where(errors[0] <= errors[1], exact, wider).reshape(matrix.shape)


def _save(model: onnx.ModelProto, path: Path) -> None:
    """Write the file; matrices that would make it larger than `_FILE_BYTES` go into parts beside it."""
    part, used, left = 0, _FILE_BYTES, model.ByteSize()
    for tensor in model.graph.initializer:
        size = len(tensor.raw_data)
        if left <= _FILE_BYTES or size < _SMALL:
            continue
        if used + size > _FILE_BYTES:
            part, used = part + 1, 0
        location = f"{path.name}.{part}"
        with Path(path.parent, location).open("ab" if used else "wb") as file:
            file.write(tensor.raw_data)
        set_external_data(tensor, location, offset=used, length=size)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        used, left = used + size, left - size
    path.write_bytes(model.SerializeToString())


def _shrink_embeddings(graph: onnx.GraphProto) -> None:
    """Store every large embedding table in int8 with one scale a row, and scale what is looked up."""
    tables = {tensor.name: tensor for tensor in graph.initializer if np.prod(tensor.dims) > 1 << 20}
    nodes = []
    for node in graph.node:
        if node.op_type != "Gather" or node.input[0] not in tables:
            nodes.append(node)
            continue
        (name, ids), output = node.input, node.output[0]
        values = onnx.numpy_helper.to_array(tables[name])
        scales = np.abs(values).max(axis=1, keepdims=True).clip(min=1e-12) / 127  # (words, 1)
        integers = np.round(values / scales).astype(np.int8)
        tables[name].CopyFrom(onnx.numpy_helper.from_array(integers, name))
        graph.initializer.append(onnx.numpy_helper.from_array(scales.astype(np.float32), name + _ROW_SCALES))
        nodes += [
            onnx.helper.make_node("Gather", [name, ids], [f"{output}_int8"]),
            onnx.helper.make_node("Cast", [f"{output}_int8"], [f"{output}_whole"], to=onnx.TensorProto.FLOAT),
            onnx.helper.make_node("Gather", [name + _ROW_SCALES, ids], [f"{output}_scale"]),
            onnx.helper.make_node("Mul", [f"{output}_whole", f"{output}_scale"], [output]),
        ]
    del graph.node[:]
    graph.node.extend(nodes)
