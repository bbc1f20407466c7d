"""An appeal whose officer can no longer answer it goes to another one by itself; the promise to the candidate stays as it was."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from assessment_engine.grievances import Grievance, GrievanceState, Left, Outcome, why_left
from assessment_engine.invigilation.interests import Tie
from assessment_engine.kernel.errors import IllegalTransition, NotAllowed
from assessment_engine.people import Actor, Role, civil_date
from assessment_engine.services import grievance_officers, grievances, interests, invigilation
from assessment_engine.services.engine import Engine
from assessment_engine.storage.people import organisations, people, roles
from tests.builders import a_person, an_engine, an_organisation, steer
from tests.services.test_appeals import SEEN, Accused, accused, opened
from tests.services.test_invigilation import DISMISS


@pytest.fixture
def case(tmp_path: Path) -> Accused:
    return accused(an_engine(tmp_path))


def a_fresh_officer(case: Accused) -> Actor:
    return a_person(case.engine, case.story.world.organisation_id, Role.GRIEVANCE_OFFICER, name="Kabir Das")


def account_closed(engine: Engine, officer: Actor) -> None:
    with engine.store.begin() as tx:
        tx.connection.execute(update(people).where(people.c.id == officer.person_id).values(active=False))


def role_ended(engine: Engine, officer: Actor) -> None:
    yesterday = civil_date(engine.clock.now()) - timedelta(days=1)
    with engine.store.begin() as tx:
        tx.connection.execute(update(roles).where(roles.c.person_id == officer.person_id).values(ends_on=yesterday))


def moved_away(engine: Engine, officer: Actor) -> None:
    elsewhere = an_organisation(engine, "Another Agency")
    with engine.store.begin() as tx:
        tx.connection.execute(update(people).where(people.c.id == officer.person_id).values(organisation_id=elsewhere))


def stored(case: Accused, appeal: Grievance) -> Grievance:
    with case.engine.store.read() as tx:
        return tx.grievances.of_organisation(appeal.id, appeal.organisation_id)


def told(case: Accused, appeal: Grievance) -> set[tuple[object, object]]:
    """What the log says: from whom it was taken, and why."""
    with case.engine.store.read() as tx:
        entries = tx.audit.about(appeal.id)
    released = [one.payload for one in entries if one.kind == "grievance_released"]
    return {(one["officer"], one["left"]) for one in released if isinstance(one, Mapping)}


@pytest.mark.parametrize("leaves", [account_closed, role_ended, moved_away])
def test_an_appeal_whose_officer_is_gone_goes_to_another_one_and_keeps_its_days(
    any_engine: Engine, leaves: Callable[[Engine, Actor], None]
) -> None:
    case = accused(any_engine)
    appeal = case.appeal()
    fresh = a_fresh_officer(case)
    steer(any_engine).advance(86400)
    assert grievance_officers.assign_waiting(any_engine) == 0, "whoever can answer it keeps it"
    leaves(any_engine, case.officer)

    assert grievance_officers.assign_waiting(any_engine) == 1
    assert grievance_officers.assign_waiting(any_engine) == 0

    after = stored(case, appeal)
    assert (after.state, after.assigned_to) == (GrievanceState.ASSIGNED, fresh.person_id)
    assert (after.filed_at, after.due_at, after.text) == (appeal.filed_at, appeal.due_at, appeal.text)
    history = grievances.my_grievance(any_engine, case.candidate, appeal.id).history
    assert [one.what for one in history] == ["filed", "assigned", "released", "assigned"]
    assert told(case, appeal) == {(case.officer.person_id, "no_officer")}
    with pytest.raises(NotAllowed):
        grievances.resolve(any_engine, case.officer, appeal.id, Outcome.NOT_UPHELD, SEEN)
    assert replace(case, officer=fresh).uphold(appeal).state is GrievanceState.RESOLVED


def test_where_nobody_else_may_it_waits_and_goes_to_the_first_who_may(case: Accused) -> None:
    appeal, seen_it = case.appeal(), a_fresh_officer(case)
    opened(case, seen_it)
    account_closed(case.engine, case.officer)

    assert grievance_officers.assign_waiting(case.engine) == 0
    waiting = stored(case, appeal)
    assert (waiting.state, waiting.assigned_to, waiting.due_at) == (GrievanceState.FILED, None, appeal.due_at)
    assert grievance_officers.assign_waiting(case.engine) == 0

    fresh = a_person(case.engine, case.story.world.organisation_id, Role.GRIEVANCE_OFFICER, name="Noor Ali")
    assert grievance_officers.assign_waiting(case.engine) == 1
    assert stored(case, appeal).assigned_to == fresh.person_id


def test_whoever_decides_on_the_sitting_or_knows_the_candidate_later_does_not_keep_it(case: Accused) -> None:
    appeal, first, second = case.appeal(), case.officer, a_fresh_officer(case)
    invigilation.judge(case.engine, replace(first, roles=first.roles | {Role.INVIGILATOR}), case.story.flag(), DISMISS)
    assert grievance_officers.assign_waiting(case.engine) == 1
    assert stored(case, appeal).assigned_to == second.person_id

    interests.declare(case.engine, replace(second, roles=second.roles | {Role.INVIGILATOR}), case.story.sitting_id, Tie.KNOWS)
    grievance_officers.assign_waiting(case.engine)

    assert stored(case, appeal).state is GrievanceState.FILED
    assert told(case, appeal) == {(first.person_id, "decided"), (second.person_id, "conflict")}


def test_an_officers_own_look_at_what_they_were_given_takes_it_from_nobody(case: Accused) -> None:
    appeal = case.appeal()
    a_fresh_officer(case)
    opened(case, case.officer)

    assert grievance_officers.assign_waiting(case.engine) == 0
    assert stored(case, appeal).assigned_to == case.officer.person_id


def test_where_the_organisation_is_over_nobody_is_given_anything(case: Accused) -> None:
    appeal = case.appeal()
    a_fresh_officer(case)
    yesterday = civil_date(case.engine.clock.now()) - timedelta(days=1)
    with case.engine.store.begin() as tx:
        tx.connection.execute(update(organisations).values(ends_on=yesterday))

    assert grievance_officers.assign_waiting(case.engine) == 0
    assert stored(case, appeal).state is GrievanceState.FILED


def test_an_officer_who_knows_the_candidate_says_so_and_it_goes_at_once(case: Accused) -> None:
    appeal, fresh = case.appeal(), a_fresh_officer(case)
    with pytest.raises(NotAllowed):
        grievance_officers.step_back(case.engine, fresh, appeal.id, Tie.KNOWS)

    given = grievance_officers.step_back(case.engine, case.officer, appeal.id, Tie.SAME_OFFICE, "We share a room.")

    assert (given.state, given.assigned_to, given.due_at) == (GrievanceState.ASSIGNED, fresh.person_id, appeal.due_at)
    assert told(case, appeal) == {(case.officer.person_id, "conflict")}
    with case.engine.store.read() as tx:
        [declared] = tx.interests.of_organisation(appeal.organisation_id)
    assert (declared.person_id, declared.tie, declared.note) == (case.officer.person_id, Tie.SAME_OFFICE, "We share a room.")


def test_who_answered_it_cannot_give_it_back(case: Accused) -> None:
    appeal = case.appeal()
    grievances.resolve(case.engine, case.officer, appeal.id, Outcome.NOT_UPHELD, SEEN)

    with pytest.raises(IllegalTransition):
        grievance_officers.step_back(case.engine, case.officer, appeal.id, Tie.KNOWS)

    with case.engine.store.read() as tx:
        assert tx.interests.of_organisation(appeal.organisation_id) == []


@pytest.mark.parametrize(
    ("officers", "deciders", "knowing", "why"),
    [
        ({"o"}, set(), set(), None),
        (set(), set(), set(), Left.NO_OFFICER),
        ({"o"}, {"o"}, set(), Left.DECIDED),
        ({"o"}, {"o"}, {"o"}, Left.CONFLICT),
    ],
)
def test_why_somebody_no_longer_answers(officers: set[str], deciders: set[str], knowing: set[str], why: Left | None) -> None:
    assert why_left("o", officers=officers, deciders=deciders, knowing=knowing) is why  # type: ignore[arg-type]  # short names for ids
