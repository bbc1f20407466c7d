"""camera.js in real browsers, with fake cameras, against a real ingest process: what is sent, and what the page is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from redis import Redis

from api.app import create_app
from api.auth import cookie_name
from api.ingest import create_ingest
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services.engine import Engine
from proctoring.channel import Frame
from proctoring.vision.decode import decode
from tests.browser.conftest import chromium, with_camera
from tests.browser.seats import soon
from tests.builders import World, a_world, add_row
from tests.running import Valkey, a_live_engine, a_valkey, free_port, served
from workers.frames import Entry, Shards, shard_of

pytestmark = pytest.mark.browser

START = """async ([sitting]) => {
  const { startCamera } = await import("/static/camera.js");
  window.told = []; window.heard = [];
  const told = (one) => window.told.push(one), heard = (one) => window.heard.push(one);
  window.camera = await startCamera({ sittingId: sitting, csrf: "csrf", onState: told, onMessage: heard });
}"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A candidate's page, and the machine behind it."""

    engine: Engine
    valkey: Valkey
    world: World
    ingest_port: int

    def page(self, context: BrowserContext) -> Page:
        """The candidate's own page, signed in."""
        context.add_cookies([{"name": cookie_name(self.engine), "value": "token", "url": self.engine.public_url}])
        page = context.new_page()
        page.goto(f"{self.engine.public_url}/healthz")
        return page

    def start(self, page: Page) -> None:
        """Start the camera as the exam's page does."""
        page.evaluate(START, [self.world.sitting_id])

    def entries(self) -> list[Entry]:
        """What came to the stream."""
        shards = Shards(self.valkey.url, "test")
        try:
            return shards._range(f"frames:{shard_of(self.world.sitting_id)}", "-", "+")
        finally:
            shards.close()

    def frames(self) -> list[Frame]:
        """The frames among them."""
        return [one.happened for one in self.entries() if isinstance(one.happened, Frame)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    port, ingest_port = free_port(), free_port()
    engine = replace(a_live_engine(tmp_path), public_url=f"http://localhost:{port}", ingest_url=f"ws://localhost:{ingest_port}")
    world = a_world(engine)
    sign_in(engine, world)
    with a_valkey() as valkey, served(create_app(engine), port):
        yield Place(engine=engine, valkey=valkey, world=world, ingest_port=ingest_port)
    engine.store.engine.dispose()


def sign_in(engine: Engine, world: World) -> None:
    """A log-in of the candidate whose token is `token`."""
    now = engine.clock.now()
    session = {"token_sha256": sha256_hex(b"token"), "person_id": world.candidate.person_id, "organisation_id": world.organisation_id}
    times = {"created_at": now, "expires_at": now.replace(year=now.year + 1), "reauthenticated_at": now}
    add_row(engine, "login_sessions", **session, **times, csrf="csrf")


@contextmanager
def ingest(place: Place) -> Iterator[None]:
    with served(create_ingest(place.engine, place.valkey.url), place.ingest_port):
        yield


@contextmanager
def a_browser(playwright: Playwright, *arguments: str) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=chromium(), args=list(arguments)) as launched:
        yield launched


def last_state(page: Page) -> dict[str, Any]:
    state: dict[str, Any] = page.evaluate("window.told.at(-1)")
    return state


def test_pictures_of_the_right_size_arrive_signed_and_in_order_and_messages_come_back(place: Place, chrome: Browser) -> None:
    with ingest(place), chrome.new_context() as context:
        page = place.page(context)
        place.start(page)

        assert soon(page, lambda: len(place.frames()) >= 4)
        store = Redis.from_url(place.valkey.url)
        store.publish(f"page:{place.world.sitting_id}", json.dumps({"type": "seen", "observable": True, "reason": None, "faces": 1}))
        store.close()
        assert soon(page, lambda: last_state(page)["camera"] == "seen")

    frames = place.frames()
    assert [frame.seq for frame in frames] == sorted({frame.seq for frame in frames})
    assert decode(frames[-1].jpeg).shape == (480, 640, 3)
    assert last_tally(place) == (0, 0)


def last_tally(place: Place) -> tuple[int, int]:
    """How many frames were refused, and how many numbers left out."""
    tally = place.entries()[-1].tally
    return tally.refused, tally.missing


