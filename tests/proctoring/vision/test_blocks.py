"""A face that was pressed into blocks is compared with nobody's: its picture would accuse, not its owner."""

import cv2
import numpy as np
import pytest

from proctoring.vision import blocks, identity, variants
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.frame import Seen, seen_in
from proctoring.vision.models import Pixels
from tests.proctoring.vision.conftest import jpeg


@pytest.fixture(scope="session")
def soft(astronaut: Pixels) -> Pixels:
    """The astronaut near a camera in flat light: a face of 155 pixels with a third of its contrast."""
    near = cv2.resize(astronaut, None, fx=1.7, fy=1.7, interpolation=cv2.INTER_CUBIC)[:480, :640]
    return np.asarray(130 + 0.35 * (near.astype(np.float32) - 130), np.uint8)


def pressed(picture: Pixels, *, quality: int, width: int = 640) -> Pixels:
    """A picture that a camera pressed to a quality and a page made smaller since."""
    return variants.small(variants.compressed(picture, [], quality=quality), [], width=width)


def seen(networks: Networks, picture: Pixels) -> Seen:
    """The face, read where the detector finds it."""
    return seen_in(picture, networks.mesh.read(picture, networks.near.find(picture, least=0.5)[0].region()))


@pytest.mark.parametrize(
    ("quality", "width", "is_pressed"),
    [(60, 640, False), (30, 640, False), (20, 640, False), (20, 512, False), (5, 640, True), (5, 576, True), (5, 512, True)],
)
def test_a_face_in_blocks_is_not_compared(networks: Networks, soft: Pixels, quality: int, width: int, is_pressed: bool) -> None:
    picture = pressed(soft, quality=quality, width=width)
    face = seen(networks, picture)

    assert blocks.pressed(picture, face.mesh.box) == is_pressed
    assert (identity.fair_chip(picture, face) is None) == is_pressed


def test_nobody_is_somebody_else_for_a_camera_that_presses_too_hard(networks: Networks, soft: Pixels) -> None:
    enrolled = Eyes(networks).enrol(soft)
    assert enrolled is not None and networks.identity is not None
    eyes, picture = Eyes(networks, enrolled=[enrolled]), pressed(soft, quality=5)

    first, *looks = [eyes.look(jpeg(picture if second else soft), second, second) for second in range(8)]

    apart = networks.identity.compare(identity.chip(picture, seen(networks, picture).mesh.points), [enrolled])
    assert apart is not None and apart > identity.DOUBT  # the candidate's own face
    assert first.identity is not None and first.identity < 0.3
    assert all(one.face is not None and one.identity is None for one in looks)


def test_a_face_of_one_colour_has_no_blocks() -> None:
    assert not blocks.pressed(np.full((480, 640, 3), 120, np.uint8), (100.0, 100.0, 160.0, 170.0))


def test_what_repeats_in_one_direction_only_is_no_block() -> None:
    stripes = np.zeros((160, 160, 3), np.uint8)
    stripes[:, np.arange(160) // 8 % 2 == 1] = 80

    assert not blocks.pressed(stripes, (10, 10, 150, 150))
