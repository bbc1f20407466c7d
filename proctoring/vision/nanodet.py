"""NanoDet in integers, with what it does for nothing left out: the same convolutions on the same bytes, to the last bit.

Done to the graph as it is loaded (onnx), so that the file stays as it was fetched and proven. It takes pixels as the bytes that it made of
floats itself, four to a pixel, which it multiplies sooner than three; a pool comes before what keeps the order of numbers; and it ends
with its last convolutions, because of a thousand cells only a few are worth a score and a box (detectors.py works those out).
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

FAMILY = "nanodet_bytes"
MEAN = np.array([103.53, 116.28, 123.675], np.float32)
SPREAD = np.array([57.375, 57.12, 58.395], np.float32)
# Photographs hold every level from black to white, so that these are the steps in which their floats become bytes.
_LEAST, _MOST = float((-MEAN / SPREAD).min()), float(((255 - MEAN) / SPREAD).max())
STEP = (_MOST - _LEAST) / 255
ZERO = round(-_LEAST / STEP)
_ASUNDER = {"Reshape", "Sigmoid", "Split", "Transpose"}  # how the file takes an answer apart


def as_bytes(picture: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Return a picture as the network has it within: bytes of blue, green, red and one that is not looked at, pixel by pixel."""
    planes = cv2.split(cv2.resize(picture, size[::-1], interpolation=cv2.INTER_LINEAR))
    steps = zip(planes, (MEAN / SPREAD).tolist(), SPREAD.tolist(), strict=True)
    scaled = [cv2.convertScaleAbs(plane, alpha=1 / (spread * STEP), beta=ZERO - mean / STEP) for plane, mean, spread in steps]
    return np.asarray(cv2.merge([*scaled, scaled[0]])[None], np.uint8)


def shorter(graph: bytes) -> bytes:
    """Return NanoDet in integers made shorter; any other graph as it is."""
    if b"QLinearConv" not in graph:
        return graph
    import onnx

    model = onnx.load_from_string(graph)
    made_by = {name: node for node in model.graph.node for name in node.output}
    ends = [_convolution(made_by, output.name) for output in model.graph.output]
    in_pairs = None not in ends and len(ends) == 2 * len(set(ends))
    if any(one.key == "detector" for one in model.metadata_props) or not in_pairs or not _makes_our_bytes(model.graph):
        return graph
    _take_bytes(model.graph)
    _pool_first(model.graph)
    _end_with(model.graph, [one for one in dict.fromkeys(ends) if one is not None])
    del model.graph.value_info[:]
    onnx.helper.set_model_props(model, {"detector": FAMILY})
    return bytes(model.SerializeToString())


def _convolution(made_by: Mapping[str, "NodeProto"], name: str) -> str | None:
    """Return the convolution whose answer is scores, then edges, and an output nothing but one of the two; None when there is none."""
    node = made_by.get(name)
    if node is None or node.op_type not in _ASUNDER:
        return name if node is not None and node.op_type == "Conv" else None
    scored = node.op_type == "Sigmoid"
    split = made_by.get(node.input[0]) if scored else None
    first = split is not None and split.op_type == "Split" and split.output[0] == node.input[0]
    return None if scored and not first else _convolution(made_by, node.input[0])


def _makes_our_bytes(graph: "GraphProto") -> bool:
    """Say whether a graph first makes bytes of NanoDet's floats, as `as_bytes` does, and then a convolution of them."""
    from onnx import numpy_helper

    made, first = graph.node[0], graph.node[1]
    numbers = {one.name: one for one in graph.initializer}
    known = len(made.input) == 3 and {*made.input[1:], *first.input[3:6]} <= numbers.keys()
    if not known or (made.op_type, first.op_type, first.input[0]) != ("QuantizeLinear", "QLinearConv", made.output[0]):
        return False
    step, zero = (numpy_helper.to_array(numbers[name]).item() for name in made.input[1:])
    nothing = not numpy_helper.to_array(numbers[first.input[5]]).any()  # a weight of nothing is 0
    return math.isclose(step, STEP, rel_tol=1e-6) and zero == ZERO and nothing


def _take_bytes(graph: "GraphProto") -> None:
    """Take the bytes themselves, four to a pixel, the last times nothing."""
    from onnx import TensorProto, helper, numpy_helper

    made, first = graph.node[0], graph.node[1]
    weights = next(one for one in graph.initializer if one.name == first.input[3])
    three = numpy_helper.to_array(weights)
    weights.CopyFrom(numpy_helper.from_array(np.concatenate([three, np.zeros_like(three[:, :1])], axis=1), weights.name))
    rows, columns = (side.dim_value for side in graph.input[0].type.tensor_type.shape.dim[2:])
    graph.input[0].CopyFrom(helper.make_tensor_value_info("bytes", TensorProto.UINT8, [1, rows, columns, 4]))
    made.CopyFrom(helper.make_node("Transpose", ["bytes"], list(made.output), perm=[0, 3, 1, 2]))  # the runtime spares it


def _pool_first(graph: "GraphProto") -> None:
    """Find the largest numbers before the leaking, which keeps their order, instead of after it: a quarter of them is left to leak."""
    for pool in (node for node in graph.node if node.op_type == "MaxPool"):
        readers = [node for node in graph.node if pool.input[0] in node.input]
        leak = next((node for node in graph.node if pool.input[0] in node.output), None)
        if leak is not None and leak.op_type == "QLinearLeakyRelu" and len(readers) == 1:
            between, after = leak.output[0], pool.output[0]
            pool.input[0], pool.output[0] = leak.input[0], between
            leak.input[0], leak.output[0] = between, after
            swapped = type(leak).FromString(leak.SerializeToString())
            leak.CopyFrom(pool)
            pool.CopyFrom(swapped)


def _end_with(graph: "GraphProto", ends: Sequence[str]) -> None:
    """Answer what these convolutions give, before it is taken apart, and leave out what came after."""
    from onnx import TensorProto, helper

    made_by = {name: node for node in graph.node for name in node.output}
    del graph.output[:]
    graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ends)
    asked, waiting = set[str](), list(ends)
    while waiting:
        node = made_by.get(waiting.pop())
        if node is not None and node.output[0] not in asked:
            asked.update(node.output)
            waiting += node.input
    for node in [one for one in graph.node if not asked.intersection(one.output)]:
        graph.node.remove(node)
