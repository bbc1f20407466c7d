from itertools import pairwise

import numpy as np
import pytest

from proctoring.challenge import colours
from proctoring.challenge.colours import HUES, NEAREST, STEP_S, STEPS, Light, at_random, drawn, shares
from proctoring.challenge.draw import Draw

EVERY = Light(tuple(range(HUES))).colours


def _linear(colour: str) -> list[float]:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]


def _luminance(colour: str) -> float:
    return float(np.dot(_linear(colour), (0.2126, 0.7152, 0.0722)))


def test_no_step_is_brighter_than_another_so_nothing_flashes() -> None:
    bright = [_luminance(colour) for colour in EVERY]

    assert max(bright) - min(bright) < 0.02
    assert max(bright) < 1.1 * min(bright)  # WCAG 2.2: a flash changes relative luminance by a tenth


def test_no_step_is_a_saturated_red() -> None:
    for colour in EVERY:
        red, green, blue = _linear(colour)
        assert red / (red + green + blue) < 0.8


def test_dark_text_stays_readable_on_every_step() -> None:
    ink = _luminance("#1b1f24")

    assert all((_luminance(colour) + 0.05) / (ink + 0.05) > 7 for colour in EVERY)


def test_a_light_changes_once_a_second_and_always_to_another_side() -> None:
    assert STEP_S >= 1
    for number in range(200):
        hues = drawn(Draw(b"secret"), number).hues
        assert len(hues) == STEPS
        assert all(NEAREST <= (after - before) % HUES <= HUES - NEAREST for before, after in pairwise(hues))


def test_the_others_are_drawn_as_the_true_one_is() -> None:
    others = at_random(np.random.default_rng(1), 4000)

    steps = np.diff(others, axis=1) % HUES
    assert (steps.min(), steps.max()) == (NEAREST, HUES - NEAREST)
    true = np.array([drawn(Draw(b"secret"), number).hues for number in range(4000)])
    assert np.abs(np.bincount(true[:, 3], minlength=HUES) - np.bincount(others[:, 3], minlength=HUES)).max() < 120


def test_another_secret_or_number_gives_another_light_and_the_same_the_same() -> None:
    assert drawn(Draw(b"one"), 4) == drawn(Draw(b"one"), 4)
    assert len({drawn(Draw(secret), number) for secret in (b"one", b"two") for number in range(20)}) > 35


@pytest.mark.parametrize("since_s", [-1.0, 0.5, 3.05, 5.9, 6.1, 9.0])
def test_before_during_and_after_no_more_than_one_light_is_painted(since_s: float) -> None:
    painted = shares(np.array([since_s]))[0]

    assert 0 <= painted.sum() <= 1 + 1e-9
    assert (painted.sum() > 0.99) == (0.2 <= since_s <= colours.LASTS_S)
