"""A camera that is denied, absent, in use or black: each leads to its own page, in a real Chromium with such a camera."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from playwright.sync_api import Page, Playwright, expect

from api.app import create_app
from api.auth import cookie_name
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from tests.browser.conftest import QUIET, chromium, with_camera
from tests.browser.person import take_pictures
from tests.builders import World, a_world, an_engine
from tests.running import free_port, served

pytestmark = pytest.mark.browser


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Engine, World]]:
    """The pages of a candidate whose system check is due; there is no ingest, the camera never gets that far."""
    port = free_port()
    engine = replace(an_engine(tmp_path), public_url=f"http://localhost:{port}", ingest_url=f"ws://localhost:{free_port()}")
    world = a_world(engine, state=SittingState.REGISTERED)
    with served(create_app(engine), port):
        yield engine, world
    engine.store.engine.dispose()


def black_footage(folder: Path) -> Path:
    """A camera with something over its lens."""
    picture = simplejpeg.encode_jpeg(np.zeros((480, 640, 3), np.uint8))
    footage, film = folder / "black.mjpeg", io.BytesIO()
    for _ in range(10):
        film.write(picture)
    footage.write_bytes(film.getvalue())
    return footage


def arguments(problem: str, folder: Path) -> list[str]:
    """How to start a browser whose camera has this problem."""
    if problem == "denied":
        return [*QUIET, "--use-fake-device-for-media-stream", "--deny-permission-prompts"]
    if problem == "absent":
        return [*QUIET, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=0"]
    return with_camera(black_footage(folder) if problem == "black" else None)


# Linux lets two programs have one fake camera, so the one refusal that Chromium cannot be brought to here is said in its words.
IN_USE = (
    """navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("Could not start video source", "NotReadableError"); }"""
)


def check_page(page: Page, engine: Engine, world: World) -> None:
    token = people.open_session(engine, world.candidate.person_id).token
    page.context.add_cookies([{"name": cookie_name(engine), "value": token, "url": engine.public_url}])
    page.goto(f"{engine.public_url}/candidate/sittings/{world.sitting_id}/check?lang=en")


@pytest.mark.parametrize(
    ("problem", "title"),
    [
        ("denied", "The camera is not allowed"),
        ("absent", "No camera was found"),
        ("in_use", "Another program is using the camera"),
        ("black", "The camera's picture is black"),
    ],
)
def test_a_camera_with_a_problem_has_a_page_of_its_own(
    place: tuple[Engine, World], playwright: Playwright, tmp_path: Path, problem: str, title: str
) -> None:
    engine, world = place
    with playwright.chromium.launch(executable_path=chromium(), args=arguments(problem, tmp_path)) as browser:
        page = browser.new_page()
        if problem == "in_use":
            page.add_init_script(IN_USE)

        check_page(page, engine, world)

        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        take_pictures(page, f"camera-{problem}")
        page.get_by_role("button", name="Call the invigilator").click()
        expect(page.get_by_text("The invigilator has been called. Stay on this page.")).to_be_visible()
