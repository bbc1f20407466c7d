"""The pages of grievances over the real app."""

from pathlib import Path

from sqlalchemy import update

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.grievances import About
from assessment_engine.people import Role
from assessment_engine.services import grievances
from assessment_engine.services.grievances import Complaint
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.people import people
from tests.api.browsers import a_browser
from tests.builders import a_person, a_world, an_engine
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
