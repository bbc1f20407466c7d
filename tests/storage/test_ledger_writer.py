"""The ledger's writer on both databases: refusals, group commits, faults, and a model of what must be true whatever is retried."""

import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import Future, wait
from dataclasses import replace
from datetime import datetime

import pytest
import structlog
from sqlalchemy import event, insert
from sqlalchemy.exc import OperationalError

from assessment_engine.delivery.responses import Offer, Receipt, an_offer, is_genuine
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import (
    AfterTime,
    NotFound,
    NotYet,
    RevisionFromTheFuture,
    RevisionReused,
    SittingSealed,
    StaleRevision,
    StorageUnavailable,
    UnknownItem,
    WrongResponse,
)
from assessment_engine.kernel.ids import ItemVersionId, PersonId, SittingId
from assessment_engine.services.engine import Engine
from assessment_engine.storage.answer_ledger import answers
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.ledger_writer import ACKNOWLEDGED, AnswerLedger
from tests.builders import World, a_world, steer
from tests.fakes.ports import anything_fits

Saving = Future[Receipt]


@pytest.fixture
def world(any_engine: Engine) -> World:
    return a_world(any_engine)


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = a_ledger(any_engine)
    yield ledger
    ledger.stop()


def a_ledger(engine: Engine) -> AnswerLedger:
    return AnswerLedger(engine.store, engine.clock, engine.signer.receipts, fits=anything_fits).start()


def offer(world: World, revision: int, *, item: int = 0, value: str = "A") -> Offer:
    return an_offer(world.sitting_id, world.candidate.person_id, world.items[item], revision, {"RESPONSE": value})


def test_a_saved_answer_has_a_genuine_receipt_and_is_in_the_ledger(any_engine: Engine, ledger: AnswerLedger, world: World) -> None:
    receipt = ledger.save(offer(world, 1)).result(60)

    assert is_genuine(receipt, any_engine.signer.receipts.public_bytes)
    with any_engine.store.read() as tx:
        assert tx.answers.receipts(world.sitting_id) == [receipt]
        assert tx.answers.final(world.sitting_id) == {world.items[0]: {"RESPONSE": "A"}}
        sitting = tx.sittings.get(world.sitting_id)
        assert (sitting.revision, sitting.current_item) == (1, world.items[0])
        assert [(one.kind, one.subject) for one in tx.events.saves_of(world.sitting_id)] == [("answer_saved", world.items[0])]


def test_a_retry_gets_the_same_receipt(any_engine: Engine, ledger: AnswerLedger, world: World) -> None:
    first = ledger.save(offer(world, 1)).result(60)
    steer(any_engine).advance(60)

    assert ledger.save(offer(world, 1)).result(60) == first
    with any_engine.store.read() as tx:
        assert len(tx.answers.receipts(world.sitting_id)) == 1


def test_a_retry_in_the_same_batch_is_counted_once(any_engine: Engine, world: World) -> None:
    ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=anything_fits)
    twice = [ledger.save(offer(world, 1)), ledger.save(offer(world, 1)), ledger.save(offer(world, 1, value="B"))]

    ledger.start()

    assert twice[0].result(60) == twice[1].result(60)
    with pytest.raises(RevisionReused):
        twice[2].result(60)
    ledger.stop()


def test_each_bad_answer_of_a_batch_is_refused_alone(any_engine: Engine, world: World) -> None:
    other = a_world(any_engine)
    waiting = a_world(any_engine, state=SittingState.ADMITTED)
    sealed = a_world(any_engine, state=SittingState.SUBMITTED)
    late = a_world(any_engine, duration_s=-1)
    ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=refuse_x)
    good = [ledger.save(offer(world, revision, item=revision % 4)) for revision in range(5, 15)]
    bad = {
        StaleRevision: offer(world, 1),
        RevisionReused: offer(world, 14, value="C"),
        RevisionFromTheFuture: offer(world, 1015, item=1),
        WrongResponse: offer(world, 20, value="X"),
        UnknownItem: replace(offer(world, 20), item_id=other.items[0]),
        NotFound: replace(offer(world, 20), sitting_id=other.sitting_id),
        NotYet: offer(waiting, 1),
        SittingSealed: offer(sealed, 1),
        AfterTime: offer(late, 1),
    }
    refused = {error: ledger.save(one) for error, one in bad.items()}

    ledger.start()

    assert [one.result(60).revision for one in good] == list(range(5, 15))
    for error, future in refused.items():
        with pytest.raises(error):
            future.result(60)
    ledger.stop()


