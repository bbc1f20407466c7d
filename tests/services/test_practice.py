"""Practising before an exam: the same way, other questions, nobody at the door, no score and nothing held against anybody."""

from collections.abc import Iterator

import pytest

from assessment_engine.delivery.checkin import CheckInState
from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.people import Role
from assessment_engine.services import checkin, delivery, exams, practice, sessions, watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.registrations import SeatQuery
from tests.builders import World, a_person, a_world, told

FACE = b"\xff\xd8\xff\xe0 a face"


@pytest.fixture
def world(any_engine: Engine) -> World:
    return a_world(any_engine, state=SittingState.REGISTERED)


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


def practise(engine: Engine, world: World, ledger: AnswerLedger) -> Sitting:
    """Go the whole way to the first question, without anybody at the door."""
    sitting = practice.begin(engine, world.candidate, world.sitting_id)
    delivery.consent(engine, world.candidate, sitting.id, "en")
    asked = checkin.ask_admission(engine, world.candidate, sitting.id, FACE)
    assert asked.state is CheckInState.ADMITTED
    return delivery.start(ledger, world.candidate, sitting.id)


def test_practice_is_answered_and_sealed_and_nothing_comes_after(any_engine: Engine, world: World, ledger: AnswerLedger) -> None:
    sitting = practise(any_engine, world, ledger)
    opened = delivery.open_sitting(any_engine, world.candidate, sitting.id)
    told(any_engine).clear()

    answer = an_offer(sitting.id, world.candidate.person_id, opened.form.items[0], 1, {"RESPONSE": "A"})
    receipt = ledger.save(answer).result(60)
    seal = delivery.submit(any_engine, ledger, world.candidate, sitting.id)
    watches.drain(any_engine, WatchRecord(sitting_id=sitting.id))

    assert (receipt.revision, seal.answers) == (1, 1)
    assert told(any_engine) == []
    with any_engine.store.read() as tx:
        assert tx.outbox.waiting(any_engine.clock.now()) == []


def test_practice_has_other_questions_and_stands_in_no_list_of_the_exam(any_engine: Engine, world: World, ledger: AnswerLedger) -> None:
    sitting = practise(any_engine, world, ledger)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)

    opened = delivery.open_sitting(any_engine, world.candidate, sitting.id)

    assert not set(opened.form.items) & set(world.items)
    assert [mine.sitting.id for mine in delivery.my_sittings(any_engine, world.candidate)] == [world.sitting_id]
    assert [line.session.id for line in exams.sessions(any_engine, officer)] == [world.session_id]
    assert [line.sitting_id for line in sessions.session_list(any_engine, officer, world.session_id, SeatQuery())] == [world.sitting_id]


def test_two_clicks_are_one_practice_and_one_may_practise_again(any_engine: Engine, world: World, ledger: AnswerLedger) -> None:
    first = practise(any_engine, world, ledger)
    assert practice.begin(any_engine, world.candidate, world.sitting_id).id == first.id
    delivery.submit(any_engine, ledger, world.candidate, first.id)

    again = practice.begin(any_engine, world.candidate, world.sitting_id)

    assert again.id != first.id
    assert again.form_id == first.form_id
    with any_engine.store.read() as tx:
        done = practice.practised(tx, world.candidate.person_id, world.session_id)
    assert (done.begun, done.finished, done.open_id) == (2, 1, again.id)


@pytest.mark.parametrize("state", [SittingState.IN_PROGRESS, SittingState.SUBMITTED, SittingState.VOIDED])
def test_practising_ends_where_the_exam_begins(any_engine: Engine, state: SittingState) -> None:
    world = a_world(any_engine, state=state)

    with pytest.raises(Conflict):
        practice.begin(any_engine, world.candidate, world.sitting_id)


def test_nobody_practises_for_somebody_else(any_engine: Engine, world: World) -> None:
    with pytest.raises(NotFound):
        practice.begin(any_engine, a_person(any_engine, world.organisation_id), world.sitting_id)


def test_nobody_is_watched_while_practising(any_engine: Engine, world: World, ledger: AnswerLedger) -> None:
    sitting = practise(any_engine, world, ledger)

    assert sitting.started_at is not None
    assert not watches.orders(any_engine, sitting.id).sitting.is_watched


def test_nobody_is_registered_for_practice(any_engine: Engine, world: World, ledger: AnswerLedger) -> None:
    sitting = practise(any_engine, world, ledger)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)
    other = a_person(any_engine, world.organisation_id)

    with pytest.raises(Conflict):
        exams.register(any_engine, officer, exams.NewRegistration(session_id=sitting.session_id, candidate_id=other.person_id))
