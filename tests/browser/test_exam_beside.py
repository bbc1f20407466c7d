"""What lies beside the question, in a real Chromium: tools by keyboard alone, announcements without focus, looks, zoom, hints, names."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from api.app import create_app
from assessment_engine.delivery.announcements import Wording
from assessment_engine.delivery.question_reports import NewReport
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.people import Role
from assessment_engine.services import announcements, delivery, people, question_reports
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.browser.paper import an_exam_of
from tests.browser.person import AT_REST
from tests.browser.seats import soon
from tests.builders import World, a_person, an_engine
from tests.running import free_port, served, until

pytestmark = pytest.mark.browser

TOOLS = ["calculator", "rough_work", "read_aloud"]
A_VOICE = """
  window.spoken = [];
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } };
  const voice = { lang: "en-IN", localService: true };
  const synthesis = { getVoices: () => [voice], speak: (one) => spoken.push(one), cancel() {}, addEventListener() {} };
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
"""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A running server with one candidate in the exam."""

    engine: Engine
    ledger: AnswerLedger
    world: World
    base: str

    def open(self, browser: Browser, *, width: int = 1280, height: int = 800, lang: str = "en", voice: bool = False) -> Page:
        """Open the exam in a browser of its own."""
        context = browser.new_context(viewport={"width": width, "height": height})
        token = people.open_session(self.engine, self.world.candidate.person_id).token
        context.add_cookies([{"name": name, "value": value, "url": self.base} for name, value in (("session", token), ("lang", lang))])
        page = context.new_page()
        if voice:
            page.add_init_script(A_VOICE)
        page.goto(f"{self.base}/candidate/sittings/{self.world.sitting_id}/exam")
        expect(page.locator("#question .qti-item")).to_be_visible()
        return page

    def say(self, text: str, text_hi: str, *, about: int | None = None) -> None:
        """Announce something to the session, or about a question."""
        speaker = a_person(self.engine, self.world.organisation_id, Role.INVIGILATOR, name="Ravi Nair")
        item = None if about is None else self.world.items[about]
        announcements.announce(self.engine, speaker, self.world.session_id, Wording(text=text, text_hi=text_hi, item_id=item))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    engine = replace(an_engine(tmp_path_factory.mktemp("desk")), clock=SystemClock())
    world, _ = an_exam_of(engine, ["choice", "match", "extended-text"])
    exams = metadata.tables["exams"]
    policy = {"pass_share": "0.5", "tools": TOOLS, "full_screen": True}
    with engine.store.begin() as tx:
        tx.connection.execute(update(exams).where(exams.c.id == world.exam_id).values(form_id=world.form_id, policy=policy))
    ledger = delivery.open_ledger(engine)
    delivery.start(ledger, world.candidate, world.sitting_id)
    port = free_port()
    with served(create_app(engine, ledger), port):
        yield Desk(engine=engine, ledger=ledger, world=world, base=f"http://127.0.0.1:{port}")
    ledger.stop()
    engine.store.engine.dispose()


def again(page: Page) -> None:
    """Reload the page, and wait until it is alive."""
    page.reload()
    expect(page.locator("#question .qti-item")).to_be_visible()


def test_the_calculator_works_by_keyboard_alone_and_by_mouse(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)
    opener = page.get_by_role("button", name="Calculator", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Calculation", exact=True)).to_be_focused()

    page.keyboard.type("0.1+0.2*3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-result]")).to_have_text("= 0.7")

    for name in ("Clear the calculation", "9", "Divided by", "4", "Calculate"):
        page.locator("#calculator").get_by_role("button", name=name, exact=True).click()
    expect(page.locator("[data-result]")).to_have_text("= 2.25")
    page.get_by_role("button", name="Close the calculator").click()
    expect(opener).to_be_focused()
    assert page.locator("#question").evaluate("form => form.isConnected")
    page.context.close()


