"""A deployment's own object network: each usual export is read right, from a small graph that is made here.

Every graph answers one phone at (.375, .125)–(.875, .625), with a score made from the first channel of what it was fed: .8 only when the
picture came with the colours, and in the range, that the family wants.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from assessment_engine.kernel.errors import UnreadableFile
from proctoring.observations import Box, ThingName
from proctoring.vision.detectors import family_of
from proctoring.vision.meaning import View, likely
from proctoring.vision.models import OBJECT_SIZE, OBJECTS, OnnxNetwork, resized
from proctoring.vision.objects import ObjectReader, part_around
from tests.proctoring.vision.conftest import ASSETS

Array = npt.NDArray[Any]
SIDE, PHONE, CELL = 64, 67, 64 + 1 * 4 + 2  # the cell of stride 16 in row 1 and column 2, after the 8×8 of stride 8
PLACE = (0.375, 0.125, 0.875, 0.625)
COLOUR = (51, 160, 204)  # blue and red are what a graph is asked for; light enough to be looked at as it is
PICTURE = np.full((64, 64, 3), COLOUR, np.uint8)
BLUE, RED, BLUE_NORMED = 51.0, 204 / 255, (51 - 103.53) / 57.375


def written(path: Path, outputs: Mapping[str, Array], scored: Mapping[str, tuple[int, ...]], seen: float, **more: Any) -> OnnxNetwork:
    """A graph that answers `outputs`, plus .8 at each place of `scored` when the first channel's mean is `seen`."""
    mean = [
        helper.make_node("ReduceMean", ["images", "axes"], ["channels"], keepdims=0),
        helper.make_node("Gather", ["channels", "first"], ["channel"]),
        helper.make_node("Mul", ["channel", "gain"], ["score"]),
    ]
    constants = {"axes": np.array([0, 2, 3]), "first": np.array(0), "gain": np.array(0.8 / seen, np.float32)}
    nodes = []
    for name, value in outputs.items():
        constants[f"{name}_rest"] = value
        if name not in scored:
            nodes.append(helper.make_node("Identity", [f"{name}_rest"], [name]))
            continue
        constants[f"{name}_here"] = np.zeros_like(value)
        constants[f"{name}_here"][scored[name]] = 1
        nodes.append(helper.make_node("Mul", [f"{name}_here", "score"], [f"{name}_scored"]))
        nodes.append(helper.make_node("Add", [f"{name}_scored", f"{name}_rest"], [name]))
    inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIDE, SIDE])]
    if more.get("asks_size"):
        inputs.append(helper.make_tensor_value_info("orig_target_sizes", TensorProto.INT64, [1, 2]))
    kinds = {name: TensorProto.INT64 if value.dtype.kind == "i" else TensorProto.FLOAT for name, value in outputs.items()}
    graph = helper.make_graph(
        [*mean, *nodes], "small", inputs,
        [helper.make_tensor_value_info(name, kinds[name], value.shape) for name, value in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, more.get("metadata", {}))
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return OnnxNetwork(path)


def zeros(*shape: int) -> Array:
    return np.zeros(shape, np.float32)


def edges(cells: int, bins: int) -> Array:
    """Distances of one stride to every side, as sure distributions."""
    value = zeros(1, cells, 4, bins)
    value[..., 1] = 30
    return value.reshape(1, cells, 4 * bins)


def nanodet(path: Path, **more: Any) -> OnnxNetwork:
    outputs = {f"scores{n}": zeros(1, n, 80) for n in (64, 16, 4)} | {f"edges{n}": edges(n, 11) for n in (64, 16, 4)}
    return written(path, outputs, {"scores16": (0, CELL - 64, PHONE)}, BLUE_NORMED, **more)


def nanodet_plus(path: Path) -> OnnxNetwork:
    joined = np.concatenate([zeros(1, 85, 80), edges(85, 8)], axis=2)
    return written(path, {"output": joined}, {"output": (0, CELL, PHONE)}, BLUE_NORMED)


def yolox(path: Path) -> OnnxNetwork:
    answer = zeros(1, 84, 85)
    answer[0, CELL, :5] = 0.5, 0.5, math.log(2), math.log(2), 1
    return written(path, {"output": answer}, {"output": (0, CELL, 5 + PHONE)}, BLUE)


def detr_raw(path: Path) -> OnnxNetwork:
    logits, boxes = np.full((1, 10, 80), -20, np.float32), zeros(1, 10, 4)
    boxes[0, 3] = 0.625, 0.375, 0.5, 0.5
    logits[0, 3, PHONE] = math.log(0.8 / 0.2) - 0.8  # the graph adds .8
    return written(path, {"logits": logits, "pred_boxes": boxes}, {"logits": (0, 3, PHONE)}, RED)


def detr_finished(path: Path) -> OnnxNetwork:
    labels, boxes, scores = np.full((1, 10), 91), zeros(1, 10, 4), zeros(1, 10)
    labels[0, 3], boxes[0, 3] = PHONE, PLACE
    return written(path, {"labels": labels, "boxes": boxes, "scores": scores}, {"scores": (0, 3)}, RED, asks_size=True)


@pytest.mark.parametrize(
    ("make", "family"),
    [(nanodet, "nanodet"), (nanodet_plus, "nanodet"), (yolox, "yolox"), (detr_raw, "detr"), (detr_finished, "detr")],
)
def test_each_usual_export_is_read_right(tmp_path: Path, make: Callable[[Path], OnnxNetwork], family: str) -> None:
    network = make(tmp_path / "detector.onnx")

    (thing,) = ObjectReader(network).find(PICTURE)

    assert family_of(network) == family
    assert thing.name is ThingName.PHONE
    assert thing.score == pytest.approx(likely(0.8, View.WHOLE), abs=0.002)
    assert thing.box.overlap(Box.between(*PLACE)) > 0.98


def test_a_wide_picture_is_not_stretched_for_yolox(tmp_path: Path) -> None:
    reader = ObjectReader(yolox(tmp_path / "detector.onnx"))

    (thing,) = reader.find(np.full((640, 640, 3), COLOUR, np.uint8), part_around(0.5, 0.5, 0.5))

    assert thing.box.overlap(Box.between(*(0.25 + 0.5 * edge for edge in PLACE))) > 0.95


@pytest.mark.parametrize("shapes", [[(1, 5)], [(1, 84, 30)], [(1, 7, 7, 7)]])
def test_an_answer_in_no_known_form_is_refused(tmp_path: Path, shapes: Sequence[tuple[int, ...]]) -> None:
    outputs = {f"output{i}": zeros(*shape) for i, shape in enumerate(shapes)}

    with pytest.raises(UnreadableFile):
        ObjectReader(written(tmp_path / "detector.onnx", outputs, {}, 1.0))


def test_the_graph_may_say_what_it_is(tmp_path: Path) -> None:
    assert family_of(nanodet(tmp_path / "a.onnx", metadata={"detector": "nanodet"})) == "nanodet"
    with pytest.raises(UnreadableFile, match="crystal_ball"):
        family_of(nanodet(tmp_path / "b.onnx", metadata={"detector": "crystal_ball"}))


def test_scores_that_are_no_numbers_are_nothing(tmp_path: Path) -> None:
    broken = np.full((1, 84, 85), np.nan, np.float32)

    assert ObjectReader(written(tmp_path / "detector.onnx", {"output": broken}, {}, 1.0)).find(PICTURE) == ()


def test_the_shipped_network_answers_the_same_at_its_own_size(tmp_path: Path) -> None:
    (path,) = (ASSETS / OBJECTS).glob("*.onnx")
    there = tmp_path / "again.onnx"
    there.write_bytes(resized(path, OBJECT_SIZE))
    batch = np.random.default_rng(1).normal(size=(1, 3, 416, 416)).astype(np.float32)

    # There and back again: the same network, so nothing but sizes was touched.
    given, back = OnnxNetwork(path)(batch), OnnxNetwork(there, size=(416, 416))(batch)

    assert OnnxNetwork(there).size == OBJECT_SIZE
    assert all(np.allclose(one, other, atol=1e-4) for one, other in zip(given, back, strict=True))


def test_a_graph_with_sizes_of_its_own_is_left_alone(tmp_path: Path) -> None:
    nanodet(tmp_path / "detector.onnx")

    assert OnnxNetwork(tmp_path / "detector.onnx", size=(96, 128)).size == (SIDE, SIDE)
