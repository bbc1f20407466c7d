"""The pages of registration over the real app: centres, sessions with rooms, a roster, hall tickets, and a candidate's own place."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assessment_engine.exams.hall_ticket import HallTicket, tickets_source
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import CIVIL_TIME, Role
from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from assessment_engine.services.typesetter import TypstTypesetter
from tests.api.browsers import Browser, a_browser
from tests.api.test_cell_pages import Officer
from tests.builders import a_form, a_person, an_engine, an_exam, an_organisation
from tests.certification.parts import ASSETS
from tests.services.test_rosters import JPEG, zipped


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return replace(an_engine(tmp_path), typesetter=TypstTypesetter(ASSETS))


@pytest.fixture
def officer(engine: Engine) -> Officer:
    organisation_id = an_organisation(engine)
    an_exam(engine, organisation_id, a_form(engine, organisation_id)[0])
    return Officer(engine, organisation_id)


def a_hall(engine: Engine, officer: Officer, *, bookable: str = "1") -> str:
    """A session tomorrow in a room of two seats, all by forms; returns its page's path."""
    meera = a_person(engine, officer.person.organisation_id, Role.INVIGILATOR)
    about: dict[str, object] = {"code": "DEL-1", "name": "Delhi", "name_hi": "दिल्ली", "address": "Lodhi Road"}
    _, centre = officer.post("/cell/centres/new", about, "/cell/centres/new")
    path = centre.split("?")[0].removeprefix("http://testserver")
    html, _ = officer.post(f"{path}/rooms", {"name": "Hall A", "capacity": "2", "invigilator": meera.person_id}, path)
    room = re.search(r"/rooms/(rom_\w+)", html)
    assert room is not None
    opens_at = (engine.clock.now() + timedelta(days=2)).astimezone(CIVIL_TIME)
    when = {"opens_at": opens_at.strftime("%Y-%m-%dT%H:%M"), "closes_at": (opens_at + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")}
    with engine.store.read() as tx:
        exam = tx.exams.everywhere()[0]
    new: dict[str, object] = {"exam_id": exam.id, "title": "Morning", "title_hi": "सुबह", **when, "bookable": bookable, "rooms": [room[1]]}
    _, url = officer.post("/cell/sessions/new", new, "/cell/sessions/new")
    return url.split("?")[0].removeprefix("http://testserver")


def test_a_roster_comes_in_by_forms_and_its_passwords_are_shown_once(engine: Engine, officer: Officer) -> None:
    session = a_hall(engine, officer)
    files = {"roster": ("r.csv", b"login,name,photo\nzoya,Zoya Khan,z.jpg\n", "text/csv"), "photos": ("p.zip", zipped(z__jpg=JPEG))}

    checked, _ = officer.post(f"{session}/roster", {"check_only": "true"}, f"{session}/roster", files=files)
    html, _ = officer.post(f"{session}/roster", {}, f"{session}/roster", files=files)

    assert "1 candidate can be registered." in checked
    assert "1 candidate was registered." in html
    password = re.search(r'class="mono">(\w{4}-\w{4}-\w{4})<', html)
    assert password is not None
    assert people.sign_in(engine, "zoya", password[1]).person.name == "Zoya Khan"
    assert password[1] not in officer.get(f"{session}/roster")
    assert "Hall A" in officer.get(f"{session}?q=zoya&sort=-name")
    assert officer.client.get(f"{session}/hall-tickets.pdf").content.startswith(b"%PDF")
    assert "zoya" in officer.get(f"{session}/seats.csv")


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_a_roster_that_cannot_be_taken_is_said_line_by_line(engine: Engine, officer: Officer, lang: str) -> None:
    session = a_hall(engine, officer)
    files = {"roster": ("r.csv", b"login,name,room\nzoya,Zoya,Hall Z\n=1,Om,Room 9\n", "text/csv")}

    html, _ = officer.post(f"{session}/roster?lang={lang}", {}, f"{session}/roster", status=422, files=files)
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', officer.get(session))
    assert csrf is not None
    route = f"/api/v1{session.removeprefix('/cell')}/roster"
    answer = officer.client.post(route, files=files, headers={"x-csrf-token": csrf[1]})

    assert "Hall Z" in html
    assert answer.status_code == 422
    assert answer.json()["code"] == "roster_refused"
    assert [(problem["line"], problem["code"]) for problem in answer.json()["problems"]] == [
        (2, "unknown_room"),
        (3, "formula"),
        (3, "unknown_room"),
    ]
    assert ("this session does not use" in html.lower()) == (lang == "en")


def test_a_room_that_does_not_fit_keeps_what_was_typed_and_is_refused_in_the_readers_words(engine: Engine, officer: Officer) -> None:
    a_hall(engine, officer)
    centre = re.search(r'href="(/cell/centres/cen_\w+)"', officer.get("/cell/centres"))
    assert centre is not None
    path = centre[1]

    html, _ = officer.post(f"{path}/rooms?lang=hi", {"name": "Hall A", "capacity": "17"}, path, status=422)
    changed, _ = officer.post(f"{path}/rooms/{room_of(html)}?lang=hi", {"capacity": "many"}, path, status=422)
    reloaded = officer.client.get(f"{path}/rooms?lang=en", follow_redirects=False)

    assert "इस केंद्र में इस नाम का कमरा पहले से है।" in html
    assert 'value="Hall A"' in html and 'value="17"' in html
    assert "Hall A" in changed and 'value="many"' in changed
    assert reloaded.headers["location"] == f"{path}?lang=en"


def room_of(html: str) -> str:
    room = re.search(r"/rooms/(rom_\w+)", html)
    assert room is not None
    return room[1]


def test_what_a_session_cannot_be_is_said_at_its_field_in_the_readers_words(engine: Engine, officer: Officer) -> None:
    session = a_hall(engine, officer)
    form = officer.get(f"{session}/edit")
    sent = dict(re.findall(r'name="(opens_at|closes_at)" type="datetime-local" value="([^"]+)"', form))
    turned = {"title": "Morning", "opens_at": sent["closes_at"], "closes_at": sent["opens_at"], "capacity": "x"}

    wrong, _ = officer.post(f"{session}/edit?lang=hi", turned, f"{session}/edit", status=422)
    refused, _ = officer.post(f"{session}/edit?lang=hi", {**turned, "capacity": ""}, f"{session}/edit", status=422)
    nobody, _ = officer.post(f"{session}/register?lang=hi", {"login": "nobody", "seat": "B7"}, session, status=422)

    assert 'id="capacity-error"' in wrong
    assert "सत्र खुलने के बाद ही बंद होता है।" in refused
    assert "आपके संगठन में यह लॉग-इन किसी का नहीं है।" in nobody and 'value="B7"' in nobody


def test_a_session_is_changed_by_its_form_and_what_does_not_fit_is_said(engine: Engine, officer: Officer) -> None:
    session = a_hall(engine, officer)
    form = officer.get(f"{session}/edit")
    sent = dict(re.findall(r'name="(opens_at|closes_at)" type="datetime-local" value="([^"]+)"', form))

    assert "checked" in form
    officer.post(f"{session}/edit", {**sent, "title": ""}, f"{session}/edit", status=422)
    html, _ = officer.post(f"{session}/edit", {**sent, "title": "Evening", "capacity": "7"}, f"{session}/edit")
    assert "Evening" in html


def test_a_candidate_books_a_slot_sees_the_ticket_and_gives_the_place_back(engine: Engine, officer: Officer) -> None:
    session = a_hall(engine, officer)
    candidate = a_person(engine, officer.person.organisation_id)
    browser: Browser = a_browser(officer.client.app, engine, candidate)  # type: ignore[arg-type]

    assert "2 seats free" in browser.get("/candidate").text
    browser.send("/candidate/registrations", session_id=session.rpartition("/")[2])
    with engine.store.read() as tx:
        sitting = next(one for one in tx.sittings.all_of_candidate(candidate.person_id) if not one.practice)
    place = f"/candidate/sittings/{sitting.id}"
    assert "Hall A" in browser.get(f"{place}/hall-ticket").text
    assert browser.get(f"{place}/hall-ticket.pdf").content.startswith(b"%PDF")
    assert "You can change your place" in browser.get(f"{place}/place").text
    assert browser.send(f"{place}/place/give-back").headers["location"] == "/candidate?done=given_back"
    assert browser.get(f"{place}/hall-ticket").status_code == 409
    assert "2 seats free" in browser.get("/candidate").text


def test_who_comes_after_the_last_seat_reads_so_beside_what_is_still_free(engine: Engine, officer: Officer) -> None:
    session = a_hall(engine, officer).rpartition("/")[2]
    candidates = [a_person(engine, officer.person.organisation_id) for _ in range(3)]
    first, second, third = (a_browser(officer.client.app, engine, one) for one in candidates)  # type: ignore[arg-type]
    first.send("/candidate/registrations", session_id=session)
    second.send("/candidate/registrations", session_id=session)

    late = third.send("/candidate/registrations?lang=hi", session_id=session)

    assert late.status_code == 409
    assert "वह सीट अब ख़ाली नहीं है" in late.text and "उस सत्र की आख़िरी सीट अभी-अभी भर गई।" in late.text
    with engine.store.read() as tx:
        assert not list(tx.sittings.all_of_candidate(candidates[2].person_id))


def test_nobody_elses_ticket_is_shown(engine: Engine, officer: Officer) -> None:
    stranger = a_browser(officer.client.app, engine, a_person(engine, an_organisation(engine)))  # type: ignore[arg-type]

    assert stranger.get("/candidate/sittings/sit_x/hall-ticket").status_code == 404
    assert stranger.get("/cell/sessions/ses_x/hall-tickets.pdf").status_code == 403


def test_what_people_typed_stays_text_on_a_ticket(engine: Engine) -> None:
    now = engine.clock.now()
    ticket = HallTicket(
        number="7K3M-9QRT",
        language="hi",
        organisation=("Agency", "एजेंसी"),
        name=('Asha "The \\Rock" #set page(width: 1cm) $x$ DATA', "आशा"),
        login="asha",
        exam=("Exam", "परीक्षा"),
        exam_code="E1",
        minutes=60,
        session=("Morning", ""),
        opens_at=now,
        closes_at=now + timedelta(days=3),
        starts_together=False,
        centre=None,
        address=("", ""),
        room="",
        seat="",
        address_of_sitting=f"https://exam.example/candidate/sittings/{SittingId('sit_1')}",
        photo=False,
    )

    pdf = engine.typesetter.pdf(tickets_source([ticket, ticket], ["<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"] * 2))

    assert b"/Type/Pages/Count 2/" in pdf
