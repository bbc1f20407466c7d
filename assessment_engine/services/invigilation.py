"""The human side of proctoring: one person's judgement, and what follows for the sitting.

Rules: assessment_engine/invigilation. What a person sees is services/review.py, the minute in which they can take a judgement back
services/judgements.py, what the candidate says services/hearings.py, the appeal services/grievances.py. Three promises live here as acts:
nobody judges the same case twice or their own sitting, nobody upholds a case as the second person before the candidate was heard, and only
`settle` writes a decision, when nothing can still arrive and nothing is undecided. No time-out turns undecided into cleared.
"""

from collections.abc import Sequence
from datetime import datetime

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.exams import Exam
from assessment_engine.grievances import Grievance
from assessment_engine.invigilation import (
    MIN_REASON,
    Adjudication,
    Case,
    CaseState,
    Judgement,
    Outcome,
    Overturning,
    ProctoringDecision,
    Watched,
    observable_share,
    outcome_of,
)
from assessment_engine.kernel.errors import Conflict, Invalid, NotYet
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SittingId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, require
from assessment_engine.services import hearings
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.interests import check_stranger
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent, Facts
from assessment_engine.storage.incidents import IncidentRecord, WatchRecord


def going_on(tx: Transaction, incident: IncidentRecord) -> bool:
    """Tell whether more can still be found in an incident; a drained watch adds nothing, whatever it left open."""
    watch = tx.incidents.watch(incident.sitting_id)
    return incident.ended_at is None and (watch is None or watch.drained_at is None)


def judge(engine: Engine, actor: Actor, incident_id: IncidentId, judgement: Judgement) -> Case:
    """Record one person's judgement at once; an adverse one waits for a second, different person. Raises SecondPersonNeeded, NotYet…"""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        found = tx.invigilation.case_locked(incident_id, actor.organisation_id)
        judged, jobs = record(tx, found, judgement, actor.person_id, now)
    for job in jobs:
        engine.jobs.tell(job)
    return judged


def judged_by(tx: Transaction, found: Case, judgement: Judgement, person_id: PersonId, now: datetime) -> tuple[Case, Adjudication]:
    """Return a locked case as a person's judgement leaves it; raises NotAllowed, NotYet, NotHeardYet, SecondPersonNeeded…"""
    check_stranger(tx, person_id, tx.sittings.get(found.sitting_id))
    if going_on(tx, tx.incidents.get(found.incident_id, found.organisation_id)):
        raise NotYet("the incident is still going on and may grow graver; judge it when it has ended")
    earlier = tx.invigilation.adjudications_of(found.incident_id)
    return found.judge(judgement, by=person_id, earlier=earlier, now=now, hearing=hearings.of_case(tx, found))


def record(tx: Transaction, found: Case, judgement: Judgement, person_id: PersonId, now: datetime) -> tuple[Case, tuple[str, ...]]:
    """Store a person's judgement on a locked case; returns the case after it and the jobs to tell. Raises as `judged_by` does."""
    judged, adjudication = judged_by(tx, found, judgement, person_id, now)
    tx.invigilation.save_case(judged)
    tx.invigilation.adjudicate(adjudication)
    about: Facts = {
        "sitting": found.sitting_id,
        "verdict": str(adjudication.verdict),
        "ordinal": adjudication.ordinal,
        "state": str(judged.state),
    }
    tx.audit.append("case_judged", subject=found.incident_id, actor=person_id, now=now, payload=dict(about))
    tx.events.record(_event("case_judged", judged.organisation_id, judged.sitting_id, now, person_id, about, subject=found.incident_id))
    hearings.open_for(tx, judged, now)
    return judged, _follow_up(tx, judged.sitting_id, now)


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
        check_stranger(tx, actor.person_id, sitting)
        watched = watched_of(tx, sitting)
        if not watched.complete:
            raise NotYet("the sitting is not over, its stream is not drained, or a flag is undecided", undecided=watched.undecided)
        if not needs_enough_seen(watched) or sitting_id not in tx.invigilation.undecided_sittings(actor.organisation_id):
            raise Conflict("this sitting does not wait for that decision")
        decision = _decision(tx, sitting, Outcome.ENOUGH_SEEN, watched, now, by=actor, reason=reason.strip())
        job = _record(tx, sitting, decision, actor)
    engine.jobs.tell(job)
    return decision


def needs_enough_seen(watched: Watched) -> bool:
    """Tell whether nothing is missing but a person who says that enough was seen."""
    return watched.complete and watched.seen_too_little and CaseState.UPHELD not in watched.cases


def settle(engine: Engine, sitting_id: SittingId) -> ProctoringDecision | None:
    """Write the decision that follows by itself, or nothing while a person or the stream has still to act. A job, safe to run twice."""
    hearings.open_of(engine, sitting_id)  # about cases that waited for the end of the exam
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id)
        watched = watched_of(tx, sitting)
        outcome = outcome_of(watched)
        if outcome is None:
            return None
        standing = standing_decision(tx, sitting_id)
        decision = _decision(tx, sitting, outcome, watched, now, by=None, reason="")
        if standing is not None and (standing.outcome, standing.incidents_until) == (outcome, decision.incidents_until):
            return standing
        job = _record(tx, sitting, decision, None)
    engine.jobs.tell(job)
    return decision


