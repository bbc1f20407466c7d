"""The random audit: stretches of unflagged drawn sittings wait like any case; their pictures go when all are answered, but for a miss."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState
from assessment_engine.invigilation.unmarked import Origin
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import IncidentId, SittingId, made_at
from assessment_engine.people import Actor, Role
from assessment_engine.services import draw, figures, judgements, random_audit, review
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from tests.builders import World, a_person, a_world, an_organisation, steer
from tests.services.test_draw import draw_all
from tests.services.test_invigilation import DISMISS, UPHOLD, a_flag, judges

EVERY_S = 5


@pytest.fixture
def world(engine: Engine) -> World:
    return a_world(engine, state=SittingState.SUBMITTED)


def the_drawn(engine: Engine, world: World, *, minutes: int = 30, drained: bool = True) -> SittingId:
    """The world's sitting, which its session's draw took, with kept pictures; the session is over."""
    draw_all(engine, world.session_id)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), submitted_at=now + timedelta(hours=1)))
        tx.incidents.save_watch(WatchRecord(sitting_id=world.sitting_id, observable_s=3600, drained_at=now if drained else None))
    for number in range(minutes * 60 // EVERY_S):
        draw.keep_frame(engine, world.sitting_id, number, now + timedelta(seconds=number * EVERY_S), b"\xff\xd8 %d" % number)
    steer(engine).advance(5 * 3600)
    return world.sitting_id


def waiting(engine: Engine, actor: Actor) -> list[IncidentId]:
    return [one.case.incident_id for one in review.review_queue(engine, actor).entries]


def judge(engine: Engine, actor: Actor, case: IncidentId, judgement: object = DISMISS) -> None:
    judgements.give(engine, actor, case, judgement)  # type: ignore[arg-type]
    steer(engine).advance(60)
    judgements.take_effect(engine)


def test_stretches_wait_like_cases_with_their_pictures(engine: Engine, world: World) -> None:
    sitting_id, (ravi, _) = the_drawn(engine, world), judges(engine, world)

    assert [random_audit.queue_audits(engine), random_audit.queue_audits(engine)] == [1, 0]

    found = waiting(engine, ravi)
    assert len(found) == 3
    assert all(made_at(one) < engine.clock.now() - timedelta(hours=4) for one in found)  # as if it had been raised then
    file = review.case(engine, ravi, found[0])
    assert (file.case.state, file.may_judge, file.going_on, file.incident.tier) == (CaseState.OPEN, True, False, "alert")
    assert file.sitting.id == sitting_id
    assert {event.kind for event in file.events} == {"incident_raised", "incident_closed"} and file.expected.flags == 1
    lasted = {one.end_s - one.start_s for one in (review.case(engine, ravi, case).incident for case in found) if one.end_s is not None}
    assert len(lasted) == 3 and max(lasted) < 60
    assert 12 <= len(file.evidence) <= 13
    assert [one.role for one in file.evidence].count("peak") == 1
    shown = review.picture(engine, ravi, file.evidence[0].id)
    assert shown == b"\xff\xd8 %d" % file.evidence[0].seq


def test_when_all_are_answered_the_pictures_go(engine: Engine, world: World) -> None:
    sitting_id, (ravi, meera) = the_drawn(engine, world), judges(engine, world)
    random_audit.queue_audits(engine)
    first, second, third = waiting(engine, ravi)

    judge(engine, ravi, first)
    judge(engine, meera, second)
    assert len(draw.frames_of(engine, sitting_id)) == 360
    judge(engine, ravi, third)

    assert draw.frames_of(engine, sitting_id) == []
    seen = figures.figures(engine, ravi).audits
    assert seen.count == 0
    assert seen.hours == pytest.approx(3 / 60)


def test_the_pictures_go_though_whoever_took_the_last_answer_was_killed_before(engine: Engine, world: World) -> None:
    sitting_id, (ravi, _) = the_drawn(engine, world), judges(engine, world)
    random_audit.queue_audits(engine)
    with engine.store.begin() as tx:
        for one in tx.unmarked.audits_of(sitting_id):  # the answers are stored, and nothing was done after them
            tx.unmarked.answer(one.answered(DISMISS, by=ravi.person_id, now=engine.clock.now(), seconds=None))

    assert random_audit.queue_audits(engine) == 0

    assert draw.frames_of(engine, sitting_id) == []


def test_nothing_is_queued_of_a_sitting_that_outlasts_its_session(engine: Engine, world: World) -> None:
    sitting_id, (ravi, _) = the_drawn(engine, world), judges(engine, world)
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(sitting_id), state=SittingState.IN_PROGRESS, submitted_at=None))

    assert random_audit.queue_audits(engine) == 0

    assert waiting(engine, ravi) == []
    assert len(draw.frames_of(engine, sitting_id)) == 360


def test_other_chores_do_not_wait_for_sittings_that_are_before_people_already(engine: Engine, world: World) -> None:
    the_drawn(engine, world)
    breaths: list[None] = []
    random_audit.queue_audits(engine, lambda: breaths.append(None))
    breaths.clear()

    random_audit.queue_audits(engine, lambda: breaths.append(None))

    assert breaths == []


def test_a_miss_is_recorded_and_keeps_the_pictures_for_the_officers(engine: Engine, world: World) -> None:
    sitting_id, (ravi, meera) = the_drawn(engine, world), judges(engine, world)
    random_audit.queue_audits(engine)
    for number, case in enumerate(waiting(engine, ravi)):
        judge(engine, ravi, case, UPHOLD if number == 0 else DISMISS)

    told = figures.figures(engine, meera)
    assert [one.origin for one in told.differing] == [Origin.AUDIT]
    assert told.audits.count == 1
    assert len(draw.frames_of(engine, sitting_id)) == 360
    with engine.store.read() as tx:
        assert tx.invigilation.cases_of(sitting_id) == [] and tx.incidents.of_sitting(sitting_id) == []


def test_a_flagged_one_is_looked_at_for_its_flags(engine: Engine, world: World) -> None:
    sitting_id, (ravi, _) = the_drawn(engine, world), judges(engine, world)
    flag = a_flag(engine, replace(world, sitting_id=sitting_id))

    assert random_audit.queue_audits(engine) == 0

    assert waiting(engine, ravi) == [flag]
    assert draw.frames_of(engine, sitting_id) == []


def test_nothing_is_queued_before_the_stream_is_drained(engine: Engine, world: World) -> None:
    sitting_id = the_drawn(engine, world, minutes=2, drained=False)

    assert random_audit.queue_audits(engine) == 0
    assert len(draw.frames_of(engine, sitting_id)) == 24


def test_a_short_sitting_has_fewer_stretches_that_never_overlap(engine: Engine, world: World) -> None:
    the_drawn(engine, world, minutes=1)
    random_audit.queue_audits(engine)
    ravi, _ = judges(engine, world)

    assert len(waiting(engine, ravi)) == 1


def test_pictures_of_a_stretch_are_for_those_who_may_review_it(engine: Engine, world: World) -> None:
    the_drawn(engine, world, minutes=10)
    random_audit.queue_audits(engine)
    ravi, _ = judges(engine, world)
    file = review.case(engine, ravi, waiting(engine, ravi)[0])
    stranger = a_person(engine, an_organisation(engine, "Other"), Role.INVIGILATOR)

    for who, name in ((stranger, file.evidence[0].id), (ravi, f"{file.case.incident_id}.99999"), (ravi, f"{file.case.incident_id}.x")):
        with pytest.raises(NotFound):
            review.picture(engine, who, name)