def refuse_x(_tx: Transaction, _item: ItemVersionId, response: object) -> None:
    if response == {"RESPONSE": "X"}:
        raise WrongResponse("not X")


def test_another_sitting_that_does_not_exist_is_not_found(ledger: AnswerLedger, world: World) -> None:
    with pytest.raises(NotFound):
        ledger.save(replace(offer(world, 1), sitting_id=SittingId("sit_none"))).result(60)
    with pytest.raises(NotFound):
        ledger.save(replace(offer(world, 1), candidate_id=PersonId("per_none"))).result(60)


def test_nothing_is_saved_after_an_act_that_closed_the_sitting(any_engine: Engine, world: World) -> None:
    ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=anything_fits)
    before = ledger.save(offer(world, 1))
    closing = ledger.in_order(world.sitting_id, lambda tx, now: close(tx, world, now))
    ledger.start()
    closing.result(60)

    after = ledger.save(offer(world, 2))

    assert before.result(60).revision == 1
    with pytest.raises(SittingSealed):
        after.result(60)
    ledger.stop()


def close(tx: Transaction, world: World, now: datetime) -> None:
    tx.sittings.save(tx.sittings.get_locked(world.sitting_id).submit(now))


def test_an_act_that_is_refused_changes_nothing_and_hurts_nobody(any_engine: Engine, world: World) -> None:
    def close_and_fail(tx: Transaction, now: datetime) -> None:
        close(tx, world, now)
        raise NotYet("not so fast")

    ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=anything_fits)
    saving, act = ledger.save(offer(world, 1)), ledger.in_order(world.sitting_id, close_and_fail)
    ledger.start()

    assert saving.result(60).revision == 1
    with pytest.raises(NotYet):
        act.result(60)
    with any_engine.store.read() as tx:
        assert tx.sittings.get(world.sitting_id).state is SittingState.IN_PROGRESS
    ledger.stop()


def test_a_faulty_act_takes_no_answer_with_it(any_engine: Engine, world: World) -> None:
    def fail(_tx: Transaction, _now: datetime) -> None:
        raise ZeroDivisionError

    ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=anything_fits)
    saving, act = ledger.save(offer(world, 1)), ledger.in_order(world.sitting_id, fail)
    ledger.start()

    assert saving.result(60).revision == 1
    with pytest.raises(ZeroDivisionError):
        act.result(60)
    assert ledger.save(offer(world, 2)).result(60).revision == 2
    ledger.stop()


def test_nobody_is_told_before_the_commit(any_engine: Engine, ledger: AnswerLedger, world: World) -> None:
    reached, go_on = threading.Event(), threading.Event()

    @event.listens_for(any_engine.store.engine, "commit", once=True)
    def hold(_connection: object) -> None:
        reached.set()
        go_on.wait(60)

    saving = ledger.save(offer(world, 1))
    assert reached.wait(60)

    assert not wait([saving], timeout=0.05).done
    go_on.set()
    assert saving.result(60).revision == 1


def test_a_commit_that_fails_acknowledges_nothing(any_engine: Engine, ledger: AnswerLedger, world: World) -> None:
    @event.listens_for(any_engine.store.engine, "commit", once=True)
    def fail(_connection: object) -> None:
        raise StorageUnavailable("the disk is full")

    with pytest.raises(StorageUnavailable):
        ledger.save(offer(world, 1)).result(60)

    with any_engine.store.read() as tx:
        assert tx.answers.receipts(world.sitting_id) == []
    assert ledger.save(offer(world, 1)).result(60).revision == 1


