"""Handing in while pictures of a cut are still on the page: the camera goes off, they go on, and nobody has to wait."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from assessment_engine.storage.incidents import WatchRecord
from tests.browser.seats import soon
from tests.browser.test_camera import Place, ingest, last_state, place

__all__ = ["place"]

pytestmark = pytest.mark.browser

FINISH = """() => {
  window.left = [];
  window.camera.finish((count) => window.left.push(count)).then(() => (window.over = true));
}"""


def hand_in(place: Place) -> None:
    now = place.engine.clock.now()
    with place.engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get(place.world.sitting_id).submit(now))
        tx.incidents.save_watch(WatchRecord(sitting_id=place.world.sitting_id, last_frame_at=now - timedelta(seconds=9)))


def test_what_was_kept_in_a_cut_comes_after_handing_in_and_no_new_picture_does(place: Place, chrome: Browser) -> None:
    with chrome.new_context() as context:
        page = place.page(context)
        with ingest(place):
            place.start(page)
            assert soon(page, lambda: place.frames())
        assert soon(page, lambda: last_state(page)["connection"] == "lost")
        page.wait_for_timeout(3500)
        seen = len(place.frames())

        hand_in(place)
        page.evaluate(FINISH)
        with ingest(place):
            assert soon(page, lambda: page.evaluate("window.over === true"))

        left = page.evaluate("window.left")
    after = place.frames()[seen:]
    assert left[0] >= 3 and left[-1] < left[0]
    assert [frame.kept for frame in after] == [False, *[True] * (len(after) - 1)]
    assert len(after) > 3
    assert len(after[0].jpeg) < 1500  # it shows nothing: by it the clocks are compared
