"""The pages of grievances over the real app."""

from pathlib import Path

from sqlalchemy import update

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.grievances import About, Grievance, Outcome
from assessment_engine.people import Role
from assessment_engine.services import certification, grievances, invigilation
from assessment_engine.services.grievances import Complaint
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.people import people
from tests.api.browsers import a_browser
from tests.builders import a_person, a_world, an_engine
from tests.services.test_appeals import Accused, accused
from tests.services.test_grievances import a_published_result


def test_grievances_name_people_in_the_readers_language(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    world = a_world(engine, state=SittingState.SUBMITTED)
    with engine.store.begin() as tx:
        tx.connection.execute(update(sittings).values(submitted_at=engine.clock.now()))
        tx.connection.execute(update(people).where(people.c.id == world.candidate.person_id).values(name_hi="आशा राव"))
    farah = a_person(engine, world.organisation_id, Role.GRIEVANCE_OFFICER, name="Farah Khan")
    officer = a_browser(create_app(engine), engine, farah)
    a_published_result(engine, world, approved_by=farah)
    complaint = Complaint(sitting_id=world.sitting_id, about=About.RESULT, text="The lamp fell over; I never left my seat.")
    filed = grievances.file_grievance(engine, world.candidate, complaint)

    for path in ("/grievances", f"/grievances/{filed.id}"):
        hindi, english = officer.get(f"{path}?lang=hi").text, officer.get(f"{path}?lang=en").text
        assert "आशा राव" in hindi and "Asha Rao" not in hindi
        assert "Asha Rao" in english


def told(case: Accused, filed: Grievance, lang: str = "en") -> str:
    """What the candidate reads on the page of their grievance."""
    browser = a_browser(create_app(case.engine), case.engine, case.candidate)
    answer = browser.get(f"/candidate/grievances/{filed.id}?lang={lang}")
    assert answer.status_code == 200
    return str(answer.text)


def test_a_candidate_whose_appeal_is_upheld_reads_what_was_decided_and_what_follows(tmp_path: Path) -> None:
    case = accused(an_engine(tmp_path))
    appeal = case.appeal()
    assert "What this means for you" not in told(case, appeal)
    case.story.tick()
    case.uphold(appeal)

    english, hindi = told(case, appeal), told(case, appeal, "hi")

    assert "is taken back, and the flag is not held against you any more" in english
    assert "What the camera saw is being summed up." in english and "Done by the system, without you" in english
    assert "आपकी बात सही पाई गई" in hindi and "अपने आप होता है" in hindi
    case.story.tick()
    invigilation.settle(case.engine, case.story.sitting_id)
    issued = certification.issue_certificates(case.engine, case.story.sitting_id)
    assert issued is not None and issued.number in told(case, appeal)


def test_one_that_is_not_upheld_says_that_the_decision_stays_and_what_stands_in_the_way(tmp_path: Path) -> None:
    case = accused(an_engine(tmp_path))
    appeal = case.appeal()
    grievances.resolve(case.engine, case.officer, appeal.id, Outcome.NOT_UPHELD, "The chair is empty in every picture.")

    page = told(case, appeal)

    assert "stays as it is" in page and "Two people have decided against the sitting." in page
    assert "You were right" not in page and "still to be done" not in page


def test_an_upheld_grievance_about_a_result_promises_nothing_that_does_not_follow(tmp_path: Path) -> None:
    case = accused(an_engine(tmp_path))
    complaint = Complaint(sitting_id=case.story.sitting_id, about=About.RESULT, text="Question 2 has two right answers, see the handbook.")
    filed = grievances.file_grievance(case.engine, case.candidate, complaint)
    case.uphold(filed)

    page = told(case, filed)

    assert "It does not change by itself" in page and "published again" in page
    assert "taken back" not in page
