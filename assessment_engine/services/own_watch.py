"""What candidates learn of how their own sitting was watched: what was found, what people decided and why, what is kept, what comes next.

Nobody is named, no number of the machine is told, and telemetry is nothing that was found. What a person wrote is told once it is decided;
before that only the first person's reason from the list, in the hearing. What an exam promises beforehand is services/watching.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.delivery.sitting import ENDED, Sitting
from assessment_engine.evidence.retention import Keeping, keeping
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.grievances import Grievance
from assessment_engine.invigilation import UNDECIDED, Adjudication, Case, CaseState, ProctoringDecision, Reason, Verdict
from assessment_engine.invigilation.hearing import Hearing, HearingState
from assessment_engine.kernel.errors import NotFound, NotYet
from assessment_engine.kernel.ids import IncidentId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services.challenges import JUDGED
from assessment_engine.services.engine import Engine
from assessment_engine.services.grievances import Contestable, contestable_in
from assessment_engine.services.invigilation import standing_decision, watched_of
from assessment_engine.services.retention import facts_of
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.evidence import PackageRecord
from assessment_engine.storage.incidents import IncidentRecord
from proctoring.policy import Tier

TOLD = (Tier.ALERT, Tier.DETECTION, Tier.COULD_NOT_WATCH)


class Next(StrEnum):
    """Who has to act next."""

    SYSTEM = "system"  # pictures are still being looked at, or the decision is about to be written
    REVIEWERS = "reviewers"  # a person looks at what was flagged
    CANDIDATE = "candidate"  # the candidate is asked, and has days to answer
    SECOND_REVIEWER = "second_reviewer"  # a different person looks again
    ENOUGH_SEEN = "enough_seen"  # a person says whether enough was seen
    GRIEVANCE_OFFICER = "grievance_officer"  # an appeal is open
    NOBODY = "nobody"  # all is decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one person decided on a flag, without a name."""

    ordinal: int  # 1 for the first person, 2 for the second
    verdict: Verdict
    reason_code: Reason
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was found; `state` only of a flag, `judged` only once people have decided."""

    incident: IncidentRecord  # without the machine's number and trace
    state: CaseState | None = None
    judged: tuple[Judged, ...] = ()
    hearing: Hearing | None = None
    hearing_state: HearingState | None = None
    overturned_at: datetime | None = None
    appeal: Grievance | None = None  # the newest one about this flag


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWatch:
    """How one's own sitting was watched, once it is over."""

    sitting: Sitting
    exam: Exam
    session: ExamSession
    found: tuple[Found, ...]
    decision: ProctoringDecision | None  # the one that stands
    observable_share: float
    min_observable_share: float
    could_not_watch: Mapping[str, float]  # seconds, by why
    checks: Mapping[str, int]  # camera checks by what came of them: passed, inconclusive, failed
    keeping: Keeping
    erased_at: datetime | None
    package: PackageRecord | None  # the newest one, made or being made
    contestable: Contestable
    next: Next

    @property
    def flags(self) -> tuple[Found, ...]:
        """What was set before people."""
        return tuple(one for one in self.found if one.incident.tier == Tier.ALERT)


def mine(engine: Engine, actor: Actor, sitting_id: SittingId) -> OwnWatch:
    """Return how one's own sitting was watched; raises NotYet while it runs, NotFound for another's."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.state not in ENDED:
            raise NotYet("what was seen is told once the exam is over")
        return _watch(tx, sitting, now)


def _watch(tx: Transaction, sitting: Sitting, now: datetime) -> OwnWatch:
    watch, watched, exam = tx.incidents.watch(sitting.id), watched_of(tx, sitting), tx.exams.get(sitting.exam_id)
    found, decision = _found(tx, sitting, now), standing_decision(tx, sitting.id)
    return OwnWatch(
        sitting=sitting,
        exam=exam,
        session=tx.exams.session(sitting.session_id),
        found=found,
        decision=decision,
        observable_share=watched.observable_share if decision is None else decision.observable_share,
        min_observable_share=watched.min_observable_share,
        could_not_watch=dict(watch.unobservable) if watch else {},
        checks=_checks(tx, sitting.id),
        keeping=keeping(facts_of(tx, sitting, now)),
        erased_at=_erased_at(tx, sitting.id),
        package=next(iter(tx.evidence.packages_of(sitting.id)), None),
        contestable=contestable_in(tx, sitting, now),
        next=_next(found, decision, drained=watched.drained, little=watched.complete and watched.seen_too_little),
    )


def _found(tx: Transaction, sitting: Sitting, now: datetime) -> tuple[Found, ...]:
    cases = {case.incident_id: case for case in tx.invigilation.cases_of(sitting.id)}
    asked = tx.hearings.of_cases(list(cases))
    overturned = {one.incident_id: one.at for one in tx.invigilation.overturnings_of(sitting.id)}
    appeals = {one.subject_id: one for one in reversed(tx.grievances.all_of_candidate(sitting.candidate_id))}
    told = [one for one in tx.incidents.of_sitting(sitting.id) if one.tier in TOLD]
    return tuple(
        Found(
            incident=replace(one, confidence=0.0, trace={}, models={}),
            state=_state(one, cases),
            judged=_judged(tx, cases.get(one.id)),
            hearing=(hearing := asked.get(one.id)),
            hearing_state=hearing.state(now) if hearing else None,
            overturned_at=overturned.get(one.id),
            appeal=appeals.get(one.id),
        )
        for one in told
    )


def _state(incident: IncidentRecord, cases: Mapping[IncidentId, Case]) -> CaseState | None:
    """Return how far people are with a flag; one that nobody has set before them yet is open."""
    if incident.tier != Tier.ALERT:
        return None
    case = cases.get(incident.id)
    return CaseState.OPEN if case is None else case.state


def _judged(tx: Transaction, case: Case | None) -> tuple[Judged, ...]:
    if case is None or case.state in UNDECIDED:
        return ()
    return tuple(_without_a_name(one) for one in tx.invigilation.adjudications_of(case.incident_id))


def _without_a_name(one: Adjudication) -> Judged:
    return Judged(ordinal=one.ordinal, verdict=one.verdict, reason_code=one.reason_code, reason=one.reason, at=one.at)


def _checks(tx: Transaction, sitting_id: SittingId) -> Mapping[str, int]:
    outcomes = [str(one.data.get("outcome")) for one in tx.events.of_sittings([sitting_id], kinds=[JUDGED])]
    return {outcome: outcomes.count(outcome) for outcome in ("passed", "inconclusive", "failed")}


def _erased_at(tx: Transaction, sitting_id: SittingId) -> datetime | None:
    try:
        return tx.evidence.erased_at(sitting_id)
    except NotFound:
        return None  # there never was a picture


def _next(found: Sequence[Found], decision: ProctoringDecision | None, *, drained: bool, little: bool) -> Next:
    """Return who has to act next; of several the one for whom the candidate waits longest, the candidate before everybody."""
    flags = [one for one in found if one.incident.tier == Tier.ALERT]
    waits = {one.hearing_state for one in flags if one.state is CaseState.AWAITING_SECOND}
    if HearingState.OPEN in waits:
        return Next.CANDIDATE
    if any(one.state is CaseState.OPEN for one in flags):
        return Next.REVIEWERS
    if waits:
        return Next.SECOND_REVIEWER
    if any(one.appeal is not None and one.appeal.is_open for one in flags):
        return Next.GRIEVANCE_OFFICER
    if decision is not None:
        return Next.NOBODY
    return Next.ENOUGH_SEEN if drained and little else Next.SYSTEM
