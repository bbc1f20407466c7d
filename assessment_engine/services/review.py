"""What a reviewer sees: the cases that wait, in order, and one case with everything needed to judge it and nothing that judges for them.

What they do about it is services/judgements.py; what follows for a sitting services/invigilation.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.invigilation import SERVICE_LEVEL, UNDECIDED, Adjudication, Case, CaseState, Experience, WaitingCase
from assessment_engine.invigilation.hearing import Hearing
from assessment_engine.invigilation.pending import PendingJudgement
from assessment_engine.invigilation.unmarked import UnmarkedReview
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import IncidentId, PersonId
from assessment_engine.people import SESSION_STAFF, Actor, Person, require
from assessment_engine.services import evidence, hearings, unmarked
from assessment_engine.services.engine import Engine
from assessment_engine.services.interests import check_stranger
from assessment_engine.services.invigilation import going_on, needs_enough_seen, watched_of
from assessment_engine.services.risk import risk_for
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent, answer_saved
from assessment_engine.storage.incidents import EvidenceRecord, IncidentRecord, WatchRecord
from assessment_engine.storage.review import Seated
from proctoring.policy import Kind
from proctoring.risk import Risk

CONTEXT = timedelta(seconds=60)
"""How far around an incident events are shown beside it."""

MOST_SHOWN = 100
"""Entries of a queue that are shown; the rest is counted."""


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
    may_uphold: bool  # the first person may; a second one once the candidate was heard. A dismissal never waits
    heard_from: datetime | None  # until when the candidate may take to answer, where that is what it waits for


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for a person: the first MOST_SHOWN entries, of how many."""

    entries: tuple[QueueEntry, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What the network did around an incident: the gaps in the feed that touch its minute, and their seconds."""

    gaps: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How many flags a session saw, how many of them people dismissed, and how many false ones the budget allows in as many hours."""

    flags: int
    dismissed: int
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
    network: Network
    pending: PendingJudgement | None  # the viewer's own, while it can be taken back
    taken: bool  # somebody else's judgement waits to take effect
    taken_back: PendingJudgement | None  # the viewer's own last word that they took back
    open_with: Sequence[Person]  # who else has the case before them now
    erased: bool  # the key of the pictures is gone: their time was over
    hearing: Hearing | None  # what the candidate was asked and said; not for whoever judged it as the first, until it is decided
    may_uphold: bool  # False before the candidate was heard; a dismissal never waits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What a case file is made of."""

    case: Case
    incident: IncidentRecord
    evidence: Sequence[EvidenceRecord]
    judged: Sequence[Adjudication]
    numbered: bool = True  # whether the machine has a number for it


def review_queue(engine: Engine, actor: Actor) -> Queue:
    """Return the cases that wait for this person, the most urgent first."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        experience, waiting = tx.review.experience(actor.organisation_id), _waiting(tx, actor)
        asked = tx.hearings.of_cases([one.case.incident_id for one in waiting if one.case.state is CaseState.AWAITING_SECOND])

        def place(one: WaitingCase) -> tuple[bool, float]:
            """What waits for its candidate comes behind what can be decided either way."""
            urgency = experience.urgency(one.kind, one.severity or "", one.case.opened_at, now)
            return not _may_uphold(one.case, asked.get(one.case.incident_id), now), -urgency

        waiting.sort(key=place)
        shown = waiting[:MOST_SHOWN]
        seated = tx.review.seated([one.case.sitting_id for one in shown])
    entries = tuple(_entry(one, seated[one.case.sitting_id], asked.get(one.case.incident_id), experience, now) for one in shown)
    return Queue(entries=entries, total=len(waiting))


def _may_uphold(found: Case, hearing: Hearing | None, now: datetime) -> bool:
    return found.state is CaseState.OPEN or (hearing is not None and hearing.is_over(now))


def _waiting(tx: Transaction, actor: Actor) -> list[WaitingCase]:
    measuring = tx.unmarked.waiting_for(actor.person_id, actor.organisation_id)
    return [
        *tx.invigilation.waiting_for(actor.person_id, actor.organisation_id),
        *(WaitingCase(case=one.case, kind=one.kind, severity=one.severity) for one in measuring),
    ]


def _entry(waiting: WaitingCase, seated: Seated, hearing: Hearing | None, experience: Experience, now: datetime) -> QueueEntry:
    case = waiting.case
    may_uphold = _may_uphold(case, hearing, now)
    age = now - case.opened_at
    return QueueEntry(
        case=case,
        kind=waiting.kind,
        severity=waiting.severity,
        seated=seated,
        second=case.state is CaseState.AWAITING_SECOND,
        age=age,
        late=age > SERVICE_LEVEL,
        urgency=experience.urgency(waiting.kind, waiting.severity or "", case.opened_at, now),
        may_uphold=may_uphold,
        heard_from=hearing.due_at if hearing is not None and not may_uphold else None,
    )


def case(engine: Engine, actor: Actor, incident_id: IncidentId) -> CaseFile:
    """Return a case with its evidence and context, others' judgements and the machine's number as the rules allow; raises NotAllowed."""
    require(actor, *SESSION_STAFF)
    now = engine.clock.now()
    with engine.store.read() as tx:
        return _file(tx, actor, _before(engine, tx, actor, incident_id), now)


def _before(engine: Engine, tx: Transaction, actor: Actor, case_id: IncidentId) -> _Before:
    """Return what there is to judge: a real case, or one that must not be told from a real one.

    Pictures are named by their case and number, whichever it is. Whoever is asked about a decided case once more does not read what
    was decided.
    """
    review = tx.unmarked.find(case_id, actor.organisation_id) or tx.unmarked.open_about(case_id, actor.person_id, actor.organisation_id)
    before = _given(engine, tx, actor, case_id, review)
    return replace(before, evidence=[replace(one, id=f"{before.case.incident_id}.{one.seq}") for one in before.evidence])


def _given(engine: Engine, tx: Transaction, actor: Actor, case_id: IncidentId, review: UnmarkedReview | None) -> _Before:
    if review is None:
        case = tx.invigilation.case(case_id, actor.organisation_id)
        incident = tx.incidents.get(case_id, actor.organisation_id)
        judged = tx.invigilation.adjudications_of(case_id)
        return _Before(case=case, incident=incident, evidence=tx.incidents.evidence_of(case_id), judged=judged)
    incident, evidence = unmarked.shown(engine, tx, review)
    numbered = review.incident_id is not None
    return _Before(case=review.case, incident=incident, evidence=evidence, judged=review.adjudications, numbered=numbered)


def picture(engine: Engine, actor: Actor, picture_id: str) -> bytes:
    """Return a picture of a case by the name that its file has for it, decrypted; raises NotFound, ConflictOfInterest, EvidenceMissing…"""
    require(actor, *SESSION_STAFF)
    case_id, _, seq = picture_id.partition(".")
    with engine.store.read() as tx:
        before = _before(engine, tx, actor, IncidentId(case_id))
        check_stranger(tx, actor.person_id, tx.sittings.get(before.case.sitting_id))
    shot = next((one for one in before.evidence if str(one.seq) == seq), None)
    if shot is None:
        raise NotFound("no such evidence")
    return evidence.read_frame(engine, shot)


def is_of_case(picture_id: str) -> bool:
    """Tell whether a picture is named by its case rather than by its own row."""
    return "." in picture_id


def _file(tx: Transaction, actor: Actor, before: _Before, now: datetime) -> CaseFile:
    found, incident, earlier = before.case, before.incident, before.judged
    sitting = tx.sittings.get(found.sitting_id)
    check_stranger(tx, actor.person_id, sitting)
    shows = found.shows_the_machine(actor.person_id, earlier) and before.numbered
    readable = [one for one in earlier if found.may_see(one, actor.person_id, earlier)]
    goes_on, pending = going_on(tx, incident), tx.pending.pending_of(found.incident_id)
    hearing = hearings.of_case(tx, found)
    told = found.state not in UNDECIDED or not any(one.person_id == actor.person_id for one in earlier)
    return CaseFile(
        case=found,
        incident=incident if shows else replace(incident, confidence=0.0),
        evidence=before.evidence,
        adjudications=readable,
        people=tx.people.many([one.person_id for one in readable]),
        may_judge=not goes_on and pending is None and _may_judge(found, actor, earlier, sitting),
        going_on=goes_on and found.state in UNDECIDED,
        second=found.state is CaseState.AWAITING_SECOND,
        shows_the_machine=shows,
        seated=tx.review.seated([sitting.id])[sitting.id],
        sitting=sitting,
        watch=tx.incidents.watch(sitting.id),
        events=_around(tx, sitting, incident.raised_at, () if before.numbered else _raised(incident), blind=not shows),
        expected=_expected(tx, sitting),
        risk=risk_for(tx, actor, sitting.id) if shows else None,
        network=_network(tx, sitting, incident),
        pending=pending if pending is not None and pending.person_id == actor.person_id else None,
        taken=pending is not None and pending.person_id != actor.person_id,
        taken_back=tx.pending.taken_back(found.incident_id, actor.person_id),
        open_with=_open_with(tx, actor, found.incident_id, now),
        erased=tx.incidents.is_erased(sitting.id),
        hearing=hearing if told else None,
        may_uphold=_may_uphold(found, hearing, now),
    )


def _open_with(tx: Transaction, actor: Actor, case_id: str, now: datetime) -> list[Person]:
    here = [one.person_id for one in tx.pending.openings(case_id) if one.is_here(now) and one.person_id != actor.person_id]
    return sorted(tx.people.many(here).values(), key=lambda one: one.name)


def _network(tx: Transaction, sitting: Sitting, incident: IncidentRecord) -> Network:
    """Return the gaps that touch the minute before an incident, the incident itself or the minute after it."""
    began, around = incident.start_s - CONTEXT.total_seconds(), CONTEXT.total_seconds()
    ended = (incident.end_s if incident.end_s is not None else incident.start_s) + around
    gaps = [one for one in tx.incidents.of_sitting(sitting.id) if one.kind == Kind.FEED_GAP]
    near = [one for one in gaps if one.start_s <= ended and (one.end_s is None or one.end_s >= began)]
    return Network(gaps=len(near), seconds=sum((one.end_s if one.end_s is not None else ended) - one.start_s for one in near))


def _raised(incident: IncidentRecord) -> list[ExamEvent]:
    """Return what the timeline says of any flag, of one that is on the page only."""
    happened = (("incident_raised", incident.raised_at), ("incident_closed", incident.ended_at))
    return [
        ExamEvent(kind=kind, at=at, organisation_id=incident.organisation_id, sitting_id=incident.sitting_id, subject=incident.id)
        for kind, at in happened
        if at is not None
    ]


def _around(tx: Transaction, sitting: Sitting, moment: datetime, also: Sequence[ExamEvent], *, blind: bool) -> list[ExamEvent]:
    """Return what happened in a sitting around a moment, its saves among it, oldest first; who has still to judge sees no judgements."""
    happened = [*tx.events.of_sitting(sitting.id), *also, *(answer_saved(receipt, sitting) for receipt in tx.answers.receipts(sitting.id))]
    return sorted(
        (one for one in happened if abs(one.at - moment) <= CONTEXT and not (blind and one.kind == "case_judged")), key=lambda one: one.at
    )


def _may_judge(found: Case, actor: Actor, earlier: Sequence[Adjudication], sitting: Sitting) -> bool:
    judged = any(one.person_id == actor.person_id for one in earlier)
    return found.state in UNDECIDED and not judged and sitting.candidate_id != actor.person_id


def _expected(tx: Transaction, sitting: Sitting) -> Expected:
    hours = tx.incidents.observable_in(sitting.session_id, sitting.organisation_id) / 3600
    flags, dismissed = max(1, tx.invigilation.flags_in(sitting.session_id)), tx.invigilation.dismissed_in(sitting.session_id)
    return Expected(flags=flags, dismissed=dismissed, hours=hours, allowed=hours * tx.exams.get(sitting.exam_id).policy.false_alert_budget)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """A finished sitting of which too little was seen: a person says that it was enough, or asks for re-verification elsewhere."""

    seated: Seated
    observable_share: float
    min_observable_share: float
    reasons: Mapping[str, float]
    submitted_at: datetime


def seen_too_little(engine: Engine, actor: Actor) -> list[Unwatched]:
    """Return the finished sittings of the organisation for which a person has to say that enough was seen."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        waiting = [tx.sittings.get(one) for one in tx.invigilation.undecided_sittings(actor.organisation_id)]
        return [_unwatched(tx, sitting) for sitting in waiting if needs_enough_seen(watched_of(tx, sitting))]


def _unwatched(tx: Transaction, sitting: Sitting) -> Unwatched:
    watch, watched = tx.incidents.watch(sitting.id), watched_of(tx, sitting)
    assert sitting.submitted_at is not None
    return Unwatched(
        seated=tx.review.seated([sitting.id])[sitting.id],
        observable_share=watched.observable_share,
        min_observable_share=watched.min_observable_share,
        reasons=watch.unobservable if watch else {},
        submitted_at=sitting.submitted_at,
    )
