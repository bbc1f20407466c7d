"""A second face that the look at the whole picture passes over is found where something is new, and looked for where it was."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from proctoring.observations import Box
from proctoring.policy import Kind
from proctoring.vision.beside import Beside
from proctoring.vision.counting import Often
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.faces import Detection
from proctoring.vision.models import Pixels
from proctoring.vision.redact import hide_others
from proctoring.vision.schedule import Schedule
from tests.proctoring.sightings import closed, kinds
from tests.proctoring.vision.conftest import jpeg

Scene = Callable[..., Pixels]
SIDE, SHOWN = 179, 107  # of the second person, and rows of them above the picture's lower edge
CORNER = Box(x=0.72, y=0.67, width=0.25, height=0.33)


@pytest.fixture
def room(astronaut: Pixels) -> Callable[..., Pixels]:
    """The candidate left of the middle, and in the lower right corner, cut by both edges, a second person's head; or nobody."""
    wall = np.tile(np.linspace(90, 190, 640)[None, :, None], (480, 1, 3)).astype(np.uint8)
    candidate, second = (cv2.resize(astronaut, (side, side), interpolation=cv2.INTER_AREA) for side in (307, SIDE))

    def make(*, with_second: bool) -> Pixels:
        picture = wall.copy()
        picture[480 - 307 :, 60 : 60 + 307] = candidate
        if with_second:
            columns = SIDE - SIDE * 3 // 10
            picture[480 - SHOWN :, 640 - columns :] = second[:SHOWN, :columns]
        return picture

    return make


def test_a_face_in_a_corner_is_found_where_something_is_new_and_for_as_long_as_it_stays(
    networks: Networks, room: Callable[..., Pixels]
) -> None:
    assert networks.far is not None and len(networks.far.find(room(with_second=True), least=0.2)) == 1  # the candidate's alone
    pictures = [room(with_second=12 <= at < 22) for at in range(30)]
    eyes = Eyes(networks)

    seen = [eyes.look(jpeg(picture), at, at) for at, picture in enumerate(pictures)]

    assert set(kinds(closed(seen))) == {Kind.SEVERAL_PEOPLE}
    counts = [one.faces for one in seen]
    assert counts[15:22] == [2] * 7
    assert 2 not in counts[:12] and 2 not in counts[22:]


def test_what_is_new_and_no_face_is_nobody(networks: Networks, room: Callable[..., Pixels]) -> None:
    bag = room(with_second=False)
    bag[360:, 500:600] = (40, 60, 90)
    eyes = Eyes(networks)

    seen = [eyes.look(jpeg(bag if at >= 12 else room(with_second=False)), at, at) for at in range(24)]

    assert {one.faces for one in seen} <= {None, 1}


def test_a_face_in_a_corner_is_hidden_in_the_picture_that_the_candidate_takes_home(networks: Networks, room: Callable[..., Pixels]) -> None:
    shown = hide_others(networks, jpeg(room(with_second=True), 90), None)

    assert shown.hidden == 2  # whose either is cannot be said here: both are one astronaut
    assert np.ptp(decode(shown.jpeg)[405:430, 580:602].astype(int)) < 30


def test_a_known_face_is_not_found_again_and_a_place_is_forgotten(networks: Networks, room: Callable[..., Pixels]) -> None:
    picture, beside = room(with_second=True), Beside()

    (found,) = beside.closer(networks.near, picture, [], CORNER, 0.0)
    beside.seen([found], 0.0)

    assert beside.waits(1.9) and not beside.waits(2.1)
    assert len(beside.closer(networks.near, picture, [], None, 1.0)) == 1
    assert beside.closer(networks.near, picture, [found.box], CORNER, 1.0) == []
    assert beside.closer(networks.near, picture, [], None, 2.1) == []
    assert all(0 <= edge <= limit for edge, limit in zip(found.box, (640, 480, 660, 500), strict=True))


def test_a_place_outside_the_picture_holds_no_face(networks: Networks, room: Callable[..., Pixels]) -> None:
    beside, far_off = Beside(), Detection(score=0.9, box=(2000, 2000, 2100, 2100), points=np.zeros((6, 2), np.float32))

    beside.seen([far_off], 0.0)

    assert beside.closer(networks.near, room(with_second=True), [], None, 0.0) == []


def test_others_are_looked_for_in_the_small_picture_and_what_is_found_is_read_in_the_whole_one(networks: Networks, scene: Scene) -> None:
    alone, eyes = jpeg(scene(0)), Eyes(networks, schedule=Schedule(counting=Often(every_s=3.0, quiet_s=3.0)))
    decoded = []
    for second in range(30):
        eyes.costs.times.clear()
        seen = eyes.look(alone, second, second)
        if seen.faces is not None and not {"mesh", "objects"} & set(eyes.costs.times):
            decoded.append(eyes.costs.times["decode"])

    assert len(decoded) >= 3
    assert set(decoded) == {1}  # the face was not read, and so nothing decoded whole


def test_somebody_who_comes_again_and_again_is_counted_every_time(networks: Networks, room: Callable[..., Pixels]) -> None:
    visits = [range(start, start + 4) for start in (12, 22, 32, 42)]
    pictures = [room(with_second=any(at in visit for visit in visits)) for at in range(48)]
    eyes = Eyes(networks)

    counts = [eyes.look(jpeg(picture), at, at).faces for at, picture in enumerate(pictures)]

    assert all(2 in (counts[at] for at in visit) for visit in visits)


def test_a_face_in_noise_is_known_for_one_at_the_second_look_which_has_more_room(networks: Networks, astronaut: Pixels) -> None:
    assert networks.far is not None
    rng = np.random.default_rng(1)
    first = second = found = 0
    for side in range(200, 310, 10):
        picture = np.full((480, 640, 3), 130, np.uint8)
        picture[150 : 150 + side, 200 : 200 + side] = cv2.resize(astronaut, (side, side), interpolation=cv2.INTER_AREA)
        noisy = np.clip(picture + rng.normal(0, 25, picture.shape), 0, 255).astype(np.uint8)
        for one in networks.far.find(noisy, least=0.5)[:1]:
            found += 1
            first += networks.mesh.read(noisy, one.region()).fits(one)
            second += networks.mesh.of(noisy, one).fits(one)

    assert found >= 9
    assert second == found
    assert first <= found - 3


def test_a_second_look_makes_no_face_of_what_is_none(networks: Networks) -> None:
    rng = np.random.default_rng(2)
    picture = cv2.GaussianBlur(rng.integers(0, 255, (480, 640, 3), dtype=np.uint8), (0, 0), 6)
    spots = [
        Detection(score=0.7, box=(x, 100.0, x + 90, 190.0), points=np.array([(x + 30, 130), (x + 60, 130)] * 3, np.float32))
        for x in range(20, 540, 40)
    ]

    assert not any(networks.mesh.of(np.asarray(picture, np.uint8), one).fits(one) for one in spots)