def test_rough_work_stays_on_the_device_and_leaves_with_the_next_sitting(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="Rough work").click()
    page.get_by_role("textbox", name="Rough work").fill("remainder is 17")
    again(page)
    page.get_by_role("button", name="Rough work").click()

    expect(page.get_by_role("textbox", name="Rough work")).to_have_value("remainder is 17")
    assert not any("remainder" in body for body in sent)
    page.evaluate("import('/static/rough_work.js').then(async ({ openPads }) => (await openPads()).keepOnly('sit_other'))")
    again(page)
    page.get_by_role("button", name="Rough work").click()
    expect(page.get_by_role("textbox", name="Rough work")).to_have_value("")
    page.context.close()


def test_a_question_is_read_aloud_paused_and_stopped_where_there_is_a_voice(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser, voice=True)
    read = page.locator("[data-read]")
    read.click()
    expect(read).to_have_text("Pause reading")
    assert page.evaluate("spoken[0].lang") == "en-IN"
    assert page.locator("#question").get_attribute("data-read-aloud") == "question"
    assert page.locator("#question").get_attribute("lang") == "en"
    assert len(page.evaluate("spoken[0].text")) > 20

    read.click()
    expect(read).to_have_text("Go on reading")
    read.click()
    page.get_by_role("button", name="Stop reading").click()
    expect(read).to_have_text("Read aloud")
    expect(read).to_be_focused()
    page.context.close()


def test_without_a_voice_a_line_says_why_nothing_is_read(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)

    expect(page.locator("#read-aloud")).to_be_hidden()
    expect(page.get_by_text("Not read aloud: this browser has no voice for this language.")).to_be_visible()
    page.context.close()


def test_announcements_arrive_beside_the_work_and_take_neither_focus_nor_text(desk: Desk, browser: Browser) -> None:
    desk.say("Read 5 kg for 5 g.", "5 ग्राम के स्थान पर 5 किलो पढ़ें।", about=0)
    page = desk.open(browser)
    page.get_by_role("button", name="Rough work").click()
    pad = page.get_by_role("textbox", name="Rough work")
    pad.fill("half a word")
    desk.say("The bell is a test.", "घंटी केवल जाँच है।")

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # a page that is looked at again asks at once
    expect(page.locator("#news .news__card")).to_have_count(2)

    expect(pad).to_be_focused()
    expect(pad).to_have_value("half a word")
    expect(page.locator("#beside-announce")).to_contain_text("The bell is a test.")
    expect(page.locator("#news-here")).to_have_text("Read 5 kg for 5 g.")
    for _ in range(2):
        page.locator("#news .news__card button").first.click()
    expect(page.locator("#news")).to_be_hidden()
    page.get_by_role("button", name="Announcements").click()
    expect(page.locator("#news-list li")).to_have_count(2)
    page.context.close()


def test_more_contrast_and_larger_text_are_remembered(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)
    page.get_by_role("button", name="High contrast").click()
    page.get_by_role("button", name="Larger text").click()

    again(page)

    expect(page.get_by_role("button", name="High contrast")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.body.dataset.size") == "1"
    page.emulate_media(forced_colors="active")
    expect(page.get_by_role("button", name="Save & next")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_at_four_hundred_per_cent_nothing_is_cut_off(desk: Desk, browser: Browser, lang: str) -> None:
    page = desk.open(browser, width=320, height=256, lang=lang)
    page.locator("[data-opens=calculator]").click()
    page.locator("[data-opens=rough-work]").click()

    wide = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((one) => {
          const box = one.getBoundingClientRect();
          const scrolls = one.closest("fieldset.qti-match, table, .side, .visually-hidden, .skip");
          return !scrolls && one.checkVisibility() && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )

    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).position") == "static"
    page.context.close()


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("hi", 390)])
def test_nothing_serious_is_wrong_for_those_who_listen(desk: Desk, browser: Browser, lang: str, width: int) -> None:
    page = desk.open(browser, width=width, lang=lang, voice=True)
    page.locator("[data-opens=calculator]").click()
    page.locator("[data-opens=rough-work]").click()

    found = {pressed: Axe().run(page).response["violations"] for pressed in _contrasts(page)}

    grave = {
        pressed: [
            (one["id"], [node["html"][:160] for node in one["nodes"]]) for one in violations if one["impact"] in ("serious", "critical")
        ]
        for pressed, violations in found.items()
    }
    assert grave == {"usual": [], "more": []}
    page.context.close()


