"""Networks in integers say of pictures what they say in floats, and stand in only where that is quicker."""

import json
import shutil
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from skimage import data

from proctoring.observations import ThingName
from proctoring.vision import identity, variants, video
from proctoring.vision.detectors import nanodet_input
from proctoring.vision.eyes import Networks
from proctoring.vision.identity import IdentityReader
from proctoring.vision.integers import padded_within
from proctoring.vision.models import (
    FACE_MESH,
    FACE_NEAR,
    IDENTITY,
    IDENTITY_IN_INTEGERS,
    IN_INTEGERS,
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
from proctoring.vision.video import fitted
from tests.proctoring.vision.conftest import ASSETS, TESTDATA

FLOATS, INTEGERS = ASSETS / OBJECTS / "nanodet.onnx", ASSETS / OBJECTS_IN_INTEGERS / "nanodet.onnx"
FACES, FACES_IN_INTEGERS = (ASSETS / role / "face_recognition.onnx" for role in (IDENTITY, IDENTITY_IN_INTEGERS))


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


def test_faces_are_as_far_apart_in_whichever_numbers_each_is_described(networks: Networks) -> None:
    stills = TESTDATA / "cv" / "stills"
    if not stills.is_dir():
        pytest.skip(f"no stills in {stills}")
    pictures = [fitted(np.asarray(cv2.imread(str(file)), np.uint8)) for file in sorted(stills.glob("*.jpg"))]
    chips = [identity.chip(picture, mesh) for picture in pictures for mesh in variants.meshes(networks, picture)[:1]]
    floats, integers = ([described(OnnxNetwork(file), chip) for chip in chips] for file in (FACES, FACES_IN_INTEGERS))

    pairs = list(combinations(range(len(chips)), 2))
    apart = np.array([identity.distance(floats[one], [floats[other]]) for one, other in pairs])
    departs = np.array([[identity.distance(each[one], [integers[other]]) for each in (integers, floats)] for one, other in pairs])

    assert len(pairs) > 300
    assert np.abs(departs - apart[:, None])[(apart > 0.4) & (apart < 0.7)].max() < 0.04  # where it tells who it is
    assert np.abs(departs.mean(axis=0) - apart.mean()).max() < 0.02


def described(network: OnnxNetwork, chip: Pixels) -> Floats:
    found = IdentityReader(network).describe(chip)
    assert found is not None
    return found


@pytest.mark.parametrize("file", [INTEGERS, FACES_IN_INTEGERS])
def test_two_products_of_bytes_fit_sixteen_bits(file: Path) -> None:
    fetched = onnx.load(file)
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
    IDENTITY: ModelFile(path=FACES),
    IDENTITY_IN_INTEGERS: ModelFile(path=FACES_IN_INTEGERS),
}


@pytest.mark.parametrize(("role", "name"), list(IN_INTEGERS.items()))
def test_integers_stand_in_only_where_the_processor_is_quicker_with_them(tmp_path: Path, role: str, name: str) -> None:
    quicker, not_quicker = (load_fetched(FETCHED, tmp_path, integers=said) for said in (True, False))

    assert len(quicker.sha256[role]) == 64
    assert quicker.sha256[role] != not_quicker.sha256[role]
    assert name not in {*quicker.networks, *not_quicker.networks}


def test_integers_never_stand_in_for_a_deployments_own_network(tmp_path: Path) -> None:
    not_quicker = load_fetched(FETCHED, tmp_path, integers=False)
    shutil.copy(FLOATS, tmp_path / "own.onnx")
    (tmp_path / OWN).write_text(json.dumps({OBJECTS: {"path": "own.onnx", "sha256": not_quicker.sha256[OBJECTS]}}))

    assert load_fetched(FETCHED, tmp_path, integers=True).sha256[OBJECTS] == not_quicker.sha256[OBJECTS]


def test_without_the_network_in_floats_its_signal_is_off(tmp_path: Path) -> None:
    for role in (FACE_MESH, FACE_NEAR, *IN_INTEGERS.values()):
        shutil.copytree(ASSETS / role, tmp_path / role)

    assert set(IN_INTEGERS) <= set(load_folder(tmp_path).missing)
