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

from analyzer.classifier.network import Network, Outputs

_AXES = {0: "batch", 1: "tokens"}
_FILE_BYTES = 45_000_000  # what code hosts take without complaint
_SMALL = 1 << 16  # bytes; what is smaller stays in the first file
_ROW_SCALES = "_row_scales"
_BLOCK_SCALES = "_block_scales"
_FOUR_BIT_BLOCK = 32  # weights that share a scale
_LARGE = 512  # weights


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
            output_names=list(Outputs._fields),
            dynamic_axes=dict.fromkeys(names, _AXES),
            opset_version=17,
            dynamo=False,
        )


def export_int8(network: Network, path: Path) -> None:
    """Write the network with int8 matrices, one scale a block of weights, and int8 word embeddings, one a word.

    What `round_to_four_bits` has gone over takes four bits a weight. A file above 45 MB is continued in
    `PATH.1`, `PATH.2`, … Activations are quantised block by block as they come, not with one scale a batch: so a
    comment's labels do not depend on which other comments share its batch, and 99 % of them are those of the float32
    network.
    """
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder, "float.onnx")
        export_float(network, exported)
        model = onnx.load(exported)
    logging.getLogger("onnxruntime.quantization").setLevel(logging.ERROR)
    for (bits, block), products in _layouts(model.graph).items():
        model = _quantize(model, products, bits=bits, block=block)
    _shrink_embeddings(model.graph)
    _save(model, path)


