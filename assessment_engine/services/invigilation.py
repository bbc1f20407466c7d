"""The human side of proctoring: what waits for a person, one person's judgement, and what follows for the sitting.

Rules: assessment_engine/invigilation.py. Two promises live here as acts: nobody judges the same case twice or their own sitting, and only
`settle` writes a decision, when nothing can still arrive and nothing is undecided. No time-out turns undecided into cleared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessment_engine import invigilation
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.invigilation import (
    MIN_REASON,
    SERVICE_LEVEL,
    Adjudication,
    Case,
    CaseState,
    Judgement,
    Outcome,
    ProctoringDecision,
    Watched,
    observable_share,
    outcome_of,
)
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotYet
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SessionId, SittingId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, Person, require
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.risk import risk_for
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent, Facts, answer_saved
from assessment_engine.storage.incidents import EvidenceRecord, IncidentRecord, WatchRecord
from proctoring.risk import Risk

CONTEXT = timedelta(seconds=60)
"""How far around an incident events are shown beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """Whose sitting it is, in the words a room uses."""

    sitting_id: SittingId
    seat: str
    name: str
    name_hi: str
    exam: str
    exam_hi: str
    session_id: SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """One case that waits for this person."""

    case: Case
    kind: str
    severity: str | None
    seated: Seated
    second: bool  # somebody judged before; what they said is not told
    age: timedelta
    late: bool
    urgency: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """A finished sitting of which too little was seen: a person says that it was enough, or asks for re-verification elsewhere."""

    seated: Seated
    observable_share: float
    min_observable_share: float
    reasons: Mapping[str, float]
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How many flags this session saw, and how many false ones the exam's budget allows in as many hours."""

    flags: int
    hours: float
    allowed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything a person needs to judge one case, and nothing that would judge for them."""

    case: Case
    incident: IncidentRecord  # its confidence is 0 until the viewer has judged
    evidence: Sequence[EvidenceRecord]
    adjudications: Sequence[Adjudication]  # only those the viewer may read
    people: Mapping[PersonId, Person]
    may_judge: bool
    going_on: bool  # the incident has not ended: it may still grow graver, so nobody judges it yet
    second: bool
    shows_the_machine: bool
    seated: Seated
    sitting: Sitting
    watch: WatchRecord | None
    events: Sequence[ExamEvent]
    expected: Expected
    risk: Risk | None  # hidden while a case of the sitting waits for the viewer's judgement


def review_queue(engine: Engine, actor: Actor) -> list[QueueEntry]:
    """Return the cases that wait for this person, the most urgent first."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        waiting = tx.invigilation.waiting_for(actor.person_id, actor.organisation_id)
        entries = [_entry(tx, case, now) for case in waiting]
        mine = {entry.case.incident_id for entry in entries if tx.sittings.get(entry.case.sitting_id).candidate_id == actor.person_id}
    return sorted((one for one in entries if one.case.incident_id not in mine), key=lambda one: -one.urgency)


def _entry(tx: Transaction, case: Case, now: datetime) -> QueueEntry:
    incident = tx.incidents.get(case.incident_id, case.organisation_id)
    age = now - case.opened_at
    return QueueEntry(
        case=case,
        kind=incident.kind,
        severity=incident.severity,
        seated=_seated(tx, tx.sittings.get(case.sitting_id)),
        second=case.state is CaseState.AWAITING_SECOND,
        age=age,
        late=age > SERVICE_LEVEL,
        urgency=invigilation.urgency(incident.severity or "", incident.confidence, case.opened_at, now),
    )


def _seated(tx: Transaction, sitting: Sitting) -> Seated:
    registration = tx.exams.registration(sitting.registration_id)
    exam = tx.exams.get(sitting.exam_id)
    candidate = tx.people.get(sitting.candidate_id)
    return Seated(
        sitting_id=sitting.id,
        seat=registration.seat or "",
        name=candidate.name,
        name_hi=candidate.name_hi,
        exam=exam.title,
        exam_hi=exam.title_hi,
        session_id=sitting.session_id,
    )


