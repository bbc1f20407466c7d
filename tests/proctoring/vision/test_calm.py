"""A reading stands while the face is calm, whatever a camera's grain does to the picture; an eye, a mouth or a head that moves ends it.

`PROCTOR_LONG=1` tries every camera; the short form those in which each two of rate, grain and quality meet.
"""

import os
from collections.abc import Callable
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.observations import Observation
from proctoring.vision import demo_footage, video
from proctoring.vision.calm import Portrait
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Floats, Pixels
from tests.proctoring.vision.conftest import jpeg

Scene = Callable[..., Pixels]
SECONDS = 20
EVERY_CAMERA = list(product((1, 2), (2.0, 3.0), (60, 80)))  # frames a second, grain, JPEG quality
CAMERAS = EVERY_CAMERA if os.environ.get("PROCTOR_LONG") == "1" else [(1, 2.0, 80), (1, 3.0, 60), (2, 2.0, 60), (2, 3.0, 80)]


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


@pytest.mark.parametrize(("fps", "grain", "quality"), CAMERAS)
def test_of_a_person_who_sits_still_before_a_grainy_camera_the_irises_are_followed_and_little_is_read(
    networks: Networks, scene: Scene, fps: int, grain: float, quality: int
) -> None:
    rng = np.random.default_rng(1)
    pictures = [jpeg(filmed(scene(0), rng, grain=grain), quality) for _ in range(SECONDS * fps)]

    seen, stages = watched(networks, pictures, fps)

    settled = stages[4 * fps :]
    assert all("glance" in each for each in settled)
    assert sum("mesh" in each for each in settled) <= 0.3 * len(settled)
    assert longest(stages, "mesh", fps) <= 8
    assert longest(stages, "iris", fps) <= 8
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
def test_no_gaze_is_older_than_its_picture(networks: Networks, scene: Scene, fps: int) -> None:
    rng = np.random.default_rng(2)
    swaying = [scene(second) if second % 3 == 0 else scene(0) for second in np.arange(0, SECONDS, 1 / fps)]

    _, stages = watched(networks, [jpeg(filmed(picture, rng, grain=2.5)) for picture in swaying], fps)

    assert all("glance" in each for each in stages)


def glancing(picture: Pixels, mesh: Floats, eye_widths: float) -> Pixels:
    """The same face, its irises moved to the image's right by a part of an eye's width."""
    rows, columns = (np.asarray(each, np.float32) for each in np.indices(picture.shape[:2]))
    source = columns.copy()
    for corners in ((33, 133), (362, 263)):
        (left, top), (right, bottom) = mesh[list(corners), :2]
        width = float(np.hypot(right - left, bottom - top))
        near = ((columns - (left + right) / 2) / (0.5 * width)) ** 2 + ((rows - (top + bottom) / 2) / (0.3 * width)) ** 2
        source -= np.asarray(eye_widths * width * np.clip(1.2 - near, 0, 1), np.float32)
    return np.asarray(cv2.remap(picture, source, rows, cv2.INTER_LINEAR), np.uint8)


@pytest.mark.parametrize("after", range(8, 17))
def test_eyes_that_glance_in_a_calm_face_are_seen_at_once(networks: Networks, scene: Scene, after: int) -> None:
    calm = scene(0, scale=0.9)
    mesh = networks.mesh.read(calm, networks.near.find(calm, least=0.5)[0].region())
    away = glancing(calm, mesh.points, 0.12)

    seen, _ = watched(networks, [jpeg(calm if second < after else away, 90) for second in range(after + 3)], 1)

    gazes = [one.gaze.across for one in seen if one.gaze is not None]
    assert len(gazes) == len(seen)
    assert max(gazes[:after]) - min(gazes[:after]) < 4
    assert gazes[after] - gazes[after - 1] > 7  # of the drawn 17


def turned(person: Pixels) -> Pixels:
    """The head a little on one side."""
    return np.asarray(cv2.warpAffine(person, cv2.getRotationMatrix2D((225, 130), 8, 1), person.shape[:2]), np.uint8)


def painted(left: int, top: int, right: int, bottom: int, colour: tuple[int, int, int]) -> Callable[[Pixels], Pixels]:
    def paint(person: Pixels) -> Pixels:
        person[top:bottom, left:right] = colour
        return person

    return paint


