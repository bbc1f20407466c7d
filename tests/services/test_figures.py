"""The figures of reviewing are counted from what people answered: agreement, misses, seconds, costs; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import Judgement, Verdict
from assessment_engine.invigilation.unmarked import Origin, UnmarkedReview
from assessment_engine.kernel.ids import IncidentId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.services import demotion, figures, judgements, review
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from tests.builders import World, a_person, a_stored_sitting, a_world, steer
from tests.services.test_grievances import a_flag as a_stored_flag
from tests.services.test_invigilation import DISMISS, UPHOLD, a_flag


def an_answered(engine: Engine, world: World, origin: Origin, truth: Verdict, said: Judgement, by: Actor, incident: IncidentId) -> None:
    """One unmarked case that somebody judged after 30 s."""
    now = engine.clock.now()
    asked = UnmarkedReview(
        id=IncidentId(new_id("inc", now)),
        organisation_id=world.organisation_id,
        origin=origin,
        sitting_id=world.sitting_id,
        incident_id=incident,
        kind="nobody",
        severity="high",
        opened_at=now,
        truth=truth,
    )
    with engine.store.begin() as tx:
        tx.unmarked.add(asked)
        tx.unmarked.answer(asked.answered(said, by=by.person_id, now=now, seconds=30.0))


def test_agreement_and_errors_are_what_people_answered(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.SUBMITTED)
    ravi = a_person(any_engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das")
    incident = a_flag(any_engine, world)
    table = ((Verdict.UPHOLD, UPHOLD, 20), (Verdict.UPHOLD, DISMISS, 5), (Verdict.DISMISS, UPHOLD, 10), (Verdict.DISMISS, DISMISS, 15))
    for truth, said, times in table:
        for _ in range(times):
            an_answered(any_engine, world, Origin.AGAIN, truth, said, ravi, incident)
    for truth, said, times in ((Verdict.UPHOLD, UPHOLD, 8), (Verdict.UPHOLD, DISMISS, 2), (Verdict.DISMISS, DISMISS, 6)):
        for _ in range(times):
            an_answered(any_engine, world, Origin.PLANTED, truth, said, ravi, incident)

    seen = figures.figures(any_engine, ravi)

    assert seen.kappa is not None and seen.kappa.n == 50
    assert seen.kappa.value == pytest.approx(0.4)
    assert (seen.pairs.count, seen.pairs.total) == (35, 50)
    assert (seen.planted.misses.count, seen.planted.misses.total) == (2, 10)
    assert (seen.planted.false_positives.count, seen.planted.false_positives.total) == (0, 6)
    assert seen.planted.seconds == 30
    [mine] = seen.reviewers
    assert (mine.person.name, mine.planted.misses.count) == ("Ravi Das", 2)
    assert seen.differing == []


def test_after_an_appeal_whoever_had_dismissed_it_was_right(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.SUBMITTED)
    ravi = a_person(any_engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das")
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER, name="Kavita Rao")
    stands, overturned = a_flag(any_engine, world), a_stored_flag(any_engine, world, case="overturned")
    for incident in (stands, overturned):
        for _ in range(10):
            an_answered(any_engine, world, Origin.AGAIN, Verdict.UPHOLD, DISMISS, ravi, incident)
        an_answered(any_engine, world, Origin.AGAIN, Verdict.UPHOLD, UPHOLD, ravi, incident)
    an_answered(any_engine, world, Origin.PLANTED, Verdict.UPHOLD, DISMISS, ravi, overturned)  # its truth is known, and no appeal's

    seen = figures.figures(any_engine, officer)
    assert (seen.pairs.count, seen.pairs.total) == (11, 22)
    assert sum(one.incident_id == overturned and one.origin is Origin.AGAIN for one in seen.differing) == 1
    assert seen.planted.misses.count == 1


def test_minutes_an_hour_and_clean_sittings_are_counted(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.SUBMITTED)
    ravi = a_person(any_engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das")
    for number in range(4):
        candidate = a_person(any_engine, world.organisation_id, name=f"Candidate {number}")
        sitting = a_stored_sitting(any_engine, candidate, world.exam_id, world.session_id, world.form_id, state=SittingState.SUBMITTED)
        now = any_engine.clock.now()
        with any_engine.store.begin() as tx:
            tx.sittings.save(replace(tx.sittings.get(sitting), submitted_at=now + timedelta(hours=1)))
            tx.incidents.save_watch(WatchRecord(sitting_id=sitting, observable_s=3600, drained_at=now))
        if number == 0:
            flag = a_flag(any_engine, replace(world, sitting_id=sitting))
    judgements.see(any_engine, ravi, flag)
    steer(any_engine).advance(48)
    judgements.give(any_engine, ravi, flag, DISMISS)
    steer(any_engine).advance(60)
    judgements.take_effect(any_engine)

    seen = figures.figures(any_engine, ravi)

    assert seen.minutes_per_hour == pytest.approx(0.8 / 4)
    assert (seen.clean_queued.count, seen.clean_queued.total) == (1, 4)
    nobody = next(one for one in seen.detectors if one.kind == "nobody")
    assert (nobody.record.false_sittings, sum(nobody.record.hours)) == (1, 4)
    assert demotion.demoted_in(any_engine, world.exam_id) == ()
    assert review.review_queue(any_engine, ravi).total == 0