def seen_too_little(engine: Engine, actor: Actor) -> list[Unwatched]:
    """Return the finished sittings of the organisation for which a person has to say that enough was seen."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        waiting = [tx.sittings.get(one) for one in tx.invigilation.undecided_sittings(actor.organisation_id)]
        return [_unwatched(tx, sitting) for sitting in waiting if _needs_enough_seen(watched_of(tx, sitting))]


def _needs_enough_seen(watched: Watched) -> bool:
    return watched.complete and watched.seen_too_little and CaseState.UPHELD not in watched.cases


def _unwatched(tx: Transaction, sitting: Sitting) -> Unwatched:
    watch, watched = tx.incidents.watch(sitting.id), watched_of(tx, sitting)
    assert sitting.submitted_at is not None
    return Unwatched(
        seated=_seated(tx, sitting),
        observable_share=watched.observable_share,
        min_observable_share=watched.min_observable_share,
        reasons=watch.unobservable if watch else {},
        submitted_at=sitting.submitted_at,
    )


def case(engine: Engine, actor: Actor, incident_id: IncidentId) -> CaseFile:
    """Return a case with its evidence and context; another's judgement and the machine's number only as the rules allow."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        found = tx.invigilation.case(incident_id, actor.organisation_id)
        earlier = tx.invigilation.adjudications_of(incident_id)
        sitting = tx.sittings.get(found.sitting_id)
        incident = tx.incidents.get(incident_id, actor.organisation_id)
        shows = found.shows_the_machine(actor.person_id, earlier)
        readable = [one for one in earlier if found.may_see(one, actor.person_id, earlier)]
        going_on = _going_on(tx, incident)
        return CaseFile(
            case=found,
            incident=incident if shows else replace(incident, confidence=0.0),
            evidence=tx.incidents.evidence_of(incident_id),
            adjudications=readable,
            people=tx.people.many([one.person_id for one in readable]),
            may_judge=not going_on and _may_judge(found, actor, earlier, sitting),
            going_on=going_on and found.state in invigilation.UNDECIDED,
            second=found.state is CaseState.AWAITING_SECOND,
            shows_the_machine=shows,
            seated=_seated(tx, sitting),
            sitting=sitting,
            watch=tx.incidents.watch(sitting.id),
            events=_around(tx, sitting, incident.raised_at),
            expected=_expected(tx, sitting),
            risk=risk_for(tx, actor.person_id, sitting.id),
        )


def _around(tx: Transaction, sitting: Sitting, moment: datetime) -> list[ExamEvent]:
    """Return what happened in a sitting around a moment, its saves among it, oldest first."""
    happened = [*tx.events.of_sitting(sitting.id), *(answer_saved(receipt, sitting) for receipt in tx.answers.receipts(sitting.id))]
    return sorted((one for one in happened if abs(one.at - moment) <= CONTEXT), key=lambda one: one.at)


def _may_judge(found: Case, actor: Actor, earlier: Sequence[Adjudication], sitting: Sitting) -> bool:
    judged = any(one.person_id == actor.person_id for one in earlier)
    return found.state in invigilation.UNDECIDED and not judged and sitting.candidate_id != actor.person_id


def _going_on(tx: Transaction, incident: IncidentRecord) -> bool:
    """Tell whether more can still be found in an incident; a drained watch adds nothing, whatever it left open."""
    watch = tx.incidents.watch(incident.sitting_id)
    return incident.ended_at is None and (watch is None or watch.drained_at is None)


def _expected(tx: Transaction, sitting: Sitting) -> Expected:
    everybody = [one.id for one in tx.sittings.all_of_session(sitting.session_id, sitting.organisation_id)]
    hours = sum(one.observable_s for one in tx.incidents.watches_of(everybody).values()) / 3600
    flags = tx.invigilation.flags_in(sitting.session_id)
    return Expected(flags=flags, hours=hours, allowed=hours * tx.exams.get(sitting.exam_id).policy.false_alert_budget)


def judge(engine: Engine, actor: Actor, incident_id: IncidentId, judgement: Judgement) -> Case:
    """Record one person's judgement; an adverse one waits for a second, different person. Raises SecondPersonNeeded, NotYet…"""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        found = tx.invigilation.case_locked(incident_id, actor.organisation_id)
        if tx.sittings.get(found.sitting_id).candidate_id == actor.person_id:
            raise NotAllowed("nobody judges their own sitting")
        if _going_on(tx, tx.incidents.get(incident_id, actor.organisation_id)):
            raise NotYet("the incident is still going on and may grow graver; judge it when it has ended")
        earlier = tx.invigilation.adjudications_of(incident_id)
        judged, adjudication = found.judge(judgement, by=actor.person_id, earlier=earlier, now=now)
        tx.invigilation.save_case(judged)
        tx.invigilation.adjudicate(adjudication)
        about: Facts = {
            "sitting": found.sitting_id,
            "verdict": str(adjudication.verdict),
            "ordinal": adjudication.ordinal,
            "state": str(judged.state),
        }
        tx.audit.append("case_judged", subject=incident_id, actor=actor.person_id, now=now, payload=dict(about))
        tx.events.record(_event("case_judged", judged.organisation_id, judged.sitting_id, now, actor, about, subject=incident_id))
        jobs = _follow_up(tx, judged.sitting_id, now)
    for job in jobs:
        engine.jobs.tell(job)
    return judged


def _follow_up(tx: Transaction, sitting_id: SittingId, now: datetime) -> tuple[str, ...]:
    return tx.outbox.add(JobName.SETTLE_SITTING, sitting_id, now), tx.outbox.add(JobName.ISSUE_CERTIFICATES, sitting_id, now)


