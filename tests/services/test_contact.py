import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from assessment_engine.delivery.nonce import nonce_time
from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import PauseReason, Sitting, SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NoBreakLeft, NotFound, UnknownItem
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.services import closing, contact, delivery
from assessment_engine.services.contact import Contact, Keepsake, Sign
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.builders import World, a_person, a_world, steer
from tests.services.parts import give_parts

S = SittingState


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


def hear(engine: Engine, ledger: AnswerLedger, world: World, keepsake: Keepsake | None = None, writer: str | None = None) -> Contact:
    sign = Sign(actor=world.candidate, sitting_id=world.sitting_id, writer=writer, keepsake=keepsake)
    return asyncio.run(contact.contact(engine, ledger, sign))


def with_policy(engine: Engine, **policy: Json) -> None:
    with engine.store.begin() as tx:
        tx.connection.execute(update(metadata.tables["exams"]).values(policy=policy))


def with_breaks(engine: Engine, count: int, minutes: int) -> None:
    given = {"breaks": {"count": count, "minutes": minutes}}
    with engine.store.begin() as tx:
        tx.connection.execute(update(metadata.tables["registrations"]).values(arrangements=given))


def test_a_contact_is_noted_and_answers_with_how_things_stand(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    steer(any_engine).advance(30)

    heard = hear(any_engine, ledger, world)

    now = any_engine.clock.now()
    assert (heard.server_time, heard.sitting.state, heard.sitting.contact_at, heard.sitting.heard_s) == (now, S.IN_PROGRESS, now, 30)
    assert delivery.my_sitting(any_engine, world.candidate, world.sitting_id) == heard.sitting
    assert nonce_time(any_engine.signer.tickets, world.sitting_id, heard.nonce) == now
    assert list(heard.announcements) == []


def test_what_a_page_wants_kept_is_kept_for_the_next_device(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    one, two = world.items[:2]

    hear(any_engine, ledger, world, Keepsake(marked=(one,), visited=(one,), languages={one: "hi"}))
    kept = hear(any_engine, ledger, world, Keepsake(marked=(two,), visited=(two,), languages={two: "en"})).sitting.progress

    assert kept == {"marked": [two], "visited": [one, two], "languages": {two: "en"}}
    assert hear(any_engine, ledger, world).sitting.progress == kept


def test_a_page_is_told_at_which_question_and_part_the_server_has_its_candidate(any_engine: Engine, ledger: AnswerLedger) -> None:
    free, bound = a_world(any_engine), a_world(any_engine)
    give_parts(any_engine, bound, [{"navigation": "linear", "item_limits": {bound.items[0]: 60}}, {"time_limit_s": 600}])

    assert [(heard.item, heard.section) for heard in (hear(any_engine, ledger, free), hear(any_engine, ledger, bound))] == [
        (None, None),
        (bound.items[0], "A"),
    ]
    steer(any_engine).advance(70)
    assert hear(any_engine, ledger, bound).item == bound.items[1]


def test_only_the_window_that_writes_is_believed(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), writer="first"))

    heard = hear(any_engine, ledger, world, Keepsake(marked=(world.items[0],)), writer="second")

    assert (heard.sitting.writer, heard.sitting.progress) == ("first", {})
    assert heard.sitting.contact_at == any_engine.clock.now()


