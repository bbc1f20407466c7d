"""What a page on a poor line sends: pictures that change their size, and parts with few pixels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from proctoring.vision.counting import Often
from proctoring.vision.encode import encoded
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Pixels
from proctoring.vision.objects import WHOLE, ObjectReader, part_around
from proctoring.vision.quality import half_of
from proctoring.vision.schedule import Schedule


@pytest.mark.parametrize("widths", [(640, 448, 640), (640, 400, 400), (512, 640, 320)])
def test_a_face_is_followed_into_a_picture_of_another_size(
    networks: Networks, scene: Callable[..., Pixels], widths: tuple[int, ...]
) -> None:
    eyes = Eyes(networks, schedule=Schedule(counting=Often(every_s=0.0, quiet_s=0.0)))
    for second in range(8):
        before = eyes.look(encoded(scene(0), widths[0], 0.5), float(second), second)

    seen = [eyes.look(encoded(scene(0), width, 0.5), 8.0 + at, 8 + at) for at, width in enumerate(widths[1:])]

    assert before.face is not None
    for one in seen:
        assert one.face is not None and one.face.overlap(before.face) > 0.8
        assert (one.reason, one.faces) == (None, 1)


def glancing(person: Pixels) -> Pixels:
    """Her irises moved to the image's right."""
    for left, right in ((198, 212), (240, 254)):
        person[97:106, left:right] = person[97:106, left - 4 : right - 4].copy()
    return person


def test_eyes_that_glance_while_the_picture_becomes_larger_are_read_where_they_are(
    networks: Networks, scene: Callable[..., Pixels]
) -> None:
    def glance_after(width: int) -> float:
        eyes = Eyes(networks)
        for second in range(9):
            eyes.look(encoded(scene(0, scale=0.9), width, 0.9), second / 2, second)
        seen = eyes.look(encoded(scene(0, glancing, scale=0.9), 640, 0.9), 4.5, 9)
        assert seen.gaze is not None
        return seen.gaze.across

    assert glance_after(320) == pytest.approx(glance_after(640), abs=8)  # in pixels of the smaller picture it was 23 off


@pytest.mark.parametrize(("width", "parts"), [(448, 2), (640, 1)])
def test_of_a_small_picture_the_whole_is_looked_at_beside_a_part(networks: Networks, width: int, parts: int) -> None:
    looked: list[Any] = []

    class Counted(ObjectReader):
        def _scored(self, picture: Pixels, part: Any) -> Any:
            looked.append(part)
            return super()._scored(picture, part)

    assert networks.objects is not None
    reader = Counted(networks.objects._network)

    reader.find(np.full((width * 3 // 4, width, 3), 120, np.uint8), part_around(0.5, 0.5, 0.6))

    assert len(looked) == parts
    assert (WHOLE in looked) is (parts == 2)


@pytest.mark.parametrize(("every_s", "looks"), [(1.0, 2), (1.8, 1)])
def test_where_looks_are_rare_one_is_enough_to_look_closer_at_something_new(
    networks: Networks, scene: Callable[..., Pixels], every_s: float, looks: int
) -> None:
    """On a poor line a second look that says the same costs two seconds."""
    eyes, at = Eyes(networks), 0.0
    for seq in range(40):
        eyes.look(encoded(scene(0), 448, 0.4), at, seq)
        at += every_s
    changed = scene(0).copy()
    height, width = changed.shape[:2]
    changed[int(0.6 * height) :, : int(0.25 * width)] = (40, 200, 40)

    before = eyes._attention._looked_at
    took = 0
    while eyes._attention._looked_at == before:
        eyes.look(encoded(changed, 448, 0.4), at, 40 + took)
        at, took = at + every_s, took + 1

    assert took == looks


def test_a_picture_is_halved_to_the_mean_of_each_four_pixels() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)

    fours = picture.reshape(240, 2, 320, 2, 3).sum(axis=(1, 3))

    np.testing.assert_array_equal(half_of(picture), (fours + 2) // 4)
