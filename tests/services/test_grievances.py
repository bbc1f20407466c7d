"""Grievances: who may contest what, who answers, the clock, the history, and the certificate that waits."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import update

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.grievances import (
    TRANSITIONS,
    About,
    Grievance,
    GrievanceState,
    GrievanceVerb,
    NothingHeld,
    Outcome,
    choose_officer,
)
from assessment_engine.kernel.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound, NotYet, SecondPersonNeeded
from assessment_engine.kernel.ids import GrievanceId, IncidentId, OrganisationId, PersonId, SittingId, new_id
from assessment_engine.kernel.machine import advance
from assessment_engine.people import Actor, Role
from assessment_engine.services import grievance_officers, grievances
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.grievances import Complaint
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.results import result_batches
from tests.builders import NOON, World, a_person, a_world, add_row, an_organisation, steer, told

WHY = "The lamp fell over; I never left my seat."


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


@pytest.fixture
def world(engine: Engine) -> World:
    """A candidate whose sitting is over."""
    world = a_world(engine, state=SittingState.SUBMITTED)
    with engine.store.begin() as tx:
        tx.connection.execute(update(sittings).values(submitted_at=engine.clock.now()))
    return world


@pytest.fixture
def officer(engine: Engine, world: World) -> Actor:
    return a_person(engine, world.organisation_id, Role.GRIEVANCE_OFFICER, name="Farah Khan")


def a_flag(engine: Engine, world: World, tier: str = "alert", case: str | None = "upheld") -> IncidentId:
    """A flag whose case is in a state."""
    now = engine.clock.now()
    incident_id = IncidentId(new_id("inc", now))
    row = {"id": incident_id, "sitting_id": world.sitting_id, "organisation_id": world.organisation_id, "rule": incident_id}
    facts = {
        "first_seq": 1,
        "kind": "nobody",
        "tier": tier,
        "severity": "high" if tier == "alert" else None,
        "confidence": 0.9,
        "start_s": 1.0,
        "end_s": 2.0,
    }
    times = {"opened_at": now, "raised_at": now, "ended_at": None}
    add_row(engine, "incidents", **row, **facts, **times, item_id=None, trace={}, models={})
    if case is not None and tier == "alert":
        place = {"sitting_id": world.sitting_id, "organisation_id": world.organisation_id}
        add_row(engine, "cases", incident_id=incident_id, **place, state=case, opened_at=now)
    return incident_id


def a_judgement(engine: Engine, world: World, incident_id: IncidentId, judge: Actor) -> None:
    now = engine.clock.now()
    place = {"incident_id": incident_id, "sitting_id": world.sitting_id}
    words = {"verdict": "uphold", "reason_code": "other", "reason": WHY}
    add_row(engine, "adjudications", id=new_id("adj", now), **place, person_id=judge.person_id, **words, at=now, ordinal=1)


def contest(engine: Engine, world: World, incident_id: IncidentId, text: str = WHY) -> Grievance:
    complaint = Complaint(sitting_id=world.sitting_id, about=About.FLAG, text=text, incident_id=incident_id)
    return grievances.file_grievance(engine, world.candidate, complaint)


@pytest.mark.parametrize(("state", "verb"), list(product(GrievanceState, GrievanceVerb)))
def test_every_pair_is_in_the_table_or_refused(state: GrievanceState, verb: GrievanceVerb) -> None:
    if (state, verb) in TRANSITIONS:
        assert advance(TRANSITIONS, state, verb) is TRANSITIONS[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            advance(TRANSITIONS, state, verb)


def test_the_officer_with_the_fewest_open_grievances_who_did_not_decide_gets_it() -> None:
    load = {PersonId("busy"): 3, PersonId("judge"): 0, PersonId("free"): 1, PersonId("candidate"): 0}

    assert choose_officer(load, {PersonId("judge")}, PersonId("candidate")) == "free"
    assert choose_officer({PersonId("judge"): 0}, {PersonId("judge")}, PersonId("candidate")) is None


def test_the_clock_runs_for_twenty_one_days() -> None:
    filed = Grievance(
        id=GrievanceId("grv_1"),
        organisation_id=OrganisationId("org_1"),
        sitting_id=SittingId("sit_1"),
        candidate_id=PersonId("per_1"),
        about=About.RESULT,
        subject_id="sit_1",
        text=WHY,
        filed_at=NOON,
        due_at=NOON + timedelta(days=21),
    )

    assert filed.days_left(NOON) == 21
    assert filed.days_left(NOON + timedelta(hours=1)) == 21
    assert filed.days_left(NOON + timedelta(days=20, hours=1)) == 1
    assert filed.days_left(NOON + timedelta(days=21, hours=1)) == 0
    assert filed.days_left(NOON + timedelta(days=23)) == -2


def test_a_flag_is_contested_and_goes_at_once_to_an_officer(engine: Engine, world: World, officer: Actor) -> None:
    filed = contest(engine, world, a_flag(engine, world))

    assert filed.state is GrievanceState.ASSIGNED
    assert filed.assigned_to == officer.person_id
    view = grievances.my_grievance(engine, world.candidate, filed.id)
    assert [step.what for step in view.history] == ["filed", "assigned"]
    assert view.flag is not None and view.flag.kind == "nobody"


def test_while_it_is_open_the_sitting_has_an_open_grievance(engine: Engine, world: World, officer: Actor) -> None:
    filed = contest(engine, world, a_flag(engine, world))

    def is_held() -> bool:
        with engine.store.read() as tx:
            return bool(tx.grievances.open_of(world.sitting_id))

    assert is_held()
    grievances.resolve(engine, officer, filed.id, Outcome.NOT_UPHELD, "The frames show an empty chair.")
    assert not is_held()


def test_resolving_asks_for_the_certificate_again(engine: Engine, world: World, officer: Actor) -> None:
    filed = contest(engine, world, a_flag(engine, world))

    resolved = grievances.resolve(engine, officer, filed.id, Outcome.NOT_UPHELD, "The lamp cannot be seen falling.")

    assert (resolved.state, resolved.outcome, resolved.resolved_by) == (GrievanceState.RESOLVED, Outcome.NOT_UPHELD, officer.person_id)
    with engine.store.begin() as tx:
        job = tx.outbox.claim(told(engine)[-1], engine.clock.now())
    assert job is not None and (job.name, job.argument) == (JobName.ISSUE_CERTIFICATES, world.sitting_id)


@pytest.mark.parametrize("state", ["dismissed", "overturned"])
def test_a_flag_in_which_people_found_nothing_is_not_offered_and_nothing_is_filed(engine: Engine, world: World, state: str) -> None:
    flag = a_flag(engine, world, case=state)

    assert grievances.contestable(engine, world.candidate, world.sitting_id).flags == ()
    with pytest.raises(NothingHeld):
        contest(engine, world, flag)
    assert grievances.mine(engine, world.candidate) == []


def test_who_judged_the_flag_is_not_given_the_grievance(engine: Engine, world: World, officer: Actor) -> None:
    flag = a_flag(engine, world)
    a_judgement(engine, world, flag, officer)

    filed = contest(engine, world, flag)

    assert filed.state is GrievanceState.FILED
    with pytest.raises(SecondPersonNeeded):
        grievance_officers.assign(engine, officer, filed.id, officer.person_id)
    assert grievances.grievance(engine, officer, filed.id).officers == ()


def test_who_judges_after_they_were_given_it_cannot_answer_it(engine: Engine, world: World, officer: Actor) -> None:
    flag = a_flag(engine, world)
    filed = contest(engine, world, flag)
    a_judgement(engine, world, flag, officer)

    with pytest.raises(SecondPersonNeeded):
        grievances.resolve(engine, officer, filed.id, Outcome.NOT_UPHELD, "I was right the first time.")


def test_who_approved_the_result_is_not_given_a_grievance_on_it(engine: Engine, world: World, officer: Actor) -> None:
    a_published_result(engine, world, approved_by=officer)

    filed = grievances.file_grievance(engine, world.candidate, Complaint(sitting_id=world.sitting_id, about=About.RESULT, text=WHY))

    assert filed.state is GrievanceState.FILED


def a_published_result(engine: Engine, world: World, approved_by: Actor) -> None:
    now = engine.clock.now()
    report, batch = new_id("scr", now), new_id("bat", now)
    hashes = {"seal_sha256": "s", "form_sha256": "f", "sha256": report}
    place = {"sitting_id": world.sitting_id, "organisation_id": world.organisation_id}
    add_row(engine, "score_reports", id=report, **place, **hashes, total=1, max=2, passed=True, items=[], competencies=[], created_at=now)
    row = {"id": batch, "session_id": world.session_id, "organisation_id": world.organisation_id, "state": "draft", "created_at": now}
    add_row(engine, "result_batches", **row, created_by=approved_by.person_id, sha256="b", published_at=None)
    add_row(engine, "batch_entries", batch_id=batch, sitting_id=world.sitting_id, score_report_id=report)
    second = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Joseph Lepcha")
    for approving in (approved_by, second):
        add_row(engine, "batch_approvals", batch_id=batch, officer_id=approving.person_id, at=now, log_sha256="l")
    with engine.store.begin() as tx:
        tx.connection.execute(update(result_batches).where(result_batches.c.id == batch).values(state="published", published_at=now))


def test_another_officer_is_given_it_by_the_cell(engine: Engine, world: World, officer: Actor) -> None:
    flag = a_flag(engine, world)
    a_judgement(engine, world, flag, officer)
    filed = contest(engine, world, flag)
    second = a_person(engine, world.organisation_id, Role.GRIEVANCE_OFFICER, name="Kabir Das")
    cell = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Meera Iyer")

    given = grievance_officers.assign(engine, cell, filed.id, second.person_id)

    assert given.assigned_to == second.person_id
    with pytest.raises(NotAllowed):
        grievances.resolve(engine, officer, filed.id, Outcome.UPHELD, WHY)
    with pytest.raises(NotFound):
        grievance_officers.assign(engine, cell, filed.id, cell.person_id)


def test_the_same_flag_is_contested_once_at_a_time(engine: Engine, world: World, officer: Actor) -> None:
    flag = a_flag(engine, world)
    first = contest(engine, world, flag)

    with pytest.raises(Conflict):
        contest(engine, world, flag)
    grievances.withdraw(engine, world.candidate, first.id)
    assert contest(engine, world, flag).is_open


def test_what_is_no_flag_or_not_ones_own_cannot_be_contested(engine: Engine, world: World) -> None:
    with pytest.raises(NotFound):
        contest(engine, world, a_flag(engine, world, tier="could_not_watch"))
    with pytest.raises(NotFound):
        contest(engine, world, IncidentId("inc_of_somebody_else"))
    other = a_person(engine, world.organisation_id)
    complaint = Complaint(sitting_id=world.sitting_id, about=About.FLAG, text=WHY, incident_id=a_flag(engine, world))
    with pytest.raises(NotFound):
        grievances.file_grievance(engine, other, complaint)


def test_a_result_is_contested_once_it_is_published(engine: Engine, world: World) -> None:
    with pytest.raises(NotYet):
        grievances.file_grievance(engine, world.candidate, Complaint(sitting_id=world.sitting_id, about=About.RESULT, text=WHY))


def test_a_sitting_that_goes_on_is_not_contested_yet(engine: Engine) -> None:
    world = a_world(engine)

    with pytest.raises(NotYet):
        contest(engine, world, a_flag(engine, world))
    assert grievances.contestable(engine, world.candidate, world.sitting_id).flags == ()


@pytest.mark.parametrize("text", ["", "  short  ", "x" * 4001])
def test_a_grievance_and_its_answer_say_something(engine: Engine, world: World, officer: Actor, text: str) -> None:
    flag = a_flag(engine, world)
    with pytest.raises(Invalid):
        contest(engine, world, flag, text=text)
    filed = contest(engine, world, flag)

    with pytest.raises(Invalid):
        grievances.resolve(engine, officer, filed.id, Outcome.UPHELD, text)


def test_what_has_ended_stays_ended(engine: Engine, world: World, officer: Actor) -> None:
    filed = contest(engine, world, a_flag(engine, world))
    grievances.withdraw(engine, world.candidate, filed.id)

    with pytest.raises(IllegalTransition):
        grievances.resolve(engine, officer, filed.id, Outcome.UPHELD, WHY)
    with pytest.raises(IllegalTransition):
        grievances.withdraw(engine, world.candidate, filed.id)


def test_the_desk_shows_what_is_due_first_and_only_ones_own_organisation(engine: Engine, world: World, officer: Actor) -> None:
    first = contest(engine, world, a_flag(engine, world))
    steer(engine).advance(3600)
    second = contest(engine, world, a_flag(engine, world))
    stranger = a_person(engine, an_organisation(engine), Role.GRIEVANCE_OFFICER, Role.CELL_OFFICER)

    assert [view.grievance.id for view in grievances.desk(engine, officer)] == [first.id, second.id]
    assert grievances.desk(engine, stranger) == []
    for attempt in (
        lambda: grievances.grievance(engine, stranger, first.id),
        lambda: grievance_officers.assign(engine, stranger, first.id, stranger.person_id),
        lambda: grievances.resolve(engine, stranger, first.id, Outcome.UPHELD, WHY),
        lambda: grievances.my_grievance(engine, stranger, first.id),
        lambda: grievances.withdraw(engine, stranger, first.id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_candidates_do_not_sit_at_the_desk(engine: Engine, world: World) -> None:
    with pytest.raises(NotAllowed):
        grievances.desk(engine, world.candidate)
