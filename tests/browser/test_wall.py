"""The wall in a real Chromium: keys, rooms, somebody who is signed out; and that nothing takes a candidate's focus or typed text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect
from redis import Redis
from sqlalchemy import update

from api.app import create_app
from assessment_engine.delivery.announcements import Wording
from assessment_engine.delivery.messages import WARNINGS
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services import announcements, delivery, duty, people
from assessment_engine.services.duty import RoomAct, RoomVerb
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.browser.paper import an_exam_of
from tests.browser.seats import soon
from tests.builders import World, a_person, a_stored_sitting, an_engine
from tests.running import a_valkey, an_ingest, free_port, served, until
from tests.services.hall import a_found_thing

pytestmark = pytest.mark.browser

HALF = "half a wo"
KEEP_THE_LINE = """
  const Real = WebSocket;
  window.WebSocket = class extends Real { constructor(to) { super(to); window.line = this } };
"""


@dataclass(frozen=True, kw_only=True)
class Hall:
    """A running server with three candidates in the exam, an invigilator and an officer."""

    engine: Engine
    world: World
    base: str
    store: Redis
    ravi: Actor
    kavita: Actor

    def open(self, browser: Browser, who: Actor, path: str, *, width: int = 1280, lang: str = "en") -> Page:
        """Open a page in a browser of its own, signed in."""
        context = browser.new_context(viewport={"width": width, "height": 900})
        token = people.open_session(self.engine, who.person_id).token
        context.add_cookies([{"name": name, "value": value, "url": self.base} for name, value in (("session", token), ("lang", lang))])
        page = context.new_page()
        page.goto(f"{self.base}{path}")
        return page

    def wall(self, browser: Browser, who: Actor, room: int = 1, **looks: str | int) -> Page:
        """Open the wall, and wait until its line is alive."""
        page = self.open(browser, who, f"/invigilator/sessions/{self.world.session_id}/wall?room={room}", **looks)  # type: ignore[arg-type]
        assert until(lambda: self.seen(self.world.sitting_id) > 0)
        return page

    def seat(self, browser: Browser) -> Page:
        """Open the candidate's exam at its field for words."""
        page = self.open(browser, self.world.candidate, f"/candidate/sittings/{self.world.sitting_id}/exam")
        expect(page.locator("#question textarea")).to_be_visible()
        return page

    def seen(self, sitting_id: SittingId) -> int:
        """Publish a sign of one candidate; returns how many listen."""
        plain = {
            "observable": True,
            "reason": None,
            "faces": 1,
            "sound": None,
            "fps": 2.0,
            "lag_ms": 9,
            "received": 9,
            "dropped": 0,
            "gaps": 0,
        }
        return int(self.store.publish(f"wall:{self.world.session_id}", json.dumps({"type": "seen", "sitting": sitting_id, **plain})))


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    engine = replace(an_engine(tmp_path_factory.mktemp("wall")), clock=SystemClock())
    port = free_port()
    engine = replace(engine, public_url=f"http://127.0.0.1:{port}")
    with a_valkey() as valkey, an_ingest(engine, valkey.url) as engine:
        world, _ = an_exam_of(engine, ["extended-text"])
        exams = metadata.tables["exams"]
        with engine.store.begin() as tx:
            tx.connection.execute(update(exams).where(exams.c.id == world.exam_id).values(form_id=world.form_id))
        for number in range(2):
            neighbour = a_person(engine, world.organisation_id, name=f"Neighbour {number}")
            a_stored_sitting(engine, neighbour, world.exam_id, world.session_id, world.form_id, state=SittingState.IN_PROGRESS)
        ledger: AnswerLedger = delivery.open_ledger(engine)
        delivery.start(ledger, world.candidate, world.sitting_id)
        ravi = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Nair")
        kavita = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Kavita Rao")
        with served(create_app(engine, ledger), port):
            store = Redis.from_url(valkey.url)
            yield Hall(engine=engine, world=world, base=f"http://127.0.0.1:{port}", store=store, ravi=ravi, kavita=kavita)
            store.close()
        ledger.stop()
    engine.store.engine.dispose()


