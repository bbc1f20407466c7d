"""NanoDet in integers made shorter: the same things, and the same bytes within. With the files that `assets fetch` left."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from proctoring.vision import detectors, nanodet
from proctoring.vision.detectors import nanodet_input
from proctoring.vision.models import OBJECT_SIZE, OnnxNetwork
from proctoring.vision.objects import WHOLE, ObjectReader, part_around
from tests.proctoring.vision.test_integers import FACES_IN_INTEGERS, FLOATS, INTEGERS, a_motorcycle


@pytest.fixture(scope="module")
def fetched() -> OnnxNetwork:
    return OnnxNetwork(INTEGERS, size=OBJECT_SIZE)


@pytest.fixture(scope="module")
def shorter() -> OnnxNetwork:
    return OnnxNetwork(INTEGERS, size=OBJECT_SIZE, made=nanodet.shorter)


def test_every_level_of_every_colour_becomes_the_byte_that_the_file_makes_of_it() -> None:
    graph = onnx.load(INTEGERS).graph
    step, zero = (next(numpy_helper.to_array(one) for one in graph.initializer if one.name == name) for name in graph.node[0].input[1:])
    levels = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 256, 3)

    made = np.rint(nanodet_input(levels, (1, 256)) / step) + zero.item()

    np.testing.assert_array_equal(nanodet.as_bytes(levels, (1, 256))[..., :3].transpose(0, 3, 1, 2), made.clip(0, 255))


def test_a_photograph_shows_the_same_things_in_the_same_places(fetched: OnnxNetwork, shorter: OnnxNetwork) -> None:
    picture = a_motorcycle()

    before, after = (detectors.find(network, detectors.family_of(network), picture) for network in (fetched, shorter))

    assert len(before.boxes) > 5
    np.testing.assert_array_equal(after.boxes, before.boxes)
    np.testing.assert_allclose(after.scores, before.scores, atol=1e-6, rtol=0)
    for part in (WHOLE, part_around(0.3, 0.6, 0.6)):
        assert ObjectReader(shorter).find(picture, part) == ObjectReader(fetched).find(picture, part)


def test_it_takes_bytes_and_answers_once_for_each_scale(shorter: OnnxNetwork) -> None:
    assert shorter.size == OBJECT_SIZE

    answers = shorter(nanodet.as_bytes(a_motorcycle(), OBJECT_SIZE))

    assert sorted(answer.shape for answer in answers) == [(1, 124, 7, 9), (1, 124, 14, 18), (1, 124, 28, 36)]


@pytest.mark.parametrize("file", [FLOATS, FACES_IN_INTEGERS])
def test_another_graph_is_left_as_it_is(file: Path) -> None:
    assert nanodet.shorter(file.read_bytes()) == file.read_bytes()


def test_bytes_that_are_made_otherwise_are_left_to_the_graph() -> None:
    model = onnx.load(INTEGERS)
    step = next(one for one in model.graph.initializer if one.name == model.graph.node[0].input[1])
    step.CopyFrom(numpy_helper.from_array(np.array(0.02, np.float32), step.name))

    assert nanodet.shorter(model.SerializeToString()) == model.SerializeToString()


def test_a_graph_that_says_what_it_is_or_scores_otherwise_is_left_as_it_is() -> None:
    named, otherwise = onnx.load(INTEGERS), onnx.load(INTEGERS)
    onnx.helper.set_model_props(named, {"detector": "nanodet"})
    next(node for node in otherwise.graph.node if node.op_type == "Sigmoid").op_type = "HardSigmoid"

    for model in (named, otherwise):
        assert nanodet.shorter(model.SerializeToString()) == model.SerializeToString()
