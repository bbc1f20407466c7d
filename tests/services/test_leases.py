"""The lease on both databases: two windows converge, an invigilator can free it, answers of the other window are refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update

from assessment_engine.delivery.responses import an_offer
from assessment_engine.kernel.errors import Invalid, LeaseMoved, NotAllowed, NotFound
from assessment_engine.people import Role
from assessment_engine.services import delivery
from assessment_engine.services.engine import Engine
from assessment_engine.services.leases import release_lease, take_lease
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.builders import World, a_person, a_world, an_organisation


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


def save(ledger: AnswerLedger, world: World, revision: int, writer: str | None) -> None:
    offer = an_offer(world.sitting_id, world.candidate.person_id, world.items[0], revision, {"RESPONSE": "A"}, writer=writer)
    ledger.save(offer).result(60)


def kinds(engine: Engine, world: World) -> list[str]:
    with engine.store.read() as tx:
        return [event.kind for event in tx.events.of_sitting(world.sitting_id)]


def test_the_window_that_lost_the_lease_is_refused_and_nothing_is_lost(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    take_lease(ledger, world.candidate, world.sitting_id, "window-1", None)
    save(ledger, world, 1, "window-1")

    moved = take_lease(ledger, world.candidate, world.sitting_id, "window-2", "window-1")

    assert moved.moved
    with pytest.raises(LeaseMoved):
        save(ledger, world, 2, "window-1")
    save(ledger, world, 1, "window-1")  # a retry of what was acknowledged has its receipt whoever asks
    save(ledger, world, 2, "window-2")
    assert kinds(any_engine, world) == ["lease_moved"]


def test_of_two_windows_that_ask_at_once_one_gets_it(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    take_lease(ledger, world.candidate, world.sitting_id, "window-0", None)

    def ask(writer: str) -> bool:
        try:
            return take_lease(ledger, world.candidate, world.sitting_id, writer, "window-0").moved
        except LeaseMoved:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, [f"window-{number}" for number in range(1, 9)])) == 1


def test_an_invigilator_frees_it_with_a_reason(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        exams = metadata.tables["exams"]
        tx.connection.execute(update(exams).values(policy={"device_change": "invigilator"}))
    take_lease(ledger, world.candidate, world.sitting_id, "window-1", None)
    with pytest.raises(LeaseMoved):
        take_lease(ledger, world.candidate, world.sitting_id, "window-2", "window-1")
    invigilator = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)

    with pytest.raises(Invalid):
        release_lease(ledger, invigilator, world.sitting_id, " ")
    assert release_lease(ledger, invigilator, world.sitting_id, "The computer broke.")
    assert not release_lease(ledger, invigilator, world.sitting_id, "The computer broke.")

    assert not take_lease(ledger, world.candidate, world.sitting_id, "window-2", None).moved
    assert kinds(any_engine, world) == ["lease_moved"]


def test_nobody_frees_the_lease_of_their_own_sitting(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    take_lease(ledger, world.candidate, world.sitting_id, "window-1", None)
    both = replace(world.candidate, roles=frozenset({Role.CANDIDATE, Role.INVIGILATOR}))

    with pytest.raises(NotAllowed):
        release_lease(ledger, both, world.sitting_id, "I would like to.")

    with any_engine.store.read() as tx:
        assert tx.sittings.get(world.sitting_id).writer == "window-1"


def test_a_lease_is_the_candidates_own_and_freed_by_their_organisations_invigilator(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    stranger = a_person(any_engine, an_organisation(any_engine), Role.INVIGILATOR)

    with pytest.raises(NotFound):
        take_lease(ledger, a_person(any_engine, world.organisation_id), world.sitting_id, "window-1", None)
    with pytest.raises(NotFound):
        release_lease(ledger, stranger, world.sitting_id, "I would like to.")
    with pytest.raises(NotAllowed):
        release_lease(ledger, world.candidate, world.sitting_id, "I would like to.")