def test_while_the_line_is_cut_pictures_are_kept_and_come_afterwards_in_their_own_time(place: Place, chrome: Browser) -> None:
    with chrome.new_context() as context:
        page = place.page(context)
        with ingest(place):
            place.start(page)
            assert soon(page, lambda: place.frames())
            assert soon(page, lambda: last_state(page)["connection"] == "ok")
        assert soon(page, lambda: last_state(page)["connection"] == "lost")
        page.wait_for_timeout(5500)

        with ingest(place):
            assert soon(page, lambda: last_state(page)["connection"] == "ok")
            assert soon(page, lambda: sum(frame.kept for frame in place.frames()) >= 4)
            assert last_tally(place)[0] == 0

    frames = place.frames()
    first = next(place for place, frame in enumerate(frames) if frame.kept)
    before, back = (frame for frame in frames[first - 2 : first])  # the last before the cut, and the one by which the clocks are compared
    assert (before.kept, back.kept) == (False, False)
    shown = [frame.shown_at for frame in frames if frame.shown_at is not None]
    assert len(shown) == sum(frame.kept for frame in frames)
    assert shown == sorted(set(shown))
    assert before.at <= shown[0]
    assert shown[-1] <= back.at
    assert all(0.5 < (later - one).total_seconds() < 2.5 for one, later in pairwise(shown))


def test_a_camera_that_is_denied_is_told(place: Place, playwright: Playwright) -> None:
    fake = [one for one in with_camera(None) if one != "--use-fake-ui-for-media-stream"]
    with ingest(place), a_browser(playwright, *fake, "--deny-permission-prompts") as browser:
        page = place.page(browser.new_context())
        place.start(page)

        assert soon(page, lambda: last_state(page)["camera"] == "denied")


def test_a_camera_that_is_absent_is_told(place: Place, playwright: Playwright) -> None:
    none = [one for one in with_camera(None) if not one.startswith("--use-fake-device")]
    with ingest(place), a_browser(playwright, *none) as browser:
        page = place.page(browser.new_context())
        place.start(page)

        assert soon(page, lambda: last_state(page)["camera"] == "absent")


def test_a_black_picture_is_told(place: Place, playwright: Playwright, tmp_path: Path) -> None:
    black = tmp_path / "black.y4m"
    picture = np.full(640 * 480 * 3 // 2, 128, np.uint8)
    picture[: 640 * 480] = 16
    black.write_bytes(b"YUV4MPEG2 W640 H480 F5:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + picture.tobytes()) * 5)
    with ingest(place), a_browser(playwright, *with_camera(black)) as browser:
        page = place.page(browser.new_context())
        place.start(page)

        assert soon(page, lambda: last_state(page)["camera"] == "black")


def test_of_two_windows_the_newer_is_told_that_the_camera_is_elsewhere(place: Place, chrome: Browser) -> None:
    with ingest(place), chrome.new_context() as context:
        first, second = place.page(context), place.page(context)
        place.start(first)
        assert soon(first, lambda: last_state(first)["connection"] == "ok")

        place.start(second)

        assert soon(second, lambda: last_state(second)["connection"] == "elsewhere")
        assert last_state(first)["connection"] == "ok"


def test_a_closed_sitting_ends_the_camera_for_good(place: Place, chrome: Browser) -> None:
    with place.engine.store.begin() as tx:
        sitting = tx.sittings.get(SittingId(place.world.sitting_id))
        tx.sittings.save(sitting.submit(place.engine.clock.now()))
    with ingest(place), chrome.new_context() as context:
        page = place.page(context)
        place.start(page)

        assert soon(page, lambda: last_state(page)["connection"] == "closed")


def test_a_worker_whose_file_did_not_come_is_asked_for_again(place: Place, chrome: Browser) -> None:
    with ingest(place), chrome.new_context() as context:
        context.route("**/camera_worker.js", lambda route: route.abort(), times=1)
        page = place.page(context)
        place.start(page)

        assert soon(page, lambda: place.frames())
        assert "lost" in page.evaluate("window.told.map((one) => one.connection)")


UNPLUG = """() => {  // a page cannot pull a plug: the track ends, and the event comes that a browser would send
  const [track] = window.preview.srcObject.getTracks();
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""


def test_a_webcam_that_stops_is_told_and_opened_again_and_its_frames_go_on(place: Place, chrome: Browser) -> None:
    start = START.replace("csrf: ", "preview: (window.preview = document.createElement('video')), csrf: ")
    with ingest(place), chrome.new_context() as context:
        page = place.page(context)
        page.evaluate(start, [place.world.sitting_id])
        assert soon(page, lambda: place.frames())

        page.evaluate(UNPLUG)

        assert soon(page, lambda: last_state(page)["camera"] == "absent")
        before = place.frames()[-1].seq
        assert soon(page, lambda: last_state(page)["camera"] == "starting")
        assert soon(page, lambda: place.frames()[-1].seq > before + 2)
        assert last_state(page)["connection"] == "ok"
