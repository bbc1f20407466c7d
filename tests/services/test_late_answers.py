"""Late answers from their arrival to the second seal, on both databases."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assessment_engine.delivery.late import MOST_OF_SITTING, LateState, Said, Verdict, is_genuine_late
from assessment_engine.delivery.nonce import a_nonce
from assessment_engine.delivery.responses import Offer, an_offer
from assessment_engine.delivery.sealing import is_whole
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    NotYet,
    ReauthenticationNeeded,
    SecondPersonNeeded,
    TooLarge,
    UnknownItem,
    WrongResponse,
)
from assessment_engine.people import Actor, Role
from assessment_engine.services import delivery
from assessment_engine.services.engine import Engine
from assessment_engine.services.late_answers import Kept, keep_late, late_case, late_queue, my_late_answers
from assessment_engine.services.late_decisions import decide_late
from assessment_engine.services.results import approve_batch, discard_batch, draft_batch, session_results
from assessment_engine.services.scoring import score_sitting
from assessment_engine.storage.ledger_writer import AnswerLedger
from tests.builders import World, a_person, a_world, an_organisation, steer, told
from tests.services.test_results import give_password

A, B = {"RESPONSE": "A"}, {"RESPONSE": "B"}
BECAUSE = "The centre's line was cut for ten minutes."


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


@pytest.fixture
def world(any_engine: Engine, ledger: AnswerLedger) -> World:
    """A sitting that ended with one wrong and one right answer."""
    world = a_world(any_engine)
    for revision, response in ((1, B), (2, A)):
        ledger.save(an_offer(world.sitting_id, world.candidate.person_id, world.items[revision - 1], revision, response)).result()
    delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)
    steer(any_engine).advance(60)
    return world


def offers(world: World, *given: tuple[int, int, Mapping[str, str]]) -> list[Offer]:
    """Answers as (question, revision, response)."""
    return [an_offer(world.sitting_id, world.candidate.person_id, world.items[q - 1], revision, dict(r)) for q, revision, r in given]


def keep(engine: Engine, world: World, *given: tuple[int, int, Mapping[str, str]], nonce: str = "") -> Kept:
    return keep_late(engine, world.candidate, world.sitting_id, offers(world, *given), nonce)


def counts(engine: Engine) -> dict[str, int]:
    tables = ("answers", "late_answers", "late_decisions", "seals", "audit_entries", "exam_events")
    with engine.store.read() as tx:
        return {table: tx.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}  # noqa: S608


def an_officer(engine: Engine, world: World, name: str = "Officer One") -> Actor:
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name=name)
    give_password(engine, officer)
    return officer


def an_invigilator(engine: Engine, world: World) -> Actor:
    return a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Invigilator One")


def decide(engine: Engine, actor: Actor, world: World, kept: Kept, verdict: Verdict) -> list[LateState]:
    return decide_late(engine, actor, world.sitting_id, [one.id for one in kept.late], Said(verdict=verdict, reason=BECAUSE))


def test_what_comes_after_the_seal_is_kept_beside_the_ledger_with_a_signed_word(any_engine: Engine, world: World) -> None:
    before, heard = counts(any_engine), any_engine.clock.now() - timedelta(minutes=4)

    kept = keep(any_engine, world, (1, 3, A), nonce=a_nonce(any_engine.signer.tickets, world.sitting_id, heard))

    after = counts(any_engine)
    assert (after["answers"], after["seals"]) == (before["answers"], before["seals"])
    assert after["late_answers"] == 1
    assert is_genuine_late(kept.late[0], any_engine.signer.receipts.public_bytes)
    assert kept.late[0].nonce_at == heard


def test_the_same_late_answer_is_kept_once_and_acknowledged_the_same(any_engine: Engine, world: World) -> None:
    first = keep(any_engine, world, (1, 3, A))
    before = counts(any_engine)
    steer(any_engine).advance(60)

    assert keep(any_engine, world, (1, 3, A), (1, 3, A)).late[0] == first.late[0]
    assert counts(any_engine) == before


def test_what_the_ledger_had_all_along_is_no_late_answer(any_engine: Engine, world: World) -> None:
    kept = keep(any_engine, world, (2, 2, A))

    assert kept.late == ()
    assert [one.revision for one in kept.receipts] == [2]


def test_a_sitting_whose_time_is_over_is_sealed_before_anything_late_is_kept(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    with pytest.raises(NotYet):
        keep(any_engine, world, (1, 1, A))
    steer(any_engine).advance(3700)

    keep(any_engine, world, (1, 1, A))

    assert delivery.my_sitting(any_engine, world.candidate, world.sitting_id).state is SittingState.SUBMITTED
    assert counts(any_engine)["late_answers"] == 1


def test_bad_late_answers_change_nothing(any_engine: Engine, world: World) -> None:
    before = counts(any_engine)
    stranger = a_person(any_engine, world.organisation_id, name="Somebody Else")
    wrong = an_offer(world.sitting_id, world.candidate.person_id, world.items[0], 4, {"NO_SUCH": "A"})
    unknown = an_offer(world.sitting_id, world.candidate.person_id, world.items[0].replace("itv", "itx"), 4, A)  # type: ignore[arg-type]

    for bad, refusal in ((wrong, WrongResponse), (unknown, UnknownItem)):
        with pytest.raises(refusal):
            keep_late(any_engine, world.candidate, world.sitting_id, [*offers(world, (1, 3, A)), bad], "")
    with pytest.raises(NotFound):
        keep_late(any_engine, stranger, world.sitting_id, offers(world, (1, 3, A)), "")
    assert counts(any_engine) == before


def test_a_sitting_keeps_only_so_many(any_engine: Engine, world: World) -> None:
    for first in range(0, MOST_OF_SITTING, 100):
        keep(any_engine, world, *((1, 3 + number, A) for number in range(first, first + 100)))
    before = counts(any_engine)

    with pytest.raises(TooLarge):
        keep(any_engine, world, (1, 900, A))
    assert counts(any_engine) == before


def test_what_one_officer_accepts_makes_a_second_seal_and_another_score(any_engine: Engine, world: World) -> None:
    first = score_sitting(any_engine, world.sitting_id)
    kept, before = keep(any_engine, world, (1, 3, A)), len(told(any_engine))

    assert decide(any_engine, an_officer(any_engine, world), world, kept, Verdict.ACCEPT) == [LateState.ACCEPTED]

    second = score_sitting(any_engine, world.sitting_id)
    assert (first.card.total, second.card.total) == (Decimal("1.00"), Decimal("2.00"))
    with any_engine.store.read() as tx:
        seals, receipts = tx.sittings.seals(world.sitting_id), tx.answers.receipts(world.sitting_id)
        sealed = [entry.payload for entry in tx.audit.about(world.sitting_id) if entry.kind == "sitting_sealed"]
    assert [seal.number for seal in seals] == [1, 2]
    assert is_whole(seals[1], receipts, any_engine.signer.receipts.public_bytes, kept.late)
    assert second.card.seal_sha256 == seals[1].sha256
    assert sealed == [seal.document for seal in seals]
    assert len(told(any_engine)) == before + 1


def test_refusing_needs_two_different_people(any_engine: Engine, world: World) -> None:
    kept = keep(any_engine, world, (1, 3, A))
    one, two = an_invigilator(any_engine, world), an_officer(any_engine, world)

    assert decide(any_engine, one, world, kept, Verdict.REFUSE) == [LateState.AWAITING_SECOND]
    with pytest.raises(SecondPersonNeeded):
        decide(any_engine, one, world, kept, Verdict.REFUSE)
    assert decide(any_engine, two, world, kept, Verdict.REFUSE) == [LateState.REFUSED]
    with pytest.raises(Conflict):
        decide(any_engine, two, world, kept, Verdict.ACCEPT)
    assert counts(any_engine)["seals"] == 1


def test_the_second_person_judges_without_the_firsts_word(any_engine: Engine, world: World) -> None:
    kept = keep(any_engine, world, (1, 3, A))
    one, two = an_invigilator(any_engine, world), an_officer(any_engine, world)
    decide(any_engine, one, world, kept, Verdict.REFUSE)

    assert late_case(any_engine, two, world.sitting_id).lines[0].decisions == ()
    assert len(late_case(any_engine, one, world.sitting_id).lines[0].decisions) == 1
    decide(any_engine, two, world, kept, Verdict.REFUSE)
    assert len(late_case(any_engine, two, world.sitting_id).lines[0].decisions) == 2


def test_accepting_needs_an_officer_and_a_fresh_password(any_engine: Engine, world: World) -> None:
    kept = keep(any_engine, world, (1, 3, A))
    stale = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER, name="Officer Two")
    before = counts(any_engine)

    with pytest.raises(NotAllowed):
        decide(any_engine, an_invigilator(any_engine, world), world, kept, Verdict.ACCEPT)
    with pytest.raises(ReauthenticationNeeded):
        decide(any_engine, stale, world, kept, Verdict.ACCEPT)
    assert counts(any_engine) == before


def test_people_see_only_their_organisations_late_answers_and_nobody_else_sees_any(any_engine: Engine, world: World) -> None:
    keep(any_engine, world, (1, 3, A))
    foreign = a_person(any_engine, an_organisation(any_engine, "Other"), Role.CELL_OFFICER)

    assert late_queue(any_engine, foreign) == []
    with pytest.raises(NotFound):
        late_case(any_engine, foreign, world.sitting_id)
    with pytest.raises(NotAllowed):
        late_queue(any_engine, world.candidate)
    assert my_late_answers(any_engine, world.candidate, world.sitting_id)[0].state is LateState.OPEN


def test_a_draft_leaves_out_whoever_waits_for_a_decision(any_engine: Engine, world: World) -> None:
    officer = an_officer(any_engine, world)
    score_sitting(any_engine, world.sitting_id)
    kept = keep(any_engine, world, (1, 3, A))

    with pytest.raises(NotYet):
        draft_batch(any_engine, officer, world.session_id)
    assert (session_results(any_engine, officer)[0].free, session_results(any_engine, officer)[0].late) == (0, 1)
    decide(any_engine, officer, world, kept, Verdict.ACCEPT)
    with pytest.raises(NotYet):  # the old score is over a superseded seal; the new one is not there yet
        draft_batch(any_engine, officer, world.session_id)
    score_sitting(any_engine, world.sitting_id)
    draft_batch(any_engine, officer, world.session_id)


def test_a_batch_with_a_superseded_score_is_not_approved_and_a_signed_one_stops_the_decision(any_engine: Engine, world: World) -> None:
    officer, second = an_officer(any_engine, world), an_officer(any_engine, world, "Officer Two")
    score_sitting(any_engine, world.sitting_id)
    batch = draft_batch(any_engine, officer, world.session_id)
    decide(any_engine, officer, world, keep(any_engine, world, (1, 3, A)), Verdict.ACCEPT)

    with pytest.raises(Conflict, match="discard it"):
        approve_batch(any_engine, officer, batch.id)
    discard_batch(any_engine, officer, batch.id)
    score_sitting(any_engine, world.sitting_id)
    fresh = draft_batch(any_engine, officer, world.session_id)
    later = keep(any_engine, world, (3, 4, A))
    approve_batch(any_engine, officer, fresh.id)
    with pytest.raises(Conflict, match="signed"):
        decide(any_engine, officer, world, later, Verdict.ACCEPT)
    approve_batch(any_engine, second, fresh.id)
    for verdict in Verdict:
        with pytest.raises(Conflict, match="a grievance is the way"):
            decide(any_engine, officer, world, later, verdict)


def test_the_database_keeps_late_answers_decisions_and_seals_whatever_a_program_does(any_engine: Engine, world: World) -> None:
    kept = keep(any_engine, world, (1, 3, A))
    decide(any_engine, an_officer(any_engine, world), world, kept, Verdict.ACCEPT)
    sitting, late = world.sitting_id, kept.late[0].id
    copied = "answers, ledger_sha256, form_sha256, sealed_at, key_id, signature, closed_by, late_sha256"
    refused = {
        "UPDATE late_answers SET response = '{}'": "what is written",
        "DELETE FROM late_answers": "what is written",
        "UPDATE late_decisions SET verdict = 'refuse'": "what is written",
        "DELETE FROM late_decisions": "what is written",
        "UPDATE seals SET answers = 0": "what is written",
        "DELETE FROM seals": "what is written",
        f"INSERT INTO seals (sitting_id, number, {copied}, sha256, supersedes, late_answers) "  # noqa: S608
        f"SELECT sitting_id, 4, {copied}, 'x', sha256, 1 FROM seals WHERE sitting_id = '{sitting}' AND number = 2": "the next number",
        f"INSERT INTO seals (sitting_id, number, {copied}, sha256, supersedes, late_answers) "  # noqa: S608
        f"SELECT sitting_id, 3, {copied}, 'x', 'another', 1 FROM seals WHERE sitting_id = '{sitting}' AND number = 2": "supersedes",
        f"INSERT INTO seals (sitting_id, number, {copied}, sha256, supersedes, late_answers) "  # noqa: S608
        f"SELECT sitting_id, 3, {copied}, 'x', sha256, 2 FROM seals WHERE sitting_id = '{sitting}' AND number = 2": "late answers",
        f"INSERT INTO late_decisions (late_answer_id, ordinal, person_id, verdict, reason, at) "  # noqa: S608
        f"SELECT '{late}', 2, person_id, 'refuse', 'x', at FROM late_decisions": "(?i)unique",
    }

    for statement, words in refused.items():
        with pytest.raises(DBAPIError, match=words), any_engine.store.begin() as tx:
            tx.connection.execute(text(statement))


def test_late_answers_of_practice_are_kept_and_nobody_decides_on_them(any_engine: Engine, world: World) -> None:
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), practice=True))
    kept, officer = keep(any_engine, world, (1, 3, A)), an_officer(any_engine, world)

    assert len(kept.late) == 1
    assert late_queue(any_engine, officer) == []
    with pytest.raises(Conflict):
        decide(any_engine, officer, world, kept, Verdict.ACCEPT)
    assert counts(any_engine)["seals"] == 1
