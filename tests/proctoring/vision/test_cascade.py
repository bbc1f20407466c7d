"""What is spent on a frame: nothing is read twice, dear looks are bounded, and a fault of one network harms nobody."""

import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from proctoring.observations import Box, Observation, Reason, Thing, ThingName
from proctoring.vision import models
from proctoring.vision.attention import Attention, Pace, _holds
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Floats, Models, Pixels
from proctoring.vision.objects import WHOLE, part_around
from tests.proctoring.vision.conftest import jpeg

Scene = Callable[..., Pixels]
FACE = Box(x=0.4, y=0.2, width=0.2, height=0.3)
PHONE = Thing(name=ThingName.PHONE, score=0.9, box=Box(x=0.7, y=0.6, width=0.08, height=0.2))


def ran(eyes: Eyes, stage: str) -> int:
    return eyes.costs.times[stage]


def watched(networks: Networks, pictures: Sequence[Pixels], fps: float = 1) -> tuple[Eyes, list[Observation]]:
    face = Eyes(networks).enrol(pictures[0])
    assert face is not None
    eyes = Eyes(networks, enrolled=[face])
    return eyes, [eyes.look(jpeg(picture), i / fps, i) for i, picture in enumerate(pictures)]


def test_a_picture_in_which_nothing_stirs_is_read_every_eight_seconds(networks: Networks, scene: Scene) -> None:
    eyes, seen = watched(networks, [scene(0)] * 40, fps=2)

    settled = [one for one in seen if one.at >= 8]
    assert ran(eyes, "mesh") <= 10  # of 40: every sixteenth, and a few more while things are looked for and who it is
    assert all(one.head is not None and one.gaze is not None and one.face is not None for one in settled)
    assert sum(one.identity is not None for one in settled) <= 1


def test_while_somebody_speaks_the_lips_are_read_in_every_frame(networks: Networks, scene: Scene) -> None:
    eyes, _ = watched(networks, [scene(0)] * 9, fps=2)
    read: list[list[bool]] = []

    for voice in (0.6, None, 0.0):
        eyes.listen(voice)
        read.append([read_in(eyes, scene(0), 4.5 + 2 * len(read) + i / 2) for i in range(4)])

    assert all(read[0]) and all(read[1])
    assert not any(read[2])


def read_in(eyes: Eyes, picture: Pixels, at: float) -> bool:
    eyes.costs.taken()
    eyes.look(jpeg(picture), at, round(2 * at))
    return "mesh" in eyes.costs.taken()


EYES = ((198, 212), (240, 254))  # columns of her irises, with the rows 97 to 106


def lids(person: Pixels) -> Pixels:
    for left, right in EYES:
        person[97:106, left - 6 : right + 6] = (150, 170, 210)
    return person


def glance(person: Pixels) -> Pixels:
    for left, right in EYES:
        person[97:106, left:right] = person[97:106, left - 4 : right - 4].copy()
    return person


@pytest.mark.parametrize("change", [lids, glance])
def test_of_a_calm_face_whose_eyes_move_the_eyes_alone_are_read_in_that_frame(
    networks: Networks, scene: Scene, change: Callable[[Pixels], Pixels]
) -> None:
    eyes, before = watched(networks, [scene(0, scale=0.9)] * 9, fps=2)
    eyes.costs.taken()

    seen = eyes.look(jpeg(scene(0, change, scale=0.9)), 4.5, 9)

    taken = set(eyes.costs.taken())
    assert "iris" in taken and "mesh" not in taken
    assert (seen.head, seen.mouth_open) == (before[-1].head, before[-1].mouth_open)
    assert seen.eyes_open is None  # how far they are open now was not read


def test_gaze_is_there_on_every_frame_and_fresh_within_two_seconds(networks: Networks, scene: Scene) -> None:
    eyes, seen = watched(networks, [scene(second) for second in range(30)])

    assert all(one.gaze is not None for one in seen)
    assert 15 <= ran(eyes, "iris") <= 60


