"""A reading stands while the face is calm, whatever a camera's grain does to the picture; an eye, a mouth or a head that moves ends it."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from proctoring.observations import Observation
from proctoring.vision import demo_footage
from proctoring.vision.calm import Portrait
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Pixels
from tests.proctoring.vision.conftest import jpeg

Scene = Callable[..., Pixels]
SECONDS = 20


def filmed(picture: Pixels, rng: np.random.Generator, *, grain: float, sway: float = 1.0) -> Pixels:
    """The picture as a webcam takes it: moved by up to `sway` pixels, with grain of its own in every pixel."""
    shift = np.array([[1, 0, rng.uniform(-sway, sway)], [0, 1, rng.uniform(-sway, sway)]])
    moved = cv2.warpAffine(picture, shift, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.clip(moved + rng.normal(0, grain, picture.shape), 0, 255).astype(np.uint8)


def watched(networks: Networks, pictures: list[bytes], fps: float) -> tuple[list[Observation], list[set[str]]]:
    """What was seen in each frame, and which stages it took."""
    face = Eyes(networks).enrol(decode(pictures[0]))
    assert face is not None
    eyes = Eyes(networks, enrolled=[face])
    seen, stages = [], []
    for seq, picture in enumerate(pictures):
        seen.append(eyes.look(picture, seq / fps, seq))
        stages.append(set(eyes.costs.taken()))
    return seen, stages


def longest(stages: list[set[str]], stage: str, fps: float) -> float:
    """The longest time between two frames that took a stage, in seconds."""
    times = [number / fps for number, each in enumerate(stages) if stage in each]
    return float(max(np.diff(times)))


@pytest.mark.parametrize("quality", [60, 80])
@pytest.mark.parametrize("grain", [2.0, 3.0])
@pytest.mark.parametrize("fps", [1, 2])
def test_a_person_who_sits_still_before_a_grainy_camera_is_read_every_two_seconds(
    networks: Networks, scene: Scene, fps: int, grain: float, quality: int
) -> None:
    rng = np.random.default_rng(1)
    pictures = [jpeg(filmed(scene(0), rng, grain=grain), quality) for _ in range(SECONDS * fps)]

    seen, stages = watched(networks, pictures, fps)

    settled = stages[4 * fps :]
    assert sum("mesh" in each for each in settled) <= 0.75 * len(settled)
    assert longest(stages, "mesh", fps) <= 2
    assert longest(stages, "iris", fps) <= 2
    assert all(one.head is not None and one.gaze is not None and one.face is not None for one in seen)


def test_a_face_too_small_to_be_compared_is_not_read_more_often_for_it(networks: Networks, scene: Scene) -> None:
    rng = np.random.default_rng(5)
    face = Eyes(networks).enrol(scene(0))
    assert face is not None
    eyes, read = Eyes(networks, enrolled=[face]), 0

    for second in range(SECONDS):
        assert eyes.look(jpeg(filmed(scene(0, scale=0.5), rng, grain=1.0)), second, second).identity is None
        read += "mesh" in eyes.costs.taken()

    assert read <= 0.75 * SECONDS


@pytest.mark.parametrize("fps", [1, 2, 5])
def test_gaze_is_never_older_than_two_seconds(networks: Networks, scene: Scene, fps: int) -> None:
    rng = np.random.default_rng(2)
    swaying = [scene(second) if second % 3 == 0 else scene(0) for second in np.arange(0, SECONDS, 1 / fps)]

    _, stages = watched(networks, [jpeg(filmed(picture, rng, grain=2.5)) for picture in swaying], fps)

    assert longest(stages, "iris", fps) <= 2


def turned(person: Pixels) -> Pixels:
    """The head a little on one side."""
    return np.asarray(cv2.warpAffine(person, cv2.getRotationMatrix2D((225, 130), 8, 1), person.shape[:2]), np.uint8)


def painted(left: int, top: int, right: int, bottom: int) -> Callable[[Pixels], Pixels]:
    def paint(person: Pixels) -> Pixels:
        person[top:bottom, left:right] = (40, 30, 60)
        return person

    return paint


LEFT_EYE, MOUTH = painted(192, 95, 218, 108), painted(208, 155, 248, 172)


@pytest.mark.parametrize("change", [turned, LEFT_EYE, MOUTH])
def test_a_head_an_eye_or_a_mouth_that_moves_is_not_calm(networks: Networks, scene: Scene, change: Callable[[Pixels], Pixels]) -> None:
    rng = np.random.default_rng(3)
    before, small = scene(0, scale=0.9), cv2.resize(scene(0, scale=0.9), (320, 240), interpolation=cv2.INTER_AREA).astype(np.uint8)
    mesh = networks.mesh.read(before, networks.near.find(before, least=0.5)[0].region())
    portrait = Portrait(small=small, points=mesh.points[:, :2] * np.float32(0.5))

    calm = filmed(before, rng, grain=2.5), filmed(scene(0, change, scale=0.9), rng, grain=2.5)
    same, other = (portrait.calm(cv2.resize(each, (320, 240), interpolation=cv2.INTER_AREA).astype(np.uint8)) for each in calm)

    assert same
    assert not other
    assert not portrait.calm(small[:120])


def test_of_a_face_at_the_edge_or_in_the_dark_it_cannot_be_told(networks: Networks, scene: Scene) -> None:
    before = scene(0)
    mesh = networks.mesh.read(before, networks.near.find(before, least=0.5)[0].region())

    dark = np.zeros((240, 320, 3), np.uint8)
    edge = np.ascontiguousarray(np.roll(before, -300, axis=1)[::2, ::2])

    assert not Portrait(small=dark, points=mesh.points[:, :2] * np.float32(0.5)).calm(dark)
    assert not Portrait(small=edge, points=(mesh.points[:, :2] - np.array([300, 0], np.float32)) * np.float32(0.5)).calm(edge)


def test_who_comes_beside_a_calm_face_is_counted_in_that_frame(networks: Networks, scene: Scene, astronaut: Pixels) -> None:
    rng = np.random.default_rng(4)
    alone = scene(0, scale=0.62)
    joined = alone.copy()
    joined[40:296, 10:190] = cv2.resize(astronaut[0:256, 120:300], (180, 256), interpolation=cv2.INTER_AREA)
    pictures = [jpeg(filmed(alone, rng, grain=2.0)) for _ in range(9)] + [jpeg(filmed(joined, rng, grain=2.0)) for _ in range(3)]

    seen, _ = watched(networks, pictures, 1)

    assert [one.faces for one in seen[9:]] == [2, 2, 2]


def test_a_left_place_is_searched_until_it_is_known_to_be_empty(networks: Networks) -> None:
    script = demo_footage.Script(length_s=8.0, leaves_s=2.0, back_s=30.0)
    frames = list(demo_footage.jpegs(demo_footage.scene(script), fps=2))
    seen, _ = watched(networks, [picture for _, picture in frames], fps=2)

    empty_s = [one.at for one in seen if one.people == 0]
    assert empty_s[0] <= script.leaves_s + demo_footage.WALK_S + 1
    assert empty_s == [one.at for one in seen if one.at >= empty_s[0]]