def ask_again(page: Page) -> None:
    """Let the candidate's page ask at once, as one that is looked at again does."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def open_panel(page: Page, hall: Hall) -> None:
    page.locator(f'.watch[data-sitting="{hall.world.sitting_id}"] a').press("Enter")
    expect(page.locator("#panel-close")).to_be_focused()


def send(page: Page, text: str) -> None:
    page.locator("#panel textarea").fill(text)
    page.locator('#panel form[data-act="say"] button').click()
    expect(page.locator("#said")).to_have_text("Sent.")


def test_the_wall_is_walked_opened_and_closed_with_keys(hall: Hall, browser: Browser) -> None:
    page = hall.wall(browser, hall.ravi)
    tiles = page.locator(".watch a")
    tiles.first.focus()

    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-close")).to_be_focused()
    expect(page.locator("#panel")).to_contain_text("Messages")
    page.keyboard.press("Escape")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator(".watch").nth(1)).to_contain_text("looked at just now")
    focused = "document.activeElement.closest('.watch').dataset.sitting"
    before = page.evaluate(focused)
    page.keyboard.press("o")
    assert page.evaluate(focused) == before  # wherever it stands now
    page.context.close()


def test_nothing_that_arrives_takes_the_focus_or_the_typed_text(hall: Hall, browser: Browser) -> None:
    seat, page = hall.seat(browser), hall.wall(browser, hall.ravi)
    field = seat.locator("#question textarea")
    field.click()
    seat.keyboard.type(HALF)
    open_panel(page, hall)

    send(page, "I am with you.")
    page.locator("summary", has_text="Warn").click()
    page.locator('#panel form[data-act="warn"] select').select_option("desk")
    page.locator('#panel form[data-act="warn"] button').click()
    expect(page.locator("#said")).to_have_text("The warning was sent and is in the record.")
    announcements.announce(hall.engine, hall.ravi, hall.world.session_id, Wording(text="A bell rings.", text_hi="घंटी बजती है।"))
    ask_again(seat)
    expect(seat.locator("#news .news__card")).to_have_count(3)
    expect(field).to_be_focused()
    seat.keyboard.type("rd")
    expect(field).to_have_value(HALF + "rd")
    expect(seat.locator("#news")).to_contain_text(WARNINGS["desk"].text)
    expect(seat.locator("#news")).to_contain_text("It is no finding against you.")

    act(page, "pause", "A fire alarm")
    ask_again(seat)
    expect(seat.locator("#notice-title")).to_have_text("The exam is paused")
    expect(seat.locator("#question")).to_have_css("opacity", "0")
    expect(field).to_be_focused()
    seat.keyboard.type("not while it is paused")
    act(page, "resume", "It was a test")
    ask_again(seat)
    expect(seat.locator("#notice")).to_be_hidden()
    expect(field).to_be_focused()
    expect(field).to_have_value(HALF + "rd")
    seat.context.close()
    page.context.close()


def act(page: Page, verb: str, reason: str) -> None:
    page.locator("summary", has_text="Time and device").click()
    page.locator("#panel #reason").fill(reason)
    page.locator(f'#panel button[value="{verb}"]').click()
    expect(page.locator("#said")).to_have_text("Done.")
    other = {"pause": "resume", "resume": "pause"}[verb]
    expect(page.locator(f'#panel button[value="{other}"]')).to_have_count(1)


def test_a_word_that_is_being_composed_stays_in_composition(hall: Hall, browser: Browser) -> None:
    seat, page = hall.seat(browser), hall.wall(browser, hall.ravi)
    field = seat.locator("#question textarea")
    field.fill("")
    field.click()
    keys: CDPSession = seat.context.new_cdp_session(seat)
    seat.evaluate("window.ended = 0; document.addEventListener('compositionend', () => (window.ended += 1))")
    keys.send("Input.imeSetComposition", {"text": "नम", "selectionStart": 2, "selectionEnd": 2})
    open_panel(page, hall)

    send(page, "Go on, please.")
    ask_again(seat)
    expect(seat.locator("#news")).to_contain_text("Go on, please.")

    assert seat.evaluate("ended") == 0
    expect(field).to_be_focused()
    keys.send("Input.imeSetComposition", {"text": "नमस्", "selectionStart": 4, "selectionEnd": 4})
    keys.send("Input.insertText", {"text": "नमस्ते"})
    expect(field).to_have_value("नमस्ते")
    seat.context.close()
    page.context.close()


def test_the_candidate_writes_back_and_the_wall_says_who_wrote(hall: Hall, browser: Browser) -> None:
    seat, page = hall.seat(browser), hall.wall(browser, hall.ravi)
    seat.get_by_role("button", name="Write to the invigilator").click()
    seat.get_by_role("textbox", name="Your message").fill("May I open the window?")
    seat.get_by_role("button", name="Send").click()
    expect(seat.locator("#talk-told")).to_contain_text("Sent.")

    tile = page.locator(f'.watch[data-sitting="{hall.world.sitting_id}"]')
    expect(tile).to_contain_text("wrote to you")
    open_panel(page, hall)
    expect(page.locator("#panel .talk")).to_contain_text("May I open the window?")
    send(page, "Yes, please do.")
    expect(tile).not_to_contain_text("wrote to you")
    seat.context.close()
    page.context.close()


def test_an_exam_is_ended_with_a_reason_and_two_clicks_and_never_with_one(hall: Hall, browser: Browser) -> None:
    page = hall.wall(browser, hall.ravi)
    neighbour = page.locator(f'.watch:not([data-sitting="{hall.world.sitting_id}"])').first
    sitting = SittingId(str(neighbour.get_attribute("data-sitting")))
    neighbour.locator("a").press("Enter")
    page.locator("summary", has_text="Time and device").click()
    end = page.locator('#panel button[value="terminate"]')

    end.click()  # without a reason
    expect(page.locator("[data-confirm]")).to_be_hidden()
    page.locator("#panel #reason").fill("They asked to stop")
    end.click()
    expect(page.locator("[data-keep]")).to_be_focused()  # the safe answer
    page.locator("[data-keep]").click()
    assert state_of(hall, sitting) is SittingState.IN_PROGRESS
    end.click()
    page.locator("[data-end]").click()

    expect(page.locator("#said")).to_have_text("Done.")
    assert state_of(hall, sitting) is SittingState.SUBMITTED
    page.context.close()


def state_of(hall: Hall, sitting_id: SittingId) -> SittingState:
    with hall.engine.store.read() as tx:
        return tx.sittings.get(sitting_id).state


def test_a_signed_out_invigilator_is_told_and_keeps_what_they_typed(hall: Hall, browser: Browser) -> None:
    page = hall.wall(browser, hall.ravi)
    open_panel(page, hall)
    page.locator("#panel textarea").fill("A long answer that")
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "session")
    people.sign_out(hall.engine, token)

    expect(page.locator("#line")).to_contain_text("You are signed out.")
    page.locator('#panel form[data-act="say"] button').click()
    expect(page.locator("#said")).to_contain_text("You are signed out.")
    expect(page.locator("#panel textarea")).to_have_value("A long answer that")
    fresh = people.open_session(hall.engine, hall.ravi.person_id).token
    page.context.add_cookies([{"name": "session", "value": fresh, "url": hall.base}])

    expect(page.locator("#line")).to_have_text("")
    page.locator('#panel form[data-act="say"] button').click()
    expect(page.locator("#said")).to_have_text("Sent.")
    page.context.close()


def test_of_two_who_change_a_room_the_slower_is_told_and_sees_how_it_stands(hall: Hall, browser: Browser) -> None:
    page = hall.wall(browser, hall.kavita)
    expect(page.locator("#duty-who")).to_contain_text("Nobody answers for this room.")
    page.route("**/wall?room=*", lambda route: route.abort())  # this page does not learn of it
    duty.change(hall.engine, hall.ravi, hall.world.session_id, 1, RoomAct(verb=RoomVerb.TAKE, version=0))

    page.get_by_role("button", name="Take this room").click()
    expect(page.locator("#said")).to_contain_text("Somebody else changed this room meanwhile.")
    page.unroute("**/wall?room=*")
    expect(page.locator("#duty-who")).to_contain_text("Ravi Nair answers for this room")
    page.context.close()

    every = hall.wall(browser, hall.kavita, 0)
    expect(every.locator("#rooms")).to_contain_text("Ravi Nair")
    every.context.close()


def test_pictures_are_asked_for_of_tiles_in_sight_and_of_none_while_the_page_is_hidden(hall: Hall, browser: Browser) -> None:
    page = hall.wall(browser, hall.ravi)
    sent: list[dict[str, object]] = []
    page.on("websocket", lambda line: line.on("framesent", lambda frame: sent.append(json.loads(frame))))
    page.set_viewport_size({"width": 390, "height": 500})  # the tiles are further down
    page.reload()
    assert soon(page, lambda: sent) and sent[-1] == {"type": "visible", "sittings": []}

    page.locator(".watch").first.scroll_into_view_if_needed()
    assert soon(page, lambda: sent[-1]["sittings"])
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    ask_again(page)

    assert soon(page, lambda: sent[-1] == {"type": "visible", "sittings": []})
    page.context.close()


def test_the_panel_as_a_page_of_its_own_does_the_same_acts(hall: Hall, browser: Browser) -> None:
    page = hall.open(browser, hall.ravi, f"/invigilator/sittings/{hall.world.sitting_id}")
    page.get_by_role("textbox", name="Your words").fill("This page works too.")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("#said")).to_have_text("Sent.")
    expect(page.locator(".talk")).to_contain_text("This page works too.")
    page.context.close()


def test_a_wall_whose_line_breaks_says_so_comes_back_and_misses_nothing(hall: Hall, browser: Browser) -> None:
    page = hall.wall(browser, hall.ravi)
    page.add_init_script(
        "const Real = WebSocket; window.WebSocket = class extends Real { constructor(to) { super(to); window.line = this; } }"
    )
    page.reload()
    assert until(lambda: page.evaluate("window.line?.readyState === 1"))
    tile = page.locator(f'.watch[data-sitting="{hall.world.sitting_id}"]')
    page.route("**/wall-ticket", lambda route: route.abort())
    page.evaluate("line.close()")
    expect(page.locator("#line")).to_contain_text("The wall has lost its connection")

    a_found_thing(hall.engine, hall.world.sitting_id, "phone")  # what is found meanwhile
    expect(tile).to_have_attribute("data-ring", "alert")
    page.unroute("**/wall-ticket")

    expect(page.locator("#line")).to_have_text("")
    assert until(lambda: page.evaluate("window.line.readyState === 1"))
    page.context.close()


def test_a_panel_that_cannot_be_fetched_shows_nobody_elses_forms_and_comes_later(hall: Hall, browser: Browser) -> None:
    page = hall.wall(browser, hall.ravi)
    open_panel(page, hall)
    expect(page.locator('#panel form[data-act="say"]')).to_be_visible()
    page.route("**/panel", lambda route: route.abort())

    other = page.locator(f'.watch:not([data-sitting="{hall.world.sitting_id}"]) a').first
    sitting = page.locator(f'.watch:not([data-sitting="{hall.world.sitting_id}"])').first.get_attribute("data-sitting")
    other.click()
    expect(page.locator("#panel form")).to_have_count(0)
    expect(page.locator("#said")).to_contain_text("connection")
    page.unroute("**/panel")

    expect(page.locator(f'#panel .panel__parts[data-sitting="{sitting}"]')).to_be_visible()
    page.context.close()


def test_somebody_at_the_door_does_not_reload_the_wall_again_and_again(hall: Hall, browser: Browser) -> None:
    waiting = a_person(hall.engine, hall.world.organisation_id, name="At The Door")
    world = hall.world
    sitting = a_stored_sitting(hall.engine, waiting, world.exam_id, world.session_id, world.form_id, state=SittingState.AWAITING_ADMISSION)
    page = hall.wall(browser, hall.ravi)
    page.add_init_script("sessionStorage.setItem('loads', Number(sessionStorage.getItem('loads')) + 1)")
    page.mouse.move(0, 0)
    for _ in range(35):
        hall.seen(sitting)
        page.wait_for_timeout(1000)

    assert page.evaluate("sessionStorage.getItem('loads')") == "1"
    page.context.close()


@pytest.mark.parametrize(("lang", "width", "room"), [("en", 1280, 1), ("hi", 390, 1), ("en", 1280, 0), ("hi", 390, 0)])
def test_nothing_serious_is_wrong_for_those_who_listen_and_nothing_is_cut_off(
    hall: Hall, browser: Browser, lang: str, width: int, room: int
) -> None:
    page = hall.wall(browser, hall.kavita, room, width=width, lang=lang)
    page.locator(f'.watch[data-sitting="{hall.world.sitting_id}"] a').press("Enter")
    expect(page.locator("#panel .talk")).to_be_visible()

    found = Axe().run(page)

    serious = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
