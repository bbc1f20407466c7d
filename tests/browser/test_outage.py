"""An outage by the real clock, in a real Chromium: answers given during it, a reload in the middle, the time that is given back.

`OUTAGE_MINUTES=10` makes it as long as the promise; without it the line is away for seconds.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.storage.schema import metadata
from tests.browser.person import take_pictures
from tests.browser.seats import Address, an_address, choice, held, saved, soon, start

pytestmark = pytest.mark.browser

OUTAGE_S = 60 * float(os.environ.get("OUTAGE_MINUTES", "0.1"))
SILENCE_S = 90  # a shorter one is no outage, and gives nothing back (docs/adr/0024)
HEARD_EVERY_S = 30
POLICY = {"pass_share": "0.5", "outage": "time_stops", "most_stopped_s": 1800}
# What is answered, and after which share of the outage; the last one changes the first again.
ANSWERS = ((0.1, 1, "No"), (0.3, 2, "No"), (0.7, 3, "Yes"), (0.95, 1, "Yes"))


def test_an_outage_by_the_real_clock_loses_neither_an_answer_nor_time(tmp_path: Path, chrome: Browser) -> None:
    with an_address(tmp_path) as address, address.device(chrome) as device:
        with address.engine.store.begin() as tx:
            tx.connection.execute(update(metadata.tables["exams"]).values(policy=POLICY))
        page = device.new_page()
        start(page, address)
        held(page)
        choice(page, "Yes").check()
        saved(page)
        deadline = address.sitting().deadline_at

        page.context.set_offline(True)
        _live_through_it(page)
        assert address.revisions() == [1]
        page.context.set_offline(False)
        saved(page)
        assert soon(page, lambda: abs(_seconds_shown(page) - _seconds_left(address)) <= 2, 5)  # what was given back is there at once
        _picture(page, "outage-over")

        _nothing_is_lost(page, address)
        given = (address.sitting().deadline_at - deadline).total_seconds()
        assert OUTAGE_S - 5 <= given <= OUTAGE_S + 2 * HEARD_EVERY_S if OUTAGE_S > SILENCE_S else given == 0
        assert address.sitting().state is SittingState.IN_PROGRESS


def _seconds_shown(page: Page) -> int:
    hours, minutes, seconds = (int(part) for part in page.locator("#clock").inner_text().split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _seconds_left(address: Address) -> float:
    deadline = address.sitting().deadline_at
    assert deadline is not None
    return float((deadline - address.engine.clock.now()).total_seconds())


def _live_through_it(page: Page) -> None:
    gone, reloaded = 0.0, False
    for share, number, name in ANSWERS:
        if share > 0.5 and not reloaded:
            page.wait_for_timeout((0.5 - gone) * OUTAGE_S * 1000)
            page.reload()
            gone, reloaded = 0.5, True
            _picture(page, "outage-reload")
        page.wait_for_timeout((share - gone) * OUTAGE_S * 1000)
        gone = share
        page.locator("[data-tab]").nth((number - 1) // 2).click()
        page.get_by_role("link", name=f"Question {number}:").click()
        expect(page.locator("#question")).to_contain_text(f"Question {number}")
        choice(page, name).check()
        expect(page.locator("#offline")).to_be_visible()
    page.wait_for_timeout((1 - gone) * OUTAGE_S * 1000)
    _picture(page, "outage-end")


def _nothing_is_lost(page: Page, address: Address) -> None:
    items = address.world.items
    assert address.final() == {items[0]: {"RESPONSE": "A"}, items[1]: {"RESPONSE": "B"}, items[2]: {"RESPONSE": "A"}}
    with address.engine.store.read() as tx:
        stored = [(one.revision, one.item, one.signature) for one in tx.answers.receipts(address.world.sitting_id)]
    answer = page.request.get(f"{address.base}/api/v1/sittings/{address.world.sitting_id}/receipts").json()
    assert [(one["revision"], one["item"], one["signature"]) for one in answer["receipts"]] == stored
    assert [revision for revision, *_ in stored] == [1, 3, 4, 5]  # of two changes that wait for one question, the newer goes


def _picture(page: Page, name: str) -> None:
    """Save what is on the screen, wide and narrow, without asking for the page again."""
    take_pictures(page, name, languages=False)
    page.set_viewport_size({"width": 1280, "height": 800})
