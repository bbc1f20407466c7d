"""The dark hides less than it seems: pictures are brought to the light before anybody says that nothing is there."""

from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.observations import Reason, ThingName
from proctoring.policy import STANDARD
from proctoring.vision import light, variants, video, worn
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.faces import Mesh
from proctoring.vision.models import Pixels
from proctoring.vision.video import fitted
from tests.proctoring.vision.conftest import TESTDATA, jpeg

Scene = Callable[..., Pixels]


@pytest.mark.parametrize("wanted", [60.0, 110.0, 140.0])
def test_a_dark_picture_is_brought_to_the_lightness_that_is_wanted(scene: Scene, wanted: float) -> None:
    dark = variants.exposed(scene(0), [], stops=-4)
    seen = float(np.median(light.lightness(dark)))

    assert np.median(light.lightness(light.brought(dark, seen, wanted))) == pytest.approx(wanted, abs=8)


def test_a_light_picture_is_left_as_it_is_and_black_stays_black(scene: Scene) -> None:
    picture, black = scene(0), np.zeros((4, 4, 3), np.uint8)

    assert light.brought(picture, 140.0, 140.0) is picture
    assert light.brought(black, 0.0, 140.0).max() == 0


@pytest.mark.parametrize("haze", [8, 20, 31.5])
def test_haze_is_taken_away_before_a_picture_is_brought_to_light(scene: Scene, haze: float) -> None:
    clear = np.asarray(cv2.convertScaleAbs(scene(0), alpha=0.2), np.uint8)
    hazy = clear + np.uint8(haze)  # of 255 at most 51 + 31

    lit = light.times(hazy, 4.0, haze=haze)

    assert np.abs(lit.astype(int) - light.brought(clear, 40.0, 160.0)).max() <= 4


def test_a_finger_over_the_lens_is_told_from_a_dim_room(networks: Networks, scene: Scene) -> None:
    eyes = Eyes(networks)
    finger = np.full((480, 640, 3), (40, 50, 140), np.uint8)
    pictures = [*[scene(at) for at in range(5)], *[finger] * 4]

    seen = [eyes.look(jpeg(variants.exposed(picture, [], stops=-4)), at, at).reason for at, picture in enumerate(pictures)]

    assert set(seen[:5]) == {None}
    assert set(seen[5:]) == {Reason.COVERED}


NEARLY_ENOUGH = STANDARD.least_score["phone"] - 0.03  # one look at the darker of the two falls short by .013


@pytest.mark.parametrize("name", ["mp_table_1", "mp_table_5"])
def test_a_phone_on_a_table_is_nearly_as_likely_in_low_light(networks: Networks, name: str) -> None:
    file = TESTDATA / "cv" / "stills" / f"{name}.jpg"
    if not file.is_file():
        pytest.skip(f"no {file}")
    assert networks.objects is not None
    picture = fitted(np.asarray(cv2.imread(str(file)), np.uint8))

    things = networks.objects.find(variants.exposed(picture, [], stops=-4))

    assert max(thing.score for thing in things if thing.name is ThingName.PHONE) >= NEARLY_ENOUGH


def is_read(networks: Networks, picture: Pixels) -> bool:
    return any(networks.mesh.read(picture, one.region()).fits(one) for one in networks.faces(picture))


def test_more_dark_faces_are_read_when_they_are_brought_to_light(
    networks: Networks, sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = []
    for _, picture in takewhile(lambda one: one[0] < 14, video.read(sessions / "d1_intel_female.mp4", fps=1)):
        (mesh,) = variants.meshes(networks, picture)
        dark.append(decode(jpeg(variants.exposed(worn.dark_skin(picture, mesh), [], stops=-4.25))))

    now = sum(is_read(networks, picture) for picture in dark)
    monkeypatch.setattr(light, "DARK", 0.0)
    before = sum(is_read(networks, picture) for picture in dark)

    assert before + 3 <= now


@pytest.mark.parametrize("stops", [-3, -4, -5, -6])
def test_nobody_is_seen_in_a_dark_empty_room_nor_in_noise(networks: Networks, sessions: Path, stops: int) -> None:
    noise = np.random.default_rng(stops + 9).normal(3, 3, (480, 640, 3)).clip(0, 255).astype(np.uint8)
    empty = [room for at, room in video.read(sessions / "d1_intel_female.mp4", fps=1) if 36 <= at <= 44]

    rooms = [noise, *(decode(jpeg(variants.exposed(room, [], stops=stops))) for room in empty)]

    assert len(rooms) >= 9
    assert not any(is_read(networks, room) for room in rooms)


@pytest.mark.parametrize("worn_thing", [None, worn.veil])
def test_a_face_in_good_light_is_read_as_it_is_and_so_are_bright_eyes_above_a_dark_veil(
    networks: Networks, scene: Scene, monkeypatch: pytest.MonkeyPatch, worn_thing: worn.Worn | None
) -> None:
    picture = scene(0)
    (mesh,) = variants.meshes(networks, picture)
    shown = picture if worn_thing is None else worn_thing(picture, mesh)
    place = Mesh(points=mesh, score=1.0).region()

    now = networks.mesh.read(shown, place)
    monkeypatch.setattr(light, "DARK", 0.0)
    before = networks.mesh.read(shown, place)

    assert np.array_equal(now.points, before.points)
    assert now.score == before.score
