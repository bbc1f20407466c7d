"""Eyes that cannot be seen, faces too blurred to be read: said so, and no angle guessed. Open eyes are left alone, made up or not."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.observations import Observation, Reason
from proctoring.policy import STANDARD, Kind
from proctoring.truth import Timeline
from proctoring.vision import video
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Floats, Pixels
from proctoring.watch import Watch
from tests.proctoring.sightings import closed, kinds
from tests.proctoring.vision.conftest import jpeg

Scene = Callable[..., Pixels]
Change = Callable[[Pixels, Floats], Pixels]
EYES = ((33, 133), (362, 263))
# Around each eye: the corner on the image's left, the upper lid, the other corner, the lower lid back.
LIDS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382),
)
RECORDINGS = ("d1_intel_female", "d2_intel_male_objects", "d4_talking_audio")


def middles(mesh: Floats) -> tuple[Floats, float, float]:
    """The middles of both eyes, how far they are apart, and the angle between them."""
    eyes = np.stack([mesh[list(corners), :2].mean(axis=0) for corners in EYES])
    along = eyes[1] - eyes[0]
    return eyes, float(np.linalg.norm(along)), float(np.degrees(np.arctan2(along[1], along[0])))


def bar(colour: tuple[int, int, int], which: tuple[int, ...] = (0, 1)) -> Change:
    """A strip of one colour over both eyes, or over one."""

    def draw(picture: Pixels, mesh: Floats) -> Pixels:
        eyes, apart, angle = middles(mesh)
        middle = eyes[list(which)].mean(axis=0)
        size = (apart * (2.1 if len(which) == 2 else 0.75), apart * 0.68)
        corners = cv2.boxPoints(((float(middle[0]), float(middle[1])), size, angle))
        drawn = picture.copy()
        cv2.fillPoly(drawn, [np.round(corners).astype(np.int32)], colour)
        return np.asarray(cv2.GaussianBlur(drawn, (0, 0), 0.7), np.uint8)

    return draw


def hand(picture: Pixels, mesh: Floats) -> Pixels:
    """Skin from under the eyes laid over them, with the dark lines between fingers."""
    eyes, apart, _ = middles(mesh)
    moved = cv2.warpAffine(picture, np.array([[1, 0, 0], [0, 1, -0.75 * apart]], np.float32), picture.shape[1::-1])
    mask = bar((255, 255, 255))(np.zeros_like(picture), mesh)[..., :1].astype(np.float32) / 255
    for step in np.arange(-1.2, 1.3, 0.3):
        x = float(eyes[:, 0].mean() + step * apart)
        top, bottom = float(eyes[:, 1].mean() - 0.6 * apart), float(eyes[:, 1].mean() + 0.6 * apart)
        cv2.line(moved, (round(x), round(top)), (round(x), round(bottom)), (60, 70, 100), max(1, round(apart / 25)))
    return np.asarray(picture * (1 - mask) + cv2.GaussianBlur(moved, (0, 0), 1.0) * mask, np.uint8)


def made_up(picture: Pixels, mesh: Floats) -> Pixels:
    """Strong make-up: dark shadow around the open eyes, a line along the lids, long lashes."""
    drawn, black = picture.copy(), (12, 10, 12)
    for corners in LIDS:
        lids = mesh[list(corners), :2]
        middle, width = lids.mean(axis=0), float(np.linalg.norm(lids[8] - lids[0]))
        shadow, eye = np.zeros(picture.shape[:2], np.uint8), np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(shadow, [np.round(cv2.convexHull(middle + (lids - middle) * np.array([1.3, 2.0], np.float32))).astype(np.int32)], 255)
        cv2.fillPoly(eye, [np.round(lids).astype(np.int32)], 255)
        open_eye = cv2.GaussianBlur(eye, (0, 0), 0.5)[..., None] / 255
        share = 0.75 * cv2.GaussianBlur(shadow, (0, 0), width / 9)[..., None] / 255 * (1 - open_eye)
        drawn = np.asarray(drawn * (1 - share) + np.array((30, 20, 25)) * share, np.uint8)
        cv2.polylines(drawn, [np.round(lids).astype(np.int32)], True, black, max(1, round(width / 30)), cv2.LINE_AA)
        for lash in lids[1:8]:
            tip = lash + np.array([(lash[0] - middle[0]) * 0.2, -0.14 * width])
            start, end = ((round(float(x)), round(float(y))) for x, y in (lash, tip))
            cv2.line(drawn, start, end, black, max(1, round(width / 40)), cv2.LINE_AA)
    return drawn


COVERS = {"black": bar((10, 10, 10)), "grey": bar((128, 128, 128)), "blue": bar((160, 80, 30)), "a hand": hand}


def looked(networks: Networks, pictures: list[Pixels]) -> list[Observation]:
    eyes = Eyes(networks)
    return [eyes.look(jpeg(picture), float(at), at) for at, picture in enumerate(pictures)]


def clean(sessions: Path, name: str, every: int = 9) -> list[Pixels]:
    """Pictures of a recording in which nothing happens."""
    truth = Timeline.read(sessions / f"{name}.timeline.json")
    frames = [picture for at, picture in video.read(sessions / f"{name}.mp4", fps=1) if truth.is_clean(at)]
    return frames[::every]


def changed(networks: Networks, pictures: list[Pixels], change: Change) -> list[Pixels]:
    return [change(picture, mesh_of(networks, picture)) for picture in pictures]


def mesh_of(networks: Networks, picture: Pixels) -> Floats:
    first = networks.mesh.read(picture, networks.faces(picture)[0].region())
    return networks.mesh.read(picture, first.region()).points


@pytest.mark.parametrize(("how", "least"), [("black", 10), ("grey", 10), ("a hand", 6)])  # of 12; the drawn hand is skin in a skin's light
def test_covered_eyes_are_said_and_no_gaze_is_guessed(networks: Networks, scene: Scene, how: str, least: int) -> None:
    plain = [scene(i) for i in range(18)]
    pictures = plain[:6] + changed(networks, plain[6:], COVERS[how])

    seen = looked(networks, pictures)

    assert all(one.gaze is not None for one in seen[:6])
    assert sum(one.gaze is None for one in seen[6:]) >= least
    assert sum(one.reason is Reason.EYES_COVERED for one in seen[6:]) >= least
    incidents = closed(seen)
    assert kinds(incidents) == [Kind.FACE_NOT_SEEN]
    assert incidents[0].severity is None


def test_covers_over_recorded_faces_are_seen_and_clean_frames_are_left_alone(networks: Networks, sessions: Path) -> None:
    before: list[Observation] = []
    told: list[Observation] = []

    for name in RECORDINGS:
        plain = clean(sessions, name)
        before += looked(networks, plain)
        told += [one for cover in COVERS.values() for one in looked(networks, changed(networks, plain, cover))]

    assert all(one.observable and one.gaze is not None for one in before)
    assert sum(one.observable for one in told) <= 0.25 * len(told)
    assert sum(one.gaze is not None for one in told) <= 0.2 * len(told)


def test_open_eyes_with_strong_make_up_are_open_eyes(networks: Networks, sessions: Path) -> None:
    """With the weights of three people they were called covered in seven of these fifteen frames, and never compared with who enrolled."""
    for name in RECORDINGS:
        seen = looked(networks, changed(networks, clean(sessions, name), made_up))

        assert all(one.observable and one.gaze is not None for one in seen)


@pytest.mark.parametrize("still", range(2, 5))
def test_the_eyes_of_somebody_who_sits_down_instead_are_read_anew(networks: Networks, sessions: Path, still: int) -> None:
    """Where one eye of each was read their mean was nobody's: off by up to eight degrees."""
    before, after = clean(sessions, "d2_intel_male_objects"), clean(sessions, "d4_talking_audio")
    instead = after[still % len(after)]

    mixed = looked(networks, [*[before[still % len(before)]] * 3, instead])[-1].gaze
    alone = looked(networks, [instead])[0].gaze

    assert mixed is not None
    assert alone is not None
    assert abs(mixed.across - alone.across) < 1
    assert abs(mixed.up - alone.up) < 1


