"""A recorded candidate who answers light challenges: the light that a page would paint is put on the face. What answers so is simulated."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from proctoring.challenge.colours import BRIGHTNESS, FADE_S, Floats
from proctoring.observations import Box
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Pixels, load_folder
from proctoring.vision.tint import lit

STRENGTH = 0.12  # the share of the light on the face that comes from the painted part of the screen: a lamp in the evening
LAG_S = 0.3  # a screen, a camera and a line


class Answering:
    """Told what the server asks; puts the answer on pictures. Times are seconds of any clock that both calls share."""

    def __init__(self, find_face: Callable[[Pixels], Box | None], *, strength: float = STRENGTH, lag_s: float = LAG_S) -> None:
        self._find_face, self._strength, self._lag_s = find_face, strength, lag_s
        self._steps: list[Floats] = []
        self._begins = self._step_s = 0.0

    def hear(self, message: Mapping[str, Any], at: float) -> None:
        """Take in a message for the page; whatever is no light challenge ends one."""
        if message.get("type") != "challenge":
            return
        self._steps = [_linear(colour) / BRIGHTNESS - 1 for colour in message["colours"]] if message["ask"] == "light" else []
        if self._steps:
            self._begins, self._step_s = at + message["in_ms"] / 1000 + self._lag_s, message["step_ms"] / 1000

    def shown(self, picture: Pixels, at: float) -> Pixels:
        """Return what the camera would see at that time."""
        return self.put_on(picture, self._find_face(picture), at) if self._steps else picture

    def put_on(self, picture: Pixels, face: Box | None, at: float) -> Pixels:
        """Return the same where it is known where the face is."""
        light = self._light(at - self._begins) if self._steps else np.zeros(3)
        return lit(picture, face, [float(self._strength * share) for share in light]) if light.any() else picture

    def _light(self, since_s: float) -> Floats:
        """Return what the screen adds at a moment: the step reached, faded in over the one before."""
        none = np.zeros(3)
        steps = [none, *self._steps, none]
        reached = int(min(max(since_s // self._step_s + 1, 0), len(steps) - 1))
        faded = min(1.0, max(0.0, (since_s - (reached - 1) * self._step_s) / FADE_S))
        before = steps[max(0, reached - 1)]
        return np.asarray(before + (steps[reached] - before) * faded)


def face_finder(assets: Path) -> Callable[[Pixels], Box | None]:
    """Return what finds the surest face of a picture with a folder's models; raises ModelMissing."""
    networks = Networks(load_folder(assets))

    def find(picture: Pixels) -> Box | None:
        height, width = picture.shape[:2]
        for found in networks.faces(picture)[:1]:
            left, top, right, bottom = found.box
            return Box.between(left / width, top / height, right / width, bottom / height)
        return None

    return find


def _linear(colour: str) -> Floats:
    """Return #rrggbb as shares of light (IEC 61966-2-1)."""
    shares = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