@torch.no_grad()
def round_to_four_bits(module: nn.Module) -> None:
    """Round matrices and word embeddings in place to what four bits a weight can hold, with a scale every 32 weights.

    Done before training, on layers that stay as they are, it lets the layers above learn with the rounding.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Embedding) and layer.weight.shape[1] % _FOUR_BIT_BLOCK == 0:
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
        if name.endswith(_BLOCK_SCALES):
            table = name.removesuffix(_BLOCK_SCALES)
            numbers = np.concatenate([stored[table] & 15, stored[table] >> 4], axis=1).astype(np.float32) - 8
            weights[table] = (numbers.reshape(len(scales), -1, _FOUR_BIT_BLOCK) * scales).reshape(len(scales), -1)
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


def _layouts(graph: onnx.GraphProto) -> dict[tuple[int, int], list[str]]:
    """Return the names of the products with a matrix of weights, by how its weights are kept: (bits, weights a scale).

    Four bits where they hold the weights without loss. A small matrix needs more scales to keep the labels.
    """
    stored = {tensor.name: tensor for tensor in graph.initializer}
    layouts: dict[tuple[int, int], list[str]] = {}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            matrix = onnx.numpy_helper.to_array(stored[node.input[1]]).T  # (out, in)
            four_bits = _is_rounded(matrix)
            block = _FOUR_BIT_BLOCK if four_bits else 32 if min(matrix.shape) < _LARGE else 128
            layouts.setdefault((4 if four_bits else 8, block), []).append(node.name)
    return layouts


def _quantize(model: onnx.ModelProto, products: Sequence[str], *, bits: int, block: int) -> onnx.ModelProto:
    others = [node.name for node in model.graph.node if node.name not in products]
    quantizer = MatMulNBitsQuantizer(
        model, bits=bits, block_size=block, is_symmetric=True, accuracy_level=4, nodes_to_exclude=others
    )
    quantizer.process()
    return quantizer.model.model


def _is_rounded(matrix: np.ndarray) -> bool:
    """Return whether four bits a weight hold a matrix (out, in) without loss."""
    if matrix.shape[1] % _FOUR_BIT_BLOCK:
        return False
    own = torch.tensor(matrix)
    return torch.allclose(_rounded(own), own, rtol=1e-5, atol=0)


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
    """Store every large embedding table in int8 with one scale a row, or in four bits, and scale what is looked up."""
    tables = {tensor.name: tensor for tensor in graph.initializer if np.prod(tensor.dims) > 1 << 20}
    nodes = []
    for node in graph.node:
        if node.op_type != "Gather" or node.input[0] not in tables:
            nodes.append(node)
            continue
        name, ids = node.input
        values = onnx.numpy_helper.to_array(tables[name])
        shrink = _four_bit_lookup if _is_rounded(values) else _int8_lookup
        stored, scales, lookup = shrink(values, name, ids, node.output[0])
        tables[name].CopyFrom(stored)
        graph.initializer.extend(scales)
        nodes += lookup
    del graph.node[:]
    graph.node.extend(nodes)


Lookup = tuple[onnx.TensorProto, list[onnx.TensorProto], list[onnx.NodeProto]]
"""A table as it is stored, what else the graph must hold, and the nodes that look words up in it."""


def _int8_lookup(values: np.ndarray, name: str, ids: str, output: str) -> Lookup:
    scales = np.abs(values).max(axis=1, keepdims=True).clip(min=1e-12) / 127  # (words, 1)
    integers = np.round(values / scales).astype(np.int8)
    nodes = [
        onnx.helper.make_node("Gather", [name, ids], [f"{output}_int8"]),
        onnx.helper.make_node("Cast", [f"{output}_int8"], [f"{output}_whole"], to=onnx.TensorProto.FLOAT),
        onnx.helper.make_node("Gather", [name + _ROW_SCALES, ids], [f"{output}_scale"]),
        onnx.helper.make_node("Mul", [f"{output}_whole", f"{output}_scale"], [output]),
    ]
    stored_scales = onnx.numpy_helper.from_array(scales.astype(np.float32), name + _ROW_SCALES)
    return onnx.numpy_helper.from_array(integers, name), [stored_scales], nodes


def _four_bit_lookup(values: np.ndarray, name: str, ids: str, output: str) -> Lookup:
    """Store a table that four bits hold: in each byte a number of a word's first half and, above, one of its second.

    The numbers, 0 to 15, stand for -8 to 7 times the scale of their block.
    """
    words, size = values.shape
    blocks = values.reshape(words, -1, _FOUR_BIT_BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2, keepdims=True), axis=2)
    scales = np.where(largest == 0, 1, largest) / -8  # (words, blocks, 1)
    numbers = np.round(blocks / scales + 8).astype(np.uint8).reshape(words, size)
    packed = numbers[:, : size // 2] | numbers[:, size // 2 :] << 4
    constants = {
        name + _BLOCK_SCALES: scales.astype(np.float32),
        f"{output}_sixteen": np.array(16, np.uint8),
        f"{output}_four": np.array(4, np.uint8),
        f"{output}_eight": np.array(8, np.float32),
        f"{output}_in_blocks": np.array([0, 0, -1, _FOUR_BIT_BLOCK]),
        f"{output}_in_rows": np.array([0, 0, -1]),
    }
    nodes = [
        onnx.helper.make_node("Gather", [name, ids], [f"{output}_packed"]),
        onnx.helper.make_node("Mod", [f"{output}_packed", f"{output}_sixteen"], [f"{output}_first"]),
        onnx.helper.make_node(
            "BitShift", [f"{output}_packed", f"{output}_four"], [f"{output}_second"], direction="RIGHT"
        ),
        onnx.helper.make_node("Concat", [f"{output}_first", f"{output}_second"], [f"{output}_numbers"], axis=-1),
        onnx.helper.make_node("Cast", [f"{output}_numbers"], [f"{output}_positive"], to=onnx.TensorProto.FLOAT),
        onnx.helper.make_node("Sub", [f"{output}_positive", f"{output}_eight"], [f"{output}_whole"]),
        onnx.helper.make_node("Reshape", [f"{output}_whole", f"{output}_in_blocks"], [f"{output}_blocks"]),
        onnx.helper.make_node("Gather", [name + _BLOCK_SCALES, ids], [f"{output}_scale"]),
        onnx.helper.make_node("Mul", [f"{output}_blocks", f"{output}_scale"], [f"{output}_scaled"]),
        onnx.helper.make_node("Reshape", [f"{output}_scaled", f"{output}_in_rows"], [output]),
    ]
    stored = [onnx.numpy_helper.from_array(value, key) for key, value in constants.items()]
    return onnx.numpy_helper.from_array(packed, name), stored, nodes
