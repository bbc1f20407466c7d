"""A file that a device made because it found no connection: taken in while the sitting goes on, and afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from assessment_engine.delivery.answer_file import make_file
from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import PauseReason, SittingState
from assessment_engine.kernel.errors import ForeignFile, NotFound, NotYet, SittingPaused, SittingSealed
from assessment_engine.kernel.signing import unb64url
from assessment_engine.people import Role
from assessment_engine.services import delivery
from assessment_engine.services.answer_files import answer_file_key, take_file
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from tests.builders import World, a_person, a_world, an_organisation, steer

A, B = {"RESPONSE": "A"}, {"RESPONSE": "B"}


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


def a_file(engine: Engine, world: World, *given: tuple[object, object, object]) -> bytes:
    """A file as the page makes it, of (question, revision, response)."""
    answers: list[Any] = [
        {"item": world.items[q - 1] if isinstance(q, int) else q, "revision": revision, "response": response}
        for q, revision, response in given
    ]
    key = unb64url(answer_file_key(engine, world.sitting_id))
    return make_file(key, world.sitting_id, b"0" * 12, {"answers": answers, "nonce": ""})


def counts(engine: Engine) -> tuple[int, ...]:
    tables = ("answers", "late_answers", "seals", "audit_entries", "exam_events")
    with engine.store.read() as tx:
        return tuple(tx.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables)  # noqa: S608


def test_while_the_sitting_goes_on_every_answer_is_saved_in_order_and_past_the_lease(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get(world.sitting_id).taken_over("the-dead-device"))

    taken = take_file(any_engine, ledger, world.candidate, world.sitting_id, a_file(any_engine, world, (2, 5, A), (1, 3, B), (1, 4, A)))

    assert [one.revision for one in taken.receipts] == [3, 4, 5]
    assert (taken.late, taken.refused) == ((), ())
    with any_engine.store.read() as tx:
        assert tx.answers.final(world.sitting_id) == {world.items[0]: A, world.items[1]: A}


def test_taking_a_file_twice_is_taking_it_once(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    data = a_file(any_engine, world, (1, 1, A), (2, 2, B))

    first = take_file(any_engine, ledger, world.candidate, world.sitting_id, data)
    steer(any_engine).advance(30)

    assert take_file(any_engine, ledger, world.candidate, world.sitting_id, data) == first
    assert counts(any_engine)[0] == 2


def test_after_the_seal_the_answers_are_kept_as_late_ones(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    ledger.save(an_offer(world.sitting_id, world.candidate.person_id, world.items[0], 1, A)).result()
    delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)

    taken = take_file(any_engine, ledger, world.candidate, world.sitting_id, a_file(any_engine, world, (1, 1, A), (2, 2, B)))

    assert [one.revision for one in taken.receipts] == [1]
    assert [one.revision for one in taken.late] == [2]


def test_a_file_after_the_time_seals_the_sitting_and_is_kept_as_late(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    steer(any_engine).advance(4000)

    taken = take_file(any_engine, ledger, world.candidate, world.sitting_id, a_file(any_engine, world, (1, 1, A)))

    assert (len(taken.receipts), len(taken.late)) == (0, 1)
    assert delivery.my_sitting(any_engine, world.candidate, world.sitting_id).state is SittingState.SUBMITTED


def test_an_invigilator_brings_it_for_the_candidate_whose_device_died(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    invigilator = a_person(any_engine, world.organisation_id, Role.INVIGILATOR, name="Invigilator One")
    foreign = a_person(any_engine, an_organisation(any_engine, "Other"), Role.INVIGILATOR)
    data = a_file(any_engine, world, (1, 1, A))

    with pytest.raises(NotFound):
        take_file(any_engine, ledger, foreign, world.sitting_id, data)
    taken = take_file(any_engine, ledger, invigilator, world.sitting_id, data)

    assert len(taken.receipts) == 1
    with any_engine.store.read() as tx:
        entry = next(one for one in tx.audit.about(world.sitting_id) if one.kind == "answer_file_taken")
    assert entry.actor_id == invigilator.person_id


def test_anothers_file_or_a_damaged_one_changes_nothing(any_engine: Engine, ledger: AnswerLedger) -> None:
    world, other = a_world(any_engine), a_world(any_engine)
    before = counts(any_engine)

    for data in (a_file(any_engine, other, (1, 1, A)), a_file(any_engine, world, (1, 1, A))[:-9], b"{}", b""):
        with pytest.raises(ForeignFile):
            take_file(any_engine, ledger, world.candidate, world.sitting_id, data)
    with pytest.raises(NotFound):
        take_file(any_engine, ledger, other.candidate, world.sitting_id, a_file(any_engine, world, (1, 1, A)))
    assert counts(any_engine) == before


def test_one_bad_answer_does_not_take_the_others_with_it(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    bad: list[tuple[object, object, object]] = [
        ("itv_none", 1, A),
        (1, 2, {"NO": "A"}),
        (1, "x", A),
        (None, 3, A),
        (1, 4, [1]),
        (1, 9000, A),
    ]

    taken = take_file(any_engine, ledger, world.candidate, world.sitting_id, a_file(any_engine, world, *bad, (2, 5, A)))

    assert [one.revision for one in taken.receipts] == [5]
    codes = {"unknown_item", "wrong_response", "invalid", "revision_from_the_future"}
    assert len(taken.refused) == len(bad)
    assert {one.code for one in taken.refused} == codes


def test_a_revision_that_another_device_used_gets_the_next_number_unless_a_newer_answer_is_there(
    any_engine: Engine, ledger: AnswerLedger
) -> None:
    world = a_world(any_engine)
    for question, revision in ((1, 1), (3, 2), (3, 3)):
        ledger.save(an_offer(world.sitting_id, world.candidate.person_id, world.items[question - 1], revision, A)).result()

    taken = take_file(any_engine, ledger, world.candidate, world.sitting_id, a_file(any_engine, world, (2, 2, B), (3, 1, B)))

    assert [(one.item, one.revision) for one in taken.receipts] == [(world.items[1], 4)]
    assert [one.code for one in taken.refused] == ["revision_reused"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"state": SittingState.ADMITTED}, NotYet),
        ({"state": SittingState.VOIDED}, SittingSealed),
        ({"state": SittingState.PAUSED, "paused_for": PauseReason.INVIGILATOR}, SittingPaused),
    ],
)
def test_a_sitting_that_takes_nothing_now_says_so_and_changes_nothing(
    any_engine: Engine, ledger: AnswerLedger, change: dict[str, Any], refusal: type[Exception]
) -> None:
    world = a_world(any_engine)
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), paused_at=any_engine.clock.now(), **change))
    before = counts(any_engine)

    with pytest.raises(refusal):
        take_file(any_engine, ledger, world.candidate, world.sitting_id, a_file(any_engine, world, (1, 1, A)))
    assert counts(any_engine) == before
