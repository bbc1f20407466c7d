"""Where the eyes point: of a turned head too, though its eye looks unlike one that faces us; and of one eye at a time as of both."""

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from proctoring.observations import Head
from proctoring.vision import light, pose, variants, video
from proctoring.vision.costs import Costs
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.faces import PRESENT
from proctoring.vision.frame import Frame
from proctoring.vision.gaze import GazeKeeper
from proctoring.vision.models import Floats, Pixels
from tests.proctoring.vision.conftest import jpeg

TURNING, SITTING = "d1_intel_female.mp4", "d2_intel_male_objects.mp4"


def test_a_turned_head_has_a_gaze(networks: Networks, sessions: Path) -> None:
    eyes = Eyes(networks)
    turned = [(at, picture) for at, picture in video.read(sessions / TURNING, fps=1) if 51 <= at < 57]

    seen = [eyes.look(picture, at, seq) for seq, (at, picture) in enumerate(turned)]

    heads = [one.head for one in seen if one.head is not None]
    assert len(heads) == len(seen) == 6
    assert all(head.yaw < -25 for head in heads)
    assert all(one.gaze is not None and one.gaze.across < -25 for one in seen)


def followed(networks: Networks, file: Path, until_s: float) -> Iterator[tuple[float, Pixels, Floats, Head]]:
    """The face of each second of a recording: when, the picture, its points and its head."""
    mesh = None
    for at, picture in video.read(file, fps=1):
        if at >= until_s:
            return
        mesh = networks.mesh.read(picture, mesh.region() if mesh is not None else networks.faces(picture)[0].region())
        if mesh.score < PRESENT:
            mesh = None
            continue
        yield at, picture, mesh.points, pose.head(mesh.points, picture.shape)


def test_followed_irises_and_one_eye_at_a_time_say_nearly_what_both_say(networks: Networks, sessions: Path) -> None:
    assert networks.gaze is not None
    apart: list[float] = []
    reads = longest_s = 0.0
    for file in (TURNING, SITTING):
        costs = Costs()
        keeper, read_at = GazeKeeper(networks.gaze, costs), 0.0
        for at, picture, points, head in followed(networks, sessions / file, until_s=15):
            kept, both = (
                one.read(Frame(picture, Costs(), whole=True), points, head, at) for one in (keeper, GazeKeeper(networks.gaze, Costs()))
            )
            read_at = at if "iris" in costs.taken() else read_at
            longest_s = max(longest_s, at - read_at)
            if kept is not None and both is not None:
                apart.append(max(abs(kept.across - both.across), abs(kept.up - both.up)))
        reads += costs.times["iris"]

    assert len(apart) >= 28
    assert reads <= 1.1 * len(apart)  # of two eyes in each frame; most of these are of a head that turns
    assert longest_s < 2
    assert np.median(apart) <= 3
    assert np.percentile(apart, 90) <= 9  # the two eyes of one look differ by as much


def test_eyes_in_the_dark_look_no_higher_than_in_the_light(networks: Networks, sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = takewhile(lambda one: one[0] < 14, video.read(sessions / "d4_talking_audio.mp4", fps=1))
    faces = [(picture, mesh) for _, picture in frames for mesh in variants.meshes(networks, picture)]

    def height(stops: float) -> float:
        """How far below the middle of the eye the iris is read, in eye widths (median)."""
        shown = [(decode(jpeg(variants.exposed(picture, [mesh], stops=stops))), mesh) for picture, mesh in faces]
        assert networks.gaze is not None
        read = [networks.gaze.read(picture, mesh, eye) for picture, mesh in shown for eye in ((33, 133), (362, 263))]
        return median(found[0][1] for found in read if found is not None)

    in_light, now = height(0), height(-5)
    monkeypatch.setattr(light, "DARK", 0.0)

    assert 2 * abs(now - in_light) <= abs(height(-5) - in_light)
