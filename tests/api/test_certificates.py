"""The pages on certificates through the real app: record, result, files, why not yet, and changing one with two officers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.app import create_app
from assessment_engine.certification.certificate import Certificate
from assessment_engine.people import Actor, Role
from assessment_engine.services import certification
from assessment_engine.services.people import open_session
from assessment_engine.services.typesetter import TypstTypesetter
from tests.api.client import TestClient
from tests.builders import a_person, an_engine, an_organisation
from tests.certification.parts import ASSETS, contexts
from tests.certification.story import Story, a_story, install_triggers, tell


class Window:
    """Somebody's browser: the real app under a session cookie and its CSRF token."""

    def __init__(self, story: Story, actor: Actor) -> None:
        session = open_session(story.engine, actor.person_id)
        self._csrf = session.csrf
        self._client = TestClient(create_app(story.engine), cookies={"session": session.token})

    def read(self, path: str, status: int = 200) -> str:
        answer = self._client.get(path)
        assert answer.status_code == status, answer.text
        return str(answer.text)

    def data(self, path: str) -> bytes:
        return bytes(self._client.get(path).content)

    def send(self, path: str, status: int = 200, **fields: str) -> str:
        answer = self._client.post(path, data={"_csrf": self._csrf, **fields})
        assert answer.status_code == status, answer.text
        return str(answer.text)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    engine = replace(an_engine(tmp_path), contexts=contexts(), typesetter=TypstTypesetter(ASSETS))
    install_triggers(engine)
    yield a_story(engine)


def issued(story: Story) -> Certificate:
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None
    return certificate


def test_the_record_and_the_result_show_what_was_reached(story: Story) -> None:
    certificate = issued(story)
    window = Window(story, story.world.candidate)

    record, result = window.read("/candidate/record"), window.read(f"/candidate/sittings/{story.sitting_id}/result")

    assert "Public procurement" in record
    assert certificate.number in record
    assert "Passed" in result
    assert "81.25 %" in result
    assert certificate.number in result
    assert "सार्वजनिक क्रय" in window.read("/candidate/record?lang=hi")


def test_before_the_publication_the_result_says_why_not_and_shows_no_score(story: Story) -> None:
    tell(story, until="second")

    page = Window(story, story.world.candidate).read(f"/candidate/sittings/{story.sitting_id}/result")

    assert "The result is not published yet" in page
    assert "second officer" in page
    assert "With the examination cell" in page
    assert "81.25" not in page


def test_the_holder_downloads_both_files_and_they_verify(story: Story) -> None:
    certificate = issued(story)
    window = Window(story, story.world.candidate)

    for name in ("certificate.pdf", "credential.json"):
        file = window.data(f"/certificates/{certificate.number}/{name}")
        answer = TestClient(create_app(story.engine)).post("/verify", files={"file": (name, file)})
        assert "Valid as of" in answer.text
        assert "Asha Rao" in answer.text


def test_the_address_in_the_code_answers_anybody(story: Story) -> None:
    certificate = issued(story)
    anybody = TestClient(create_app(story.engine))

    page = anybody.get(f"/verify/{certificate.number}").text

    assert "Valid as of" in page
    assert certificate.credential_sha256 not in page
    assert story.sealed().sha256 in page


def test_the_cell_sees_why_not_yet_with_who_and_since(story: Story) -> None:
    tell(story, until="first")
    officer = Window(story, story.officers[0])

    page = officer.read(f"/cell/certificates?session={story.world.session_id}")

    assert "First officer&#39;s signature missing" in page or "First officer's signature missing" in page
    assert "Examination cell" in page
    assert b"Asha Rao" in officer.data(f"/cell/certificates/session.csv?session={story.world.session_id}")


def test_one_officer_suspends_another_revokes_and_everybody_sees_it(story: Story) -> None:
    number = issued(story).number
    first, second = (Window(story, officer) for officer in story.officers)
    path = f"/cell/certificates/{number}"

    assert "Say why" in first.send(f"{path}/suspend", 422, reason="no")
    first.send(f"{path}/suspend", reason="a complaint was received")
    assert "A second officer is needed" in first.send(f"{path}/revoke", 422, reason="obtained by deceit")
    assert "Suspended" in TestClient(create_app(story.engine)).get(f"/verify/{number}").text
    second.send(f"{path}/revoke", reason="obtained by deceit")

    assert "Revoked" in TestClient(create_app(story.engine)).get(f"/verify/{number}").text
    assert "obtained by deceit" in second.read(path)
    assert "Revoked" in Window(story, story.world.candidate).read("/candidate/record")


def test_another_organisation_sees_nothing(story: Story) -> None:
    number = issued(story).number
    elsewhere = an_organisation(story.engine, "Elsewhere")
    officer = Window(story, a_person(story.engine, elsewhere, Role.CELL_OFFICER))
    candidate = Window(story, a_person(story.engine, elsewhere))

    officer.read(f"/cell/certificates/{number}", 404)
    officer.read(f"/cell/certificates?session={story.world.session_id}", 404)
    officer.send(f"/cell/certificates/{number}/suspend", 404, reason="a complaint was received")
    assert number not in officer.read("/cell/audit")
    candidate.read(f"/candidate/sittings/{story.sitting_id}/result", 404)
    candidate.read(f"/certificates/{number}/certificate.pdf", 404)
    candidate.read(f"/certificates/{number}/credential.json", 404)
    candidate.read(f"/cell/certificates/{number}", 403)


def test_the_audit_page_verifies_the_whole_log(story: Story) -> None:
    issued(story)
    officer = Window(story, story.officers[0])

    assert "no checkpoint yet" in officer.read("/cell/audit")
    assert "The log is whole" in officer.send("/cell/audit")
