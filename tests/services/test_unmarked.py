"""Cases that measure reviewing: drawn when a decision takes effect, the same to look at as any other, and never an outcome for anybody."""

from dataclasses import replace

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState, Outcome, Verdict
from assessment_engine.invigilation.unmarked import Origin, Shares, UnmarkedReview
from assessment_engine.kernel.errors import Conflict, IllegalTransition, NotAllowed, NotFound
from assessment_engine.kernel.ids import IncidentId, SittingId, made_at
from assessment_engine.people import Actor, Role
from assessment_engine.services import evidence_packages, invigilation, judgements, review, unmarked, wall
from assessment_engine.services.engine import Engine
from tests.builders import World, a_person, a_stored_sitting, a_world, heard, steer
from tests.services.test_invigilation import DISMISS, UPHOLD, a_flag, finished, judges, outcome

EVERY, NONE = Shares(again=1.0, planted=0.0), Shares(again=0.0, planted=0.0)
PLANTED = Shares(again=0.0, planted=1.0)


@pytest.fixture
def world(engine: Engine) -> World:
    return a_world(engine, state=SittingState.SUBMITTED)


def judge(engine: Engine, actor: Actor, incident: IncidentId, judgement: object = DISMISS, shares: Shares = NONE) -> None:
    """Judge as the page does, and let it take effect."""
    judgements.give(engine, actor, incident, judgement)  # type: ignore[arg-type]
    steer(engine).advance(60)
    judgements.take_effect(engine, shares=shares)


def waiting(engine: Engine, actor: Actor) -> list[IncidentId]:
    return [one.case.incident_id for one in review.review_queue(engine, actor).entries]


def answered(engine: Engine, world: World) -> list[UnmarkedReview]:
    with engine.store.read() as tx:
        return tx.unmarked.answered_in(world.organisation_id)


