"""Who answers a grievance: who may, who is given it, and to whom it goes when they no longer can.

Rules: assessment_engine/grievances.py; why somebody may not: services/seen.py. `assign_waiting` is a chore of the sweep, safe to run twice.
"""

from collections.abc import Callable
from datetime import datetime

from assessment_engine.grievances import Grievance, GrievanceState, Left, Seen, Step, choose_officer, why_left
from assessment_engine.invigilation.interests import Tie
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NotAllowed, NotFound
from assessment_engine.kernel.ids import GrievanceId, OrganisationId, PersonId
from assessment_engine.people import Actor, Person, Role, require
from assessment_engine.services import interests
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import serving
from assessment_engine.services.seen import seen_by
from assessment_engine.storage.database import Transaction

_ROLE = (Role.GRIEVANCE_OFFICER,)


def officers(tx: Transaction, organisation_id: OrganisationId, now: datetime) -> dict[PersonId, Person]:
    """Return the grievance officers of an organisation today, by name."""
    return serving(tx, organisation_id, _ROLE, now)


def barred(tx: Transaction, grievance: Grievance) -> dict[PersonId, tuple[Seen, ...]]:
    """Return to whom a grievance is not given, and why."""
    return seen_by(tx, tx.sittings.get(grievance.sitting_id), grievance.about)


def deciders(tx: Transaction, grievance: Grievance) -> frozenset[PersonId]:
    """Return who may not answer what they were given after all: they decided on the sitting, or know the candidate."""
    return tx.grievances.deciders(grievance.sitting_id) | tx.seen.knowing(grievance.candidate_id)


def assign(engine: Engine, actor: Actor, grievance_id: GrievanceId, officer: PersonId) -> Grievance:
    """Give a grievance to a grievance officer; raises SecondPersonNeeded when they decided what is contested, or have seen it."""
    require(actor, Role.GRIEVANCE_OFFICER, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        before = tx.grievances.of_organisation_locked(grievance_id, actor.organisation_id)
        if officer not in officers(tx, actor.organisation_id, now):
            raise NotFound("no such grievance officer")
        return _give(tx, before, officer, actor.person_id, now)


def step_back(engine: Engine, actor: Actor, grievance_id: GrievanceId, tie: Tie, note: str = "") -> Grievance:
    """Declare, as the officer who was given it, that one knows the candidate; it goes to somebody else at once, or waits for one.

    Raises NotAllowed for anybody else, IllegalTransition once it has ended.
    """
    require(actor, Role.GRIEVANCE_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        before = tx.grievances.of_organisation_locked(grievance_id, actor.organisation_id)
        if before.assigned_to != actor.person_id:
            raise NotAllowed("only the person it is assigned to can give it back")
        released = before.release()  # refuses before anything is declared
        interests.declare_in(tx, actor, tx.sittings.get(before.sitting_id), tie, note, now)
        return _released(tx, before, released, Left.CONFLICT, actor.person_id, now)


def assign_if_free(tx: Transaction, waiting: Grievance, now: datetime) -> Grievance:
    """Give what waits to whoever may answer it and has the fewest; returns it as it was where there is nobody."""
    load = tx.grievances.load(officers(tx, waiting.organisation_id, now))
    officer = choose_officer(load, set(barred(tx, waiting)), waiting.candidate_id) if load else None
    return waiting if officer is None else _give(tx, waiting, officer, None, now)


def assign_waiting(engine: Engine, breathe: Callable[[], None] = lambda: None) -> int:
    """Give what waits to whoever may answer it by now, and what is with somebody who no longer can to somebody else; returns how much."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        stuck = [one for one in tx.grievances.assigned() if _left(tx, one, now) is not None]
        waiting = [one for one in tx.grievances.unassigned() if _is_given(tx, one, now)]
    given = 0
    for one in [*stuck, *waiting]:
        given += _again(engine, one)
        breathe()
    return given


def _is_given(tx: Transaction, waiting: Grievance, now: datetime) -> bool:
    return bool(officers(tx, waiting.organisation_id, now).keys() - barred(tx, waiting).keys() - {waiting.candidate_id})


def _again(engine: Engine, found: Grievance) -> bool:
    """Release and give one grievance as it is now that nobody else can change it; tells whether somebody has it."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        before = tx.grievances.of_organisation_locked(found.id, found.organisation_id)
        left = _left(tx, before, now)
        if left is not None:
            return _released(tx, before, before.release(), left, None, now).assigned_to is not None
        return before.state is GrievanceState.FILED and assign_if_free(tx, before, now).assigned_to is not None


def _left(tx: Transaction, grievance: Grievance, now: datetime) -> Left | None:
    officer = grievance.assigned_to
    if officer is None or grievance.state is not GrievanceState.ASSIGNED:
        return None
    still = serving(tx, grievance.organisation_id, _ROLE, now, among=(officer,))
    knowing, decided = tx.seen.knowing(grievance.candidate_id), tx.grievances.deciders(grievance.sitting_id)
    return why_left(officer, officers=still.keys(), deciders=decided, knowing=knowing)


def _released(tx: Transaction, before: Grievance, after: Grievance, left: Left, by: PersonId | None, now: datetime) -> Grievance:
    """Store that an officer has it no more, and give it to the next one; who it was and why is in the log."""
    tx.grievances.save(after)
    note(tx, after, "released", by, now, facts={"officer": before.assigned_to, "left": str(left)})
    return assign_if_free(tx, after, now)


def _give(tx: Transaction, before: Grievance, officer: PersonId, by: PersonId | None, now: datetime) -> Grievance:
    after = before.assign(officer, barred(tx, before).keys())
    tx.grievances.save(after)
    note(tx, after, "assigned", by, now, tx.people.get(officer).name)
    return after


def note(
    tx: Transaction,
    grievance: Grievance,
    what: str,
    by: PersonId | None,
    now: datetime,
    text: str = "",
    facts: dict[str, Json] | None = None,
) -> None:
    """Add a line to a grievance's history, and its leaf to the log; `facts` are for the log only."""
    tx.grievances.append(Step(grievance_id=grievance.id, at=now, person_id=by, what=what, text=text))
    about: dict[str, Json] = {"sitting": grievance.sitting_id, "outcome": None if grievance.outcome is None else str(grievance.outcome)}
    tx.audit.append(f"grievance_{what}", subject=grievance.id, actor=by, now=now, payload={**about, **(facts or {})})
