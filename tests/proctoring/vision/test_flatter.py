"""The detector of far faces without the black bars of its square: the same faces, and any picture that is not so wide as before."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.vision import flatter, models
from proctoring.vision.eyes import Networks
from proctoring.vision.faces import Detector
from proctoring.vision.models import LiteRtNetwork, Pixels
from tests.proctoring.vision.conftest import ASSETS

ROWS = 144  # of 192
FACE = (0.44, 0.22)  # the middle of her face in the photograph
FAR, MESH = (ASSETS / models.FACE_FAR / "face_detection_full_range_sparse.tflite", ASSETS / models.FACE_MESH / "face_landmark.tflite")


class Square:
    """A network that is not known to take other pictures than its own."""

    def __init__(self, path: Path) -> None:
        self._network = LiteRtNetwork(path)

    def __call__(self, batch: models.Floats) -> list[models.Floats]:
        assert batch.shape == (1, 192, 192, 3)
        return list(self._network(batch))


def placed(astronaut: Pixels, left: int, top: int, side: int, shape: tuple[int, int] = (480, 640)) -> Pixels:
    picture = np.full((*shape, 3), 130, np.uint8)
    picture[top : top + side, left : left + side] = cv2.resize(astronaut, (side, side), interpolation=cv2.INTER_AREA)
    return picture


def test_it_answers_for_the_cells_of_fewer_rows() -> None:
    flat = LiteRtNetwork(FAR).flatter(ROWS)

    assert flat is not None
    boxes, scores = flat(np.zeros((1, ROWS, 192, 3), np.float32))
    assert (boxes.shape, scores.shape) == ((1, 36 * 48, 16), (1, 36 * 48, 1))


def test_only_what_is_resized_within_is_changed() -> None:
    graph = FAR.read_bytes()

    changed = np.flatnonzero(np.frombuffer(graph, np.uint8) != np.frombuffer(flatter.with_rows(graph, ROWS), np.uint8))

    assert len(changed) == 3  # 12, 24 and 48 rows
    assert flatter.with_rows(graph, 192) == graph


def test_rows_that_leave_no_whole_number_within_are_refused() -> None:
    with pytest.raises(ValueError, match="no whole number"):
        flatter.with_rows(FAR.read_bytes(), 145)


def test_a_network_that_takes_its_own_picture_only_has_no_flatter_one() -> None:
    assert LiteRtNetwork(MESH).flatter(ROWS) is None


@pytest.mark.parametrize(("left", "top", "side"), [(60, 100, 300), (300, 0, 200), (420, 260, 220), (100, 300, 180)])
def test_it_finds_the_face_where_it_is_also_at_the_edge(networks: Networks, astronaut: Pixels, left: int, top: int, side: int) -> None:
    assert networks.far is not None
    picture = placed(astronaut, left, top, side)

    for detector in (networks.far, Detector.far(Square(FAR))):
        found, *_ = detector.find(picture, least=0.5)
        first, _, last, lowest = found.box
        middle = np.array([(first + last) / 2, lowest - found.height / 2])
        assert np.abs(middle - (left + FACE[0] * side, top + FACE[1] * side)).max() < 0.2 * found.height
        assert networks.mesh.read(picture, found.region()).fits(found)


@pytest.mark.parametrize("shape", [(640, 480), (480, 480), (360, 640)])
def test_pictures_of_every_shape_are_searched(networks: Networks, astronaut: Pixels, shape: tuple[int, int]) -> None:
    assert networks.far is not None

    (found,) = networks.far.find(placed(astronaut, 100, 60, 280, shape), least=0.5)

    left, top, right, bottom = found.box
    assert np.abs(np.array([(left + right) / 2, (top + bottom) / 2]) - (100 + 280 * FACE[0], 60 + 280 * FACE[1])).max() < 16
