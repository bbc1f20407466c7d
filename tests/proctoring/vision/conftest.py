"""The networks, fetched by `make test`, and the pictures that tests look at."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from proctoring.vision.eyes import Networks
from proctoring.vision.models import Models, Pixels, load_folder

ASSETS = Path(os.environ.get("ASSETS_DIR") or Path.home() / ".cache" / "assessment-engine")
TESTDATA = Path(os.environ.get("ASSESSMENT_TESTDATA") or Path(__file__).resolve().parents[4] / "shared" / "testdata")


@pytest.fixture(scope="session")
def models() -> Models:
    """Every network; a test run without them is no test run."""
    loaded = load_folder(ASSETS)
    assert loaded.missing == (), f"no {', '.join(loaded.missing)} in {ASSETS}: run `assessment-engine assets fetch`"
    return loaded


@pytest.fixture(scope="session")
def networks(models: Models) -> Networks:
    """The readers over them."""
    return Networks(models)


@pytest.fixture(scope="session")
def astronaut() -> Pixels:
    """A photograph of one person that a package ships (NASA, public domain)."""
    photograph: Pixels = data.astronaut()  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(photograph[..., ::-1])


@pytest.fixture
def sessions() -> Path:
    """The recorded sittings, where there are any."""
    folder = TESTDATA / "cv" / "sessions"
    if not folder.is_dir():
        pytest.skip(f"no recorded sittings in {folder}")
    return folder


def as_it_is(person: Pixels) -> Pixels:
    """The photograph unaltered; a name for it, because it is made to fit once and not in every picture."""
    return person


@pytest.fixture(scope="session")
def scene(astronaut: Pixels) -> Callable[..., Pixels]:
    """A room with the astronaut in it, swaying a little; `change` alters the photograph, None leaves the room empty."""

    wall = np.tile(np.linspace(90, 190, 640)[None, :, None], (480, 1, 3)).astype(np.uint8)

    def sized(person: Pixels, scale: float) -> Pixels:
        return np.asarray(cv2.resize(person, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)

    @cache
    def unaltered(scale: float) -> Pixels:
        return sized(astronaut, scale)

    def make(second: float, change: Callable[[Pixels], Pixels] | None = as_it_is, scale: float = 0.8) -> Pixels:
        picture = wall.copy()
        if change is None:
            return picture
        person = unaltered(scale) if change is as_it_is else sized(change(astronaut.copy()), scale)
        side = person.shape[0]
        x, y = round((640 - side) / 2 + 30 * np.sin(second / 3)), 480 - side
        picture[y : y + side, x : x + side] = person
        return picture

    return make


def jpeg(picture: Pixels, quality: int = 60) -> bytes:
    """The bytes that a camera page would send."""
    written, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert written
    return bytes(coded.tobytes())
