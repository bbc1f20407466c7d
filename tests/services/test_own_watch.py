"""What candidates learn of how they were watched: without names, numbers or telemetry, and nothing before its time."""

from dataclasses import replace
from pathlib import Path

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.evidence.retention import Hold
from assessment_engine.grievances import About
from assessment_engine.invigilation import CaseState, Reason, Verdict
from assessment_engine.invigilation import Outcome as Decided
from assessment_engine.invigilation.hearing import HearingState
from assessment_engine.kernel.errors import NotFound, NotYet
from assessment_engine.kernel.ids import IncidentId, new_id
from assessment_engine.people import Role
from assessment_engine.services import evidence_packages, grievances, hearings, invigilation, judgements, own_watch
from assessment_engine.services.engine import Engine
from assessment_engine.services.grievances import Complaint
from assessment_engine.services.own_watch import Next, OwnWatch
from tests.builders import World, a_person, a_world, an_engine, an_organisation, heard, steer
from tests.services.test_invigilation import DISMISS, UPHOLD, a_flag, finished, judges


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return an_engine(tmp_path)


@pytest.fixture
def world(engine: Engine) -> World:
    world = a_world(engine, state=SittingState.SUBMITTED)
    finished(engine, world, lost_s=20)
    return world


def mine(engine: Engine, world: World) -> OwnWatch:
    return own_watch.mine(engine, world.candidate, world.sitting_id)


def also_found(engine: Engine, world: World, kind: str, tier: str) -> None:
    with engine.store.begin() as tx:
        flag = tx.incidents.of_sitting(world.sitting_id)[0]
        severity = None if tier == "could_not_watch" else "low"
        other = replace(flag, id=IncidentId(new_id("inc", engine.clock.now())), kind=kind, tier=tier, severity=severity, rule=kind)
        tx.incidents.add(replace(other, trace={"peak": 1}, models={"faces": "f"}))


def test_nothing_is_told_while_the_exam_runs(engine: Engine) -> None:
    world = a_world(engine)
    a_flag(engine, world)

    with pytest.raises(NotYet):
        mine(engine, world)


def test_nobody_elses_watch_exists(engine: Engine, world: World) -> None:
    for other in (a_person(engine, world.organisation_id), a_person(engine, an_organisation(engine, "Another"), *Role)):
        with pytest.raises(NotFound):
            own_watch.mine(engine, other, world.sitting_id)


def test_a_sitting_in_which_nothing_was_found_says_so(engine: Engine, world: World) -> None:
    assert mine(engine, world).next is Next.SYSTEM  # the decision is about to be written

    invigilation.settle(engine, world.sitting_id)

    own = mine(engine, world)
    assert own.decision is not None and own.decision.outcome is Decided.UNFLAGGED
    assert (own.found, own.flags, own.next, own.package, own.erased_at) == ((), (), Next.NOBODY, None, None)
    assert own.could_not_watch == {"feed_gap": 20} and own.observable_share == own.decision.observable_share
    assert own.keeping.until is not None and own.checks == {"passed": 0, "inconclusive": 0, "failed": 0}


def test_findings_are_told_without_the_machines_number_and_telemetry_is_none(engine: Engine, world: World) -> None:
    a_flag(engine, world)
    also_found(engine, world, "looking_away", "detection")
    also_found(engine, world, "covered", "could_not_watch")
    also_found(engine, world, "book", "telemetry")

    found = mine(engine, world).found

    assert {one.incident.kind: one.state for one in found} == {"nobody": CaseState.OPEN, "looking_away": None, "covered": None}
    assert all((one.incident.confidence, one.incident.trace, one.incident.models) == (0.0, {}, {}) for one in found)


def test_each_step_says_whose_turn_it_is_and_words_come_with_the_decision(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)

    def step() -> tuple[Next, CaseState | None, HearingState | None, int]:
        own = mine(engine, world)
        [flag] = own.flags
        return own.next, flag.state, flag.hearing_state, len(flag.judged)

    assert step() == (Next.REVIEWERS, CaseState.OPEN, None, 0)
    judgements.give(engine, ravi, incident, UPHOLD)
    assert step() == (Next.REVIEWERS, CaseState.OPEN, None, 0)  # it can still be taken back
    steer(engine).advance(60)
    judgements.take_effect(engine)
    assert step() == (Next.CANDIDATE, CaseState.AWAITING_SECOND, HearingState.OPEN, 0)
    hearings.answer(engine, world.candidate, incident, "I was there.")
    assert step() == (Next.SECOND_REVIEWER, CaseState.AWAITING_SECOND, HearingState.REPLIED, 0)
    invigilation.judge(engine, meera, incident, UPHOLD)
    assert step() == (Next.SYSTEM, CaseState.UPHELD, HearingState.REPLIED, 2)
    invigilation.settle(engine, world.sitting_id)
    assert step()[0] is Next.NOBODY

    own = mine(engine, world)
    assert own.decision is not None and own.decision.outcome is Decided.ADVERSE
    assert [(one.verdict, one.reason_code, one.reason) for one in own.flags[0].judged] == 2 * [
        (Verdict.UPHOLD, Reason.LEFT_THE_SEAT, UPHOLD.reason)
    ]
    names = {ravi.person_id, meera.person_id, ravi.name, meera.name}
    assert not any(name in repr((own.found, own.contestable)) for name in names)


def test_an_open_appeal_is_whose_turn_it_is_and_is_told_at_its_flag(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    invigilation.judge(engine, ravi, incident, UPHOLD)
    heard(engine, world.candidate, incident)
    invigilation.judge(engine, meera, incident, UPHOLD)
    invigilation.settle(engine, world.sitting_id)
    assert [one.id for one in mine(engine, world).contestable.flags] == [incident]

    complaint = Complaint(sitting_id=world.sitting_id, about=About.FLAG, text="The lamp fell over.", incident_id=incident)
    appeal = grievances.file_grievance(engine, world.candidate, complaint)

    own = mine(engine, world)
    assert (own.next, own.flags[0].appeal, own.contestable.flags) == (Next.GRIEVANCE_OFFICER, appeal, ())


def test_what_is_kept_and_its_package_are_told(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    invigilation.judge(engine, ravi, incident, DISMISS)
    steer(engine).advance(1200)
    invigilation.settle(engine, world.sitting_id)
    asked = evidence_packages.ask(engine, world.candidate, world.sitting_id)

    own = mine(engine, world)

    assert own.package == asked and own.package.made_at is None
    assert own.keeping.until is not None and own.keeping.holds == {Hold.RESULT}  # nobody could have contested it yet
    assert (own.flags[0].state, own.next) == (CaseState.DISMISSED, Next.NOBODY)


def test_where_too_little_was_seen_a_person_is_next(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.SUBMITTED)
    finished(engine, world, observable_s=300, lost_s=700)

    own = mine(engine, world)

    assert (own.next, own.observable_share, own.min_observable_share) == (Next.ENOUGH_SEEN, 0.3, 0.8)