LID, MOUTH = painted(192, 97, 218, 106, (150, 170, 210)), painted(208, 155, 248, 172, (40, 30, 60))


@pytest.mark.parametrize(("change", "is_calm"), [(turned, False), (MOUTH, False), (LID, True)])
def test_a_head_or_a_mouth_that_moves_is_not_calm_while_an_eye_may(
    networks: Networks, scene: Scene, change: Callable[[Pixels], Pixels], is_calm: bool
) -> None:
    rng = np.random.default_rng(3)
    before, small = scene(0, scale=0.9), cv2.resize(scene(0, scale=0.9), (320, 240), interpolation=cv2.INTER_AREA).astype(np.uint8)
    mesh = networks.mesh.read(before, networks.near.find(before, least=0.5)[0].region())
    portrait = Portrait(small=small, points=mesh.points[:, :2] * np.float32(0.5))

    calm = filmed(before, rng, grain=2.5), filmed(scene(0, change, scale=0.9), rng, grain=2.5)
    same, other = (portrait.calm(cv2.resize(each, (320, 240), interpolation=cv2.INTER_AREA).astype(np.uint8)) for each in calm)

    assert same is not None
    assert (other is not None) is is_calm
    assert portrait.calm(small[:120]) is None


@pytest.mark.parametrize("way", [(0.0, 0.0), (3.0, -2.0), (-5.0, 4.5)])
def test_where_a_calm_face_has_moved_to_is_known_to_a_part_of_a_pixel(networks: Networks, scene: Scene, way: tuple[float, float]) -> None:
    before = np.asarray(cv2.GaussianBlur(scene(0, scale=0.9), (0, 0), 1.5), np.uint8)  # a webcam's picture is softer than a photograph
    mesh = networks.mesh.read(before, networks.near.find(before, least=0.5)[0].region())
    moved = cv2.warpAffine(before, np.array([[1, 0, way[0]], [0, 1, way[1]]]), before.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    small, now = (cv2.resize(each, (320, 240), interpolation=cv2.INTER_AREA).astype(np.uint8) for each in (before, moved))

    found = Portrait(small=small, points=mesh.points[:, :2] * np.float32(0.5)).calm(now)

    assert found is not None
    assert np.abs(2 * np.array(found) - way).max() < 0.6


def test_the_eyes_of_a_face_that_sways_are_followed_where_they_are(networks: Networks, scene: Scene) -> None:
    at_first = np.asarray(cv2.GaussianBlur(scene(0), (0, 0), 1.5), np.uint8)
    pictures = [at_first] + [np.roll(at_first, way, axis=(0, 1)) for way in ((4, 5), (-4, 3), (5, -5))]

    seen, stages = watched(networks, [jpeg(each, 90) for picture in pictures for each in (picture, picture)], 1)

    followed = [one for one, each in zip(seen, stages, strict=True) if "iris" not in each]
    assert len(followed) >= 4
    first = seen[0].gaze
    assert first is not None
    for one in followed:
        assert one.gaze is not None
        assert max(abs(one.gaze.across - first.across), abs(one.gaze.up - first.up)) < 5


def test_a_turned_head_is_read_whole_though_it_is_calm(networks: Networks, sessions: Path) -> None:
    eyes = Eyes(networks)
    turned = next(picture for at, picture in video.read(sessions / "d1_intel_female.mp4", fps=1) if at >= 53)

    stages = []
    for second in range(8):
        seen = eyes.look(turned, second, second)
        assert seen.head is not None
        assert abs(seen.head.yaw) >= 20
        stages.append(set(eyes.costs.taken()))

    assert all("mesh" in each for each in stages)


def test_of_a_face_at_the_edge_or_in_the_dark_it_cannot_be_told(networks: Networks, scene: Scene) -> None:
    before = scene(0)
    mesh = networks.mesh.read(before, networks.near.find(before, least=0.5)[0].region())

    dark = np.zeros((240, 320, 3), np.uint8)
    edge = np.ascontiguousarray(np.roll(before, -300, axis=1)[::2, ::2])

    assert Portrait(small=dark, points=mesh.points[:, :2] * np.float32(0.5)).calm(dark) is None
    assert Portrait(small=edge, points=(mesh.points[:, :2] - np.array([300, 0], np.float32)) * np.float32(0.5)).calm(edge) is None


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
