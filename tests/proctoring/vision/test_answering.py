from functools import cache

import numpy as np
import pytest

from proctoring.challenge.colours import Light
from proctoring.observations import Box
from proctoring.vision.answering import Answering, face_finder
from proctoring.vision.demo_footage import Script, picture
from proctoring.vision.models import Pixels
from proctoring.vision.tint import tint
from tests.proctoring.vision.conftest import ASSETS

FACE = Box(x=0.42, y=0.13, width=0.16, height=0.32)
COLOURS = Light((0, 4, 2, 6, 1, 5)).colours  # towards red, then away from it
LIGHT = {"type": "challenge", "id": 1, "ask": "light", "in_ms": 1500, "step_ms": 1000, "colours": COLOURS}


@cache
def still() -> Pixels:
    """One picture of the demonstration's candidate, made when a test first needs it."""
    return picture(Script(), 3.0)


def redness(shown: Pixels) -> float:
    colours = tint(shown, FACE)
    assert colours is not None
    return 100 * float(np.log(colours.skin[0] / colours.skin[1]))


def asked() -> Answering:
    answering = Answering(lambda _: FACE, strength=0.12, lag_s=0.0)
    answering.hear(LIGHT, 10.0)
    return answering


@pytest.mark.parametrize("at", [10.0, 11.4, 17.8, 30.0])
def test_before_and_after_the_light_the_picture_is_as_it_was(at: float) -> None:
    assert np.array_equal(asked().shown(still(), at), still())


def test_each_step_is_seen_on_the_face_as_it_is_painted() -> None:
    answering, plain = asked(), redness(still())

    shifts = [redness(answering.shown(still(), at)) - plain for at in (12.0, 13.0, 14.0)]

    assert shifts[0] == pytest.approx(1.8, abs=0.3)
    assert shifts[1] == pytest.approx(-1.9, abs=0.3)
    assert shifts[2] == pytest.approx(0.0, abs=0.3)


def test_whatever_is_no_light_ends_it_and_other_messages_do_not() -> None:
    answering = asked()

    answering.hear({"type": "seen", "faces": 1}, 11.9)
    assert not np.array_equal(answering.shown(still(), 12.0), still())
    answering.hear({"type": "challenge", "id": 1, "ask": "done"}, 12.1)

    assert np.array_equal(answering.shown(still(), 12.2), still())


def test_the_face_is_found_by_the_deployments_own_models() -> None:
    find = face_finder(ASSETS)

    found = find(still())

    assert found is not None
    assert found.overlap(FACE) > 0.3
    assert find(np.full((480, 640, 3), 128, np.uint8)) is None
