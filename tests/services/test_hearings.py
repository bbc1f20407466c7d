"""Hearings driven through services: when they open, what they hold back, what the candidate says, and whose business it is."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState, Judgement, Reason, Verdict
from assessment_engine.invigilation.hearing import HeardAlready, HearingOver, HearingState, NotHeardYet
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from assessment_engine.kernel.ids import IncidentId
from assessment_engine.people import Actor, Role
from assessment_engine.services import hearings, invigilation, judgements, review
from assessment_engine.services.closing import seal_up
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.hearings import HearingView
from assessment_engine.storage.hearings import hearings as table
from assessment_engine.storage.outbox import outbox
from tests.builders import World, a_person, a_world, add_row, an_engine, an_organisation, heard, steer
from tests.services.test_invigilation import DISMISS, UPHOLD, a_flag, finished, judges

REPLY = "The lamp fell over. I picked it up and came back at once."
WEEK_S = 7 * 86400


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return an_engine(tmp_path)


@pytest.fixture
def world(engine: Engine) -> World:
    return an_ended_exam(engine)


def an_ended_exam(engine: Engine) -> World:
    world = a_world(engine, state=SittingState.SUBMITTED)
    finished(engine, world)
    return world


@pytest.fixture
def two(engine: Engine, world: World) -> tuple[Actor, Actor]:
    return judges(engine, world)


def upheld_once(engine: Engine, world: World, first: Actor, number: int = 1) -> IncidentId:
    incident = a_flag(engine, world, number)
    invigilation.judge(engine, first, incident, UPHOLD)
    return incident


def state_of(engine: Engine, world: World, incident: IncidentId) -> CaseState:
    with engine.store.read() as tx:
        return tx.invigilation.case(incident, world.organisation_id).state


def mine(engine: Engine, world: World) -> list[HearingView]:
    return hearings.mine(engine, world.candidate)


def kinds_about(engine: Engine, incident: IncidentId) -> list[str]:
    with engine.store.read() as tx:
        return sorted(entry.kind for entry in tx.audit.about(incident))


def test_it_opens_with_the_first_adverse_judgement_and_says_what_was_seen_and_until_when(
    engine: Engine, world: World, two: tuple[Actor, Actor]
) -> None:
    incident = upheld_once(engine, world, two[0])

    [view] = mine(engine, world)

    assert view.hearing.due_at == engine.clock.now() + timedelta(days=7)
    assert (view.incident.id, view.incident.kind, view.reason_code, view.words) == (incident, "nobody", Reason.LEFT_THE_SEAT, "")
    assert (view.state, view.decided, hearings.one(engine, world.candidate, incident)) == (HearingState.OPEN, False, view)
    assert kinds_about(engine, incident) == ["case_judged", "hearing_opened"]


def test_a_reason_that_is_none_of_the_list_is_told_in_its_words(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    incident = a_flag(engine, world)
    other = Judgement(verdict=Verdict.UPHOLD, reason_code=Reason.OTHER, reason="A mirror stands behind the screen.")

    invigilation.judge(engine, two[0], incident, other)

    assert mine(engine, world)[0].words == "A mirror stands behind the screen."


def test_nothing_opens_before_a_judgement_takes_effect_nor_when_it_was_taken_back(
    engine: Engine, world: World, two: tuple[Actor, Actor]
) -> None:
    incident = a_flag(engine, world)
    judgements.give(engine, two[0], incident, UPHOLD)
    steer(engine).advance(59)

    assert (hearings.open_due(engine), mine(engine, world)) == (0, [])
    judgements.undo(engine, two[0], incident)
    steer(engine).advance(3600)
    judgements.take_effect(engine)
    assert (hearings.open_due(engine), mine(engine, world)) == (0, [])

    judgements.give(engine, two[0], incident, UPHOLD)
    steer(engine).advance(60)
    judgements.take_effect(engine)
    assert [one.hearing.incident_id for one in mine(engine, world)] == [incident]


def test_a_second_person_upholds_only_once_the_candidate_was_heard_and_may_dismiss_before(
    engine: Engine, world: World, two: tuple[Actor, Actor]
) -> None:
    first, second = two
    waiting, other = upheld_once(engine, world, first, 1), upheld_once(engine, world, first, 2)

    for attempt in (invigilation.judge, judgements.give):
        with pytest.raises(NotHeardYet) as refusal:
            attempt(engine, second, waiting, UPHOLD)
        assert refusal.value.details["due_at"] == "2026-11-30T12:00:00.000Z"
    assert invigilation.judge(engine, second, other, DISMISS).state is CaseState.DISMISSED

    hearings.answer(engine, world.candidate, waiting, REPLY)
    assert invigilation.judge(engine, second, waiting, UPHOLD).state is CaseState.UPHELD


def test_time_alone_decides_nothing_a_person_still_has_to(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    incident = upheld_once(engine, world, two[0])

    steer(engine).advance(WEEK_S - 1)
    with pytest.raises(NotHeardYet):
        invigilation.judge(engine, two[1], incident, UPHOLD)
    steer(engine).advance(3650 * 86400)

    assert invigilation.settle(engine, world.sitting_id) is None
    assert state_of(engine, world, incident) is CaseState.AWAITING_SECOND
    assert invigilation.judge(engine, two[1], incident, UPHOLD).state is CaseState.UPHELD


def test_nobody_is_asked_during_the_exam_and_everybody_once_when_it_ends(engine: Engine) -> None:
    world = a_world(engine)
    first, second = judges(engine, world)
    incident, other = upheld_once(engine, world, first, 1), upheld_once(engine, world, first, 2)

    assert (hearings.open_due(engine), hearings.mine(engine, world.candidate)) == (0, [])
    with pytest.raises(NotHeardYet) as refusal:
        invigilation.judge(engine, second, incident, UPHOLD)
    assert refusal.value.details["due_at"] is None
    assert invigilation.judge(engine, second, other, DISMISS).state is CaseState.DISMISSED

    with engine.store.begin() as tx:
        seal_up(engine, tx, tx.sittings.get_locked(world.sitting_id).submit(engine.clock.now()))
    invigilation.settle(engine, world.sitting_id)
    invigilation.settle(engine, world.sitting_id)
    assert [one.hearing.incident_id for one in hearings.mine(engine, world.candidate)] == [incident]
    assert hearings.open_due(engine) == 0
    assert kinds_about(engine, incident).count("hearing_opened") == 1


def test_its_evidence_is_packaged_as_soon_as_it_can_be_and_nothing_waits_for_that(
    engine: Engine, world: World, two: tuple[Actor, Actor]
) -> None:
    upheld_once(engine, world, two[0])

    def asked() -> int:
        with engine.store.read() as tx:
            jobs = tx.connection.execute(select(outbox.c.argument).where(outbox.c.name == JobName.PACKAGE_EVIDENCE)).scalars().all()
        assert set(jobs) <= {world.sitting_id}
        return len(jobs)

    hearings.open_due(engine)  # the last pictures are still being looked at
    assert (asked(), len(mine(engine, world))) == (0, 1)
    steer(engine).advance(1000 + 121)
    hearings.open_due(engine)
    hearings.open_due(engine)

    assert asked() == 1
    with engine.store.read() as tx:
        assert [one.asked_by for one in tx.evidence.packages_of(world.sitting_id)] == [world.candidate.person_id]


def test_the_exam_says_how_many_days_there_are(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    with engine.store.begin() as tx:
        exam = tx.exams.get(world.exam_id)
        tx.exams.save_policy(replace(exam, policy=replace(exam.policy, hearing_days=21)))

    upheld_once(engine, world, two[0])

    assert mine(engine, world)[0].hearing.due_at == engine.clock.now() + timedelta(days=21)


def test_a_reply_is_part_of_the_case_and_the_log_has_its_hash(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    first, second = two
    incident = upheld_once(engine, world, first)

    hearings.answer(engine, world.candidate, incident, REPLY)

    found = review.case(engine, second, incident)
    assert found.may_uphold and found.hearing is not None and found.hearing.reply == REPLY
    with engine.store.read() as tx:
        [entry] = [one for one in tx.audit.about(incident) if one.kind == "candidate_heard"]
        [event] = tx.events.of_sittings([world.sitting_id], kinds=["candidate_heard"])
    assert (entry.payload, entry.actor_id) == ({"said": "reply", "reply_sha256": sha256_hex(REPLY.encode())}, world.candidate.person_id)
    assert REPLY not in str(event.data)
    with pytest.raises(HeardAlready):
        hearings.answer(engine, world.candidate, incident, "And another thing.")


def test_who_wishes_to_say_nothing_lets_the_second_person_go_on(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    incident = upheld_once(engine, world, two[0])

    assert hearings.waive(engine, world.candidate, incident).state is HearingState.WAIVED

    assert invigilation.judge(engine, two[1], incident, UPHOLD).state is CaseState.UPHELD


def test_a_reply_after_the_days_counts_until_somebody_has_decided(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    late, later = upheld_once(engine, world, two[0], 1), upheld_once(engine, world, two[0], 2)
    steer(engine).advance(WEEK_S + 1)

    assert hearings.answer(engine, world.candidate, late, REPLY).state is HearingState.REPLIED
    invigilation.judge(engine, two[1], later, UPHOLD)
    with pytest.raises(HearingOver):
        hearings.answer(engine, world.candidate, later, REPLY)
    with pytest.raises(HearingOver):
        hearings.waive(engine, world.candidate, later)
    assert [one.decided for one in mine(engine, world) if one.hearing.incident_id == later] == [True]


@pytest.mark.parametrize(("judgement", "state"), [(UPHOLD, CaseState.AWAITING_SECOND), (DISMISS, CaseState.DISMISSED)])
def test_an_adverse_judgement_lapses_when_the_candidate_answers_within_its_minute(
    engine: Engine, world: World, two: tuple[Actor, Actor], judgement: Judgement, state: CaseState
) -> None:
    incident = upheld_once(engine, world, two[0])
    steer(engine).advance(WEEK_S)
    judgements.give(engine, two[1], incident, judgement)
    steer(engine).advance(30)
    hearings.answer(engine, world.candidate, incident, REPLY)
    steer(engine).advance(31)

    judgements.take_effect(engine)

    assert state_of(engine, world, incident) is state
    if judgement is UPHOLD:  # and is given anew by somebody who has read the reply
        assert "judgement_lapsed" in kinds_about(engine, incident)
        judgements.give(engine, two[1], incident, UPHOLD)
        steer(engine).advance(60)
        judgements.take_effect(engine)
        assert state_of(engine, world, incident) is CaseState.UPHELD


def test_what_waits_for_its_candidate_comes_behind_what_can_be_decided(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    first, second = two
    waiting, answered = upheld_once(engine, world, first, 1), upheld_once(engine, world, first, 2)
    heard(engine, world.candidate, answered, reply=REPLY)
    steer(engine).advance(3600)
    fresh = a_flag(engine, world, 3)  # younger, and so less urgent

    queue = review.review_queue(engine, second).entries

    due_at = mine(engine, world)[0].hearing.due_at
    assert [(one.case.incident_id, one.may_uphold, one.heard_from) for one in queue] == [
        (answered, True, None),
        (fresh, True, None),
        (waiting, False, due_at),
    ]
    assert [one.case.incident_id for one in review.review_queue(engine, first).entries] == [fresh]


def test_who_judged_first_reads_no_reply_until_it_is_decided(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    first, second = two
    incident = upheld_once(engine, world, first)
    heard(engine, world.candidate, incident, reply=REPLY)

    assert review.case(engine, first, incident).hearing is None
    invigilation.judge(engine, second, incident, DISMISS)
    told = review.case(engine, first, incident).hearing
    assert told is not None and told.reply == REPLY


def test_nobody_elses_hearing_exists(engine: Engine, world: World, two: tuple[Actor, Actor]) -> None:
    incident = upheld_once(engine, world, two[0])
    neighbour = a_person(engine, world.organisation_id)
    stranger = a_person(engine, an_organisation(engine, "Another"), *Role)

    for other in (neighbour, stranger, *two):
        assert hearings.mine(engine, other) == []
        with pytest.raises(NotFound):
            hearings.one(engine, other, incident)
        with pytest.raises(NotFound):
            hearings.answer(engine, other, incident, REPLY)
        with pytest.raises(NotFound):
            hearings.waive(engine, other, incident)
    with pytest.raises(Invalid):
        hearings.answer(engine, world.candidate, incident, "   ")
    assert mine(engine, world)[0].state is HearingState.OPEN


def test_open_hearings_come_first_and_the_one_that_ends_first_before_the_others(
    engine: Engine, world: World, two: tuple[Actor, Actor]
) -> None:
    done = upheld_once(engine, world, two[0], 1)
    hearings.waive(engine, world.candidate, done)
    steer(engine).advance(60)
    soon = upheld_once(engine, world, two[0], 2)
    steer(engine).advance(60)
    later = upheld_once(engine, world, two[0], 3)

    assert [one.hearing.incident_id for one in mine(engine, world)] == [soon, later, done]


def test_the_database_refuses_a_second_adverse_judgement_before_the_hearing_is_over(any_engine: Engine) -> None:
    world = an_ended_exam(any_engine)
    first, second = judges(any_engine, world)
    incident, now = upheld_once(any_engine, world, first), any_engine.clock.now()
    row = {"incident_id": incident, "sitting_id": world.sitting_id, "person_id": second.person_id, "reason_code": "other", "reason": ""}

    for at in (now, now + timedelta(days=7) - timedelta(seconds=1)):
        with pytest.raises(DatabaseError, match="before the candidate was heard"):
            add_row(any_engine, "adjudications", id="adj_2", **row, verdict="uphold", at=at, ordinal=2)
    add_row(any_engine, "adjudications", id="adj_2", **row, verdict="uphold", at=now + timedelta(days=7), ordinal=2)


def test_the_database_lets_a_dismissal_pass_and_keeps_every_word(any_engine: Engine) -> None:
    world = an_ended_exam(any_engine)
    first, second = judges(any_engine, world)
    incident, now = upheld_once(any_engine, world, first), any_engine.clock.now()
    hearings.waive(any_engine, world.candidate, incident)
    hearings.answer(any_engine, world.candidate, incident, REPLY)
    row = {"incident_id": incident, "sitting_id": world.sitting_id, "person_id": second.person_id, "reason_code": "ordinary", "reason": ""}
    add_row(any_engine, "adjudications", id="adj_2", **row, verdict="dismiss", at=now, ordinal=2)

    later, times = now + timedelta(days=30), ("replied_at", "waived_at", "due_at", "opened_at")
    changes: dict[str, object] = {"reply": "I confess.", "candidate_id": first.person_id, **dict.fromkeys(times, later)}
    for name, changed in changes.items():
        with pytest.raises(DatabaseError, match="stays"), any_engine.store.begin() as tx:
            tx.connection.execute(update(table).values({name: changed}))
    with pytest.raises(DatabaseError, match="stays"), any_engine.store.begin() as tx:
        tx.connection.execute(delete(table))
    assert [one.state for one in mine(any_engine, world)] == [HearingState.REPLIED]


def test_on_both_databases_the_sweep_finds_who_is_to_be_asked_and_what_is_to_be_packaged(any_engine: Engine) -> None:
    world = an_ended_exam(any_engine)
    first, second = judges(any_engine, world)
    incident = a_flag(any_engine, world)
    row = {"incident_id": incident, "sitting_id": world.sitting_id, "person_id": first.person_id, "verdict": "uphold"}
    add_row(any_engine, "adjudications", id="adj_1", **row, reason_code="left_the_seat", reason="", at=any_engine.clock.now(), ordinal=1)
    with any_engine.store.begin() as tx:  # as cases were left before there were hearings
        tx.invigilation.save_case(replace(tx.invigilation.case(incident, world.organisation_id), state=CaseState.AWAITING_SECOND))
    steer(any_engine).advance(1121)

    assert [hearings.open_due(any_engine), hearings.open_due(any_engine)] == [1, 0]
    with any_engine.store.read() as tx:
        assert tx.hearings.unpackaged(any_engine.clock.now(), 10) == []
        assert len(tx.evidence.packages_of(world.sitting_id)) == 1
    assert [(one.case.incident_id, one.may_uphold) for one in review.review_queue(any_engine, second).entries] == [(incident, False)]


def test_the_database_asks_nobody_during_an_exam_nor_of_what_nobody_upheld(any_engine: Engine) -> None:
    running = a_world(any_engine)
    (first, _), now = judges(any_engine, running), any_engine.clock.now()
    upheld, untouched = upheld_once(any_engine, running, first, 1), a_flag(any_engine, running, 2)
    place = {"sitting_id": running.sitting_id, "organisation_id": running.organisation_id, "candidate_id": running.candidate.person_id}
    asked = {"opened_at": now, "due_at": now + timedelta(days=7)}

    with pytest.raises(DatabaseError, match="once the exam is over"):
        add_row(any_engine, "hearings", incident_id=upheld, **place, **asked)
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(running.sitting_id), state=SittingState.SUBMITTED))
    with pytest.raises(DatabaseError, match="somebody upheld the case"):
        add_row(any_engine, "hearings", incident_id=untouched, **place, **asked)
    with pytest.raises(DatabaseError):
        add_row(any_engine, "hearings", incident_id=upheld, **{**place, "candidate_id": first.person_id}, **asked)
    add_row(any_engine, "hearings", incident_id=upheld, **place, **asked)


ACTS = ("judge", "judge", "give", "undo", "answer", "waive", "sweep", "submit", "submit", "days", "minute", "minute")


@pytest.mark.parametrize("seed", [4, 10, 11])  # walks that end with an upheld case: after a reply, after a waiver, after the days
def test_whatever_people_do_in_whatever_order_nobody_is_upheld_against_unheard(engine: Engine, seed: int) -> None:
    rng, world, refused = random.Random(seed), a_world(engine), 0
    incident = a_flag(engine, world)
    people = (*judges(engine, world), a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Zoya Khan"))
    for _ in range(20):
        person, act, judgement = rng.choice(people), rng.choice(ACTS), rng.choice([UPHOLD] * 5 + [DISMISS])
        try:
            _act(engine, world, incident, person, act, judgement)
        except NotHeardYet:
            refused += 1
        except (Conflict, NotAllowed, NotFound):
            continue

    with engine.store.read() as tx:
        hearing, (first, second) = tx.hearings.of_case(incident), tx.invigilation.adjudications_of(incident)
        sitting = tx.sittings.get(world.sitting_id)
    assert (state_of(engine, world, incident), refused > 0) == (CaseState.UPHELD, True)
    assert hearing is not None and first.at <= hearing.opened_at and sitting.state is SittingState.SUBMITTED
    assert hearing.is_over(second.at) and first.person_id != second.person_id
    assert hearing.replied_at is None or hearing.replied_at <= second.at


def _act(engine: Engine, world: World, incident: IncidentId, person: Actor, act: str, judgement: Judgement) -> None:
    steer(engine).advance(1)
    if act == "judge":
        invigilation.judge(engine, person, incident, judgement)
    elif act == "give":
        judgements.give(engine, person, incident, judgement)
    elif act == "undo":
        judgements.undo(engine, person, incident)
    elif act in ("effect", "minute"):
        steer(engine).advance(61 if act == "minute" else 0)
        judgements.take_effect(engine)
    elif act == "answer":
        hearings.answer(engine, world.candidate, incident, REPLY)
    elif act == "waive":
        hearings.waive(engine, world.candidate, incident)
    elif act == "sweep":
        hearings.open_due(engine)
    elif act == "days":
        steer(engine).advance(4 * 86400)
    else:
        with engine.store.begin() as tx:
            seal_up(engine, tx, tx.sittings.get_locked(world.sitting_id).submit(engine.clock.now()))
        invigilation.settle(engine, world.sitting_id)
