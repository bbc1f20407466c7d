import asyncio
from collections.abc import Callable, Iterator

import pytest

from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sealing import is_whole
from assessment_engine.delivery.sitting import PauseReason, SittingState
from assessment_engine.kernel.errors import (
    AfterTime,
    IllegalTransition,
    Invalid,
    NotFound,
    NotYet,
    SittingPaused,
    SittingSealed,
    TooLarge,
    UnknownItem,
    WrongResponse,
)
from assessment_engine.services import closing, delivery, tickets
from assessment_engine.services.delivery import Note
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.storage.ledger_writer import AnswerLedger
from tests.builders import World, a_person, a_stored_sitting, a_world, steer, told


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


def save(engine: Engine, ledger: AnswerLedger, world: World, revision: int, value: str = "A") -> None:
    offer = an_offer(world.sitting_id, world.candidate.person_id, world.items[0], revision, {"RESPONSE": value})
    asyncio.run(delivery.save_answer(engine, ledger, offer))


def state_of(engine: Engine, world: World) -> SittingState:
    return delivery.my_sitting(engine, world.candidate, world.sitting_id).state


def test_consent_is_given_once_and_is_in_the_log(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.REGISTERED)

    agreed = delivery.consent(any_engine, world.candidate, world.sitting_id, "hi")
    steer(any_engine).advance(60)
    again = delivery.consent(any_engine, world.candidate, world.sitting_id, "en")

    assert agreed == again
    assert (agreed.state, agreed.language) == (SittingState.CONSENTED, "hi")


def test_a_double_click_starts_once(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, state=SittingState.ADMITTED)

    first = delivery.start(ledger, world.candidate, world.sitting_id)
    steer(any_engine).advance(60)
    second = delivery.start(ledger, world.candidate, world.sitting_id)

    assert first == second
    with any_engine.store.read() as tx:
        assert [one.kind for one in tx.events.of_sitting(world.sitting_id)] == ["sitting_started"]


def test_extra_time_of_the_registration_counts(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=1000)
    person = a_person(any_engine, world.organisation_id)
    place = (person, world.exam_id, world.session_id, world.form_id)
    sitting_id = a_stored_sitting(any_engine, *place, state=SittingState.ADMITTED, arrangements={"extra_minutes_per_hour": 20})

    started = delivery.start(ledger, person, sitting_id)

    assert started.deadline_at is not None and started.started_at is not None
    assert (started.deadline_at - started.started_at).total_seconds() == 1334


def test_nobody_starts_before_being_admitted_or_outside_the_window(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, state=SittingState.CONSENTED)
    with pytest.raises(IllegalTransition):
        delivery.start(ledger, world.candidate, world.sitting_id)

    admitted = a_world(any_engine, state=SittingState.ADMITTED)
    steer(any_engine).advance(-7200)
    with pytest.raises(NotYet):
        delivery.start(ledger, admitted.candidate, admitted.sitting_id)
    steer(any_engine).advance(7200 + 5 * 3600)
    with pytest.raises(AfterTime):
        delivery.start(ledger, admitted.candidate, admitted.sitting_id)


def test_submitting_seals_the_ledger_and_asks_for_scoring_and_settling_once(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    save(any_engine, ledger, world, 1)
    save(any_engine, ledger, world, 2, "B")

    seal = delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)
    again = delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)

    receipts, kept = delivery.receipts(any_engine, world.candidate, world.sitting_id)
    assert seal == again == kept
    assert is_whole(seal, receipts, any_engine.signer.receipts.public_bytes)
    assert seal.answers == 2
    assert state_of(any_engine, world) is SittingState.SUBMITTED
    with any_engine.store.begin() as tx:
        jobs = [tx.outbox.claim(job, any_engine.clock.now()) for job in told(any_engine)]
    assert [(job.name, job.argument) for job in jobs if job] == [
        (JobName.SCORE_SITTING, world.sitting_id),
        (JobName.SETTLE_SITTING, world.sitting_id),
    ]


def test_a_retry_of_an_acknowledged_answer_is_answered_after_the_seal(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    save(any_engine, ledger, world, 1)
    delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)

    save(any_engine, ledger, world, 1)
    with pytest.raises(SittingSealed):
        save(any_engine, ledger, world, 2)


def test_whoever_answers_after_time_finds_the_sitting_sealed(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=60)
    save(any_engine, ledger, world, 1)
    steer(any_engine).advance(61)

    with pytest.raises(AfterTime):
        save(any_engine, ledger, world, 2)

    assert state_of(any_engine, world) is SittingState.SUBMITTED
    assert len(told(any_engine)) == 2
    with pytest.raises(SittingSealed):
        save(any_engine, ledger, world, 2)


