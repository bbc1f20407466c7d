"""The pages of what came late: for who decides, for whose they are, and for who brings a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from api.app import create_app
from assessment_engine.delivery.answer_file import make_file
from assessment_engine.delivery.responses import an_offer
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.signing import unb64url
from assessment_engine.people import Actor, Role
from assessment_engine.services import delivery, people
from assessment_engine.services.answer_files import answer_file_key
from assessment_engine.services.engine import Engine
from assessment_engine.services.late_answers import keep_late
from assessment_engine.services.scoring import score_sitting
from assessment_engine.storage.schema import metadata
from tests.api.client import TestClient
from tests.builders import World, a_person, a_world, an_engine

A = {"RESPONSE": "A"}


@dataclass(frozen=True)
class Office:
    """A served app with a candidate, an officer and an invigilator."""

    engine: Engine
    world: World
    client: Any
    officer: Actor
    invigilator: Actor

    def get(self, actor: Actor, path: str) -> Any:
        return self.client.get(path, headers={"Cookie": f"session={people.open_session(self.engine, actor.person_id).token}"})

    def post(self, actor: Actor, path: str, form: dict[str, Any], **sent: Any) -> Any:
        signed = people.open_session(self.engine, actor.person_id)
        headers = {"Cookie": f"session={signed.token}", "X-CSRF-Token": signed.csrf}
        return self.client.post(path, data=form, headers=headers, follow_redirects=False, **sent)

    @property
    def case(self) -> str:
        return f"/cell/late-answers/{self.world.sitting_id}"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    engine = an_engine(tmp_path)
    world, ledger = a_world(engine), delivery.open_ledger(engine)
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Officer One")
    invigilator = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Invigilator One")
    delivery.submit(engine, ledger, world.candidate, world.sitting_id)
    with TestClient(create_app(engine, ledger), raise_server_exceptions=False) as client:
        yield Office(engine=engine, world=world, client=client, officer=officer, invigilator=invigilator)
    ledger.stop()


def late(office: Office) -> str:
    offer = an_offer(office.world.sitting_id, office.world.candidate.person_id, office.world.items[1], 2, A)
    return keep_late(office.engine, office.world.candidate, office.world.sitting_id, [offer], "").late[0].id


def test_who_decides_sees_when_it_came_and_never_what_was_answered(office: Office) -> None:
    late(office)

    queue, case = office.get(office.officer, "/cell/late-answers"), office.get(office.invigilator, office.case)

    assert "Asha Rao" in queue.text
    assert case.status_code == 200
    assert "What was answered, and whether it is right, is not shown here" in case.text
    assert "RESPONSE" not in case.text
    assert 'name="password"' not in case.text  # an invigilator cannot let them count
    assert 'name="password"' in office.get(office.officer, office.case).text


def test_two_people_refuse_on_the_page_and_the_candidate_reads_why(office: Office) -> None:
    late_id = late(office)
    form = {"verdict": "refuse", "late": late_id, "reason": "This device was in touch with us after the end."}

    first = office.post(office.invigilator, office.case, form)
    again = office.post(office.invigilator, office.case, form)
    second = office.post(office.officer, office.case, {**form, "reason": "The log shows the device in touch."})

    assert (first.status_code, first.headers["location"]) == (303, f"{office.case}?done=awaiting_second")
    assert again.status_code == 422
    assert "A second person is needed" in again.text
    assert second.headers["location"].endswith("done=refused")
    with office.engine.store.begin() as tx:
        rows = metadata.tables["people"]
        tx.connection.execute(update(rows).where(rows.c.id == office.invigilator.person_id).values(name_hi="रवि दास"))
    assert "रवि दास: " in office.get(office.officer, f"{office.case}?lang=hi").text
    done = office.get(office.world.candidate, f"/candidate/sittings/{office.world.sitting_id}/done?lang=en").text
    assert "Does not count" in done
    assert "The log shows the device in touch." in done


def test_a_wrong_password_or_no_reason_changes_nothing_and_keeps_what_was_typed(office: Office) -> None:
    late_id = late(office)

    wrong = office.post(office.officer, office.case, {"verdict": "accept", "late": late_id, "reason": "The line was cut.", "password": "x"})
    short = office.post(office.officer, office.case, {"verdict": "refuse", "late": late_id, "reason": "no"})
    nothing = office.post(office.officer, office.case, {"verdict": "refuse", "reason": "The line was cut."})

    assert (wrong.status_code, short.status_code, nothing.status_code) == (422, 422, 422)
    assert "The line was cut." in wrong.text
    assert "To be decided" in office.get(office.officer, office.case).text


def test_a_password_is_not_tried_without_end_here_either(office: Office) -> None:
    guess = {"verdict": "accept", "late": late(office), "reason": "The line was cut.", "password": "x"}

    pages = [office.post(office.officer, office.case, guess).text for _ in range(11)]

    assert "Too many tries" not in pages[9] and "Too many tries" in pages[10]


def test_the_page_of_results_leads_to_the_late_answers_that_keep_a_sitting_out_of_a_batch(office: Office) -> None:
    score_sitting(office.engine, office.world.sitting_id)
    before = office.get(office.officer, "/cell/results").text

    late(office)

    after = office.get(office.officer, "/cell/results").text
    assert "Draft a batch" in before and "late answers" not in _main(before)
    assert "Draft a batch" not in after
    assert "1 more waits for a decision on late answers" in after and "Decide on late answers" in after


def _main(html: str) -> str:
    return html.split("<main", 1)[1]


def test_a_late_answers_candidate_has_a_name_in_the_readers_language(office: Office) -> None:
    late(office)
    with office.engine.store.begin() as tx:
        rows = metadata.tables["people"]
        tx.connection.execute(update(rows).where(rows.c.id == office.world.candidate.person_id).values(name_hi="आशा राव"))

    for path in ("/cell/late-answers", office.case):
        page = office.get(office.officer, f"{path}?lang=hi").text
        assert "आशा राव" in page and "Asha Rao" not in page


def test_others_have_no_late_answers_to_see(office: Office) -> None:
    late(office)
    stranger = a_person(office.engine, office.world.organisation_id, name="Somebody Else")

    assert office.get(office.world.candidate, "/cell/late-answers").status_code == 403
    assert office.get(stranger, office.case).status_code == 403
    assert office.get(stranger, f"/candidate/sittings/{office.world.sitting_id}/answer-file").status_code == 404


def test_a_file_is_brought_by_its_candidate_and_by_an_invigilator(office: Office) -> None:
    sitting = office.world.sitting_id
    answers: Json = {"answers": [{"item": office.world.items[0], "revision": 1, "response": A}], "nonce": ""}
    data = make_file(unb64url(answer_file_key(office.engine, sitting)), sitting, b"0" * 12, answers)

    mine = office.post(office.world.candidate, f"/candidate/sittings/{sitting}/answer-file", {}, files={"file": ("answers.json", data)})
    bad = office.post(office.world.candidate, f"/candidate/sittings/{sitting}/answer-file", {}, files={"file": ("answers.json", data[:-9])})
    theirs = office.post(office.invigilator, f"/invigilator/answer-file/{sitting}", {}, files={"file": ("answers.json", data)})

    assert "1 answer came late." in mine.text
    assert (bad.status_code, "does not belong to this exam" in bad.text) == (422, True)
    assert theirs.status_code == 200


def test_the_candidate_downloads_the_response_sheet(office: Office) -> None:
    path = f"/candidate/sittings/{office.world.sitting_id}/response-sheet"

    sheet = office.get(office.world.candidate, f"{path}.json")

    assert sheet.json()["type"] == "response_sheet"
    assert "attachment" in sheet.headers["content-disposition"]
    assert office.get(office.world.candidate, f"{path}.pdf").status_code == 503  # no fonts in this test
    assert office.get(a_person(office.engine, office.world.organisation_id), f"{path}.json").status_code == 404
