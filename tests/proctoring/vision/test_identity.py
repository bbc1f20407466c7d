"""Whether this is the same face, in whatever light: darkness alone keeps nobody from being compared, and accuses nobody."""

from collections.abc import Callable
from itertools import combinations, takewhile
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.policy import STANDARD
from proctoring.vision import identity, variants, video, worn
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.faces import Mesh
from proctoring.vision.frame import seen_in
from proctoring.vision.models import Floats, Pixels
from proctoring.vision.video import fitted
from tests.proctoring.vision.conftest import TESTDATA, jpeg

Scene = Callable[..., Pixels]
PEOPLE = ("intel_f_09", "intel_m_40", "mp_woman_00", "mp_business_person")


def chip_of(networks: Networks, picture: Pixels) -> Pixels:
    (mesh,) = variants.meshes(networks, picture)
    return identity.chip(picture, mesh)


def described(networks: Networks, chip: Pixels) -> Floats:
    assert networks.identity is not None
    description = networks.identity.describe(chip)
    assert description is not None
    return description


def test_a_face_in_good_light_is_left_as_it_is(networks: Networks, scene: Scene) -> None:
    chip = chip_of(networks, scene(0))

    assert identity.lit(chip) is chip


@pytest.mark.parametrize("stops", [-2, -3, -4])
def test_a_dark_face_is_brought_to_the_light_it_was_taken_from(networks: Networks, scene: Scene, stops: int) -> None:
    chip = chip_of(networks, scene(0))

    lighter = identity.lit(variants.exposed(chip, [], stops=stops))

    inner = np.s_[35:130, 35:115]
    assert np.median(cv2.cvtColor(lighter[inner], cv2.COLOR_BGR2LAB)[..., 0]) == pytest.approx(110, abs=6)
    assert np.corrcoef(lighter[inner].ravel(), chip[inner].ravel())[0, 1] > 0.85


@pytest.mark.parametrize("stops", [-2, -4, -5])
def test_the_candidate_is_compared_in_the_dark_and_is_the_candidate(networks: Networks, scene: Scene, stops: int) -> None:
    face = Eyes(networks).enrol(scene(0))
    assert face is not None

    found = [Eyes(networks, enrolled=[face]).look(jpeg(variants.exposed(scene(at), [], stops=stops)), at, at).identity for at in range(4)]

    distances = [distance for distance in found if distance is not None]
    assert len(distances) >= 3
    assert max(distances) <= STANDARD.same_person


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("stops", [0, -4])
def test_different_people_stay_different_in_the_dark(networks: Networks, stops: int, dark: bool) -> None:
    folder = TESTDATA / "cv" / "stills"
    if not folder.is_dir():
        pytest.skip(f"no labelled stills in {folder}")
    chips = []
    for name in PEOPLE:
        picture = fitted(np.asarray(cv2.imread(str(folder / f"{name}.jpg")), np.uint8))
        (mesh,) = variants.meshes(networks, picture)
        skin = worn.dark_skin(picture, mesh) if dark else picture
        chips.append(identity.chip(variants.exposed(skin, [], stops=stops), mesh))

    compared = [described(networks, chip) for chip in chips if identity.readable(chip)]

    assert len(compared) >= (2 if dark and stops else 4)
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(compared, 2)) >= STANDARD.other_person


def test_a_face_too_faint_to_be_told_is_not_compared(networks: Networks, scene: Scene) -> None:
    chip = chip_of(networks, scene(0))

    faint = (chip * 0.03).astype(np.uint8)

    assert identity.readable(chip)
    assert not identity.readable(faint)
    assert not identity.readable(np.zeros_like(chip))
    assert np.isfinite(described(networks, np.zeros_like(chip))).all()


