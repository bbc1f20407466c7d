"""A TensorFlow.js graph model, rewritten as ONNX with the same inputs, outputs and names.

Covers the operations of the object detector and no more; an unknown one is an error with its name, never a guess.
TensorFlow's convolutions and pools put channels last, ONNX's put them first, so each is wrapped in two transpositions,
which the runtime cancels against their neighbours.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessment_engine.assets.convert.onnx_graph import GraphBuilder, Tensor
from assessment_engine.assets.convert.weights import read_weights
from assessment_engine.kernel.errors import UnreadableFile

TO_CHANNELS_FIRST, TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One operation of the source graph."""

    name: str
    operation: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def integers(self, key: str) -> list[int]:
        """Read an attribute that is a list of integers."""
        return [int(value) for value in self.attributes[key]["list"]["i"]]

    def text(self, key: str) -> str:
        """Read an attribute that is a word."""
        return base64.b64decode(self.attributes[key]["s"]).decode()

    def flag(self, key: str) -> bool:
        """Read an attribute that is true, false or absent."""
        return bool(self.attributes.get(key, {}).get("b", False))


def convert_graph(*, model: bytes, weights: bytes) -> bytes:
    """Return the graph model as ONNX."""
    source = json.loads(model)
    graph = GraphBuilder()
    for name, value in read_weights([entry for group in source["weightsManifest"] for entry in group["weights"]], weights).items():
        graph.constant(value, name)
    nodes = {node.name: node for node in map(_read_node, source["modelTopology"]["node"])}
    outputs = _shapes(source["signature"]["outputs"])
    for node in _in_order(nodes, outputs):
        _translate(graph, node)
    return graph.serialize("graph", _shapes(source["signature"]["inputs"]), outputs)


def _read_node(node: dict[str, Any]) -> Node:
    inputs = tuple(_plain(name) for name in node.get("input", ()))
    return Node(name=node["name"], operation=node["op"], inputs=inputs, attributes=node.get("attr", {}))


def _plain(name: str) -> str:
    """Drop the port of a node's first output: `a:0` and `a` are the same, `a:1` is another."""
    return name.removesuffix(":0")


def _shapes(signature: dict[str, Any]) -> dict[str, Sequence[int]]:
    return {_plain(name): [int(side["size"]) for side in info["tensorShape"]["dim"]] for name, info in signature.items()}


def _in_order(nodes: Mapping[str, Node], wanted: Iterable[str]) -> list[Node]:
    """Sort what the outputs depend on so that every node follows its inputs; a stack, because graphs are deeper than Python's."""
    ordered: dict[str, Node] = {}
    waiting = list(wanted)
    while waiting:
        node = nodes.get(waiting[-1].partition(":")[0])
        missing = [] if node is None else [name for name in node.inputs if _is_missing(name, nodes, ordered)]
        if missing and len(waiting) <= len(nodes):
            waiting.extend(missing)
        elif missing:
            raise UnreadableFile("The graph runs in a circle.")
        else:
            waiting.pop()
            if node is not None:
                ordered.setdefault(node.name, node)
    return list(ordered.values())


def _is_missing(name: str, nodes: Mapping[str, Node], ordered: Mapping[str, Node]) -> bool:
    origin = name.partition(":")[0]
    return origin in nodes and origin not in ordered


def _translate(graph: GraphBuilder, node: Node) -> None:
    if node.operation not in TRANSLATIONS:
        raise UnreadableFile(f"The operation {node.operation!r} of {node.name!r} cannot be converted.", operation=node.operation)
    TRANSLATIONS[node.operation](graph, node)


def _constant(graph: GraphBuilder, name: str) -> Tensor:
    value = graph.known(name)
    if value is None:
        raise UnreadableFile(f"{name!r} should be a constant and is not.")
    return value


def _nothing(graph: GraphBuilder, node: Node) -> None:
    """Inputs and constants are in the graph already."""


def _same(operation: str) -> Callable[[GraphBuilder, Node], None]:
    """Translate an operation that differs by its name at most."""

    def translate(graph: GraphBuilder, node: Node) -> None:
        graph.add(operation, node.inputs, node.name)

    return translate


def _add(graph: GraphBuilder, node: Node) -> None:
    left, right = (graph.known(name) for name in node.inputs)
    if left is not None and right is not None:  # shapes are put together by additions, and ONNX wants them finished
        graph.constant(np.add(left, right), node.name)
    else:
        graph.add("Add", node.inputs, node.name)


def _leaky_relu(graph: GraphBuilder, node: Node) -> None:
    graph.add("LeakyRelu", node.inputs, node.name, alpha=float(node.attributes["alpha"]["f"]))