def _contrasts(page: Page) -> Iterator[str]:
    page.evaluate(AT_REST)
    yield "usual"
    page.locator("#contrast").click()
    page.evaluate(AT_REST)  # colours on their way from one to the other have no contrast to be measured
    yield "more"


def test_full_screen_is_asked_for_kindly_and_blocks_nothing(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)
    strip = page.locator("#full-screen")
    expect(strip).to_be_visible()
    page.get_by_role("radio").first.check()

    strip.get_by_role("button", name="Show in full screen").click()
    expect(strip).to_be_hidden()

    page.evaluate("document.exitFullscreen()")
    expect(strip).to_be_visible()
    strip.get_by_role("button", name="Not now").click()
    expect(strip).to_be_hidden()
    assert until(lambda: {"full_screen", "window"} <= {str(data.get("what")) for data in _hints(desk)})
    page.context.close()


def test_leaving_and_pasting_are_hints_and_nothing_is_prevented(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)
    page.get_by_role("button", name="Rough work").click()
    page.get_by_role("textbox", name="Rough work").fill("")
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text/plain", "twelve chars");
          document.querySelector("#rough").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true })); }"""
    )
    page.evaluate("dispatchEvent(new Event('blur'))")
    page.evaluate("dispatchEvent(new Event('focus'))")

    assert until(lambda: {"paste", "left", "back"} <= {str(data.get("what")) for data in _hints(desk)})

    assert next(data for data in _hints(desk) if data["what"] == "paste")["characters"] == 12
    page.context.close()


def test_a_reported_question_reaches_the_cell(desk: Desk, browser: Browser) -> None:
    page = desk.open(browser)
    page.get_by_role("button", name="Report this question").click()
    page.locator("#report-text").fill("Two answers are right.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".toast")).to_have_text("Thank you. The examination cell will look at this question.")

    report, *_ = question_reports.of_sitting(desk.engine, desk.world.candidate, desk.world.sitting_id)

    assert (report.item_id, report.language, report.text) == (desk.world.items[0], "en", "Two answers are right.")
    page.context.close()


def test_handing_in_forgets_the_rough_work_and_says_that_a_report_is_known(desk: Desk, browser: Browser) -> None:
    about = NewReport(item_id=desk.world.items[0], language="en", text="The picture is missing.")
    question_reports.report_question(desk.engine, desk.world.candidate, desk.world.sitting_id, about)
    page = desk.open(browser)
    page.get_by_role("button", name="Rough work").click()
    page.get_by_role("textbox", name="Rough work").fill("secret")
    assert soon(page, lambda: _kept(page, desk) == "secret")
    if page.locator("#notice-do").is_visible():
        page.locator("#notice-do").click()
        expect(page.locator("#notice")).to_be_hidden()
    page.get_by_role("button", name="Submit …").click()
    page.get_by_role("button", name="Hand in", exact=True).click()
    page.wait_for_url("**/done")

    assert _kept(page, desk) == ""
    expect(page.get_by_text("The examination cell has your report on 1 question.")).to_be_visible()
    assert delivery.my_sitting(desk.engine, desk.world.candidate, desk.world.sitting_id).state is SittingState.SUBMITTED
    page.context.close()


def _hints(desk: Desk) -> list[dict[str, object]]:
    with desk.engine.store.read() as tx:
        return [dict(one.data) for one in tx.events.of_sitting(desk.world.sitting_id) if one.kind == "browser_hint"]


def _kept(page: Page, desk: Desk) -> str:
    """Return the rough work that the device holds, a moment after the last key."""
    read = f"import('/static/rough_work.js').then(async ({{ openPads }}) => (await openPads()).read('{desk.world.sitting_id}'))"
    return str(page.evaluate(read))
