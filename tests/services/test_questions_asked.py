"""How often a page asks the database does not grow with all that there ever was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from assessment_engine.delivery.late import Arrival, LateReason, sign_late
from assessment_engine.delivery.responses import an_offer
from assessment_engine.kernel.ids import LateAnswerId, PersonId, SessionId, SittingId, new_id
from assessment_engine.people import Role
from assessment_engine.services import certification, evidence, late_answers, results, retention, review, standing, wall
from assessment_engine.services.engine import Engine
from assessment_engine.services.scoring import score_sitting
from assessment_engine.storage.incidents import WatchRecord
from tests.builders import World, a_person, a_world, steer
from tests.services.hall import a_hall
from tests.services.paper import a_paper, a_sealed_sitting
from tests.services.test_invigilation import a_flag
from tests.services.test_results import give_password


@contextmanager
def asked(engine: Engine) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        said.append(statement)

    event.listen(engine.store.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine.store.engine, "before_cursor_execute", note)


def test_what_is_asked_to_be_erased_is_found_at_once(engine: Engine) -> None:
    hall = a_hall(engine, candidates=4)
    for sitting_id in hall.sittings:
        evidence.data_key(engine, sitting_id)

    with asked(engine) as said:
        kept = retention.kept(engine, hall.officer, asked_only=True)

    assert (kept.everything, kept.asked, kept.lines) == (4, 0, [])
    assert len([one for one in said if "erasure_requests" in one]) == 1


def test_nothing_is_asked_about_evidence_whose_days_are_not_over(engine: Engine) -> None:
    hall = a_hall(engine, candidates=3)
    for sitting_id in hall.sittings:
        evidence.data_key(engine, sitting_id)
    other = a_world(engine)
    with engine.store.begin() as tx:
        exam = tx.exams.get(other.exam_id)
        tx.exams.save_policy(replace(exam, policy=replace(exam.policy, evidence_days=1)))
    steer(engine).advance(10 * 24 * 3600)

    with asked(engine) as said:
        assert retention.erase_due(engine) == 0

    assert [one for one in said if "grievances" in one] == []


def test_nothing_is_asked_about_sessions_that_are_long_over(engine: Engine) -> None:
    hall = a_hall(engine)
    with engine.store.begin() as tx:
        past = tx.exams.session(hall.world.session_id)
        for number in range(3):
            began = past.opens_at - timedelta(days=30 + number)
            closed = replace(past, id=SessionId(new_id("ses", began)), opens_at=began, closes_at=began + timedelta(hours=3))
            tx.exams.add_session(closed)

    with asked(engine) as said:
        found = wall.rooms(engine, hall.ravi)

    assert [one.session.id for one in found] == [hall.world.session_id]
    assert len([one for one in said if "checkins" in one]) == 1


def test_a_case_counts_the_hours_of_its_session_without_reading_every_watch(engine: Engine) -> None:
    hall = a_hall(engine, candidates=3)
    with engine.store.begin() as tx:
        for sitting_id in hall.sittings:
            tx.incidents.save_watch(WatchRecord(sitting_id=sitting_id, observable_s=1800))
    flag = a_flag(engine, hall.world)

    with asked(engine) as said:
        found = review.case(engine, a_person(engine, hall.world.organisation_id, Role.INVIGILATOR), flag)

    assert found.expected.hours == 1.5
    assert [one for one in said if "watches.sitting_id IN" in one] == []


def test_what_is_asked_about_results_does_not_grow_with_candidates(engine: Engine) -> None:
    paper = a_paper(engine)
    give_password(engine, paper.officer, paper.second)

    def questions() -> int:
        with asked(engine) as said:
            results.session_results(engine, paper.officer)
            batch = results.draft_batch(engine, paper.officer, paper.session.id)
            results.batches(engine, paper.officer)
            results.batch_sheet(engine, paper.officer, batch.id)
            results.approve_batch(engine, paper.officer, batch.id)
            results.approve_batch(engine, paper.second, batch.id)
        return len(said)

    score_sitting(engine, a_sealed_sitting(engine, paper, {}, "Meera Nair")[1])
    for_one = questions()
    for name in ("Ravi Das", "Kavita Rao", "Joseph Xavier"):
        score_sitting(engine, a_sealed_sitting(engine, paper, {}, name)[1])

    assert questions() == for_one
    assert sorted((one.candidates, one.passed) for one in results.batches(engine, paper.officer)) == [(1, 0), (3, 0)]


def came_late(engine: Engine, world: World, sitting_id: SittingId, brought_by: PersonId) -> None:
    """Something arrived after the end of a sitting."""
    offer = an_offer(sitting_id, brought_by, world.items[0], 1, {"RESPONSE": "A"})
    now = engine.clock.now()
    arrival = Arrival(received_at=now, nonce_at=None, contact_at=None, brought_by=brought_by)
    late = sign_late(LateAnswerId(new_id("lat", now)), offer, LateReason.SEALED, arrival, engine.signer.receipts)
    with engine.store.begin() as tx:
        tx.late_answers.add([late])


def test_what_is_asked_about_late_answers_does_not_grow_with_sittings(engine: Engine) -> None:
    hall = a_hall(engine, candidates=6)
    came_late(engine, hall.world, hall.sittings[0], hall.world.candidate.person_id)
    with asked(engine) as of_one:
        (first,) = late_answers.late_queue(engine, hall.officer)
    for neighbour, sitting_id in zip(hall.neighbours, hall.sittings[1:], strict=True):
        came_late(engine, hall.world, sitting_id, neighbour.person_id)

    with asked(engine) as of_six:
        found = late_answers.late_queue(engine, hall.officer)

    assert len(of_six) == len(of_one)
    assert sorted(case.seated.seat for case in found) == [f"A00{number}" for number in range(1, 7)]
    assert (first.seated.sitting_id, first.open, first.awaiting_second, first.sealed, first.published) == (
        hall.sittings[0],
        1,
        0,
        False,
        False,
    )


def test_what_is_asked_about_certificates_does_not_grow_with_candidates(engine: Engine) -> None:
    paper = a_paper(engine)
    score_sitting(engine, a_sealed_sitting(engine, paper, {}, "Meera Nair")[1])
    with asked(engine) as of_one:
        standing.session_standing(engine, paper.officer, paper.session.id)
    for number in range(4):
        _, sitting_id = a_sealed_sitting(engine, paper, {}, f"Candidate {number}")
        score_sitting(engine, sitting_id)
    results.draft_batch(engine, paper.officer, paper.session.id)

    with asked(engine) as of_five:
        lines = standing.session_standing(engine, paper.officer, paper.session.id)

    assert len(of_five) == len(of_one)
    each = [certification.holds(engine, paper.officer, line.sitting.id) for line in lines]
    assert [list(line.holds) for line in lines] == each and len(each) == 5 and all(each)