def looks(attention: Attention, seconds: int, *, novel: Box | None, things: Sequence[Thing] = ()) -> int:
    count = 0
    for at in range(seconds):
        part = attention.part(float(at), FACE, novel=novel, glance_down=False)
        if part is not None:
            count += 1
            attention.saw(things, part, float(at))
    return count


@pytest.mark.parametrize("novel", [None, Box(x=0.7, y=0.6, width=0.2, height=0.3)])
def test_whatever_moves_looks_at_things_are_bounded(novel: Box | None) -> None:
    pace = Pace()

    count = looks(Attention(pace), 1000, novel=novel)

    assert 1000 / pace.round_s - 2 <= count <= 1000 / pace.token_s + pace.tokens + 4


def parts(attention: Attention, seconds: range) -> list[tuple[int, Box]]:
    asked = ((at, attention.part(float(at), FACE, novel=None, glance_down=False)) for at in seconds)
    return [(at, part) for at, part in asked if part is not None]


def test_what_lies_there_from_the_start_is_looked_at_from_everywhere_in_twelve_seconds() -> None:
    opening = parts(Attention(), range(12))

    places = [part for _, part in opening]
    assert places[0] == WHOLE
    assert min(part.x for part in places[1:]) < 0.05 and max(part.x + part.width for part in places[1:]) > 0.95
    assert all(part.width == pytest.approx(0.6) for part in places[1:])
    assert len(places) == 4


def test_the_looks_of_the_beginning_are_those_of_the_round_brought_forward() -> None:
    attention, pace = Attention(), Pace()

    first, later = parts(attention, range(36)), parts(attention, range(36, 1036))

    assert len(first) <= 36 / pace.round_s + 2  # one more than without
    assert len(later) <= 1000 / pace.round_s + 1


@pytest.mark.parametrize(("begins", "again"), [(200, True), (60, False)])
def test_after_a_break_everything_is_looked_at_again_but_not_after_every_one(begins: int, again: bool) -> None:
    attention = Attention()
    parts(attention, range(begins - 20))

    returned = parts(attention, range(begins, begins + 12))

    assert (len(returned) == 4) is again


def test_a_book_that_is_followed_does_not_draw_the_eyes_from_a_phone() -> None:
    book = Thing(name=ThingName.BOOK, score=0.9, box=Box(x=0.05, y=0.7, width=0.2, height=0.2))
    attention, seen = Attention(), []
    for at in range(60):
        part = attention.part(float(at), FACE, novel=None, glance_down=False)
        if part is not None:
            there = [book] if at < 20 else [book, PHONE]
            things = [thing for thing in there if _holds(part, thing.box)]
            seen.append((at, attention.saw(things, part, float(at)) or ()))

    phones = [at for at, things in seen if PHONE in things]
    assert phones[0] <= 20 + 2 * Pace().round_s
    assert [at for at, _ in seen if phones[0] <= at < phones[0] + 6] == phones[:6]


def test_a_suspect_found_at_the_beginning_does_not_keep_the_rest_from_being_seen() -> None:
    attention, seen = Attention(), []
    for at in range(30):
        part = attention.part(float(at), FACE, novel=None, glance_down=False)
        if part is not None:
            seen.append(part)
            attention.saw([PHONE] if part == WHOLE or _holds(part, PHONE.box) else [], part, float(at))

    assert min(part.x for part in seen) < 0.05 and max(part.x + part.width for part in seen) > 0.95
    assert sum(part.width == pytest.approx(0.6) and not _holds(part, PHONE.box) for part in seen) >= 1


def test_a_suspect_is_looked_at_again_at_once_and_then_more_seldom() -> None:
    attention = Attention()
    attention.saw([PHONE], WHOLE, 0.0)

    every = [at for at in range(1, 60) if looked(attention, at, [PHONE])]

    assert every[:5] == [1, 2, 3, 4, 5]
    assert max(np.diff(every)) <= 6  # so that its incident stays open


def looked(attention: Attention, at: int, things: Sequence[Thing]) -> bool:
    part = attention.part(float(at), FACE, novel=None, glance_down=False)
    if part is not None:
        attention.saw(things, part, float(at))
    return part is not None