def test_one_covered_eye_is_not_read_and_the_other_is_enough(networks: Networks, scene: Scene) -> None:
    plain = [scene(0)] * 4
    straight = looked(networks, plain)[-1].gaze
    one_eyed = looked(networks, changed(networks, plain, bar((10, 10, 10), (0,))))[-1]

    assert straight is not None
    assert one_eyed.gaze is not None
    assert one_eyed.observable
    assert abs(one_eyed.gaze.across - straight.across) < 12


def test_light_in_spectacles_hides_the_gaze_and_nothing_else(networks: Networks, scene: Scene) -> None:
    from proctoring.vision.worn import spectacles

    seen = looked(networks, changed(networks, [scene(i, scale=0.9) for i in range(6)], spectacles))

    assert all(one.observable and one.head is not None for one in seen)
    assert all(one.gaze is None for one in seen)


def test_who_need_not_look_anywhere_is_seen_with_covered_eyes(networks: Networks, scene: Scene) -> None:
    """Dark glasses of a blind candidate: the arrangement switches looking away off, and all else was seen."""
    dark = looked(networks, changed(networks, [scene(i) for i in range(12)], COVERS["black"]))
    watch = Watch(STANDARD.without(Kind.LOOKING_AWAY))

    for one in dark:
        watch.receive(one)

    assert sum(one.reason is Reason.EYES_COVERED for one in dark) >= 9
    assert watch.totals().observable_s >= 9


@pytest.mark.parametrize("blur", ["out of focus", "moved across", "moved down"])
def test_a_face_too_blurred_for_its_angles_has_none(networks: Networks, scene: Scene, blur: str) -> None:
    streak = np.full((1, 25) if blur == "moved across" else (25, 1), 1 / 25, np.float32)

    def blurred(picture: Pixels) -> Pixels:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), 6) if blur == "out of focus" else cv2.filter2D(picture, -1, streak), np.uint8)

    seen = looked(networks, [scene(i) if i < 4 else blurred(scene(i)) for i in range(10)])

    assert all(one.observable for one in seen[:4])
    for one in seen[4:]:
        assert one.reason in (Reason.BLURRED, Reason.FACE_NOT_SEEN)
        assert (one.head, one.gaze, one.identity) == (None, None, None)


def test_a_small_face_is_not_called_blurred(networks: Networks, scene: Scene) -> None:
    small = [cv2.resize(scene(i), (160, 120), interpolation=cv2.INTER_AREA) for i in range(6)]

    assert all(one.reason is not Reason.BLURRED for one in looked(networks, [np.asarray(one, np.uint8) for one in small]))
