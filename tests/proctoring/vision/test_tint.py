from functools import cache

import numpy as np
import pytest

from proctoring.challenge.colours import drawn
from proctoring.challenge.draw import Draw
from proctoring.observations import Box
from proctoring.vision.decode import decode
from proctoring.vision.demo_footage import Script, jpeg, picture
from proctoring.vision.models import Pixels
from proctoring.vision.tint import GAMMA, lit, tint

FACE = Box(x=0.4, y=0.15, width=0.2, height=0.35)


@cache
def still() -> Pixels:
    """One picture of the demonstration's candidate, made when a test first needs it."""
    return picture(Script(), 3.0)


def _chroma(colour: tuple[float, float, float]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    red, green, blue = np.log(colour)
    return 100 * np.array([red - green, blue - green])


def _plain(skin: tuple[int, int, int], wall: tuple[int, int, int]) -> Pixels:
    made = np.full((480, 640, 3), wall[::-1], np.uint8)
    made[60:260, 230:410] = skin[::-1]
    return made


def test_the_colours_of_face_and_wall_are_read_each_from_its_place() -> None:
    seen = tint(_plain((180, 140, 120), (200, 210, 220)), FACE)

    assert seen is not None
    assert seen.skin == pytest.approx((180, 140, 120), abs=0.5)
    assert seen.ground == pytest.approx((200, 210, 220), abs=0.5)


def test_a_face_that_is_too_small_has_no_colour() -> None:
    assert tint(still(), Box(x=0.5, y=0.5, width=0.03, height=0.03)) is None


def test_a_face_that_fills_the_picture_has_nothing_behind_it() -> None:
    seen = tint(still(), Box(x=0.05, y=0.05, width=0.9, height=0.9))

    assert seen is not None
    assert seen.ground is None


@pytest.mark.parametrize("share", [0.004, 0.02, 0.08])
def test_light_added_to_pixels_is_read_again_as_strong_as_it_was_through_the_pages_jpeg(share: float) -> None:
    before = tint(decode(jpeg(still())), FACE)
    after = tint(decode(jpeg(lit(still(), FACE, (share, 0.0, -share)))), FACE)

    assert before is not None
    assert after is not None
    shift = _chroma(after.skin) - _chroma(before.skin)
    expected = 100 / GAMMA * np.array([np.log1p(share), np.log1p(-share)])
    assert shift == pytest.approx(expected, abs=0.25 + 0.15 * 100 * share / GAMMA)


def test_the_wall_takes_far_less_of_the_light_than_the_face() -> None:
    before, after = tint(still(), FACE), tint(lit(still(), FACE, (0.2, 0.0, 0.0)), FACE)

    assert before is not None
    assert after is not None
    assert before.ground is not None
    assert after.ground is not None
    skin, wall = _chroma(after.skin) - _chroma(before.skin), _chroma(after.ground) - _chroma(before.ground)
    assert 0.05 * skin[0] < wall[0] < 0.35 * skin[0]


def test_without_light_a_picture_stays_as_it_was() -> None:
    assert np.array_equal(lit(still(), FACE, (0.0, 0.0, 0.0)), still())


def test_every_colour_of_a_light_is_a_colour() -> None:
    assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for colour in drawn(Draw(b"secret"), 1).colours)
