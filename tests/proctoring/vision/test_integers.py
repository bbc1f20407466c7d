"""The object network in integers says of pictures what it says in floats, and stands in only where that is quicker."""

import json
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from skimage import data

from proctoring.observations import ThingName
from proctoring.vision import video
from proctoring.vision.detectors import nanodet_input
from proctoring.vision.integers import padded_within
from proctoring.vision.models import (
    FACE_MESH,
    FACE_NEAR,
    OBJECT_SIZE,
    OBJECTS,
    OBJECTS_IN_INTEGERS,
    OWN,
    Floats,
    ModelFile,
    OnnxNetwork,
    Pixels,
    are_wide,
    load_fetched,
    load_folder,
)
from proctoring.vision.objects import ObjectReader
from tests.proctoring.vision.conftest import ASSETS

FLOATS, INTEGERS = ASSETS / OBJECTS / "nanodet.onnx", ASSETS / OBJECTS_IN_INTEGERS / "nanodet.onnx"


@pytest.fixture(scope="module")
def floats() -> OnnxNetwork:
    return OnnxNetwork(FLOATS, size=OBJECT_SIZE)


@pytest.fixture(scope="module")
def integers() -> OnnxNetwork:
    return OnnxNetwork(INTEGERS, size=OBJECT_SIZE)


def a_motorcycle() -> Pixels:
    """A photograph that no layer was measured with."""
    return np.ascontiguousarray(data.stereo_motorcycle()[0][..., ::-1])  # type: ignore[no-untyped-call]


def test_every_cell_of_a_photograph_scores_alike(floats: OnnxNetwork, integers: OnnxNetwork) -> None:
    batch = nanodet_input(a_motorcycle(), OBJECT_SIZE)

    for expected, got in zip(floats(batch), integers(batch), strict=True):
        assert got.shape == expected.shape
        assert np.corrcoef(got.ravel(), expected.ravel())[0, 1] > 0.99
        if expected.shape[2] == 80:
            assert np.abs(got - expected).max() < 0.1


def test_a_recorded_phone_is_as_sure(floats: OnnxNetwork, integers: OnnxNetwork, sessions: Path) -> None:
    frames = [picture for at, picture in video.read(sessions / "d2_intel_male_objects.mp4", fps=0.5) if 33 <= at < 41]

    scores = [[_phone(ObjectReader(network), picture) for picture in frames] for network in (floats, integers)]

    assert len(frames) == 4
    np.testing.assert_allclose(scores[1], scores[0], atol=0.08)


def _phone(reader: ObjectReader, picture: Pixels) -> float:
    return max(thing.score for thing in reader.find(picture) if thing.name is ThingName.PHONE)


def test_two_products_of_bytes_fit_sixteen_bits() -> None:
    fetched = onnx.load(INTEGERS)
    weights = next(one for one in fetched.graph.initializer if one.data_type == TensorProto.INT8 and len(one.dims) > 1)
    heavier = numpy_helper.to_array(weights).copy()
    heavier.flat[0] = -65

    fit = are_wide(fetched.SerializeToString())
    weights.CopyFrom(numpy_helper.from_array(heavier, weights.name))

    assert not fit
    assert are_wide(fetched.SerializeToString())


@pytest.mark.parametrize(("value", "left"), [(None, 0), (0.0, 0), (1.0, 1)])
def test_zeros_around_a_picture_are_laid_by_the_convolution(value: float | None, left: int) -> None:
    given = a_padded_graph("Conv", value)
    picture = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    before = ran(given, picture)

    folded = padded_within(given)

    assert sum(node.op_type == "Pad" for node in folded.graph.node) == left
    np.testing.assert_allclose(ran(folded, picture), before)


@pytest.mark.parametrize(("value", "left"), [(-np.inf, 0), (0.0, 1)])
def test_a_pool_lays_around_a_picture_what_never_wins(value: float, left: int) -> None:
    given = a_padded_graph("MaxPool", value)
    picture = np.arange(-9, 0, dtype=np.float32).reshape(1, 1, 3, 3)
    before = ran(given, picture)

    folded = padded_within(given)

    assert sum(node.op_type == "Pad" for node in folded.graph.node) == left
    np.testing.assert_allclose(ran(folded, picture), before)


def ran(model: onnx.ModelProto, picture: Floats) -> Floats:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"in": picture})[0])


def a_padded_graph(operation: str, value: float | None) -> onnx.ModelProto:
    """A picture with one row above and two columns to the right of it, then a window of 3×3."""
    constants: dict[str, npt.NDArray[np.generic]] = {"around": np.array([0, 0, 1, 0, 0, 0, 0, 2])}
    constants["kernel"] = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    if value is not None:
        constants["value"] = np.array(value, np.float32)
    kernel, worth = ["kernel"] if operation == "Conv" else [], ["value"] if value is not None else []
    nodes = [
        helper.make_node("Pad", ["in", "around", *worth], ["padded"]),
        helper.make_node(operation, ["padded", *kernel], ["out"], auto_pad="VALID", kernel_shape=[3, 3]),
    ]
    given = helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 1, 3, 3])
    made = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 1, 2, 3])
    numbers = [numpy_helper.from_array(one, name) for name, one in constants.items()]
    graph = helper.make_graph(nodes, "padded", [given], [made], numbers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


FETCHED = {
    FACE_MESH: ModelFile(path=next((ASSETS / FACE_MESH).glob("*.tflite"))),
    FACE_NEAR: ModelFile(path=next((ASSETS / FACE_NEAR).glob("*.tflite"))),
    OBJECTS: ModelFile(path=FLOATS),
    OBJECTS_IN_INTEGERS: ModelFile(path=INTEGERS),
}


def test_integers_stand_in_only_where_the_processor_is_quicker_with_them(tmp_path: Path) -> None:
    quicker, not_quicker = (load_fetched(FETCHED, tmp_path, integers=said) for said in (True, False))

    assert len(quicker.sha256[OBJECTS]) == 64
    assert quicker.sha256[OBJECTS] != not_quicker.sha256[OBJECTS]
    assert OBJECTS_IN_INTEGERS not in {*quicker.networks, *not_quicker.networks}


def test_integers_never_stand_in_for_a_deployments_own_network(tmp_path: Path) -> None:
    not_quicker = load_fetched(FETCHED, tmp_path, integers=False)
    shutil.copy(FLOATS, tmp_path / "own.onnx")
    (tmp_path / OWN).write_text(json.dumps({OBJECTS: {"path": "own.onnx", "sha256": not_quicker.sha256[OBJECTS]}}))

    assert load_fetched(FETCHED, tmp_path, integers=True).sha256[OBJECTS] == not_quicker.sha256[OBJECTS]


def test_without_the_network_in_floats_things_are_off(tmp_path: Path) -> None:
    for role in (FACE_MESH, FACE_NEAR, OBJECTS_IN_INTEGERS):
        shutil.copytree(ASSETS / role, tmp_path / role)

    assert OBJECTS in load_folder(tmp_path).missing