def test_a_log_that_cannot_be_written_ends_no_writer(any_engine: Engine, ledger: AnswerLedger, world: World) -> None:
    def full(*_: object) -> str:
        raise OSError("no space left on this device")

    def broken(tx: Transaction, now: datetime) -> None:
        raise OperationalError("", {}, Exception())

    structlog.configure(processors=[full])
    try:
        with pytest.raises(StorageUnavailable):
            ledger.in_order(world.sitting_id, broken).result(60)

        assert ledger.save(offer(world, 1)).result(60).revision == 1
    finally:
        structlog.reset_defaults()


def test_a_client_that_hangs_up_does_not_take_its_answer_back(any_engine: Engine, world: World) -> None:
    ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=anything_fits)
    saving = ledger.save(offer(world, 1))

    assert not saving.cancel()
    ledger.start().stop()

    with any_engine.store.read() as tx:
        assert len(tx.answers.receipts(world.sitting_id)) == 1


def test_a_writer_that_has_stopped_refuses(any_engine: Engine, world: World) -> None:
    ledger = a_ledger(any_engine)
    ledger.stop()

    with pytest.raises(StorageUnavailable):
        ledger.save(offer(world, 1))


def test_two_writers_keep_one_ledger(any_engine: Engine, world: World) -> None:
    first, second = a_ledger(any_engine), a_ledger(any_engine)

    pairs = [(first.save(offer(world, revision)), second.save(offer(world, revision))) for revision in range(1, 30)]

    for one, other in pairs:
        assert one.result(60) == other.result(60) if not (one.exception(60) or other.exception(60)) else True
    with any_engine.store.read() as tx:
        revisions = [receipt.revision for receipt in tx.answers.receipts(world.sitting_id)]
    assert len(revisions) == len(set(revisions))
    assert revisions[-1] == 29
    first.stop()
    second.stop()


def test_many_threads_share_few_commits(any_engine: Engine, ledger: AnswerLedger, world: World) -> None:
    worlds = [world, *(a_world(any_engine) for _ in range(7))]
    before = ACKNOWLEDGED._value.get()
    receipts: list[Receipt] = []

    def answer(one: World) -> None:
        receipts.extend(ledger.save(offer(one, revision, item=revision % 4)).result(60) for revision in range(1, 26))

    threads = [threading.Thread(target=answer, args=(one,)) for one in worlds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(receipts) == 200
    assert ACKNOWLEDGED._value.get() - before == 200
    with any_engine.store.read() as tx:
        assert sum(len(tx.answers.receipts(one.sitting_id)) for one in worlds) == 200


@pytest.mark.parametrize("value", ["a\x00b", "पुणे 🙂", "x" * 60_000, ""], ids=["nul", "letters", "long", "empty"])
def test_text_of_every_kind_is_kept_as_it_came(any_engine: Engine, ledger: AnswerLedger, world: World, value: str) -> None:
    ledger.save(offer(world, 1, value=value)).result(60)

    with any_engine.store.read() as tx:
        assert tx.answers.final(world.sitting_id)[world.items[0]] == {"RESPONSE": value}


def test_only_the_newest_answer_of_each_item_is_read_back(any_engine: Engine, ledger: AnswerLedger, world: World) -> None:
    for revision, item, value in [(1, 0, "A"), (2, 1, "A"), (3, 0, "B"), (4, 2, "A")]:
        ledger.save(offer(world, revision, item=item, value=value)).result(60)

    with any_engine.store.read() as tx:
        assert [answer.receipt.revision for answer in tx.answers.newest(world.sitting_id)] == [2, 3, 4]


def test_an_error_of_the_database_quotes_no_answer(ledger: AnswerLedger, world: World) -> None:
    def spoil(tx: Transaction, _now: datetime) -> None:
        tx.connection.execute(insert(answers).values(sitting_id=world.sitting_id, revision=1, response={"RESPONSE": "secret"}))

    error = ledger.in_order(world.sitting_id, spoil).exception(10)

    assert isinstance(error, StorageUnavailable)
    assert "secret" not in "".join(traceback.format_exception(error))