def test_a_suspect_that_looks_do_not_confirm_gets_no_burst_again() -> None:
    weak = replace(PHONE, score=0.5)

    assert looks(Attention(), 120, novel=None, things=[weak]) <= 6 * 2 + 120 / 8


def test_a_look_elsewhere_says_nothing_about_what_is_followed() -> None:
    attention = Attention()
    attention.saw([PHONE], WHOLE, 0.0)

    assert attention.saw([], part_around(0.2, 0.2, 0.5), 1.0) is None
    assert attention.saw([], WHOLE, 2.0) == ()


class Broken:
    """A network whose every answer is no number; a fault, not a stand-in."""

    def __init__(self, sound: Any) -> None:
        self._sound = sound

    def __call__(self, batch: Floats) -> list[Floats]:
        return [np.full_like(answer, np.nan) for answer in self._sound(batch)]


@pytest.mark.parametrize("role", [models.FACE_MESH, models.IRIS, models.FACE_NEAR, models.FACE_FAR, models.IDENTITY])
def test_a_network_that_answers_no_numbers_accuses_nobody(models: Models, scene: Scene, role: str) -> None:
    ill = Networks(replace(models, networks={**models.networks, role: Broken(models.networks[role])}))
    face = Eyes(Networks(models)).enrol(scene(0))
    assert face is not None
    eyes = Eyes(ill, enrolled=[face])

    seen = [eyes.look(jpeg(scene(second)), second, second) for second in range(6)]

    assert all(one.identity is None or one.identity < 0.5 for one in seen)
    assert all(one.people != 0 or one.face is not None or one.reason is not None for one in seen)
    if role == "face_mesh":
        assert {one.reason for one in seen} == {Reason.FACE_NOT_SEEN}
    if role == "iris":
        assert {one.gaze for one in seen} == {None}


@pytest.mark.parametrize("role", [models.IRIS, models.FACE_FAR, models.IDENTITY, models.OBJECTS])
def test_without_a_network_its_signal_is_off_and_the_rest_goes_on(models: Models, scene: Scene, role: str) -> None:
    left = {name: network for name, network in models.networks.items() if name != role}
    eyes = Eyes(Networks(replace(models, networks=left, missing=(role,))))

    seen = [eyes.look(jpeg(scene(second)), second, second) for second in range(4)]

    assert all(one.observable and one.head is not None for one in seen)
    assert {"iris": seen[0].gaze, "face_far": seen[0].faces, "identity": seen[0].identity, "objects": seen[0].objects}[role] is None


@pytest.mark.parametrize("reference", [[], [float("nan")] * 128])
def test_an_empty_reference_face_is_no_reference(networks: Networks, scene: Scene, reference: list[float]) -> None:
    eyes = Eyes(networks, enrolled=[reference])

    assert [eyes.look(jpeg(scene(second)), second, second).identity for second in range(4)] == [None] * 4


def test_a_face_at_the_edge_or_far_away_is_said_to_be(networks: Networks, scene: Scene) -> None:
    cut, far = np.roll(scene(0), -330, axis=1), cv2.resize(scene(0), None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    cut[:, -330:] = 120
    room = np.full((480, 640, 3), 120, np.uint8)
    room[200:296, 200:328] = far

    edge, distance = Eyes(networks).look(jpeg(cut, 90), 0, 0), Eyes(networks).look(jpeg(room, 95), 0, 0)

    assert edge.reason in {Reason.CROPPED, Reason.FACE_NOT_SEEN}
    assert distance.reason in {Reason.TOO_FAR, Reason.FACE_NOT_SEEN}
    assert (edge.identity, edge.gaze, distance.gaze) == (None, None, None)


def test_what_is_remembered_of_a_sitting_is_small(networks: Networks, scene: Scene) -> None:
    pictures = [jpeg(scene(second)) for second in range(12)]
    warm = Eyes(networks)
    for at, picture in enumerate(pictures):
        warm.look(picture, at, at)
    tracemalloc.start()

    eyes = [Eyes(networks) for _ in range(5)]
    for at, picture in enumerate(pictures):
        for one in eyes:
            one.look(picture, at, at)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held / len(eyes) < 2e6