def standing_decision(tx: Transaction, sitting_id: SittingId) -> ProctoringDecision | None:
    """Return the decision that stands for a sitting; none does where a flag or an overturned case came after it."""
    latest = tx.invigilation.decision_of(sitting_id)
    if latest is None:
        return None
    flag, overturned = tx.incidents.last_alert(sitting_id), tx.invigilation.overturnings_of(sitting_id)
    return latest if still_stands(latest, [] if flag is None else [flag], overturned) else None


def still_stands(latest: ProctoringDecision, flags: Sequence[IncidentRecord], overturned: Sequence[Overturning]) -> bool:
    """Tell whether neither a flag nor an overturned case of the sitting came after its latest decision."""
    return all(one.raised_at <= latest.incidents_until for one in flags) and all(one.at <= latest.decided_at for one in overturned)


def overturn(tx: Transaction, found: Case, appeal: Grievance, now: datetime) -> str:
    """Take a locked case away, as an upheld appeal says; returns the job that decides on the sitting anew. Raises IllegalTransition."""
    assert appeal.resolved_by is not None
    overturned = found.overturn()
    overturning = Overturning(
        incident_id=found.incident_id,
        sitting_id=found.sitting_id,
        grievance_id=appeal.id,
        person_id=appeal.resolved_by,
        reason=appeal.reason,
        at=now,
    )
    tx.invigilation.overturn(overturning)
    tx.invigilation.save_case(overturned)
    about: Facts = {"sitting": found.sitting_id, "grievance": appeal.id}
    tx.audit.append("case_overturned", subject=found.incident_id, actor=overturning.person_id, now=now, payload=dict(about))
    by = overturning.person_id
    tx.events.record(_event("case_overturned", found.organisation_id, found.sitting_id, now, by, about, subject=found.incident_id))
    return tx.outbox.add(JobName.SETTLE_SITTING, found.sitting_id, now)


def watched_of(tx: Transaction, sitting: Sitting) -> Watched:
    """Return what is known about how a sitting was watched, for a decision or for the reason why there is none."""
    return watched(
        sitting,
        tx.incidents.watch(sitting.id),
        sealed=tx.sittings.seal(sitting.id) is not None,
        flags=sum(one.tier == "alert" for one in tx.incidents.of_sitting(sitting.id)),
        cases=tx.invigilation.cases_of(sitting.id),
        exam=tx.exams.get(sitting.exam_id),
    )


def watched(sitting: Sitting, watch: WatchRecord | None, *, sealed: bool, flags: int, cases: Sequence[Case], exam: Exam) -> Watched:
    """Put together what is known about how a sitting was watched."""
    return Watched(
        sealed=sitting.state is SittingState.SUBMITTED and sealed,
        drained=watch is not None and watch.drained_at is not None,
        flags=flags,
        cases=tuple(one.state for one in cases),
        observable_share=_share(sitting, watch),
        min_observable_share=exam.policy.min_observable_share,
    )


def _share(sitting: Sitting, watch: WatchRecord | None) -> float:
    """Return the observable share: of the watched time and of the sitting's own time, whichever says less.

    A break and a pause are nobody's time to be seen in: with them, whoever takes the breaks of their arrangement would be seen too little.
    """
    if watch is None or sitting.started_at is None or sitting.submitted_at is None:
        return 0.0
    return min(watch.observable_share, observable_share(watch.observable_s, sitting.elapsed_s(sitting.submitted_at)))


def _decision(
    tx: Transaction, sitting: Sitting, outcome: Outcome, watched: Watched, now: datetime, *, by: Actor | None, reason: str
) -> ProctoringDecision:
    flag = tx.incidents.last_alert(sitting.id)
    decided_by = by.person_id if by else None if outcome is Outcome.UNFLAGGED else _last_word(tx, sitting.id, outcome)
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


def _last_word(tx: Transaction, sitting_id: SittingId, outcome: Outcome) -> PersonId | None:
    """Return whose act made the decision: the last judgement, or an appeal that came after it and took away what was upheld."""
    judged, overturned = tx.invigilation.last_adjudication(sitting_id), tx.invigilation.overturnings_of(sitting_id)
    if outcome is Outcome.CLEARED and overturned and (judged is None or overturned[-1].at >= judged.at):
        return overturned[-1].person_id
    return None if judged is None else judged.person_id


def _record(tx: Transaction, sitting: Sitting, decision: ProctoringDecision, actor: Actor | None) -> str:
    tx.invigilation.decide(decision)
    about = {"outcome": str(decision.outcome), "observable_share": str(decision.observable_share)}
    if blind := tx.eyes.blind_in([sitting.id]).get(sitting.id):
        about["watched_without"] = " ".join(blind)  # that nothing was found says nothing about what these would have looked for
    by = decision.decided_by
    tx.audit.append("proctoring_decided", subject=sitting.id, actor=by, now=decision.decided_at, payload=dict(about))
    event = _event(
        "proctoring_decided",
        sitting.organisation_id,
        sitting.id,
        decision.decided_at,
        actor.person_id if actor else None,
        about,
        subject=decision.id,
    )
    tx.events.record(event)
    return tx.outbox.add(JobName.ISSUE_CERTIFICATES, sitting.id, decision.decided_at)


def _event(
    kind: str,
    organisation_id: OrganisationId,
    sitting_id: SittingId,
    now: datetime,
    by: PersonId | None,
    data: Facts,
    *,
    subject: str,
) -> ExamEvent:
    return ExamEvent(kind=kind, at=now, organisation_id=organisation_id, actor_id=by, sitting_id=sitting_id, subject=subject, data=data)
