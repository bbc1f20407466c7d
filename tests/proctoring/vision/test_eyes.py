"""The eyes on one photograph: one person, gone, back, turned, dark, veiled; and nobody is accused by a bad picture."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from assessment_engine.kernel.errors import BadFrame, TooLarge
from proctoring.incidents import Incident
from proctoring.observations import Box, Observation, Reason
from proctoring.policy import Kind, Tier
from proctoring.vision import demo_footage, faces, identity, pose, quality
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Pixels
from proctoring.vision.reference import check_face
from proctoring.watch import Watch
from tests.proctoring.sightings import closed, kinds
from tests.proctoring.vision.conftest import jpeg

Scene = Callable[..., Pixels]
Change = Callable[[Pixels], Pixels] | None


def enrolled(networks: Networks, scene: Scene) -> Eyes:
    face = Eyes(networks).enrol(scene(0))
    assert face is not None
    return Eyes(networks, enrolled=[face])


def seen(eyes: Eyes, pictures: list[Pixels], fps: float = 1) -> list[Observation]:
    return [eyes.look(jpeg(picture), at / fps, at) for at, picture in enumerate(pictures)]


def incidents(networks: Networks, scene: Scene, change: Change, seconds: int = 25) -> list[Incident]:
    """What comes of five plain seconds and then `seconds` of altered ones."""
    pictures = [scene(i) for i in range(5)] + [scene(i, change) for i in range(5, 5 + seconds)]
    return closed(seen(enrolled(networks, scene), pictures))


@pytest.mark.parametrize("fps", [1, 2])
def test_the_candidate_leaves_and_returns(networks: Networks, scene: Scene, fps: int) -> None:
    pictures = [scene(i / fps) if not 10 <= i / fps < 22 else scene(i / fps, None) for i in range(36 * fps)]

    observations = seen(enrolled(networks, scene), pictures, fps)
    (incident,) = closed(observations)

    assert {observation.faces for observation in observations[: 10 * fps]} <= {1, None}
    assert (incident.kind, incident.tier, incident.start_s, incident.raised_s) == (Kind.NOBODY, Tier.ALERT, 10, 18)
    after = [o.identity for o in observations[22 * fps : 25 * fps] if o.identity is not None]
    assert len(after) >= 1
    assert max(after) < 0.45


def side_by_side(person: Pixels) -> Pixels:
    two = np.full((480, 640, 3), 120, np.uint8)
    two[100:400, 10:310] = two[100:400, 330:630] = cv2.resize(person, (300, 300), interpolation=cv2.INTER_AREA)
    return two


def test_two_people_are_counted(networks: Networks, scene: Scene, astronaut: Pixels) -> None:
    observations = seen(enrolled(networks, scene), [scene(0), *[side_by_side(astronaut)] * 5])

    assert [o.faces for o in observations[1:]] == [2] * 5
    assert kinds(closed(observations)) == [Kind.SEVERAL_PEOPLE]


def painted(*boxes: tuple[int, int, int, int], colour: tuple[int, int, int] = (25, 25, 25)) -> Callable[[Pixels], Pixels]:
    def paint(person: Pixels) -> Pixels:
        for left, top, right, bottom in boxes:
            person[top:bottom, left:right] = colour
        return person

    return paint


def turned(degrees: float) -> Callable[[Pixels], Pixels]:
    return lambda person: np.asarray(cv2.warpAffine(person, cv2.getRotationMatrix2D((225, 130), degrees, 1), person.shape[:2]), np.uint8)


UNFAIR: dict[str, Change] = {
    "dark": lambda person: (person * 0.3).astype(np.uint8),
    "very dark": lambda person: (person * 0.1).astype(np.uint8),
    "almost black": lambda person: (person * 0.06).astype(np.uint8),
    "blurred": lambda person: np.asarray(cv2.GaussianBlur(person, (0, 0), 5), np.uint8),
    "very blurred": lambda person: np.asarray(cv2.GaussianBlur(person, (0, 0), 9), np.uint8),
    "black veil below the eyes": painted((165, 135, 290, 200)),
    "white mask": painted((165, 135, 290, 200), colour=(240, 240, 240)),
    "veil that leaves a slit": painted((150, 30, 300, 105), (150, 130, 300, 210)),
    "face wholly covered": painted((160, 50, 290, 190), colour=(30, 40, 60)),
    "hand over the mouth": lambda person: np.asarray(cv2.circle(person, (225, 160), 40, (120, 150, 200), -1), np.uint8),
    "sunglasses": painted((165, 100, 290, 122)),
    "head on one side": turned(40),
    "head on the other side": turned(-40),
}


@pytest.mark.parametrize("how", UNFAIR)
def test_a_face_seen_badly_accuses_nobody(networks: Networks, scene: Scene, how: str) -> None:
    found = incidents(networks, scene, UNFAIR[how])

    assert [incident.kind for incident in found if incident.tier is Tier.ALERT] == []


def test_a_covered_face_is_time_that_could_not_be_watched(networks: Networks, scene: Scene) -> None:
    (incident,) = incidents(networks, scene, UNFAIR["face wholly covered"])

    assert (incident.kind, incident.tier, incident.severity) == (Kind.FACE_NOT_SEEN, Tier.COULD_NOT_WATCH, None)


@pytest.mark.parametrize("colour", [(0, 0, 0), (40, 50, 140), (5, 5, 30)])
def test_a_covered_camera_is_told_from_an_empty_room(networks: Networks, scene: Scene, colour: tuple[int, int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 4, (480, 640, 3))
    over_the_lens = (np.full((480, 640, 3), colour) + noise).astype(np.uint8)

    observations = seen(enrolled(networks, scene), [*[scene(i) for i in range(5)], *[over_the_lens] * 10])

    assert {o.reason for o in observations[5:]} == {Reason.COVERED}
    assert kinds(closed(observations)) == [Kind.COVERED]


def test_a_cover_of_the_walls_own_colour_is_told_from_an_empty_room(networks: Networks) -> None:
    script = demo_footage.Script(leaves_s=8, back_s=60)
    sits = [demo_footage.picture(script, at) for at in range(8)]
    empty = [demo_footage.picture(script, at) for at in range(12, 24)]
    noise = np.random.default_rng(1).integers(0, 4, (480, 640, 3))
    tape = (np.median(empty[0].reshape(-1, 3), axis=0) + noise).astype(np.uint8)

    taped, left = (seen(Eyes(networks), [*sits, *after]) for after in ([tape] * 12, empty))

    assert {one.reason for one in taped[8:]} == {Reason.COVERED}
    assert kinds(closed(taped)) == [Kind.COVERED]
    assert kinds(closed(left)) == [Kind.NOBODY]


def test_a_dim_room_without_a_face_is_too_dark_to_say(networks: Networks, scene: Scene) -> None:
    dim = (scene(0, None) * 0.12 + np.indices((480, 640)).sum(axis=0)[..., None] // 40 % 2 * 12).astype(np.uint8)

    observations = seen(enrolled(networks, scene), [*[scene(i) for i in range(5)], *[dim] * 12])

    assert set(kinds(closed(observations))) <= {Kind.TOO_DARK, Kind.COVERED}


def test_a_photograph_of_the_candidate_moved_about_stays_the_candidate(networks: Networks, scene: Scene) -> None:
    observations = seen(enrolled(networks, scene), [scene(i, scale=0.6 + 0.3 * (i % 5) / 4) for i in range(20)])

    assert closed(observations) == []


def test_the_same_frames_give_the_same_observations(networks: Networks, scene: Scene) -> None:
    pictures = [scene(i) if i % 7 else scene(i, None) for i in range(15)]

    assert seen(enrolled(networks, scene), pictures) == seen(enrolled(networks, scene), pictures)


def test_after_a_gap_the_face_is_looked_at_again(networks: Networks, scene: Scene) -> None:
    eyes = enrolled(networks, scene)
    for second in range(8):
        eyes.look(scene(second), second, second)

    returned = eyes.look(scene(20), 20, 20).identity

    assert returned is not None


def test_one_look_tells_who_is_surely_alike_and_a_stranger_is_looked_at_on_and_on(networks: Networks, scene: Scene) -> None:
    candidate = enrolled(networks, scene)
    someone = Eyes(networks, enrolled=[-candidate.enrolled[0]])

    alike, strange = ([one.identity is not None for one in seen(eyes, [scene(0)] * 6)] for eyes in (candidate, someone))

    assert alike == [True] + [False] * 5
    assert strange == [True] * 6


@pytest.mark.parametrize(("mirrored", "sign"), [(False, 1), (True, -1)])
def test_a_mirrored_face_leans_the_other_way(networks: Networks, astronaut: Pixels, mirrored: bool, sign: int) -> None:
    picture = np.ascontiguousarray(astronaut[:, ::-1] if mirrored else astronaut)
    found = networks.near.find(picture, least=0.5)

    mesh = networks.mesh.read(picture, found[0].region())

    assert mesh.fits(found[0])
    assert pose.head(mesh.points, picture.shape).roll * sign > 0


def test_a_chip_is_upright_and_centred(networks: Networks, scene: Scene) -> None:
    found = networks.near.find(scene(0, turned(30)), least=0.5)
    mesh = networks.mesh.read(scene(0, turned(30)), found[0].region())
    chip = identity.chip(scene(0, turned(30)), mesh.points)

    again = networks.near.find(np.pad(chip, ((60, 60), (60, 60), (0, 0)), mode="edge"), least=0.5)

    assert chip.shape == (150, 150, 3)
    assert abs(np.degrees(again[0].region().angle)) < 6


def test_boxes_that_share_nothing_do_not_overlap() -> None:
    assert faces.overlap((0, 0, 10, 10), (20, 0, 30, 10)) == 0
    assert faces.overlap((0, 0, 10, 10), (2, 2, 4, 4)) == pytest.approx(1)


def test_an_empty_room_is_smooth_but_not_covered(scene: Scene) -> None:
    room = quality.Scene()
    face = Box(x=0.4, y=0.3, width=0.2, height=0.2)
    room.learn(quality.view(scene(0)), face)

    wall, finger = quality.view(scene(1, None)), quality.view(np.full((480, 640, 3), (40, 50, 140), np.uint8))

    assert wall.smooth
    assert not quality.covered(wall, room)
    assert quality.covered(finger, room)


def test_check_in_compares_the_face_with_its_reference(networks: Networks, scene: Scene) -> None:
    check = check_face(networks, jpeg(scene(3)), jpeg(scene(0, scale=0.9), 90))

    assert (check.found, check.faces, check.advice, check.looks_alike) == (True, 1, None, True)
    assert check.description is not None
    assert len(check.description) == 2 * 128  # of the whole face and of its upper half


@pytest.mark.parametrize(
    ("how", "advice"),
    [("face wholly covered", "face_not_seen"), ("almost black", "back_lit"), ("white mask", "look_straight_into_light")],
)
def test_check_in_says_what_to_do(networks: Networks, scene: Scene, how: str, advice: str) -> None:
    check = check_face(networks, jpeg(scene(0, UNFAIR[how])), jpeg(scene(0)))

    assert (check.advice, check.distance, check.looks_alike) == (advice, None, None)


def test_a_very_dark_face_is_compared_rightly_or_not_at_all(networks: Networks, scene: Scene) -> None:
    check = check_face(networks, jpeg(scene(0, UNFAIR["very dark"])), jpeg(scene(0)))

    assert check.advice == "back_lit" or check.looks_alike is True


def test_check_in_needs_one_face(networks: Networks, scene: Scene, astronaut: Pixels) -> None:
    black = check_face(networks, jpeg(np.zeros((480, 640, 3), np.uint8)))
    two = check_face(networks, jpeg(side_by_side(astronaut)), jpeg(scene(0)))

    assert (black.found, black.advice) == (False, "covered")
    assert (two.faces, two.advice, two.distance) == (2, "several_people", None)


def test_a_watch_takes_the_eyes_word(networks: Networks, scene: Scene) -> None:
    eyes, watch = enrolled(networks, scene), Watch()
    for second in range(40):
        watch.receive(eyes.look(scene(second), second, second))

    assert watch.totals().share == 1
    assert watch.baseline is not None
    assert sum(eyes.costs.taken().values()) > 0


def test_a_bad_picture_changes_nothing(networks: Networks, scene: Scene) -> None:
    fair, other = enrolled(networks, scene), enrolled(networks, scene)
    good = [jpeg(scene(second)) for second in range(8)]
    broken = good[3][:2000] + good[3][4000:]

    seen = [fair.look(picture, at, at) for at, picture in enumerate(good)]
    again = []
    for at, picture in enumerate(good):
        for bad in (broken, picture[:-400], b"", b"GIF89a"):
            with pytest.raises((BadFrame, TooLarge)):
                other.look(bad, at, at)
        again.append(other.look(picture, at, at))

    assert again == seen


def test_a_dark_empty_chair_before_a_window_is_an_empty_place(networks: Networks, scene: Scene) -> None:
    def empty(second: int) -> Pixels:
        room = np.full((480, 640, 3), 215, np.uint8)
        room[120:, 200:440] = 25
        room[:60] = 240 - second % 2
        return room

    observations = seen(enrolled(networks, scene), [*[scene(i) for i in range(5)], *[empty(i) for i in range(14)]])

    assert Kind.NOBODY in kinds(closed(observations))
