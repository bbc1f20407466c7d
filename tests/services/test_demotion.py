"""A detector whose flags people keep dismissing is demoted by itself, in public, and restored by two officers only."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, event

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import Judgement, Reason, Verdict
from assessment_engine.invigilation.demotion import Demotion
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, ReauthenticationNeeded, SecondPersonNeeded
from assessment_engine.people import Actor, Role
from assessment_engine.services import demotion, judgements, people, watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from proctoring.policy import Kind, Tier
from tests.builders import World, a_person, a_stored_sitting, a_world, steer
from tests.services.test_invigilation import DISMISS, a_flag

PERMITTED = Judgement(verdict=Verdict.DISMISS, reason_code=Reason.PERMITTED, reason="")
WHY = "The new model was tried on a hundred sittings."


def a_sitting_with_a_dismissed_flag(engine: Engine, world: World, *, simulated: bool = False, judgement: Judgement = DISMISS) -> None:
    """One more candidate who was watched for an hour, flagged and cleared."""
    candidate = a_person(engine, world.organisation_id, name="Lila Sen")
    sitting = a_stored_sitting(engine, candidate, world.exam_id, world.session_id, world.form_id, state=SittingState.SUBMITTED)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(sitting), submitted_at=now, simulated=simulated))
        tx.incidents.save_watch(WatchRecord(sitting_id=sitting, observable_s=3600, drained_at=now))
    reviewer = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das")
    judgements.give(engine, reviewer, a_flag(engine, replace(world, sitting_id=sitting)), judgement)
    steer(engine).advance(60)
    judgements.take_effect(engine)


def demoted(engine: Engine, world: World) -> list[Demotion]:
    return list(demotion.demoted_in(engine, world.exam_id))


def until_demoted(engine: Engine, world: World) -> int:
    """How many such sittings it takes."""
    for number in range(1, 30):
        a_sitting_with_a_dismissed_flag(engine, world)
        if demoted(engine, world):
            return number
    return 0


def an_officer(engine: Engine, world: World, name: str) -> Actor:
    """Somebody who has just given the password."""
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name=name)
    people.open_session(engine, officer.person_id)
    return officer


def test_a_detector_that_errs_in_every_sitting_is_demoted_in_public(engine: Engine, world: World) -> None:
    assert until_demoted(engine, world) == 4  # the budget allows 0.07 an hour: 0.5 over seven detectors

    [found] = demoted(engine, world)
    assert (found.kind, found.sittings, found.false_sittings, found.restored_at) == ("nobody", 4, 4, None)
    assert found.evidence >= 100
    with engine.store.read() as tx:
        assert [entry.kind for entry in tx.audit.about(found.id)] == ["detector_demoted"]


def test_no_save_waits_while_an_exam_s_hours_are_read(any_engine: Engine) -> None:
    world, reading = a_world(any_engine), []

    @event.listens_for(any_engine.store.engine, "before_cursor_execute")
    def note(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM watches JOIN sittings" in statement and "observable_s" in statement:
            reading.append(bool(connection.get_execution_options().get("read_only")))

    for _ in range(2):
        a_sitting_with_a_dismissed_flag(any_engine, world)

    assert reading == [True, True]
    assert demotion.demoted_in(any_engine, world.exam_id) == ()


def test_watches_that_begin_afterwards_only_count_what_it_finds(engine: Engine, world: World) -> None:
    assert watches.orders(engine, world.sitting_id).policy.rules[Kind.NOBODY].tier is Tier.ALERT

    until_demoted(engine, world)

    rules = watches.orders(engine, world.sitting_id).policy.rules
    assert rules[Kind.NOBODY].tier is Tier.TELEMETRY
    assert rules[Kind.SEVERAL_PEOPLE].tier is Tier.ALERT


@pytest.mark.parametrize("given", [{"simulated": True}, {"judgement": PERMITTED}])
def test_what_was_simulated_or_rightly_seen_speaks_against_nothing(engine: Engine, world: World, given: dict[str, object]) -> None:
    for _ in range(6):
        a_sitting_with_a_dismissed_flag(engine, world, **given)  # type: ignore[arg-type]

    assert demoted(engine, world) == []


def test_two_different_officers_restore_it_and_it_begins_anew(engine: Engine, world: World) -> None:
    until_demoted(engine, world)
    [found] = demoted(engine, world)
    lata, noor = an_officer(engine, world, "Lata Iyer"), an_officer(engine, world, "Noor Ali")

    assert demotion.restore(engine, lata, found.id, WHY).restored_at is None
    with pytest.raises(SecondPersonNeeded):
        demotion.restore(engine, lata, found.id, WHY)
    assert len(demoted(engine, world)) == 1
    assert demotion.restore(engine, noor, found.id, WHY).restored_at is not None

    assert demoted(engine, world) == []
    assert watches.orders(engine, world.sitting_id).policy.rules[Kind.NOBODY].tier is Tier.ALERT
    with pytest.raises(Conflict):
        demotion.restore(engine, an_officer(engine, world, "Om Jain"), found.id, WHY)
    with engine.store.read() as tx:
        logged = {entry.kind: entry.actor_id for entry in tx.audit.about(found.id)}
    assert logged == {"detector_demoted": None, "restoration_signed": lata.person_id, "detector_restored": noor.person_id}
    steer(engine).advance(7200)
    a_sitting_with_a_dismissed_flag(engine, world)
    assert demoted(engine, world) == []


def test_who_restores_says_why_and_gives_the_password(engine: Engine, world: World) -> None:
    until_demoted(engine, world)
    [found] = demoted(engine, world)
    lata = an_officer(engine, world, "Lata Iyer")

    with pytest.raises(Invalid):
        demotion.restore(engine, lata, found.id, "short")
    with pytest.raises(NotAllowed):
        demotion.restore(engine, a_person(engine, world.organisation_id, Role.INVIGILATOR), found.id, WHY)
    steer(engine).advance(3600)
    with pytest.raises(ReauthenticationNeeded):
        demotion.restore(engine, lata, found.id, WHY)
