"""Grievances: a candidate files one, somebody who did not decide answers it, and the certificate is asked for again.

One about a flag is an appeal, and what it upholds is done at once. To whom one goes is services/grievance_officers.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams import Exam
from assessment_engine.grievances import (
    TIME_TO_RESOLVE,
    About,
    AppealClosed,
    Grievance,
    NotDecidedYet,
    NothingHeld,
    Outcome,
    Seen,
    Step,
    checked_text,
    closes_at,
)
from assessment_engine.invigilation import FOUND_NOTHING, UNDECIDED, Adjudication, Case, CaseState
from assessment_engine.invigilation.hearing import Hearing
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Conflict, NotFound, NotYet
from assessment_engine.kernel.ids import GrievanceId, IncidentId, PersonId, SittingId, new_id
from assessment_engine.people import Actor, Person, Role, require
from assessment_engine.services import demotion, invigilation
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.grievance_officers import assign_if_free, barred, deciders, note, officers
from assessment_engine.services.people import require_reauthentication
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent
from assessment_engine.storage.incidents import SCRUB, EvidenceRecord, IncidentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a candidate contests and why: a flag by its incident, or the result of the sitting."""

    sitting_id: SittingId
    about: About
    text: str
    incident_id: IncidentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceView:
    """A grievance with what a reader needs beside it."""

    grievance: Grievance
    exam: Exam
    people: Mapping[PersonId, Person]
    history: tuple[Step, ...] = ()
    flag: IncidentRecord | None = None
    judgements: tuple[Adjudication, ...] = ()  # what people decided on the flag, for staff
    frames: tuple[EvidenceRecord, ...] = ()  # what was seen, for staff
    officers: tuple[PersonId, ...] = ()  # who may still be given it
    barred: Mapping[PersonId, tuple[Seen, ...]] = field(default_factory=dict)  # officers to whom it is not given, and why
    overturns: bool = False  # upholding it takes away what two people upheld, at once
    overturned: bool = False  # upholding it took away what two people had upheld
    hearing: Hearing | None = None  # what the candidate said before the second person judged, for staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestable:
    """What of a sitting can be contested today: upheld flags until a day, and the result until another."""

    sitting_id: SittingId
    exam: Exam
    flags: tuple[IncidentRecord, ...]
    result: bool
    until: datetime | None = None  # None: nothing is decided, or nothing was published
    result_until: datetime | None = None
    waiting: int = 0  # flags that people have not decided: of those the candidate is heard first


def contestable(engine: Engine, actor: Actor, sitting_id: SittingId) -> Contestable:
    """Return what the candidate can contest of their own sitting: flags that people decided, and a published result, in their time."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        return contestable_in(tx, tx.sittings.of_candidate(sitting_id, actor.person_id), now)


def contestable_in(tx: Transaction, sitting: Sitting, now: datetime) -> Contestable:
    """Return what can be contested of a sitting at a moment."""
    flags = [one for one in tx.incidents.of_sitting(sitting.id) if one.tier == "alert"] if sitting.submitted_at else []
    states = {case.incident_id: case.state for case in tx.invigilation.cases_of(sitting.id)}
    decided = [one for one in flags if states.get(one.id, CaseState.OPEN) not in UNDECIDED]
    held = [one for one in decided if states[one.id] not in FOUND_NOTHING]
    until, result_until = appeals_until(tx, sitting, About.FLAG), appeals_until(tx, sitting, About.RESULT)
    in_time = until is None or now < until
    result = result_until is not None and now < result_until and not tx.grievances.open_about(sitting.id, About.RESULT, sitting.id)
    return Contestable(
        sitting_id=sitting.id,
        exam=tx.exams.get(sitting.exam_id),
        flags=tuple(one for one in held if in_time and not tx.grievances.open_about(sitting.id, About.FLAG, one.id)),
        result=result,
        until=until,
        result_until=result_until,
        waiting=len(flags) - len(decided),
    )


def appeals_until(tx: Transaction, sitting: Sitting, about: About) -> datetime | None:
    """Return until when something of a sitting can be contested; None while no time runs."""
    days, published = tx.exams.get(sitting.exam_id).policy.appeal_days, tx.evidence.result_published_at(sitting.id)
    if about is About.RESULT:
        return closes_at(published, None, days)
    decision = tx.invigilation.decision_of(sitting.id)
    return closes_at(decision.decided_at if decision else None, published, days)


def file_grievance(engine: Engine, actor: Actor, complaint: Complaint) -> Grievance:
    """File a grievance on one's own sitting; it goes at once to an officer who did not decide, if there is one.

    Raises NotFound for a foreign sitting or flag, NotDecidedYet, NothingHeld, NotYet for an unpublished result, AppealClosed, Conflict
    when the same is contested already.
    """
    now = engine.clock.now()
    with engine.store.begin() as tx:
        subject_id = _subject(tx, actor, complaint, now)
        if tx.grievances.open_about(complaint.sitting_id, complaint.about, subject_id):
            raise Conflict("this is contested already; your open grievance has it")
        grievance = Grievance(
            id=GrievanceId(new_id("grv", now)),
            organisation_id=actor.organisation_id,
            sitting_id=complaint.sitting_id,
            candidate_id=actor.person_id,
            about=complaint.about,
            subject_id=subject_id,
            text=checked_text(complaint.text),
            filed_at=now,
            due_at=now + TIME_TO_RESOLVE,
        )
        tx.grievances.add(grievance)
        note(tx, grievance, "filed", actor.person_id, now)
        tx.events.record(_event("grievance_filed", grievance, actor, now))
        return assign_if_free(tx, grievance, now)


def mine(engine: Engine, actor: Actor) -> list[GrievanceView]:
    """Return the candidate's grievances, newest first."""
    with engine.store.read() as tx:
        return [_view(tx, grievance) for grievance in tx.grievances.all_of_candidate(actor.person_id)]


