"""Every way a sitting ends is sealed, and afterwards nothing is written any more: neither by us nor by plain SQL."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sealing import is_whole
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.delivery.timekeeping import TimeAct, TimeVerb
from assessment_engine.kernel.errors import Invalid, SittingSealed
from assessment_engine.kernel.ids import TimeActId
from assessment_engine.people import Role
from assessment_engine.services import delivery
from assessment_engine.services.closing import time_up
from assessment_engine.services.engine import Engine
from assessment_engine.services.timekeeping import Wish, act
from assessment_engine.storage.ledger_writer import AnswerLedger
from tests.builders import World, a_person, a_world, steer

End = Callable[[Engine, AnswerLedger, World], object]


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


def submitted(engine: Engine, ledger: AnswerLedger, world: World) -> None:
    delivery.submit(engine, ledger, world.candidate, world.sitting_id)


def out_of_time(engine: Engine, ledger: AnswerLedger, world: World) -> None:
    steer(engine).advance(4000)
    time_up(engine)


def terminated(engine: Engine, ledger: AnswerLedger, world: World) -> None:
    invigilator = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Invigilator One")
    wish = Wish(
        session_id=world.session_id, act=TimeAct(verb=TimeVerb.TERMINATE), reason="The room had to be left.", sittings=(world.sitting_id,)
    )
    act(engine, ledger, invigilator, TimeActId("act_1"), wish)


ENDS: dict[str, End] = {"submit": submitted, "time_up": out_of_time, "terminate": terminated}


def save(ledger: AnswerLedger, world: World, revision: int) -> None:
    ledger.save(an_offer(world.sitting_id, world.candidate.person_id, world.items[0], revision, {"RESPONSE": "A"})).result()


@pytest.mark.parametrize("by", ENDS)
def test_every_way_to_end_seals_the_ledger_and_says_by_what(any_engine: Engine, ledger: AnswerLedger, by: str) -> None:
    world = a_world(any_engine)
    save(ledger, world, 1)

    ENDS[by](any_engine, ledger, world)

    with any_engine.store.read() as tx:
        sitting, seal = tx.sittings.get(world.sitting_id), tx.sittings.seal(world.sitting_id)
        receipts = tx.answers.receipts(world.sitting_id)
        leaves = [entry.payload for entry in tx.audit.about(world.sitting_id) if entry.kind == "sitting_sealed"]
    assert seal is not None
    assert (sitting.state, sitting.closed_by, seal.closed_by) == (SittingState.SUBMITTED, by, by)
    assert is_whole(seal, receipts, any_engine.signer.receipts.public_bytes)
    assert leaves == [seal.document]


@pytest.mark.parametrize("by", ENDS)
def test_a_sealed_ledger_is_written_no_more(any_engine: Engine, ledger: AnswerLedger, by: str) -> None:
    world = a_world(any_engine)
    save(ledger, world, 1)
    ENDS[by](any_engine, ledger, world)

    with pytest.raises(SittingSealed):
        save(ledger, world, 2)
    columns = "item_id, response, response_sha256, received_at, key_id, signature"
    for statement, words in (
        (f"INSERT INTO answers (sitting_id, revision, {columns}) SELECT sitting_id, 2, {columns} FROM answers", "takes no answer"),  # noqa: S608
        ("UPDATE answers SET response = '{}'", "what is written"),
        ("UPDATE answers SET revision = 7", "what is written"),
        ("DELETE FROM answers", "what is written"),
        ("UPDATE seals SET answers = 9", "what is written"),
        ("DELETE FROM seals", "what is written"),
        ("INSERT INTO seals SELECT * FROM seals", "next number"),
    ):
        with pytest.raises(DBAPIError, match=words), any_engine.store.begin() as tx:
            tx.connection.execute(text(statement))


def test_one_sitting_that_cannot_be_closed_keeps_no_other_open(any_engine: Engine) -> None:
    stuck, other = a_world(any_engine), a_world(any_engine)
    with any_engine.store.begin() as tx:
        first, second = tx.sittings.get(stuck.sitting_id), tx.sittings.get(other.sitting_id)
        assert first.deadline_at is not None
        tx.sittings.save(replace(first, deadline_at=first.deadline_at - timedelta(minutes=1)))
        tx.exams.arrange(first.registration_id, {"extra_minutes_per_hour": "many"})  # what no form of ours writes
    steer(any_engine).advance(2 * 3600)

    with pytest.raises(Invalid):
        time_up(any_engine)

    with any_engine.store.read() as tx:
        assert tx.sittings.get(second.id).state is SittingState.SUBMITTED
