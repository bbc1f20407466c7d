"""The networks, fetched by `make test`, and the pictures that tests look at."""

import os
from collections.abc import Callable
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


@pytest.fixture(scope="session")
def scene(astronaut: Pixels) -> Callable[..., Pixels]:
    """A room with the astronaut in it, swaying a little; `change` alters the photograph, None leaves the room empty."""

    def make(second: float, change: Callable[[Pixels], Pixels] | None = lambda person: person, scale: float = 0.8) -> Pixels:
        wall = np.tile(np.linspace(90, 190, 640)[None, :, None], (480, 1, 3)).astype(np.uint8)
        if change is None:
            return wall
        person = cv2.resize(change(astronaut.copy()), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        side = person.shape[0]
        x, y = round((640 - side) / 2 + 30 * np.sin(second / 3)), 480 - side
        wall[y : y + side, x : x + side] = person
        return wall

    return make


def jpeg(picture: Pixels, quality: int = 60) -> bytes:
    """The bytes that a camera page would send."""
    written, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert written
    return bytes(coded.tobytes())
