"""The light of a challenge: a few steps of pale opponent hues, of one brightness, that the page paints around the question.

A step is a direction in the plane of log(red/green) and log(blue/green), in which the light on a face shifts whatever the exposure.
Steps last a second and are equally bright (relative luminance), so that nothing flashes (WCAG 2.3.1: at most three a second).
"""

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
import numpy.typing as npt

from proctoring.challenge.draw import Draw

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HUES = 8
STEPS = 6
STEP_S = 1.0
FADE_S = 0.2
LASTS_S = STEPS * STEP_S
NEAREST = 2  # hues between two steps at least: a quarter of the circle
AMPLITUDE = 0.34  # largest difference of a channel to green, as a share of the light
BRIGHTNESS = 0.7  # relative luminance of every step
_RED, _BLUE = 0.2126, 0.0722  # of relative luminance, WCAG 2.2


@dataclass(frozen=True, slots=True)
class Light:
    """One sequence of hues, each 0 to HUES − 1."""

    hues: tuple[int, ...]

    @property
    def colours(self) -> list[str]:
        """Return what to paint, as #rrggbb."""
        return [_painted(hue) for hue in self.hues]


def drawn(draw: Draw, number: int) -> Light:
    """Return the light of a sitting's challenge."""
    hues = [draw.below(HUES, "hue", number)]
    for step in range(1, STEPS):
        hues.append(_next(hues[-1], draw.below(_CHOICES, f"hue {step}", number)))
    return Light(tuple(hues))


def at_random(rng: np.random.Generator, count: int) -> Ints:
    """Return so many sequences as `drawn` might have drawn, count × STEPS."""
    hues = np.zeros((count, STEPS), np.int64)
    hues[:, 0] = rng.integers(0, HUES, count)
    for step in range(1, STEPS):
        hues[:, step] = (hues[:, step - 1] + NEAREST + rng.integers(0, _CHOICES, count)) % HUES
    return hues


def directions(hues: Ints) -> Floats:
    """Return where the light of each step points: sequences × STEPS × 2."""
    angles = 2 * np.pi * hues / HUES
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def shares(since_s: Floats) -> Floats:
    """Return how much of each step is painted, so many seconds after painting began: moments × STEPS; one fades in as another fades out."""
    into = (since_s[:, None] - STEP_S * np.arange(STEPS)) / FADE_S
    return np.asarray(np.clip(into, 0, 1) - np.clip(into - STEP_S / FADE_S, 0, 1))


_CHOICES = HUES - 2 * NEAREST + 1


def _next(hue: int, choice: int) -> int:
    return (hue + NEAREST + choice) % HUES


def _painted(hue: int) -> str:
    """Return a hue as a colour of BRIGHTNESS; of one luminance whatever the hue."""
    angle = 2 * pi * hue / HUES
    red, blue = AMPLITUDE * cos(angle), AMPLITUDE * sin(angle)
    green = -(_RED * red + _BLUE * blue)
    return "#" + "".join(f"{_encoded(BRIGHTNESS * (1 + share)):02x}" for share in (green + red, green, green + blue))


def _encoded(linear: float) -> int:
    """Return a share of light as sRGB's byte (IEC 61966-2-1)."""
    clipped = min(1.0, max(0.0, linear))
    return round(255 * (12.92 * clipped if clipped <= 0.0031308 else 1.055 * clipped ** (1 / 2.4) - 0.055))
