"""A face that suddenly looks otherwise is compared, however little of the picture it takes; one that turns and returns is not."""

from collections.abc import Callable

import cv2
import numpy as np

from proctoring.observations import Observation
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Pixels
from tests.proctoring.vision.conftest import jpeg

Scene = Callable[..., Pixels]
FACE = np.s_[45:170, 165:285]  # rows and columns of her face in the photograph
SETTLED_S = 12


def otherwise(person: Pixels) -> Pixels:
    """Light one half of the face only: the network for identity still knows her, by the looks she could be anybody."""
    shade = np.where(np.arange(120) < 60, 0.5, 1.0)[None, :, None]
    person[FACE] = cv2.GaussianBlur((person[FACE] * shade).astype(np.uint8), (0, 0), 1)
    return person


def looked_at(networks: Networks, pictures: list[Pixels]) -> list[Observation]:
    face = Eyes(networks).enrol(pictures[0])
    assert face is not None
    eyes = Eyes(networks, enrolled=[face])
    return [eyes.look(jpeg(picture), at, at) for at, picture in enumerate(pictures)]


def compared(seen: list[Observation]) -> list[int]:
    return [int(one.at) for one in seen if one.identity is not None and one.at >= SETTLED_S]


def test_a_small_face_that_looks_otherwise_in_the_same_place_is_compared_in_that_frame(networks: Networks, scene: Scene) -> None:
    calm = [scene(0)] * SETTLED_S

    changed = looked_at(networks, [*calm, *[scene(0, otherwise)] * 2])
    same = looked_at(networks, [*calm, *[scene(0)] * 2])

    assert compared(changed)[:1] == [SETTLED_S]
    assert compared(same) == []


def test_looks_that_are_known_to_be_the_candidates_ask_nothing_anew(networks: Networks, scene: Scene) -> None:
    turned, straight = scene(0, otherwise), scene(0)

    seen = looked_at(networks, [*[straight] * SETTLED_S, *[turned if second % 4 < 2 else straight for second in range(24)]])

    assert len([at for at in compared(seen) if at >= SETTLED_S + 6]) <= 2  # by then both looks are known; eight times they change
