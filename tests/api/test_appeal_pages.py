"""The pages of an appeal: who may be given it and why others may not, what upholding does, and what the candidate reads of it."""

from pathlib import Path

import pytest

from api.app import create_app
from assessment_engine.grievances import About
from assessment_engine.invigilation import CaseState
from assessment_engine.kernel.ids import GrievanceId, IncidentId
from assessment_engine.people import Actor, Role
from assessment_engine.services import grievances, hearings, invigilation, judgements, people
from assessment_engine.services.grievances import Complaint
from assessment_engine.services.people import NewPerson
from tests.api.browsers import Browser, a_browser
from tests.builders import a_person, an_engine, steer
from tests.services.court import UPHOLD, Court, a_court

WHY = "It is a calculator: its keys can be seen in the second picture."
BECAUSE = "The second picture shows the keys of a calculator, which the rules allow."
PASSWORD = "quiet-river-stone-42"


@pytest.fixture
def court(tmp_path: Path) -> Court:
    return a_court(an_engine(tmp_path))


def an_upheld_case(court: Court) -> IncidentId:
    incident = court.asked()
    hearings.answer(court.engine, court.candidate, incident, "It was my calculator.")
    court.judge(incident, UPHOLD, court.second)
    return incident


def an_appeal(court: Court, incident: IncidentId) -> GrievanceId:
    complaint = Complaint(sitting_id=court.world.sitting_id, about=About.FLAG, text=WHY, incident_id=incident)
    return grievances.file_grievance(court.engine, court.candidate, complaint).id


def a_grievance_officer(court: Court) -> Actor:
    new = NewPerson(login="farah", name="Farah Khan", password=PASSWORD, roles=(Role.GRIEVANCE_OFFICER,))
    people.add_person(court.engine, court.world.organisation_id, new)
    return people.sign_in(court.engine, "farah", PASSWORD).actor


def a_desk(court: Court, actor: Actor) -> Browser:
    return a_browser(create_app(court.engine), court.engine, actor)


def state(court: Court, incident: IncidentId) -> CaseState:
    with court.engine.store.read() as tx:
        return tx.invigilation.case(incident, court.world.organisation_id).state


def test_nobody_left_is_said_with_the_reason_to_the_cell_and_to_the_candidate(court: Court) -> None:
    incident = an_upheld_case(court)
    kiran = a_person(court.engine, court.world.organisation_id, Role.GRIEVANCE_OFFICER, Role.INVIGILATOR, name="Kiran Bose")
    judgements.see(court.engine, kiran, incident)
    filed = an_appeal(court, incident)
    cell = a_desk(court, a_person(court.engine, court.world.organisation_id, Role.CELL_OFFICER))

    page = cell.get(f"/grievances/{filed}?lang=en").text

    assert "Nobody is left who may answer it" in page
    assert "<strong>Kiran Bose</strong>: had a case of it open" in page
    own = a_desk(court, court.candidate).get(f"/candidate/grievances/{filed}?lang=en").text
    assert "At present there is none who has not seen your exam." in own and "Kiran Bose" not in own
    refused = cell.send(f"/grievances/{filed}/assign", officer=kiran.person_id)
    assert refused.status_code == 422 and "It was not given to them" in refused.text


def test_upholding_says_what_it_does_takes_the_password_and_clears_the_candidate(court: Court) -> None:
    incident, officer = an_upheld_case(court), a_grievance_officer(court)
    filed = an_appeal(court, incident)
    desk = a_desk(court, officer)
    page = desk.get(f"/grievances/{filed}?lang=en").text
    assert "The decision of the two people on this flag is taken back." in page
    assert "It was my calculator." in page, "the reply is part of the case"

    wrong = desk.send(f"/grievances/{filed}/resolve", outcome="upheld", reason=BECAUSE, password="not this one")
    short = desk.send(f"/grievances/{filed}/resolve", outcome="upheld", reason="No.", password=PASSWORD)
    assert wrong.status_code == short.status_code == 422
    assert "The password was not right" in wrong.text and BECAUSE in wrong.text
    assert state(court, incident) is CaseState.UPHELD

    steer(court.engine).advance(60)
    answer = desk.send(f"/grievances/{filed}/resolve", outcome="upheld", reason=BECAUSE, password=PASSWORD)
    assert answer.headers["location"].endswith("done=overturned")
    assert state(court, incident) is CaseState.OVERTURNED
    invigilation.settle(court.engine, court.world.sitting_id)
    own = a_desk(court, court.candidate).get(f"/candidate/sittings/{court.world.sitting_id}/watch?lang=en").text
    assert "A decision was taken back on your appeal. Nothing is held against you." in own
    assert "Taken back on appeal" in own and "your exam counts" in own


def test_leaving_the_decision_as_it_is_needs_no_password(court: Court) -> None:
    incident, officer = an_upheld_case(court), a_grievance_officer(court)
    filed = an_appeal(court, incident)

    answer = a_desk(court, officer).send(f"/grievances/{filed}/resolve", outcome="not_upheld", reason=BECAUSE)

    assert answer.headers["location"].endswith("done=resolved")
    assert state(court, incident) is CaseState.UPHELD
    own = a_desk(court, court.candidate).get(f"/candidate/grievances/{filed}?lang=en").text
    assert "Not upheld" in own and BECAUSE in own


def test_what_cannot_be_contested_is_said_and_nothing_of_it_is_lost(court: Court) -> None:
    incident = court.asked()
    form, candidate = f"/candidate/sittings/{court.world.sitting_id}/grievance", a_desk(court, court.candidate)

    early = candidate.send(form, subject=incident, text=WHY)
    hearings.waive(court.engine, court.candidate, incident)
    court.judge(incident, UPHOLD, court.second)
    assert "until 23 Dec 2026, 17:30" in candidate.get(f"{form}?lang=en").text
    first = candidate.send(form, subject=incident, text=WHY)
    twice = candidate.send(form, subject=incident, text=WHY)

    assert early.status_code == 409 and "People have not decided about this yet" in early.text
    assert first.status_code == 303
    assert twice.status_code == 409 and "You have contested this already" in twice.text


def test_after_the_days_for_appeals_it_is_said_that_they_are_over(court: Court) -> None:
    incident = an_upheld_case(court)
    steer(court.engine).advance(31 * 86400)

    form, candidate = f"/candidate/sittings/{court.world.sitting_id}/grievance", a_desk(court, court.candidate)
    late = candidate.send(form, subject=incident, text=WHY)

    assert late.status_code == 409 and "The time for contesting this is over" in late.text
    page = candidate.get(f"/candidate/sittings/{court.world.sitting_id}/watch?lang=en").text
    assert "So the certificate of this exam is not issued." in page and "You can appeal" not in page


def test_an_officer_who_knows_the_candidate_gives_it_back_and_the_candidate_reads_that_it_waits(court: Court) -> None:
    incident, officer = an_upheld_case(court), a_grievance_officer(court)
    filed = an_appeal(court, incident)
    desk = a_desk(court, officer)
    assert "I know this candidate" in desk.get(f"/grievances/{filed}?lang=en").text

    back = desk.send(f"/grievances/{filed}/step-back", tie="knows", note="")

    assert back.status_code == 303 and back.headers["location"].endswith("done=given_back")
    page = desk.get(f"/grievances/{filed}?lang=en").text
    assert "Nobody is left who may answer it" in page and "<strong>Farah Khan</strong>: knows the candidate" in page
    own = a_desk(court, court.candidate).get(f"/candidate/grievances/{filed}?lang=en").text
    assert "Its officer can no longer answer it; somebody else will" in own and "Farah" not in own