def test_an_unknown_question_or_another_sitting_changes_nothing(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    before = delivery.my_sitting(any_engine, world.candidate, world.sitting_id)

    with pytest.raises(UnknownItem):
        hear(any_engine, ledger, world, Keepsake(marked=(ItemVersionId("itv_other"),)))
    with pytest.raises(NotFound):
        hear(any_engine, ledger, replace(world, candidate=a_person(any_engine, world.organisation_id)))

    assert delivery.my_sitting(any_engine, world.candidate, world.sitting_id) == before


def test_many_contacts_at_once_are_each_answered(any_engine: Engine, ledger: AnswerLedger) -> None:
    worlds = [a_world(any_engine) for _ in range(5)]
    signs = [Sign(actor=one.candidate, sitting_id=one.sitting_id, writer=None) for one in worlds * 3]

    async def all_at_once() -> list[Contact]:
        return await asyncio.gather(*(contact.contact(any_engine, ledger, sign) for sign in signs))

    assert [one.sitting.id for one in asyncio.run(all_at_once())] == [sign.sitting_id for sign in signs]


def test_a_contact_after_time_seals(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=60)
    steer(any_engine).advance(61)

    heard = hear(any_engine, ledger, world, Keepsake(marked=(world.items[0],)))

    assert (heard.sitting.state, heard.sitting.closed_by) == (S.SUBMITTED, "time_up")
    with any_engine.store.read() as tx:
        assert tx.sittings.seal(world.sitting_id) is not None
    assert hear(any_engine, ledger, world).sitting == heard.sitting


def test_a_contact_after_an_outage_brings_the_time_back(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=600)
    with_policy(any_engine, outage="time_stops", most_stopped_s=1200)
    before = hear(any_engine, ledger, world).sitting.deadline_at
    steer(any_engine).advance(1000)

    heard = hear(any_engine, ledger, world)

    assert before and heard.sitting.deadline_at == before + timedelta(seconds=1000)
    assert hear(any_engine, ledger, world).sitting.deadline_at == heard.sitting.deadline_at


def test_a_break_stops_the_time_until_the_candidate_goes_on(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    with_breaks(any_engine, count=1, minutes=10)
    before = hear(any_engine, ledger, world).sitting.deadline_at

    resting = contact.take_break(ledger, world.candidate, world.sitting_id)
    again = contact.take_break(ledger, world.candidate, world.sitting_id)
    steer(any_engine).advance(240)
    paused = hear(any_engine, ledger, world).sitting
    back = contact.end_break(ledger, world.candidate, world.sitting_id)

    assert (resting.used, again.used, back.used) == (1, 1, 1)
    assert (paused.state, paused.paused_for) == (S.PAUSED, PauseReason.BREAK)
    assert before and back.sitting.deadline_at == before + timedelta(seconds=240)
    with pytest.raises(NoBreakLeft):
        contact.take_break(ledger, world.candidate, world.sitting_id)
    with any_engine.store.read() as tx:
        assert [one.kind for one in tx.events.of_sitting(world.sitting_id)] == ["break_taken", "break_ended"]
        assert [(one.kind, one.actor_id) for one in tx.audit.about(world.sitting_id)] == [
            ("break_taken", world.candidate.person_id),
            ("break_ended", world.candidate.person_id),
        ]


def test_a_break_ends_by_itself_in_the_sweep(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    with_breaks(any_engine, count=1, minutes=10)
    contact.take_break(ledger, world.candidate, world.sitting_id)
    steer(any_engine).advance(599)
    assert closing.end_breaks(any_engine) == 0
    steer(any_engine).advance(100)

    assert (closing.end_breaks(any_engine), closing.end_breaks(any_engine)) == (1, 0)

    back = delivery.my_sitting(any_engine, world.candidate, world.sitting_id)
    assert (back.state, back.stopped_s) == (S.IN_PROGRESS, 600)
    with any_engine.store.read() as tx:
        assert [(one.kind, one.actor_id) for one in tx.audit.about(world.sitting_id)][-1] == ("break_ended", None)


def test_an_answer_after_the_breaks_minutes_is_taken_and_ends_it(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    with_breaks(any_engine, count=1, minutes=10)
    contact.take_break(ledger, world.candidate, world.sitting_id)
    steer(any_engine).advance(620)

    offer = an_offer(world.sitting_id, world.candidate.person_id, world.items[0], 1, {"RESPONSE": "A"})
    asyncio.run(delivery.save_answer(any_engine, ledger, offer))

    assert delivery.my_sitting(any_engine, world.candidate, world.sitting_id).stopped_s == 600


def test_without_an_arrangement_there_is_no_break(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)

    with pytest.raises(NoBreakLeft):
        contact.take_break(ledger, world.candidate, world.sitting_id)
    assert contact.breaks(any_engine, world.candidate, world.sitting_id).breaks.count == 0
    assert contact.end_break(ledger, world.candidate, world.sitting_id).sitting.state is S.IN_PROGRESS


def test_whoever_looks_after_time_finds_it_sealed_or_their_time_given_back(any_engine: Engine, ledger: AnswerLedger) -> None:
    late, cut_off = a_world(any_engine, duration_s=600), a_world(any_engine, duration_s=600)
    for world in (late, cut_off):
        hear(any_engine, ledger, world)
    exams = metadata.tables["exams"]
    with any_engine.store.begin() as tx:
        given = {"outage": "time_stops", "most_stopped_s": 1200}
        tx.connection.execute(update(exams).where(exams.c.id == cut_off.exam_id).values(policy=given))
    steer(any_engine).advance(700)

    seen = [contact.looked_at(any_engine, ledger, one.candidate, one.sitting_id).state for one in (late, cut_off)]

    assert seen == [S.SUBMITTED, S.IN_PROGRESS]


def test_time_that_a_person_gives_in_the_batch_of_a_page_that_comes_back_stays_given(any_engine: Engine) -> None:
    world = a_world(any_engine)
    ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=lambda *_: None, settle=closing.settle)
    steer(any_engine).advance(200)  # longer out of contact than a page may be: what is heard now is stored with the whole row

    def give(tx: Transaction, _now: datetime, sittings: Mapping[SittingId, Sitting], asked: Sequence[SittingId]) -> list[str]:
        for sitting_id in asked:
            tx.sittings.save(sittings[sitting_id].give_time(600))
        return ["given" for _ in asked]

    async def both() -> Contact:
        ledger.together(world.sitting_id, world.sitting_id, give)
        hearing = asyncio.create_task(
            contact.contact(any_engine, ledger, Sign(actor=world.candidate, sitting_id=world.sitting_id, writer=None))
        )
        await asyncio.sleep(0)
        ledger.start()
        return await hearing

    heard = asyncio.run(both())
    ledger.stop()

    assert heard.sitting.stopped_s == 600
    assert delivery.my_sitting(any_engine, world.candidate, world.sitting_id) == heard.sitting
