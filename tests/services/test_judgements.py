"""A judgement from the review page: pending for a minute, taken back with a trace, in effect after it; and two people at one case."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState, Outcome
from assessment_engine.invigilation.interests import ConflictOfInterest, Tie
from assessment_engine.invigilation.keys import DEFAULT_KEYS, KeysClash, NoSuchKey, ReviewKeys
from assessment_engine.invigilation.pending import JudgedMeanwhile, TooLateToUndo
from assessment_engine.kernel.errors import NotAllowed, SecondPersonNeeded
from assessment_engine.kernel.ids import IncidentId
from assessment_engine.services import evidence_packages, incidents, interests, invigilation, judgements, review
from assessment_engine.services.engine import Engine
from tests.builders import World, a_world, heard, steer, told
from tests.services.test_incidents import a_change, a_segment
from tests.services.test_invigilation import DISMISS, UPHOLD, a_flag, finished, judges


@pytest.fixture
def world(engine: Engine) -> World:
    return a_world(engine, state=SittingState.SUBMITTED)


def state_of(engine: Engine, world: World, incident: IncidentId) -> CaseState:
    with engine.store.read() as tx:
        return tx.invigilation.case(incident, world.organisation_id).state


def kinds_about(engine: Engine, incident: IncidentId) -> list[str]:
    with engine.store.read() as tx:
        return [entry.kind for entry in tx.audit.about(incident)]


def test_nothing_follows_from_a_judgement_within_its_minute(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)

    judgements.give(engine, ravi, incident, DISMISS)
    steer(engine).advance(59)

    assert judgements.take_effect(engine) == 0
    assert state_of(engine, world, incident) is CaseState.OPEN
    assert invigilation.settle(engine, world.sitting_id) is None
    assert (review.review_queue(engine, ravi).total, review.review_queue(engine, meera).total) == (0, 0)
    assert kinds_about(engine, incident) == []


def test_after_its_minute_a_judgement_takes_effect_once(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    judgements.give(engine, ravi, incident, DISMISS)
    steer(engine).advance(60)

    assert [judgements.take_effect(engine), judgements.take_effect(engine)] == [1, 0]

    assert state_of(engine, world, incident) is CaseState.DISMISSED
    assert kinds_about(engine, incident) == ["case_judged"]
    assert len(told(engine)) == 2  # settle, and issue what was held
    decision = invigilation.settle(engine, world.sitting_id)
    assert decision is not None and decision.outcome is Outcome.CLEARED


def test_what_was_taken_back_counts_for_nothing_and_leaves_a_trace(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    judgements.give(engine, ravi, incident, UPHOLD)
    steer(engine).advance(30)

    judgements.undo(engine, ravi, incident)
    steer(engine).advance(60)

    assert judgements.take_effect(engine) == 0
    assert state_of(engine, world, incident) is CaseState.OPEN
    assert kinds_about(engine, incident) == ["judgement_undone"]
    file = review.case(engine, ravi, incident)
    assert file.may_judge and file.taken_back is not None and file.taken_back.judgement == UPHOLD
    assert [one.case.incident_id for one in review.review_queue(engine, ravi).entries] == [incident]


def test_what_was_taken_back_can_be_judged_anew(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    judgements.give(engine, ravi, incident, UPHOLD)
    judgements.undo(engine, ravi, incident)

    judgements.give(engine, ravi, incident, DISMISS)
    steer(engine).advance(60)

    assert judgements.take_effect(engine) == 1
    assert state_of(engine, world, incident) is CaseState.DISMISSED


def test_after_the_minute_nothing_is_taken_back_whether_or_not_the_sweep_came(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    judgements.give(engine, ravi, incident, UPHOLD)
    steer(engine).advance(60)

    with pytest.raises(TooLateToUndo):
        judgements.undo(engine, ravi, incident)
    judgements.take_effect(engine)
    with pytest.raises(TooLateToUndo):
        judgements.undo(engine, ravi, incident)


def test_nobody_takes_back_what_another_judged(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    judgements.give(engine, ravi, incident, UPHOLD)

    with pytest.raises(NotAllowed):
        judgements.undo(engine, meera, incident)


def test_the_second_of_two_at_one_case_is_told_and_overwrites_nothing(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    judgements.give(engine, ravi, incident, UPHOLD, seen=CaseState.OPEN)

    with pytest.raises(JudgedMeanwhile):
        judgements.give(engine, meera, incident, DISMISS, seen=CaseState.OPEN)

    steer(engine).advance(60)
    judgements.take_effect(engine)
    assert state_of(engine, world, incident) is CaseState.AWAITING_SECOND


def test_who_thought_to_be_the_first_is_not_made_the_second_person(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    invigilation.judge(engine, ravi, incident, UPHOLD)

    with pytest.raises(JudgedMeanwhile):
        judgements.give(engine, meera, incident, UPHOLD, seen=CaseState.OPEN)

    heard(engine, world.candidate, incident)
    assert judgements.give(engine, meera, incident, UPHOLD, seen=CaseState.AWAITING_SECOND).undone_at is None


def test_the_same_person_does_not_judge_twice_within_the_minute(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    judgements.give(engine, ravi, incident, UPHOLD)

    with pytest.raises(SecondPersonNeeded):
        judgements.give(engine, ravi, incident, UPHOLD)


def test_the_database_holds_one_pending_judgement_of_a_case(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    pending = judgements.give(engine, ravi, incident, UPHOLD)

    with pytest.raises(IntegrityError), engine.store.begin() as tx:
        tx.pending.give(replace(pending, id="pen_2", person_id=meera.person_id))


def test_a_judgement_lapses_when_the_incident_went_on_after_all(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    judgements.give(engine, ravi, incident, DISMISS)
    with engine.store.begin() as tx:
        tx.incidents.save(replace(tx.incidents.get(incident, world.organisation_id), ended_at=None, end_s=None))
    steer(engine).advance(60)

    assert judgements.take_effect(engine) == 0

    assert state_of(engine, world, incident) is CaseState.OPEN
    assert kinds_about(engine, incident) == ["judgement_lapsed"]


def test_the_seconds_of_a_review_are_measured_from_opening_it(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    judgements.see(engine, ravi, incident)
    steer(engine).advance(20)
    judgements.see(engine, ravi, incident)
    steer(engine).advance(14)

    assert judgements.give(engine, ravi, incident, DISMISS).seconds == 34
    steer(engine).advance(60)
    judgements.take_effect(engine)
    with engine.store.read() as tx:
        assert tx.review.experience(world.organisation_id).kinds["nobody"].seconds == 34


def test_whoever_comes_back_after_a_long_silence_begins_anew(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    judgements.see(engine, ravi, incident)
    steer(engine).advance(3600)
    judgements.see(engine, ravi, incident)
    steer(engine).advance(10)

    assert judgements.give(engine, ravi, incident, DISMISS).seconds == 10


def test_the_second_at_a_case_is_told_who_has_it_open(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    judgements.see(engine, ravi, incident)

    assert [one.name for one in judgements.see(engine, meera, incident)] == ["Ravi Das"]
    assert [one.name for one in review.case(engine, meera, incident).open_with] == ["Ravi Das"]
    steer(engine).advance(51)
    assert judgements.see(engine, meera, incident) == []


def test_whoever_knows_the_candidate_neither_sees_nor_judges_the_case(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    interests.declare(engine, ravi, world.sitting_id, Tie.KNOWS)

    assert (review.review_queue(engine, ravi).total, review.review_queue(engine, meera).total) == (0, 1)
    with pytest.raises(ConflictOfInterest):
        review.case(engine, ravi, incident)
    with pytest.raises(ConflictOfInterest):
        judgements.give(engine, ravi, incident, DISMISS)


def test_whoever_knows_the_candidate_gets_neither_a_picture_nor_a_package(engine: Engine, world: World) -> None:
    ravi, meera = judges(engine, world)
    incident = incidents.record(engine, world.sitting_id, a_change(), a_segment(9.0), {})
    with engine.store.read() as tx:
        picture = tx.incidents.evidence_of(incident)[0].id
    interests.declare(engine, ravi, world.sitting_id, Tie.KNOWS)

    assert incidents.frame(engine, meera, picture)
    assert evidence_packages.standing(engine, meera, world.sitting_id) is None
    with pytest.raises(ConflictOfInterest):
        incidents.frame(engine, ravi, picture)
    with pytest.raises(ConflictOfInterest):
        evidence_packages.standing(engine, ravi, world.sitting_id)


def test_past_decisions_order_the_queue(engine: Engine, world: World) -> None:
    ravi, meera = judges(engine, world)
    for number in range(1, 9):
        decided = a_flag(engine, world, number)
        invigilation.judge(engine, ravi, decided, UPHOLD)
        heard(engine, world.candidate, decided)
        invigilation.judge(engine, meera, decided, UPHOLD)
    doubtful, likely = a_flag(engine, world, 20), a_flag(engine, world, 21)
    with engine.store.begin() as tx:
        tx.incidents.save(replace(tx.incidents.get(doubtful, world.organisation_id), kind="phone"))

    assert [one.case.incident_id for one in review.review_queue(engine, ravi).entries] == [likely, doubtful]


def test_a_person_has_their_own_keys(engine: Engine, world: World) -> None:
    ravi, meera = judges(engine, world)

    judgements.choose_keys(engine, ravi, ReviewKeys(keys={**DEFAULT_KEYS, "next": "n"}, on=False))

    assert (judgements.keys_of(engine, ravi).keys["next"], judgements.keys_of(engine, ravi).on) == ("n", False)
    assert judgements.keys_of(engine, meera) == ReviewKeys()
    judgements.choose_keys(engine, ravi, None)
    assert judgements.keys_of(engine, ravi) == ReviewKeys()


def test_two_acts_never_share_a_key_and_a_key_is_one_key() -> None:
    with pytest.raises(KeysClash) as clash:
        ReviewKeys(keys={**DEFAULT_KEYS, "next": "k"})
    assert clash.value.details["acts"] == "next, previous"
    for wrong in ("", "jk", "\n", "Escape"):
        with pytest.raises(NoSuchKey):
            ReviewKeys(keys={**DEFAULT_KEYS, "next": wrong})
