"""What an exam says of its watching: what calls a person, what an arrangement leaves out, how far its false-alarm budget is shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import Judgement, Reason, Verdict
from assessment_engine.kernel.errors import NotFound
from assessment_engine.people import Role
from assessment_engine.services import invigilation, watching
from assessment_engine.services.engine import Engine
from assessment_engine.services.watching import Alarms
from assessment_engine.storage.incidents import WatchRecord
from proctoring.policy import Kind
from tests.builders import World, a_person, a_stored_sitting, a_world, an_engine, an_organisation
from tests.services.test_demotion import PERMITTED
from tests.services.test_invigilation import DISMISS, a_flag


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return an_engine(tmp_path)


@pytest.fixture
def world(engine: Engine) -> World:
    return a_world(engine, state=SittingState.REGISTERED)


def a_watched_hour(engine: Engine, world: World, *judgements: Judgement) -> None:
    """One more candidate who was watched for an hour, and flagged once if anybody judged."""
    candidate = a_person(engine, world.organisation_id, name="Lila Sen")
    sitting = a_stored_sitting(engine, candidate, world.exam_id, world.session_id, world.form_id, state=SittingState.SUBMITTED)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(sitting), submitted_at=now))
        tx.incidents.save_watch(WatchRecord(sitting_id=sitting, observable_s=3600, drained_at=now))
    if not judgements:
        return
    flag = a_flag(engine, replace(world, sitting_id=sitting))
    for judgement in judgements:
        reviewer = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das")
        with engine.store.begin() as tx:
            invigilation.record(tx, tx.invigilation.case_locked(flag, world.organisation_id), judgement, reviewer.person_id, now)


def test_an_exam_names_what_calls_a_person_and_what_is_only_noted(engine: Engine, world: World) -> None:
    told = watching.of_exam(engine, world.candidate, world.exam_id)

    flagged = {one.kind: one.least_s for one in told.flagged}
    assert {Kind.NOBODY, Kind.PHONE, Kind.CHAIN_BROKEN} <= set(flagged)
    assert flagged[Kind.NOBODY] == 8
    assert told.noted == (Kind.BOOK, Kind.SCREEN, Kind.LOOKING_AWAY, Kind.CAMERA_SWITCHED), "no microphone is opened in this exam"
    assert Kind.CHALLENGE_FAILED not in flagged, "no camera checks are made in this exam"
    assert told.drawn == 0.02


def test_one_s_own_sitting_leaves_out_what_is_arranged(engine: Engine, world: World) -> None:
    with engine.store.begin() as tx:
        place = tx.sittings.get(world.sitting_id).registration_id
        tx.exams.arrange(place, {"signals_off": ["looking_away"]})

    told = watching.of_sitting(engine, world.candidate, world.sitting_id)

    assert told.switched_off == (Kind.LOOKING_AWAY,)
    assert Kind.LOOKING_AWAY not in told.noted
    assert Kind.LOOKING_AWAY in watching.of_exam(engine, world.candidate, world.exam_id).noted


def test_another_organisation_s_exam_and_another_s_sitting_are_not_there(engine: Engine, world: World) -> None:
    stranger = a_person(engine, an_organisation(engine, "Another Agency"), Role.CANDIDATE)
    neighbour = a_person(engine, world.organisation_id, Role.CANDIDATE)

    with pytest.raises(NotFound):
        watching.of_exam(engine, stranger, world.exam_id)
    with pytest.raises(NotFound):
        watching.of_sitting(engine, neighbour, world.sitting_id)


def test_only_hours_in_which_nothing_was_found_count_and_only_flags_that_were_wrong(engine: Engine, world: World) -> None:
    a_watched_hour(engine, world)
    a_watched_hour(engine, world, DISMISS)
    a_watched_hour(engine, world, PERMITTED)
    first = Judgement(verdict=Verdict.UPHOLD, reason_code=Reason.LEFT_THE_SEAT, reason="The chair is empty for a minute.")
    a_watched_hour(engine, world, first)

    alarms = watching.alarms(engine, watching.of_exam(engine, world.candidate, world.exam_id).exam)

    assert (alarms.hours, alarms.false) == (3.0, 1)
    assert not alarms.is_shown and not alarms.has_hours


@pytest.mark.parametrize(
    ("hours", "false", "shown", "exceeded"),
    [(0, 0, False, False), (60, 0, False, False), (80, 0, True, False), (99, 20, False, True), (99, 5, False, False)],
)
def test_a_budget_is_shown_only_by_hours_and_by_the_upper_bound(hours: float, false: int, shown: bool, exceeded: bool) -> None:
    alarms = Alarms(budget=0.05, hours=hours, false=false)

    assert (alarms.is_shown, alarms.is_exceeded) == (shown, exceeded)
