"""Worse conditions, on one short recording: what is drawn is where it should be, and nobody is accused by it.

The short form sweeps a few variants; `LONG_SWEEP=1` sweeps all.
"""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assessment_engine.cli.proctor import _sweep_lines
from proctoring.policy import Kind
from proctoring.truth import Timeline
from proctoring.vision import pose, variants, video, worn
from proctoring.vision.evaluate import Recorded
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Floats, Pixels
from proctoring.vision.sweep import Row, sweep
from proctoring.vision.variants import VARIANTS, Variant

Scene = Callable[..., Pixels]
SHORT = ("as recorded", "exposure -6", "veil", "mask")


@pytest.fixture(scope="session")
def face(networks: Networks, scene: Scene) -> tuple[Pixels, Floats]:
    """The astronaut's picture and mesh."""
    picture = scene(0)
    (mesh,) = variants.meshes(networks, picture)
    return picture, mesh


@pytest.fixture
def recorded(tmp_path: Path, scene: Scene) -> Recorded:
    """A quarter of a minute at work."""
    file = tmp_path / "work.mp4"
    video.write(file, (scene(second) for second in range(16)), fps=1)
    truth = {"enrol_from_s": [0, 15], "segments": [{"start_s": 0, "end_s": 16, "event": "normal"}]}
    return Recorded(file=file, truth=Timeline.from_json(truth))


# Where a thing must cover the face, and where it must leave it free, in the face's own measure.
COVERS: dict[str, tuple[worn.Worn, list[worn.Place], list[worn.Place]]] = {
    "scarf": (worn.scarf, [(0, -0.35), (1.2, 0.3), (0, 1.35)], [(0, 0.35), (0, 0.7), (0.4, 0.5)]),
    "veil": (worn.veil, [(0, -0.35), (0, 0.7), (0.4, 0.6), (0, 1.3)], [(-0.42, 0.27), (0.42, 0.27)]),
    "turban": (worn.turban, [(0, -0.4), (0.9, -0.2)], [(0, 0.35), (0, 0.7), (0, 1.1)]),
    "mask": (worn.mask, [(0, 0.55), (0, 0.75), (0.5, 0.7), (0, 1.0)], [(-0.42, 0.25), (0.42, 0.25), (0, 0.1)]),
    "beard": (worn.beard, [(0, 0.9), (0.5, 0.85), (-0.5, 0.85), (0, 1.05)], [(0, 0.3), (0.42, 0.25)]),
    "spectacles": (worn.spectacles, [(-0.42, 0.25), (0.42, 0.25)], [(0, 0.7), (0, 0.05)]),
    "dark skin": (worn.dark_skin, [(0, 0.15), (0.5, 0.55), (0, 0.9)], []),
}


@pytest.mark.parametrize("name", COVERS)
def test_a_thing_lies_where_it_is_worn(face: tuple[Pixels, Floats], name: str) -> None:
    picture, mesh = face
    thing, covered, free = COVERS[name]

    changed = np.abs(thing(picture, mesh).astype(int) - picture).sum(axis=-1)

    places = worn.Face(mesh)
    assert all(changed[_pixel(places, place)] > 25 for place in covered)
    assert all(changed[_pixel(places, place)] < 40 for place in free)


def _pixel(face: worn.Face, place: worn.Place) -> tuple[int, int]:
    x, y = face.at(*place)
    return int(min(479, max(0, y))), int(min(639, max(0, x)))


def test_a_low_lens_tips_the_head_back_and_does_not_turn_it(face: tuple[Pixels, Floats], networks: Networks) -> None:
    picture, mesh = face

    below = variants.from_below(picture, [mesh])
    found = networks.near.find(below, least=0.3)[0]

    before, after = pose.head(mesh), pose.head(networks.mesh.read(below, found.region()).points)
    assert after.pitch - before.pitch > 7
    assert abs(after.yaw - before.yaw) < 6


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_gives_a_fair_picture_with_a_face_and_without(face: tuple[Pixels, Floats], name: str) -> None:
    picture, mesh = face

    for faces in ([mesh], []):
        changed = picture
        for change in (*VARIANTS[name].always, *VARIANTS[name].later):
            changed = change(changed, faces)
        assert changed.dtype == np.uint8 and changed.shape[2] == 3 and min(changed.shape[:2]) >= 64
        assert (changed is picture) == (name == "as recorded" or (not faces and _is_drawn(VARIANTS[name])))


def test_a_window_stays_when_the_candidate_leaves_and_is_behind_what_covers_the_lens(face: tuple[Pixels, Floats], scene: Scene) -> None:
    picture, mesh = face
    beside = np.s_[20:120, 20:120]

    there, gone = variants.backlit(picture, [mesh], stops=2), variants.backlit(scene(0, None), [], stops=2)
    covered = variants.backlit(np.full((480, 640, 3), (40, 50, 90), np.uint8), [], stops=2)

    assert there[beside].mean() > 240 and gone.mean() > 240
    assert there[240:400, 280:360].mean() < picture[240:400, 280:360].mean()
    assert covered.mean() < 60


def _is_drawn(variant: Variant) -> bool:
    return all(getattr(change, "func", None) is variants.wearing for change in (*variant.always, *variant.later))


def test_nobody_is_accused_by_bad_light_or_by_what_they_wear(recorded: Recorded, networks: Networks) -> None:
    names = VARIANTS if os.environ.get("LONG_SWEEP") else SHORT

    rows = {row.variant: row for row in sweep([recorded], networks, [VARIANTS[name] for name in names])}

    assert {name: row.false_alerts for name, row in rows.items()} == dict.fromkeys(names, ())
    plain = rows["as recorded"]
    assert (plain.frames, plain.face_missed, plain.unobservable) == (16, 0, 0)
    assert plain.distances and max(plain.distances) < 0.45
    assert all(_is_consistent(row) for row in rows.values())


def test_the_table_names_what_was_not_seen_and_says_that_it_is_no_rate() -> None:
    row = Row(
        variant="veil",
        frames=16,
        face_missed=0.5,
        unobservable=0.25,
        distances=(),
        found=1,
        missed=(Kind.PHONE,),
        false_alerts=(Kind.NOBODY,),
    )

    header, line, footnote = _sweep_lines([row.as_json()])

    assert header.split()[:3] == ["variant", "no", "face"]
    assert line.split() == ["veil", "50.0%", "25.0%", "0", "–", "–", "1/2", "nobody"]
    assert "16 clean frames" in footnote


def _is_consistent(row: Row) -> bool:
    facts = row.as_json()
    return facts["identity_distance"]["n"] == len(row.distances) <= row.frames and 0 <= row.unobservable <= 1
