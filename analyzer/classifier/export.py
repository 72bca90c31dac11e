"""A trained network <-> the runtime's file. The only place that knows how the weights are laid out on disk."""

import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
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
_FOUR_BIT_BLOCK = 32  # weights that share a scale in four bits
_SMALL_MATRIX_BLOCK = 32  # weights that share a scale where a matrix is not large
_LARGE = 384  # inputs and outputs
_WIDE_INPUTS = 8  # of a large matrix; they stay in float
_WIDE = "Wide"


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
    """Write the network with int8 matrices, one scale an output, and int8 word embeddings, one a word.

    What `round_to_four_bits` has gone over takes four bits a weight. A file above 45 MB is continued in
    `PATH.1`, `PATH.2`, … Activations are quantised token by token as they come, not with one scale a batch: so a
    comment's labels do not depend on which other comments share its batch, and 98 % or more are those of the float32
    network.
    """
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder, "float.onnx")
        export_float(network, exported)
        model = onnx.load(exported)
    logging.getLogger("onnxruntime.quantization").setLevel(logging.ERROR)
    layouts = _layouts(model.graph)
    multiplied_in_int8 = layouts.pop(_INT8, [])
    words = min(member.get_input_embeddings().num_embeddings for member in network.encoders)
    ranges = _input_ranges(model, multiplied_in_int8, words=words)
    for layout, products in layouts.items():
        model = _quantize_blocks(model, products, layout)
    _quantize_tokens(model.graph, multiplied_in_int8, ranges)
    _shrink_embeddings(model.graph)
    _save(_optimized(model), path)


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
    wide = {
        _module(node): (stored[f"{node.input[0]}_ones"], stored[node.input[1]])
        for node in graph.node
        if node.name.endswith(f"/{_WIDE}")
    }
    for node in graph.node:
        if node.op_type == "MatMulIntegerToFloat":
            matrix = stored[node.input[1]] * stored[node.input[3]]  # (in, out) * (out,)
            wide_ones, wide_weights = wide[_module(node)]
            matrix[wide_ones] = wide_weights
            weights[f"{_module(node)}.weight"] = matrix.T
        if node.op_type == "MatMulNBits":
            settings = {attribute.name: attribute.i for attribute in node.attribute}
            integers, scales = (stored[name] for name in node.input[1:3])  # (out, blocks, bytes a block), (out, blocks)
            if settings["bits"] == 4:  # the first of two weights is in a byte's lower half
                integers = np.stack([integers & 15, integers >> 4], axis=3).reshape(*integers.shape[:2], -1)
            zero = 1 << settings["bits"] - 1
            matrix = (integers.astype(np.float32) - zero) * scales.reshape(*integers.shape[:2], 1)
            matrix = matrix.reshape(len(matrix), -1)[:, : settings["K"]]  # the last block may be padded
            weights[f"{_module(node)}.weight"] = matrix
    return {name: torch.from_numpy(values.astype(np.float32)) for name, values in weights.items()}


def _module(node: onnx.NodeProto) -> str:
    """Return the name of the part of the network that a node was exported from."""
    name: str = node.name
    return name.strip("/").rpartition("/")[0].replace("/", ".")


class _Layout(NamedTuple):
    """How a matrix of weights is kept: the bits of a weight, and how many weights share a scale."""

    bits: int
    block: int | None  # None: all that make one output


_INT8 = _Layout(8, None)


def _layouts(graph: onnx.GraphProto) -> dict[_Layout, list[str]]:
    """Return the names of the products with a matrix of weights, by how its weights are kept.

    Four bits where they hold the weights without loss. A small matrix needs more scales to keep the labels.
    """
    stored = {tensor.name: tensor for tensor in graph.initializer}
    layouts: dict[_Layout, list[str]] = {}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            matrix = onnx.numpy_helper.to_array(stored[node.input[1]]).T  # (out, in)
            if _is_rounded(matrix):
                layout = _Layout(4, _FOUR_BIT_BLOCK)
            else:
                layout = _Layout(8, _SMALL_MATRIX_BLOCK) if min(matrix.shape) < _LARGE else _INT8
            layouts.setdefault(layout, []).append(node.name)
    return layouts


def _quantize_blocks(model: onnx.ModelProto, products: Sequence[str], layout: _Layout) -> onnx.ModelProto:
    others = [node.name for node in model.graph.node if node.name not in products]
    quantizer = MatMulNBitsQuantizer(
        model, bits=layout.bits, block_size=layout.block, is_symmetric=True, accuracy_level=4, nodes_to_exclude=others
    )
    quantizer.process()
    return quantizer.model.model


