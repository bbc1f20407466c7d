"""A portrait that hangs there while the candidate sits does not fill the place that they leave."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from proctoring.observations import Box
from proctoring.policy import Kind
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.faces import Detection, Mesh
from proctoring.vision.figures import Figures
from proctoring.vision.models import Pixels
from tests.proctoring.sightings import closed, kinds
from tests.proctoring.vision.conftest import jpeg

Scene = Callable[..., Pixels]
FACE = Box(x=0.4, y=0.3, width=0.2, height=0.3)
BODY = Box(x=0.2, y=0.2, width=0.6, height=0.8)
PORTRAIT = Box(x=0.75, y=0.1, width=0.2, height=0.4)


def test_who_was_there_beside_the_candidate_fills_no_empty_place() -> None:
    figures = Figures()

    figures.learn([BODY, PORTRAIT], FACE)

    assert figures.new([PORTRAIT]) == []
    assert figures.new([BODY, PORTRAIT]) == [BODY]
    assert figures.hold((500, 60, 560, 120), (480, 640, 3))
    assert not figures.hold((280, 160, 360, 300), (480, 640, 3))


def test_a_figure_that_moves_is_somebody() -> None:
    figures = Figures()

    figures.learn([BODY, PORTRAIT], FACE)

    assert len(figures.new([Box(x=0.5, y=0.1, width=0.2, height=0.4)])) == 1


@pytest.mark.parametrize("hangs_before", [True, False])
def test_a_candidate_under_a_portrait_can_be_absent(networks: Networks, scene: Scene, astronaut: Pixels, hangs_before: bool) -> None:
    portrait = astronaut[:420, 40:400].copy()
    portrait[40:180, 120:260] = cv2.GaussianBlur(portrait[40:180, 120:260], (0, 0), 9)  # a face would be counted as a second one

    def hung(picture: Pixels) -> Pixels:
        picture[20:220, 480:630] = cv2.resize(portrait, (150, 200), interpolation=cv2.INTER_AREA)
        return picture

    sits = [hung(scene(0, scale=0.6)) if hangs_before else scene(0, scale=0.6) for _ in range(14)]
    eyes = Eyes(networks)
    seen = [eyes.look(jpeg(picture), at, at) for at, picture in enumerate([*sits, *[hung(scene(0, None)) for _ in range(14)]])]

    assert (Kind.NOBODY in kinds(closed(seen))) is hangs_before


@pytest.mark.parametrize(("score", "mesh", "may_be"), [(0.58, 0.005, False), (0.7, 0.0, True), (0.52, 0.2, True)])
def test_what_is_just_like_a_face_in_furniture_is_no_hint_of_somebody(score: float, mesh: float, may_be: bool) -> None:
    detection = Detection(score=score, box=(0, 0, 60, 60), points=np.zeros((6, 2), np.float32))

    assert Mesh(points=np.zeros((468, 3), np.float32), score=mesh).hints(detection) is may_be


def test_the_candidate_s_own_body_is_no_figure_wherever_its_box_begins() -> None:
    figures, torso = Figures(), Box(x=0.25, y=0.55, width=0.5, height=0.45)

    figures.learn([torso], FACE)

    assert figures.new([torso]) == [torso]
