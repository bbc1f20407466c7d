"""Whatever fair pictures come, in whatever sizes and order: each is seen or said not to be, and all time is accounted for."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Pixels
from proctoring.watch import Watch
from tests.proctoring.vision.conftest import jpeg

SIZES = ((480, 640), (640, 480), (64, 640), (640, 64), (64, 64), (240, 320), (100, 70))
Makes = Callable[[Pixels, int, int, np.random.Generator], Pixels]


def part(person: Pixels, height: int, width: int, chance: np.random.Generator) -> Pixels:
    """Some square of the photograph, stretched."""
    side = int(chance.integers(30, 512))
    top, left = chance.integers(0, 512 - side + 1, 2)
    return np.asarray(cv2.resize(person[top : top + side, left : left + side], (width, height)), np.uint8)


PICTURES: tuple[Makes, ...] = (
    part,
    lambda person, height, width, chance: np.asarray(cv2.resize(person, (width, height)), np.uint8),
    lambda person, height, width, chance: np.ascontiguousarray(np.rot90(cv2.resize(person, (height, width)))).astype(np.uint8),
    lambda person, height, width, chance: chance.integers(0, 256, (height, width, 3), dtype=np.uint8),
    lambda person, height, width, chance: np.full((height, width, 3), chance.integers(0, 256, 3), np.uint8),
)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_picture_comes_it_is_seen_or_said_not_to_be(networks: Networks, astronaut: Pixels, seed: int) -> None:
    chance, eyes, watch, at = np.random.default_rng(seed), Eyes(networks), Watch(), 0.0

    for seq in range(80):
        height, width = SIZES[chance.integers(len(SIZES))]
        picture = PICTURES[chance.integers(len(PICTURES))](astronaut, height, width, chance)
        at += float(chance.choice([0.2, 1.0, 2.0, 30.0], p=[0.3, 0.5, 0.17, 0.03]))
        watch.receive(eyes.look(jpeg(picture, int(chance.integers(5, 60))), at, seq))

    totals = watch.totals()
    assert totals.frames == 80
    assert totals.observable_s + sum(totals.unobservable_s.values()) == pytest.approx(at, abs=3.0)