def a_simulated_flag(engine: Engine, world: World) -> IncidentId:
    """A flag of a simulated sitting of somebody else, decided already by somebody who left."""
    volunteer = a_person(engine, world.organisation_id, name="Kiran Bose")
    sitting = a_stored_sitting(engine, volunteer, world.exam_id, world.session_id, world.form_id, state=SittingState.SUBMITTED)
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(sitting), simulated=True))
    incident = a_flag(engine, replace(world, sitting_id=sitting))
    invigilation.judge(engine, a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Om Jain"), incident, DISMISS)
    return incident


def test_a_decision_that_is_drawn_waits_for_everybody_else_and_looks_like_any_other(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)

    judge(engine, ravi, incident, shares=EVERY)

    assert waiting(engine, ravi) == []
    [again] = waiting(engine, meera)
    file = review.case(engine, meera, again)
    assert again != incident and again.startswith("inc_")
    assert (file.case.state, file.second, file.may_judge) == (CaseState.OPEN, False, True)
    assert file.adjudications == [] and not file.shows_the_machine and file.risk is None
    assert not any(event.kind == "case_judged" for event in file.events)


def test_whoever_looks_again_finds_neither_the_decision_nor_the_machines_number_elsewhere(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    judge(engine, ravi, incident, shares=EVERY)
    [again] = waiting(engine, meera)

    panel, page = wall.watching(engine, meera, world.sitting_id), review.case(engine, meera, incident)

    assert panel.cases[incident].state is CaseState.OPEN and panel.risk is None
    assert (page.case.incident_id, page.case.state, page.adjudications, page.risk) == (again, CaseState.OPEN, [], None)
    assert not evidence_packages.may_take(engine, meera, world.sitting_id)
    judge(engine, meera, again)
    panel, page = wall.watching(engine, meera, world.sitting_id), review.case(engine, meera, incident)
    assert panel.cases[incident].state is CaseState.DISMISSED and panel.risk is not None
    assert page.case.incident_id == incident and len(page.adjudications) == 1
    assert evidence_packages.may_take(engine, meera, world.sitting_id)


def test_its_id_tells_the_moment_of_the_flag_and_not_that_of_a_draw(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    steer(engine).advance(24 * 3600)

    judge(engine, ravi, incident, shares=EVERY)

    [again] = waiting(engine, meera)
    assert made_at(again) == review.case(engine, meera, again).incident.raised_at


def test_the_first_decision_stands_whatever_the_second_look_says(engine: Engine, world: World) -> None:
    finished(engine, world)
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    judge(engine, ravi, incident, shares=EVERY)
    invigilation.settle(engine, world.sitting_id)
    [again] = waiting(engine, meera)

    judge(engine, meera, again, UPHOLD, EVERY)
    invigilation.settle(engine, world.sitting_id)

    assert outcome(engine, world.sitting_id) is Outcome.CLEARED
    [found] = answered(engine, world)
    assert (found.origin, found.truth, found.differs) == (Origin.AGAIN, Verdict.DISMISS, True)
    assert waiting(engine, meera) == []
    file = review.case(engine, meera, again)
    assert file.case.state is CaseState.AWAITING_SECOND and [one.verdict for one in file.adjudications] == [Verdict.UPHOLD]


def test_two_who_decided_together_are_both_kept_from_the_second_look(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    third = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Zoya Khan")
    judge(engine, ravi, incident, UPHOLD, EVERY)
    assert waiting(engine, third) == [incident]  # the second person, and nothing drawn before the decision is complete
    heard(engine, world.candidate, incident)

    judge(engine, meera, incident, UPHOLD, EVERY)

    assert waiting(engine, ravi) == [] == waiting(engine, meera)
    [again] = waiting(engine, third)
    with pytest.raises(NotAllowed):
        judgements.give(engine, ravi, again, UPHOLD)


def test_a_second_look_can_be_taken_back_like_any_other(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    judge(engine, ravi, incident, shares=EVERY)
    [again] = waiting(engine, meera)

    judgements.give(engine, meera, again, UPHOLD)
    assert waiting(engine, meera) == []
    judgements.undo(engine, meera, again)

    assert waiting(engine, meera) == [again] and answered(engine, world) == []


def test_one_answer_is_enough_and_the_next_is_told_what_a_real_case_would_tell(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    third = a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Zoya Khan")
    judge(engine, ravi, incident, shares=EVERY)
    [again] = waiting(engine, meera)
    judge(engine, meera, again)

    with pytest.raises(IllegalTransition):
        judgements.give(engine, third, again, DISMISS)


def test_nobody_looks_again_at_their_own_sitting(engine: Engine, world: World) -> None:
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    own = replace(world.candidate, roles=frozenset({Role.INVIGILATOR}))
    judge(engine, ravi, incident, shares=EVERY)

    assert waiting(engine, own) == []


def test_what_is_erased_is_not_looked_at_again(engine: Engine, world: World) -> None:
    incident, (ravi, meera) = a_flag(engine, world), judges(engine, world)
    with engine.store.begin() as tx:
        tx.incidents.add_wrapped_key(world.sitting_id, b"a key")
    judge(engine, ravi, incident, shares=EVERY)
    assert len(waiting(engine, meera)) == 1

    with engine.store.begin() as tx:
        tx.incidents.erase_key(world.sitting_id, engine.clock.now())

    assert waiting(engine, meera) == []


def test_about_one_in_twenty_is_drawn() -> None:
    drawn = sum(unmarked.happens(0.05) for _ in range(20_000))

    assert 850 < drawn < 1150  # 1000 expected, four standard deviations are 123
    assert not unmarked.happens(0.0) and unmarked.happens(1.0)


def test_a_planted_case_is_for_who_judged_and_has_no_outcome(engine: Engine, world: World) -> None:
    finished(engine, world)
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Lata Iyer")
    planted, incident, (ravi, meera) = a_simulated_flag(engine, world), a_flag(engine, world), judges(engine, world)
    unmarked.plant(engine, officer, planted, Verdict.UPHOLD)
    judge(engine, ravi, incident, shares=PLANTED)

    [drawn] = waiting(engine, ravi)
    assert waiting(engine, meera) == []
    assert drawn != planted and review.case(engine, ravi, drawn).seated.name == "Kiran Bose"
    judgements.see(engine, ravi, drawn)
    steer(engine).advance(25)
    judge(engine, ravi, drawn, DISMISS)

    [found] = answered(engine, world)
    assert (found.origin, found.differs) == (Origin.PLANTED, True)
    assert found.answer is not None and found.answer.seconds == 25
    with engine.store.read() as tx:
        simulated = tx.incidents.get(planted, world.organisation_id).sitting_id
        assert tx.invigilation.case(planted, world.organisation_id).state is CaseState.DISMISSED
    assert simulated != world.sitting_id and outcome(engine, SittingId(simulated)) is None


def test_nobody_gets_the_same_planted_case_twice(engine: Engine, world: World) -> None:
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Lata Iyer")
    unmarked.plant(engine, officer, a_simulated_flag(engine, world), Verdict.DISMISS)
    ravi, _ = judges(engine, world)

    judge(engine, ravi, a_flag(engine, world, 5), shares=PLANTED)
    judge(engine, ravi, a_flag(engine, world, 6), shares=PLANTED)

    assert len(waiting(engine, ravi)) == 1


def test_only_simulated_sittings_are_planted_and_each_once(engine: Engine, world: World) -> None:
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Lata Iyer")
    real, simulated = a_flag(engine, world), a_simulated_flag(engine, world)

    with pytest.raises(unmarked.NotSimulated):
        unmarked.plant(engine, officer, real, Verdict.UPHOLD)
    unmarked.plant(engine, officer, simulated, Verdict.UPHOLD)
    with pytest.raises(Conflict):
        unmarked.plant(engine, officer, simulated, Verdict.UPHOLD)
    unmarked.withdraw(engine, officer, simulated)
    with pytest.raises(NotFound):
        unmarked.withdraw(engine, officer, simulated)


def test_an_invigilator_does_not_see_to_the_library(engine: Engine, world: World) -> None:
    ravi, _ = judges(engine, world)

    with pytest.raises(NotAllowed):
        unmarked.plant(engine, ravi, a_simulated_flag(engine, world), Verdict.UPHOLD)