def _quantize_tokens(graph: onnx.GraphProto, products: Sequence[str], ranges: Mapping[str, np.ndarray]) -> None:
    """Make the products ones of integers: int8 weights with a scale an output, uint8 activations with a scale a token.

    The few inputs of widest range (`ranges`, by the name of what is multiplied: (in,)) stay in float, else they would
    leave few steps to the others. All is written with the standard's own operators, which runtimes turn into their int8
    kernels: a token is divided by its largest number, and the product of the integers multiplied by it again.
    """
    stored = {tensor.name: tensor for tensor in graph.initializer}
    make = onnx.helper.make_node
    constants: dict[str, np.ndarray] = {
        "token_step": np.array(1 / 127, np.float32),
        "token_zero": np.array(128, np.uint8),
        "token_least": np.array(1e-9, np.float32),
    }
    quantized: set[str] = set()
    nodes = []
    for node in graph.node:
        if node.name not in products:
            nodes.append(node)
            continue
        (tokens, matrix), [product] = node.input, node.output
        wide = np.sort(np.argsort(-ranges[tokens])[:_WIDE_INPUTS])
        if tokens not in quantized:  # a query, a key and a value are made of the same ones
            quantized.add(tokens)
            others = np.ones(len(ranges[tokens]), np.float32)
            others[wide] = 0
            constants |= {f"{tokens}_wide_ones": wide, f"{tokens}_other_ones": others}
            nodes += [
                make("Gather", [tokens, f"{tokens}_wide_ones"], [f"{tokens}_wide"], axis=-1),
                make("Mul", [tokens, f"{tokens}_other_ones"], [f"{tokens}_others"]),
                make("Abs", [f"{tokens}_others"], [f"{tokens}_sizes"]),
                make("ReduceMax", [f"{tokens}_sizes"], [f"{tokens}_size"], axes=[-1], keepdims=1),
                make("Max", [f"{tokens}_size", "token_least"], [f"{tokens}_largest"]),
                make("Div", [f"{tokens}_others", f"{tokens}_largest"], [f"{tokens}_unit"]),
                make("QuantizeLinear", [f"{tokens}_unit", "token_step", "token_zero"], [f"{tokens}_uint8"]),
                make("DequantizeLinear", [f"{tokens}_uint8", "token_step", "token_zero"], [f"{tokens}_rounded"]),
            ]
        weights = onnx.numpy_helper.to_array(stored[matrix]).copy()  # (in, out)
        constants[f"{matrix}_wide"] = weights[wide]
        weights[wide] = 0
        scales = np.abs(weights).max(axis=0).clip(min=1e-12) / 127
        stored[matrix].CopyFrom(onnx.numpy_helper.from_array(np.round(weights / scales).astype(np.int8), matrix))
        constants |= {f"{matrix}_scales": scales.astype(np.float32), f"{matrix}_zeros": np.zeros(len(scales), np.int8)}
        quantization = [matrix, f"{matrix}_scales", f"{matrix}_zeros"]
        module = node.name.rpartition("/")[0]
        nodes += [
            make("DequantizeLinear", quantization, [f"{matrix}_rounded"], axis=1),
            make("MatMul", [f"{tokens}_rounded", f"{matrix}_rounded"], [f"{product}_unit"], name=node.name),
            make("Mul", [f"{product}_unit", f"{tokens}_largest"], [f"{product}_others"]),
            make("MatMul", [f"{tokens}_wide", f"{matrix}_wide"], [f"{product}_wide"], name=f"{module}/{_WIDE}"),
            make("Add", [f"{product}_others", f"{product}_wide"], [product]),
        ]
    graph.initializer.extend(onnx.numpy_helper.from_array(value, name) for name, value in constants.items())
    del graph.node[:]
    graph.node.extend(nodes)


def _input_ranges(model: onnx.ModelProto, products: Sequence[str], *, words: int) -> dict[str, np.ndarray]:
    """Return the largest size of each input, (in,), of the products, by the name of what is multiplied.

    Over random ones of so many words: which inputs of an encoder are wide hardly depends on the text.
    """
    names = list(dict.fromkeys(node.input[0] for node in model.graph.node if node.name in products))
    if not names:
        return {}
    seen = onnx.ModelProto()
    seen.CopyFrom(model)
    seen.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = onnxruntime.InferenceSession(seen.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = np.random.default_rng(0).integers(1, words, (32, 64))
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    return {name: np.abs(values).max(axis=(0, 1)) for name, values in zip(names, session.run(names, feed), strict=True)}


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


def _optimized(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model as ONNX Runtime rewrites it before it reads anything: done here, it loads in half the time."""
    with tempfile.TemporaryDirectory() as folder:
        plain, rewritten = str(Path(folder, "plain.onnx")), str(Path(folder, "rewritten.onnx"))
        onnx.save(model, plain, save_as_external_data=True, location="plain.bin")
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = rewritten
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED  # on any processor
        options.log_severity_level = 3
        onnxruntime.InferenceSession(plain, options, providers=["CPUExecutionProvider"])
        optimized: onnx.ModelProto = onnx.load(rewritten)
    used = {node.domain for node in optimized.graph.node} | {""}
    versions = [version for version in optimized.opset_import if version.domain in used]
    del optimized.opset_import[:]
    optimized.opset_import.extend(versions)
    return optimized


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