def my_grievance(engine: Engine, actor: Actor, grievance_id: GrievanceId) -> GrievanceView:
    """Return one of the candidate's own grievances with its history; another's is NotFound."""
    with engine.store.read() as tx:
        return _whole(tx, tx.grievances.of_candidate(grievance_id, actor.person_id))


def desk(engine: Engine, actor: Actor) -> list[GrievanceView]:
    """Return the organisation's grievances, the one that is due first first; grievance officers and the cell."""
    require(actor, Role.GRIEVANCE_OFFICER, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return [_view(tx, grievance) for grievance in tx.grievances.all_of_organisation(actor.organisation_id)]


def grievance(engine: Engine, actor: Actor, grievance_id: GrievanceId) -> GrievanceView:
    """Return one grievance of the organisation with its history and who may be given it; grievance officers and the cell."""
    require(actor, Role.GRIEVANCE_OFFICER, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return _whole(tx, tx.grievances.of_organisation(grievance_id, actor.organisation_id), engine.clock.now())


def resolve(engine: Engine, actor: Actor, grievance_id: GrievanceId, outcome: Outcome, reason: str) -> Grievance:
    """Answer a grievance with an outcome and a reason; an appeal that is upheld overturns its case, and the sitting is decided anew.

    Raises SecondPersonNeeded, NotAllowed, NotDecidedYet, Invalid; ReauthenticationNeeded before a case is overturned.
    """
    require(actor, Role.GRIEVANCE_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        before = tx.grievances.of_organisation_locked(grievance_id, actor.organisation_id)
        after = before.resolve(actor.person_id, outcome, reason, deciders(tx, before), now)
        case = _contested(tx, before)
        if case is not None and case.state in UNDECIDED:
            raise NotDecidedYet("people have not decided on this flag yet")
        jobs = [_end(tx, after, "resolved", actor, now)]
        tx.events.record(_event("grievance_resolved", after, actor, now))
        overturned = case if case is not None and case.state is CaseState.UPHELD and outcome is Outcome.UPHELD else None
        if overturned is not None:
            require_reauthentication(tx, actor, now)
            jobs.append(invigilation.overturn(tx, overturned, after, now))
    for job in jobs:
        engine.jobs.tell(job)
    if overturned is not None:
        demotion.weigh(engine, overturned.incident_id)  # two people and an appeal: the detector was wrong
    return after


def withdraw(engine: Engine, actor: Actor, grievance_id: GrievanceId) -> Grievance:
    """Take one's own grievance back, and let the certificate be asked for again."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.grievances.of_candidate(grievance_id, actor.person_id)
        after = tx.grievances.of_organisation_locked(grievance_id, actor.organisation_id).withdraw(actor.person_id)
        job = _end(tx, after, "withdrawn", actor, now)
    engine.jobs.tell(job)
    return after


def _subject(tx: Transaction, actor: Actor, complaint: Complaint, now: datetime) -> str:
    """Return the id of what is contested, once it is clear that the candidate may."""
    sitting = tx.sittings.of_candidate(complaint.sitting_id, actor.person_id)
    if sitting.submitted_at is None:
        raise NotYet("a sitting can be contested once it is over")
    if complaint.about is About.RESULT:
        if not tx.grievances.has_published_result(sitting.id):
            raise NotYet("the result is not published yet")
        _check_in_time(tx, sitting, complaint.about, now)
        return sitting.id
    flags = {one.id for one in tx.incidents.of_sitting(sitting.id) if one.tier == "alert"}
    if complaint.incident_id not in flags:
        raise NotFound("no such flag on this sitting")
    state = {case.incident_id: case.state for case in tx.invigilation.cases_of(sitting.id)}.get(complaint.incident_id, CaseState.OPEN)
    if state in UNDECIDED:
        raise NotDecidedYet("people have not decided on this flag; you are heard before anything is held against you")
    if state in FOUND_NOTHING:
        raise NothingHeld("people found nothing in this flag: nothing is held against you, and nothing could follow from contesting it")
    _check_in_time(tx, sitting, complaint.about, now)
    return complaint.incident_id


def _check_in_time(tx: Transaction, sitting: Sitting, about: About, now: datetime) -> None:
    until = appeals_until(tx, sitting, about)
    if until is not None and until <= now:
        raise AppealClosed("the days for appeals are over", until=iso(until))


def _contested(tx: Transaction, grievance: Grievance) -> Case | None:
    """Return the case of the flag that is contested, held against other writers; None where a result is."""
    if grievance.about is not About.FLAG:
        return None
    try:
        return tx.invigilation.case_locked(IncidentId(grievance.subject_id), grievance.organisation_id)
    except NotFound:
        return None  # a flag that nobody set before people


def _end(tx: Transaction, after: Grievance, what: str, actor: Actor, now: datetime) -> str:
    tx.grievances.save(after)
    note(tx, after, what, actor.person_id, now, after.reason)
    return tx.outbox.add(JobName.ISSUE_CERTIFICATES, after.sitting_id, now)


def _event(kind: str, grievance: Grievance, actor: Actor, now: datetime) -> ExamEvent:
    return ExamEvent(
        kind=kind,
        at=now,
        organisation_id=grievance.organisation_id,
        actor_id=actor.person_id,
        sitting_id=grievance.sitting_id,
        subject=grievance.id,
    )


def _view(tx: Transaction, grievance: Grievance) -> GrievanceView:
    people = [person for person in (grievance.candidate_id, grievance.assigned_to, grievance.resolved_by) if person is not None]
    return GrievanceView(
        grievance=grievance, exam=tx.exams.get(tx.sittings.get(grievance.sitting_id).exam_id), people=tx.people.many(people)
    )


def _whole(tx: Transaction, grievance: Grievance, now: datetime | None = None) -> GrievanceView:
    """Return the view with history, and for staff (`now` is given) with what people decided and who may be given it."""
    plain, history = _view(tx, grievance), tuple(tx.grievances.history(grievance.id))
    flags = tx.incidents.of_sitting(grievance.sitting_id) if grievance.about is About.FLAG else []
    whole = replace(plain, history=history, flag=next((one for one in flags if one.id == grievance.subject_id), None))
    taken_back = any(one.grievance_id == grievance.id for one in tx.invigilation.overturnings_of(grievance.sitting_id))
    whole = replace(whole, overturns=grievance.is_open and _overturns(tx, grievance), overturned=taken_back)
    if now is not None:
        whole = _for_staff(tx, whole, now)
    named = {*plain.people, *whole.officers, *whole.barred, *(step.person_id for step in history if step.person_id)}
    return replace(whole, people=tx.people.many(named))


def _overturns(tx: Transaction, grievance: Grievance) -> bool:
    cases = tx.invigilation.cases_of(grievance.sitting_id) if grievance.about is About.FLAG else []
    return any(case.incident_id == grievance.subject_id and case.state is CaseState.UPHELD for case in cases)


def _for_staff(tx: Transaction, view: GrievanceView, now: datetime) -> GrievanceView:
    grievance = view.grievance
    serving, seen = officers(tx, grievance.organisation_id, now), barred(tx, grievance)
    free = tuple(one for one in serving if one not in seen)
    not_given = {one: seen[one] for one in serving if one in seen}
    if view.flag is None:
        return replace(view, officers=free, barred=not_given)
    return replace(
        view,
        officers=free,
        barred=not_given,
        judgements=tuple(tx.invigilation.adjudications_of(view.flag.id)),
        frames=tuple(shot for shot in tx.incidents.evidence_of(view.flag.id) if shot.role != SCRUB),
        hearing=tx.hearings.of_case(view.flag.id),
    )
