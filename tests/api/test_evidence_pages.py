"""The pages and routes of evidence over the real app: what the cell sees, who may take what home, and how early erasing is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.app import create_app
from assessment_engine.evidence.verifier import check_package
from assessment_engine.invigilation import CaseState
from assessment_engine.kernel.signing import Purpose, SigningKey
from assessment_engine.people import Actor, Role
from assessment_engine.services import audit, evidence_packages, passwords
from assessment_engine.services.engine import Engine
from assessment_engine.services.typesetter import TypstTypesetter
from assessment_engine.storage.people import people
from tests.api.browsers import Browser, a_browser, a_program
from tests.builders import a_person, an_engine, an_organisation
from tests.certification.story import Story
from tests.proctoring.vision.conftest import ASSETS
from tests.services.test_evidence_packages import a_recorded_story, hiding, made


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return a_recorded_story(replace(an_engine(tmp_path), typesetter=TypstTypesetter(ASSETS)))


@pytest.fixture
def app(story: Story) -> FastAPI:
    return create_app(story.engine)


def as_(app: FastAPI, story: Story, actor: Actor) -> Browser:
    return a_browser(app, story.engine, actor)


def dismissed(story: Story) -> None:
    """Decide the open case, so that nothing needs the evidence any more."""
    with story.engine.store.begin() as tx:
        for case in tx.invigilation.cases_of(story.sitting_id):
            tx.invigilation.save_case(replace(case, state=CaseState.DISMISSED))


def test_the_cell_sees_what_is_kept_and_why_in_both_languages(app: FastAPI, story: Story) -> None:
    officer = as_(app, story, story.officers[0])

    english, hindi = officer.get("/cell/evidence?lang=en").text, officer.get("/cell/evidence?lang=hi").text
    assert "a case is open" in english
    assert "एक मामला खुला है" in hindi
    assert f"/evidence/{story.sitting_id}" in english
    assert as_(app, story, story.invigilators[0]).get("/cell/evidence").status_code == 403


def test_staff_make_a_package_and_take_it_and_its_certificate_home(app: FastAPI, story: Story) -> None:
    audit.sequence(story.engine)
    invigilator = as_(app, story, story.invigilators[0])
    address, package = f"/evidence/{story.sitting_id}", f"/api/v1/sittings/{story.sitting_id}/evidence-package"
    assert "Make the package" in invigilator.get(address).text

    assert invigilator.send(f"{address}/package").headers["location"].startswith(address)
    assert "being made" in invigilator.get(address).text
    refused = invigilator.get(package)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "judge_first")
    made(story)
    waits = invigilator.get(address).text
    assert "A case of this sitting waits for a judgement" in waits
    assert "Fetch the package" not in waits
    assert "इस परीक्षा का एक मामला निर्णय की प्रतीक्षा में है" in invigilator.get(f"{address}?lang=hi").text
    dismissed(story)
    assert "Fetch the package" in invigilator.get(f"{address}?lang=en").text
    taken = invigilator.get(package)
    assert check_package(taken.content).is_whole
    assert taken.headers["content-disposition"].endswith('.zip"')
    pdf = invigilator.get(f"/api/v1/sittings/{story.sitting_id}/evidence-certificate").content
    assert pdf.startswith(b"%PDF-")


def test_the_candidate_takes_their_own_home_and_nobody_elses(app: FastAPI, story: Story) -> None:
    package = made(story)
    address = f"/api/v1/sittings/{story.sitting_id}/evidence-package"
    candidate = a_program(app, story.engine, story.world.candidate)
    other = a_program(app, story.engine, a_person(story.engine, story.world.organisation_id, Role.CANDIDATE))
    elsewhere = a_program(app, story.engine, a_person(story.engine, an_organisation(story.engine), Role.CELL_OFFICER))

    assert candidate.get(address).content == package.data
    assert candidate.post(address).status_code == 202
    assert [one.get(address).status_code for one in (other, elsewhere)] == [404, 404]
    certificate = f"/api/v1/sittings/{story.sitting_id}/evidence-certificate"
    assert [one.get(certificate).status_code for one in (candidate, other, elsewhere)] == [200, 404, 404]


def test_erasing_early_is_refused_while_a_case_is_open_and_takes_two_afterwards(app: FastAPI, story: Story) -> None:
    first, second = (as_(app, story, officer) for officer in story.officers)
    address = f"/evidence/{story.sitting_id}"
    refused = first.send(f"{address}/erase", reason="the candidate asked for it")
    assert refused.status_code == 422
    assert "Something still needs this evidence" in refused.text

    dismissed(story)
    assert first.send(f"{address}/erase", reason="short").status_code == 422
    first.send(f"{address}/erase", reason="the candidate asked for it")
    assert "the candidate asked for it" in second.get(address).text
    wrong = second.send(f"{address}/erase/approve", password="not mine")
    assert "The password was not right" in wrong.text
    assert "erased on" not in second.get(address).text

    _know_passwords(story.engine)
    own = first.send(f"{address}/erase/approve", password=PASSWORD)
    assert "You asked for this yourself" in own.text
    second.send(f"{address}/erase/approve", password=PASSWORD)
    assert "erased on" in second.get(address).text


PASSWORD = "a long enough secret"


def _know_passwords(engine: Engine) -> None:
    with engine.store.begin() as tx:
        tx.connection.execute(people.update().values(password_hash=passwords.hashed(PASSWORD)))


def test_a_request_can_be_taken_back(app: FastAPI, story: Story) -> None:
    dismissed(story)
    officer = as_(app, story, story.officers[0])
    address = f"/evidence/{story.sitting_id}"
    officer.send(f"{address}/erase", reason="the candidate asked for it")
    officer.send(f"{address}/erase/withdraw")

    assert "Ask to erase" in officer.get(address).text
    assert officer.send(f"{address}/erase/withdraw").status_code == 422


def test_with_a_foreign_key_installed_pages_say_so_and_answers_have_a_stable_code(app: FastAPI, story: Story) -> None:
    made(story)
    dismissed(story)
    wrong = replace(story.engine, signer=replace(story.engine.signer, evidence=SigningKey(purpose=Purpose.EVIDENCE, seed=b"9" * 32)))
    broken = create_app(wrong)

    officer = a_browser(broken, wrong, story.officers[0])
    assert "Evidence cannot be read or kept now" in officer.get("/cell/evidence").text
    answer = a_program(broken, wrong, story.officers[0]).get(f"/api/v1/sittings/{story.sitting_id}/evidence-package")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "evidence_key_unreadable")


def test_a_frame_that_is_gone_or_changed_is_never_a_500(app: FastAPI, story: Story) -> None:
    with story.engine.store.read() as tx:
        (incident,) = tx.incidents.of_sitting(story.sitting_id)
        gone, changed, *_ = tx.incidents.evidence_of(incident.id)
    story.engine.blobs.delete(gone.blob)
    story.engine.blobs.put(changed.blob, b"something else altogether, long enough")
    reader = a_program(app, story.engine, story.invigilators[0])

    answers = [reader.get(f"/api/v1/evidence/{row.id}") for row in (gone, changed)]
    assert [(one.status_code, one.json()["error"]["code"]) for one in answers] == [(404, "evidence_missing"), (409, "evidence_altered")]
    page = as_(app, story, story.invigilators[0]).get(f"/invigilator/review/{incident.id}")
    assert page.status_code == 200
    assert "not in the store any more" in page.text
    assert "What the store has of 1 picture is not what was kept" in page.text


def test_a_package_is_made_by_the_job(story: Story) -> None:
    audit.sequence(story.engine)
    evidence_packages.ask(story.engine, story.invigilators[0], story.sitting_id)
    with story.engine.store.read() as tx:
        waiting = tx.outbox.waiting(story.engine.clock.now(), 10)
    assert len(waiting) >= 1
    assert hiding(None)(b"\xff\xd8\xff picture 1") == (b"\xff\xd8\xff picture 1", 0)