def enough_seen(engine: Engine, actor: Actor, sitting_id: SittingId, reason: str) -> ProctoringDecision:
    """Decide, as a person, that what could be watched of a sitting is enough; raises NotYet or Conflict when that is not the question."""
    require(actor, *SESSION_STAFF)
    if len(reason.strip()) < MIN_REASON:
        raise Invalid(f"say why, in at least {MIN_REASON} letters", field="reason")
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        sitting = tx.sittings.get_locked(sitting_id)
        if sitting.candidate_id == actor.person_id:
            raise NotAllowed("nobody judges their own sitting")
        watched = watched_of(tx, sitting)
        if not watched.complete:
            raise NotYet("the sitting is not over, its stream is not drained, or a flag is undecided", undecided=watched.undecided)
        if not _needs_enough_seen(watched) or sitting_id not in tx.invigilation.undecided_sittings(actor.organisation_id):
            raise Conflict("this sitting does not wait for that decision")
        decision = _decision(tx, sitting, Outcome.ENOUGH_SEEN, watched, now, by=actor, reason=reason.strip())
        job = _record(tx, sitting, decision, actor)
    engine.jobs.tell(job)
    return decision


def settle(engine: Engine, sitting_id: SittingId) -> ProctoringDecision | None:
    """Write the decision that follows by itself, or nothing while a person or the stream has still to act. A job, safe to run twice."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id)
        watched = watched_of(tx, sitting)
        outcome = outcome_of(watched)
        if outcome is None:
            return None
        standing = tx.invigilation.decision_of(sitting_id)
        decision = _decision(tx, sitting, outcome, watched, now, by=None, reason="")
        if standing is not None and (standing.outcome, standing.incidents_until) == (outcome, decision.incidents_until):
            return standing
        job = _record(tx, sitting, decision, None)
    engine.jobs.tell(job)
    return decision


def watched_of(tx: Transaction, sitting: Sitting) -> Watched:
    """Return what is known about how a sitting was watched, for a decision or for the reason why there is none."""
    watch = tx.incidents.watch(sitting.id)
    return Watched(
        sealed=sitting.state is SittingState.SUBMITTED and tx.sittings.seal(sitting.id) is not None,
        drained=watch is not None and watch.drained_at is not None,
        flags=sum(one.tier == "alert" for one in tx.incidents.of_sitting(sitting.id)),
        cases=tuple(one.state for one in tx.invigilation.cases_of(sitting.id)),
        observable_share=_share(sitting, watch),
        min_observable_share=tx.exams.get(sitting.exam_id).policy.min_observable_share,
    )


def _share(sitting: Sitting, watch: WatchRecord | None) -> float:
    """Return the observable share: of the watched time and of the sitting's own length, whichever says less."""
    if watch is None or sitting.started_at is None or sitting.submitted_at is None:
        return 0.0
    elapsed = (sitting.submitted_at - sitting.started_at).total_seconds()
    return min(watch.observable_share, observable_share(watch.observable_s, elapsed))


def _decision(
    tx: Transaction, sitting: Sitting, outcome: Outcome, watched: Watched, now: datetime, *, by: Actor | None, reason: str
) -> ProctoringDecision:
    flag, last = tx.incidents.last_alert(sitting.id), tx.invigilation.last_adjudication(sitting.id)
    decided_by = by.person_id if by else None if outcome is Outcome.UNFLAGGED or last is None else last.person_id
    assert sitting.submitted_at is not None
    return ProctoringDecision(
        id=new_id("dec", now),
        sitting_id=sitting.id,
        outcome=outcome,
        decided_at=now,
        decided_by=decided_by,
        reason=reason,
        observable_share=round(watched.observable_share, 4),
        incidents_until=flag.raised_at if flag else sitting.submitted_at,
    )


def _record(tx: Transaction, sitting: Sitting, decision: ProctoringDecision, actor: Actor | None) -> str:
    tx.invigilation.decide(decision)
    about = {"outcome": str(decision.outcome), "observable_share": str(decision.observable_share)}
    if blind := tx.eyes.blind_in([sitting.id]).get(sitting.id):
        about["watched_without"] = " ".join(blind)  # that nothing was found says nothing about what these would have looked for
    by = decision.decided_by
    tx.audit.append("proctoring_decided", subject=sitting.id, actor=by, now=decision.decided_at, payload=dict(about))
    event = _event("proctoring_decided", sitting.organisation_id, sitting.id, decision.decided_at, actor, about, subject=decision.id)
    tx.events.record(event)
    return tx.outbox.add(JobName.ISSUE_CERTIFICATES, sitting.id, decision.decided_at)


def _event(
    kind: str,
    organisation_id: OrganisationId,
    sitting_id: SittingId,
    now: datetime,
    actor: Actor | None,
    data: Facts,
    *,
    subject: str,
) -> ExamEvent:
    by = actor.person_id if actor else None
    return ExamEvent(kind=kind, at=now, organisation_id=organisation_id, actor_id=by, sitting_id=sitting_id, subject=subject, data=data)
