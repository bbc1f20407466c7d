"""The streaming path beside MediaPipe's Tasks landmarker, which is the reference: points, head pose, openings.

On stills of real people where there are any, and on our own demo footage everywhere. The reference runs in a process of its own, as at
check-in, so that whatever ends it ends no test; where it cannot run, what needs it is skipped with the reason.
"""

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from proctoring.vision import pose, worn
from proctoring.vision.crops import Region
from proctoring.vision.demo_footage import Script, scene
from proctoring.vision.eyes import Networks
from proctoring.vision.faces import Mesh
from proctoring.vision.models import Floats, Pixels
from proctoring.vision.second_opinion import SecondOpinion
from proctoring.vision.video import fitted
from tests.proctoring.vision.conftest import ASSETS, TESTDATA

OUTER_EYES = (33, 263)
FRONTAL, PROFILE = 20.0, 35.0  # degrees of the reference's own yaw and pitch
FOLLOWED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One picture, both ways: median distance of the points in eye distances, and the angles of both."""

    name: str
    error: float
    ours: Floats
    reference: Floats

    @property
    def frontal(self) -> bool:
        return bool(np.abs(self.reference[:2]).max() <= FRONTAL)


@pytest.fixture(scope="module")
def reference(astronaut: Pixels) -> Iterator[SecondOpinion]:
    (bundle,) = (ASSETS / "face_reference").glob("*.task")
    second = SecondOpinion(bundle)
    if second.about(astronaut) is None:
        pytest.skip(f"the reference cannot run here: {second.away}")
    yield second
    second.close()


def tracked(networks: Networks, picture: Pixels) -> Mesh | None:
    """The mesh of a face that is followed: started by a detector, then read where it was; from the third time on it gets no better."""
    assert networks.far is not None
    found = networks.near.find(picture, least=0.5) or networks.far.find(picture, least=0.6)
    mesh = networks.mesh.read(picture, found[0].region()) if found else None
    for _ in range(FOLLOWED):
        mesh = networks.mesh.read(picture, mesh.region()) if mesh is not None else None
    return mesh


def compared(name: str, reference: SecondOpinion, networks: Networks, picture: Pixels) -> Compared | None:
    opinion, mesh = reference.about(picture), tracked(networks, picture)
    assert opinion is not None, reference.away
    if opinion.points is None or opinion.head is None or mesh is None:
        return None
    points = opinion.points[:468]
    eyes = float(np.linalg.norm(points[OUTER_EYES[1]] - points[OUTER_EYES[0]]))
    head = pose.head(mesh.points, picture.shape)
    return Compared(
        name=name,
        error=float(np.median(np.linalg.norm(mesh.points[:, :2] - points, axis=1))) / eyes,
        ours=np.array([head.yaw, head.pitch, head.roll], np.float32),
        reference=np.array([opinion.head.yaw, opinion.head.pitch, opinion.head.roll], np.float32),
    )


def stills() -> list[tuple[str, Pixels]]:
    """The labelled stills of one face, where there are any."""
    folder = TESTDATA / "cv"
    if not folder.is_dir():
        pytest.skip(f"no labelled stills in {folder}")
    with (folder / "labels.csv").open() as file:
        names = [row["file"] for row in csv.DictReader(file) if row["n_faces"] == "1"]
    return [(name, fitted(np.asarray(cv2.imread(str(folder / name)), np.uint8))) for name in names]


def moved(thing: worn.Worn, networks: Networks, picture: Pixels, truth: Compared) -> float | None:
    """The greatest error of an angle when the face wears a thing; what the reference says of the same face without it is the truth."""
    bare = tracked(networks, picture)
    mesh = tracked(networks, thing(picture, bare.points)) if bare is not None else None
    if mesh is None:
        return None
    head = pose.head(mesh.points, picture.shape)
    return float(np.abs(np.array([head.yaw, head.pitch, head.roll]) - truth.reference).max())


def test_points_and_pose_are_those_of_the_reference_on_stills(
    reference: SecondOpinion, networks: Networks, record_property: Callable[[str, object], None]
) -> None:
    pictures = stills()

    found = [one for name, picture in pictures if (one := compared(name, reference, networks, picture)) is not None]

    frontal = np.array([np.abs(one.ours - one.reference) for one in found if one.frontal])
    record_property("each", [(one.name, round(one.error, 4), (one.ours - one.reference).round(1).tolist()) for one in found])
    assert len(found) >= 20
    assert np.median([one.error for one in found]) <= 0.020
    assert np.median(frontal, axis=0).max() <= 1.3
    assert frontal.max() <= 3
    profile = [one.error for one in found if abs(float(one.reference[0])) >= PROFILE]
    assert len(profile) >= 2
    assert max(profile) <= 0.095  # two stills of one person


@pytest.mark.parametrize(("thing", "least", "most"), [(worn.mask, 12, 5.2), (worn.turban, 15, 5.7)], ids=["mask", "turban"])
def test_what_is_worn_moves_the_angles_by_no_more_than_the_mesh(
    reference: SecondOpinion, networks: Networks, thing: worn.Worn, least: int, most: float
) -> None:
    pictures = stills()

    bare = [(picture, compared(name, reference, networks, picture)) for name, picture in pictures]
    off = [moved(thing, networks, picture, truth) for picture, truth in bare if truth is not None and truth.frontal]

    seen = [one for one in off if one is not None]
    assert len(seen) >= least
    assert np.median(seen) <= most


def test_points_and_pose_are_those_of_the_reference_on_our_own_footage(reference: SecondOpinion, networks: Networks) -> None:
    found = [compared(f"{at:.0f}", reference, networks, picture) for at, picture in scene(Script(length_s=24.0), fps=0.5)]

    seen = [one for one in found if one is not None]
    assert len(seen) == len(found)
    assert np.median([one.error for one in seen]) <= 0.015
    off = [float(np.abs(one.ours - one.reference).max()) for one in seen]
    assert np.median(off) <= 1.5
    assert max(off) <= 3


@pytest.mark.parametrize("degrees", [-50, -25, 25, 50])
def test_a_face_on_its_side_is_followed_upright(networks: Networks, astronaut: Pixels, degrees: int) -> None:
    turned = Region(x=225, y=130, side=420, angle=math.radians(degrees)).cut(astronaut, 420)

    mesh, upright = tracked(networks, turned), tracked(networks, astronaut)

    assert mesh is not None
    assert upright is not None
    assert mesh.score > 0.9
    rolled = pose.head(mesh.points, turned.shape).roll - pose.head(upright.points, astronaut.shape).roll
    assert abs(rolled + degrees) < 4


def test_openings_follow_the_reference(networks: Networks, astronaut: Pixels) -> None:
    mesh = tracked(networks, astronaut)

    assert mesh is not None
    assert pose.openings(mesh.points)[0] > 0.1  # she smiles with her teeth
    assert 0.15 < pose.openings(mesh.points)[1] < 0.5
    shut = mesh.points.copy()
    shut[14], shut[145], shut[374] = shut[13], shut[159], shut[386]
    assert pose.openings(shut) == (0, 0)
