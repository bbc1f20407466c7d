"""The object network in integers: a third to a half of the time, where the processor sums products of bytes.

Made once, when the files are fetched, from the network in floating point, at the size at which the eyes run it. How large each layer's
numbers get is read off a few photographs that scikit-image ships: Jacob et al., Quantization and Training of Neural Networks, 2018.
Numbers have eight bits and weights seven, so that two products fit the sixteen bits in which AVX2 sums them; with eight it loses some.
What it keeps of the scores is in docs/adr/0039-things-in-integers.md.
"""

import logging
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import ModelProto, NodeProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from skimage import data

from proctoring.vision import identity
from proctoring.vision.crops import Region
from proctoring.vision.detectors import nanodet_input
from proctoring.vision.models import OBJECT_SIZE, Floats, Pixels, resized

_PHOTOGRAPHS = (data.astronaut, data.coffee, data.chelsea, data.rocket)
_SIDES = (0.6, 0.35)  # of the parts in which each photograph is seen, nine of each, beside the whole
_STEPS = (0.0, 0.5, 1.0)
_FACE = Region(x=225.0, y=120.0, side=120.0)  # the astronaut's, as a chip holds a face
_SIZES, _MOVED = (0.85, 1.0, 1.2), (-0.1, 0.0, 0.1)
_LAID_AROUND = {"Conv": 0.0, "MaxPool": -math.inf}  # by the nodes themselves


def objects_in_integers(graph: bytes) -> bytes:
    """Return NanoDet's graph with its convolutions in integers, for pictures of OBJECT_SIZE."""
    with tempfile.TemporaryDirectory() as name:
        given = Path(name) / "given.onnx"
        given.write_bytes(graph)
        plain = padded_within(_simplified(resized(given, OBJECT_SIZE)))
    return _in_integers(plain, _parts(), _last_convolutions(plain))


def identity_in_integers(graph: bytes) -> bytes:
    """Return the identity network's graph with its convolutions in integers; the description itself stays in floats."""
    plain = _simplified(graph)
    return _in_integers(plain, _chips(), [node.name for node in plain.graph.node if node.op_type == "MatMul"])


def _in_integers(plain: ModelProto, batches: Iterator[Floats], in_floats: Sequence[str]) -> bytes:
    log, level = logging.getLogger(), logging.getLogger().level
    log.setLevel(logging.ERROR)  # it advises a step that is made above
    try:
        with tempfile.TemporaryDirectory() as name:
            finished = Path(name) / "finished.onnx"
            quantize_static(
                plain,
                finished,
                _Photographs(plain.graph.input[0].name, batches),
                quant_format=QuantFormat.QOperator,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
                nodes_to_exclude=list(in_floats),
            )
            return finished.read_bytes()
    finally:
        log.setLevel(level)


class _Photographs(CalibrationDataReader):  # type: ignore[misc]
    """Photographs, as a network is fed."""

    def __init__(self, name: str, batches: Iterator[Floats]) -> None:
        self._name, self._batches = name, batches

    def get_next(self) -> dict[str, Floats] | None:
        """Return the next one, None after the last."""
        batch = next(self._batches, None)
        return None if batch is None else {self._name: batch}


def _parts() -> Iterator[Floats]:
    """Yield the photographs and parts of them as things are looked for."""
    for photograph in _PHOTOGRAPHS:
        picture = np.ascontiguousarray(photograph()[..., ::-1], np.uint8)  # type: ignore[no-untyped-call]
        yield nanodet_input(picture, OBJECT_SIZE)
        for side in _SIDES:
            yield from (nanodet_input(_part(picture, side, x, y), OBJECT_SIZE) for y in _STEPS for x in _STEPS)


def _part(picture: Pixels, side: float, x: float, y: float) -> Pixels:
    height, width = picture.shape[:2]
    top, left = int(y * (1 - side) * height), int(x * (1 - side) * width)
    return picture[top : top + int(side * height), left : left + int(side * width)]


def _chips() -> Iterator[Floats]:
    """Yield the astronaut's face, moved and larger and smaller, whole and as its mirror with the lower half hidden."""
    picture = np.ascontiguousarray(data.astronaut()[..., ::-1], np.uint8)  # type: ignore[no-untyped-call]
    for share in _SIZES:
        for down in _MOVED:
            for across in _MOVED:
                face = Region(x=_FACE.x + across * _FACE.side, y=_FACE.y + down * _FACE.side, side=share * _FACE.side)
                chip = face.cut(picture, identity.CHIP_SIDE)
                yield identity.as_batch(chip)
                yield identity.as_batch(identity.upper_half(chip[:, ::-1]))


def _simplified(graph: bytes) -> ModelProto:
    """Return the graph as the runtime has it after what holds on every processor: no transpositions beside each convolution."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with tempfile.TemporaryDirectory() as name:
        options.optimized_model_filepath = str(Path(name) / "simplified.onnx")
        onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)


def padded_within(model: ModelProto) -> ModelProto:
    """Let convolutions and pools pad their own picture, where a node before them lays around it what they would themselves."""
    graph, numbers = model.graph, {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    pads = {node.output[0]: node for node in graph.node if node.op_type == "Pad"}
    for node in graph.node:
        pad = pads.get(node.input[0]) if node.op_type in _LAID_AROUND else None
        if pad is not None and _value(pad, numbers) == _LAID_AROUND[node.op_type]:
            top, left, bottom, right = numbers[pad.input[1]][[2, 3, 6, 7]].tolist()
            kept = [one for one in node.attribute if one.name not in ("auto_pad", "pads")]
            del node.attribute[:]
            node.attribute.extend([*kept, helper.make_attribute("pads", [top, left, bottom, right])])
            node.input[0] = pad.input[0]
    read = {name for node in graph.node for name in node.input}
    for pad in pads.values():
        if pad.output[0] not in read:
            graph.node.remove(pad)
    return model


def _value(pad: NodeProto, numbers: Mapping[str, npt.NDArray[np.generic]]) -> float:
    return float(numbers[pad.input[2]].item()) if len(pad.input) > 2 else 0.0


def _last_convolutions(model: ModelProto) -> list[str]:
    """Return what is dear in accuracy and cheap in time: the last convolutions with all that follows, and what is resized."""
    made_by: dict[str, NodeProto] = {name: node for node in model.graph.node for name in node.output}
    kept = {node.name for node in model.graph.node if node.op_type == "Resize"}
    waiting = [output.name for output in model.graph.output]
    while waiting:
        node = made_by.get(waiting.pop())
        if node is not None and node.name not in kept:
            kept.add(node.name)
            waiting += node.input if node.op_type != "Conv" else ()
    return sorted(kept)