def _pad(graph: GraphBuilder, node: Node) -> None:
    """TensorFlow lists (before, after) per axis, ONNX all befores and then all afters."""
    amounts = graph.integers(_constant(graph, node.inputs[1]).T.ravel().tolist())
    graph.add("Pad", [node.inputs[0], amounts, *node.inputs[2:]], node.name)


def _transpose(graph: GraphBuilder, node: Node) -> None:
    graph.add("Transpose", node.inputs[:1], node.name, perm=_constant(graph, node.inputs[1]).tolist())


def _reshape(graph: GraphBuilder, node: Node) -> None:
    graph.add("Reshape", [node.inputs[0], graph.integers(_constant(graph, node.inputs[1]).tolist())], node.name)


def _concat(graph: GraphBuilder, node: Node) -> None:
    graph.add("Concat", node.inputs[:-1], node.name, axis=int(_constant(graph, node.inputs[-1])))


def _split(graph: GraphBuilder, node: Node) -> None:
    lengths = _constant(graph, node.inputs[1]).tolist()
    outputs = [node.name, *(f"{node.name}:{port}" for port in range(1, len(lengths)))]
    graph.add_many("Split", [node.inputs[0], graph.integers(lengths)], outputs, axis=int(_constant(graph, node.inputs[2])))


def _sparse_to_dense(graph: GraphBuilder, node: Node) -> None:
    """Only ever used to write down shapes, so it is worked out here."""
    where, shape, values, rest = (_constant(graph, name) for name in node.inputs)
    dense = np.full(shape.tolist(), rest, dtype=np.int64)
    dense[tuple(where.reshape(-1, dense.ndim).T)] = values
    graph.constant(dense, node.name)


def _convolution(graph: GraphBuilder, node: Node) -> None:
    kernel = graph.constant(_constant(graph, node.inputs[1]).transpose(3, 2, 0, 1))
    moved = graph.add("Transpose", node.inputs[:1], perm=TO_CHANNELS_FIRST)
    filtered = graph.add("Conv", [moved, kernel], dilations=node.integers("dilations")[1:3], **_window(node))
    graph.add("Transpose", [filtered], node.name, perm=TO_CHANNELS_LAST)


def _max_pool(graph: GraphBuilder, node: Node) -> None:
    moved = graph.add("Transpose", node.inputs[:1], perm=TO_CHANNELS_FIRST)
    pooled = graph.add("MaxPool", [moved], kernel_shape=node.integers("ksize")[1:3], **_window(node))
    graph.add("Transpose", [pooled], node.name, perm=TO_CHANNELS_LAST)


def _window(node: Node) -> dict[str, Any]:
    """Read how a window moves over the picture."""
    layout, padding = node.text("data_format"), node.text("padding")
    if layout != "NHWC" or padding not in PADDINGS:
        raise UnreadableFile(f"{node.name!r} has the layout {layout!r} with padding {padding!r}, which cannot be converted.")
    return {"strides": node.integers("strides")[1:3], "auto_pad": PADDINGS[padding]}


PADDINGS = {"VALID": "VALID", "SAME": "SAME_UPPER"}


def _resize(graph: GraphBuilder, node: Node) -> None:
    if node.flag("align_corners") or not node.flag("half_pixel_centers"):
        raise UnreadableFile(f"{node.name!r} samples at other places than pixel centres, which cannot be converted.")
    moved = graph.add("Transpose", node.inputs[:1], perm=TO_CHANNELS_FIRST)
    unchanged = graph.add("Shape", [moved], start=0, end=2)
    size = graph.add("Concat", [unchanged, graph.integers(_constant(graph, node.inputs[1]).tolist())], axis=0)
    resized = graph.add("Resize", [moved, "", "", size], mode="linear", coordinate_transformation_mode="half_pixel")
    graph.add("Transpose", [resized], node.name, perm=TO_CHANNELS_LAST)


TRANSLATIONS: Mapping[str, Callable[[GraphBuilder, Node], None]] = {
    "Placeholder": _nothing,
    "Const": _nothing,
    "Identity": _same("Identity"),
    "Sigmoid": _same("Sigmoid"),
    "Add": _add,
    "AddV2": _add,
    "LeakyRelu": _leaky_relu,
    "Pad": _pad,
    "PadV2": _pad,
    "Transpose": _transpose,
    "Reshape": _reshape,
    "ConcatV2": _concat,
    "SplitV": _split,
    "SparseToDense": _sparse_to_dense,
    "Conv2D": _convolution,
    "MaxPool": _max_pool,
    "ResizeBilinear": _resize,
}
