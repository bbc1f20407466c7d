from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.observations import Box, Observation, Reason
from proctoring.vision import quality, video
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Pixels
from proctoring.vision.switch import SwitchWatch

FACE = Box(x=0.42, y=0.2, width=0.16, height=0.3)


def a_room(seed: int) -> Pixels:
    """A room with furniture in it: large things of their own colours before a wall."""
    rng = np.random.default_rng(seed)
    room = np.full((480, 640, 3), rng.integers(120, 220, 3), np.uint8)
    for _ in range(14):
        left, top = int(rng.integers(0, 600)), int(rng.integers(0, 440))
        corner = (left + int(rng.integers(40, 220)), top + int(rng.integers(40, 200)))
        cv2.rectangle(room, (left, top), corner, [int(level) for level in rng.integers(20, 240, 3)], -1)
    return np.asarray(cv2.resize(room, (160, 120), interpolation=cv2.INTER_AREA), np.uint8)


def watched(pictures: Iterable[Pixels], *, fps: float = 1.0, reason: Reason | None = None) -> list[float]:
    watch, found = SwitchWatch(), []
    for number, picture in enumerate(pictures):
        seen = Observation(at=number / fps, seq=number, face=FACE, faces=1, reason=reason if number == 6 else None)
        switched = watch.receive(quality.view(picture), seen)
        found += [] if switched is None else [switched]
    return found


def grainy(room: Pixels, frames: int, change: Callable[[int, Pixels], Pixels] = lambda number, picture: picture) -> Iterable[Pixels]:
    rng = np.random.default_rng(3)
    for number in range(frames):
        seen = change(number, room)
        yield np.asarray(np.clip(seen + rng.normal(0, 3, seen.shape), 0, 255), np.uint8)


def moved(room: Pixels, across: int, down: int) -> Pixels:
    place = np.array([[1, 0, across / 4], [0, 1, down / 4]], np.float32)
    return np.asarray(cv2.warpAffine(room, place, (160, 120), borderMode=cv2.BORDER_REFLECT), np.uint8)


def in_light(room: Pixels, blue: float, green: float, red: float) -> Pixels:
    return np.asarray(np.clip(room * np.array([blue, green, red]), 0, 255), np.uint8)


@pytest.mark.parametrize("fps", [1.0, 2.0])
@pytest.mark.parametrize("rooms", [(1, 2), (3, 4), (5, 6)])
def test_another_room_from_one_frame_to_the_next_is_another_camera(rooms: tuple[int, int], fps: float) -> None:
    found = watched(chain(grainy(a_room(rooms[0]), 8), grainy(a_room(rooms[1]), 14)), fps=fps)

    assert found == [8 / fps]


def test_the_same_room_is_no_switch() -> None:
    assert watched(grainy(a_room(1), 30)) == []


@pytest.mark.parametrize("change", [(0.5, 0.6, 0.7), (1.3, 1.3, 1.3), (0.7, 0.95, 1.25)], ids=["dimmed", "lamp", "warm lamp"])
def test_other_light_is_no_switch(change: tuple[float, float, float]) -> None:
    room = in_light(a_room(1), 0.75, 0.75, 0.75)

    assert watched(grainy(room, 24, lambda number, picture: picture if number < 10 else in_light(picture, *change))) == []


@pytest.mark.parametrize("push", [(40, 20), (-60, 0), (110, 60)])
def test_a_pushed_camera_is_no_switch(push: tuple[int, int]) -> None:
    assert watched(grainy(a_room(1), 24, lambda number, picture: picture if number < 10 else moved(picture, *push))) == []


def test_a_camera_that_is_carried_to_another_room_is_no_switch() -> None:
    ways = [a_room(seed) for seed in range(10, 14)]

    assert watched(chain(grainy(a_room(1), 8), *(grainy(room, 1) for room in ways), grainy(a_room(2), 14))) == []


def test_somebody_who_passes_before_the_camera_is_no_switch() -> None:
    def passing(number: int, picture: Pixels) -> Pixels:
        return picture if not 8 <= number < 11 else np.full_like(picture, 70)

    assert watched(grainy(a_room(1), 24, passing)) == []


def test_over_a_covered_frame_or_a_gap_nothing_is_said() -> None:
    rooms = [*grainy(a_room(1), 6), *grainy(a_room(2), 14)]

    assert watched(rooms, reason=Reason.COVERED) == []
    assert watched(rooms, fps=0.3) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("d1_intel_female", "d4_talking_audio"), ("d4_talking_audio", "d1_intel_female")],
)
def test_a_real_switch_between_two_recordings_is_found(sessions: Path, networks: Networks, first: str, second: str) -> None:
    parts = [[picture for at, picture in video.read(sessions / f"{name}.mp4", fps=1.0) if at < 11] for name in (first, second)]
    watch, eyes, found = SwitchWatch(), Eyes(networks), []

    for number, picture in enumerate(chain(*parts)):
        found.append(watch.receive(quality.view(picture), eyes.look(picture, float(number), number)))

    assert [at for at in found if at is not None] == [len(parts[0])]


@pytest.mark.parametrize("name", ["d1_intel_female", "d2_intel_male_objects", "d4_talking_audio"])
def test_no_recording_of_one_camera_holds_a_switch(sessions: Path, name: str) -> None:
    assert watched((picture for _, picture in video.read(sessions / f"{name}.mp4", fps=1.0))) == []