@pytest.mark.parametrize("at", [69.0, 70.5])
def test_a_face_turned_in_the_dark_is_not_compared_though_it_is_in_the_light(networks: Networks, sessions: Path, at: float) -> None:
    picture = next(each for when, each in video.read(sessions / "d1_intel_female.mp4", fps=2) if when >= at)
    (mesh,) = variants.meshes(networks, picture)
    seen = seen_in(picture, Mesh(points=mesh, score=1.0))
    dark = decode(jpeg(variants.exposed(worn.dark_skin(picture, mesh), [], stops=-3.5)))

    assert identity.MOST_YAW_IN_THE_DARK < abs(seen.head.yaw) <= identity.MOST_YAW
    assert identity.fair_chip(picture, seen) is not None
    assert identity.fair_chip(dark, seen) is None


def test_a_dark_face_is_compared_before_a_window_only_as_long_as_haze_leaves_it_features(
    networks: Networks, sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = takewhile(lambda one: one[0] < 13, video.read(sessions / "d1_intel_female.mp4", fps=1))
    faces = [(picture, mesh) for _, picture in frames for mesh in variants.meshes(networks, picture)]

    def compared(stops: float) -> int:
        shown = [(decode(jpeg(variants.backlit(worn.dark_skin(picture, mesh), [mesh], stops=stops))), mesh) for picture, mesh in faces]
        chips = [identity.fair_chip(picture, seen_in(picture, Mesh(points=mesh, score=1.0))) for picture, mesh in shown]
        return sum(chip is not None for chip in chips)

    assert compared(2.5) >= 12
    now = compared(3.75)
    monkeypatch.setattr(identity, "_FEATURES", 0.0)
    assert now + 8 <= compared(3.75)


@pytest.mark.parametrize("colour", [(40, 34, 34), (20, 20, 60), (60, 30, 20)])
def test_a_dark_veil_is_not_compared(networks: Networks, scene: Scene, colour: tuple[int, int, int]) -> None:
    picture = scene(0)
    (mesh,) = variants.meshes(networks, picture)

    assert not identity.readable(identity.chip(worn.veil(picture, mesh, colour), mesh))


@pytest.mark.parametrize("thing", [worn.mask, worn.beard])
def test_under_a_mask_or_a_new_beard_the_candidate_is_alike_and_nobody_else_is(networks: Networks, thing: worn.Worn) -> None:
    folder = TESTDATA / "cv" / "stills"
    if not folder.is_dir():
        pytest.skip(f"no labelled stills in {folder}")
    assert networks.identity is not None
    enrolled, worn_by = {}, {}
    for name in (*PEOPLE, "intel_f_20", "intel_m_20"):
        picture = fitted(np.asarray(cv2.imread(str(folder / f"{name}.jpg")), np.uint8))
        (mesh,) = variants.meshes(networks, picture)
        face = networks.identity.enrol(identity.chip(picture, mesh))
        assert face is not None
        enrolled[name], worn_by[name] = face, identity.chip(thing(picture, mesh), mesh)

    for name, chip in worn_by.items():
        itself = networks.identity.compare(chip, [enrolled[name]])
        others = [networks.identity.compare(chip, [face]) for other, face in enrolled.items() if other[:7] != name[:7]]
        assert itself is not None
        assert itself <= STANDARD.same_person
        assert min(one for one in others if one is not None) > STANDARD.same_person


def test_an_enrolled_face_without_its_upper_half_is_compared_as_a_whole(networks: Networks, scene: Scene) -> None:
    assert networks.identity is not None
    chip = chip_of(networks, scene(0))
    masked = identity.chip(worn.mask(scene(0), variants.meshes(networks, scene(0))[0]), variants.meshes(networks, scene(0))[0])
    whole = described(networks, chip)
    both = networks.identity.enrol(chip)
    assert both is not None

    by_whole, by_both = networks.identity.compare(masked, [whole]), networks.identity.compare(masked, [both])

    assert by_whole == pytest.approx(float(np.linalg.norm(described(networks, masked) - whole)), abs=1e-3)
    assert by_both is not None and by_whole is not None
    assert by_both <= by_whole
    assert networks.identity.compare(chip, [both]) == 0