def test_the_sweep_closes_what_is_over_once(any_engine: Engine, ledger: AnswerLedger) -> None:
    late, early = a_world(any_engine, duration_s=60), a_world(any_engine, duration_s=120)
    save(any_engine, ledger, late, 1)
    steer(any_engine).advance(61)

    assert (closing.time_up(any_engine), closing.time_up(any_engine)) == (1, 0)

    assert state_of(any_engine, late) is SittingState.SUBMITTED
    assert state_of(any_engine, early) is SittingState.IN_PROGRESS
    with any_engine.store.read() as tx:
        last = tx.events.of_sitting(late.sitting_id)[-1]
    assert (last.kind, last.data) == ("sitting_submitted", {"closed_by": "time_up", "answers": 1})


def test_a_submit_after_time_is_a_closing_by_time(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=60)
    steer(any_engine).advance(61)

    delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)

    with any_engine.store.read() as tx:
        assert tx.events.of_sitting(world.sitting_id)[-1].data["closed_by"] == "time_up"


def test_an_answer_must_fit_its_item(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)

    with pytest.raises(WrongResponse):
        save(any_engine, ledger, world, 1, "Z")
    offer = an_offer(world.sitting_id, world.candidate.person_id, world.items[0], 1, {"OTHER": "A"})
    with pytest.raises(WrongResponse):
        asyncio.run(delivery.save_answer(any_engine, ledger, offer))


def test_another_candidate_sees_nothing_of_a_sitting(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    stranger = a_person(any_engine, world.organisation_id)
    acts: list[Callable[[], object]] = [
        lambda: delivery.my_sitting(any_engine, stranger, world.sitting_id),
        lambda: delivery.open_sitting(any_engine, stranger, world.sitting_id),
        lambda: delivery.consent(any_engine, stranger, world.sitting_id, "en"),
        lambda: delivery.start(ledger, stranger, world.sitting_id),
        lambda: delivery.submit(any_engine, ledger, stranger, world.sitting_id),
        lambda: delivery.receipts(any_engine, stranger, world.sitting_id),
        lambda: delivery.item_of(any_engine, stranger, world.sitting_id, world.items[0], "en"),
        lambda: delivery.camera_ticket(any_engine, stranger, world.sitting_id),
        lambda: delivery.note(any_engine, ledger, stranger, world.sitting_id, Note(kind="browser_hint")),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert delivery.my_sittings(any_engine, stranger) == []


def test_a_page_may_give_hints_and_nothing_else(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)

    def note(kind: str, **fields: object) -> None:
        delivery.note(any_engine, ledger, world.candidate, world.sitting_id, Note(kind=kind, **fields))  # type: ignore[arg-type]

    note("item_viewed", item_id=world.items[1], data={"language": "hi"})
    note("browser_hint", data={"what": "hidden"})

    assert delivery.my_sitting(any_engine, world.candidate, world.sitting_id).current_item == world.items[1]
    with pytest.raises(Invalid):
        note("certificate_issued")
    with pytest.raises(TooLarge):
        note("browser_hint", data={"what": "x" * 3000})
    with pytest.raises(UnknownItem):
        note("item_viewed", item_id="itv_other")
    with any_engine.store.read() as tx:
        assert [one.kind for one in tx.events.of_sitting(world.sitting_id)] == ["item_viewed", "browser_hint"]


def test_nobody_reads_on_while_the_clock_stands_still(any_engine: Engine) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get(world.sitting_id).pause(any_engine.clock.now(), PauseReason.BREAK))

    with pytest.raises(SittingPaused):
        delivery.item_of(any_engine, world.candidate, world.sitting_id, world.items[0], "en")


def test_questions_are_shown_only_while_the_sitting_is_in_progress(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    save(any_engine, ledger, world, 1, "B")

    html = delivery.item_of(any_engine, world.candidate, world.sitting_id, world.items[0], "en").html

    assert "checked" in html.split('value="B"')[1]
    with pytest.raises(UnknownItem):
        other = a_world(any_engine)
        delivery.item_of(any_engine, world.candidate, world.sitting_id, other.items[0], "en")
    delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)
    with pytest.raises(NotYet):
        delivery.item_of(any_engine, world.candidate, world.sitting_id, world.items[0], "en")


def test_a_camera_ticket_is_for_ones_own_open_sitting(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)

    ticket = delivery.camera_ticket(any_engine, world.candidate, world.sitting_id)

    assert tickets.read(any_engine, "camera", ticket.ticket) == world.sitting_id
    delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)
    with pytest.raises(SittingSealed):
        delivery.camera_ticket(any_engine, world.candidate, world.sitting_id)
