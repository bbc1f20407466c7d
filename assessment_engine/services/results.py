"""Results: draft a batch, approve it, and, with the second officer, publish it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.exams import Exam, ExamSession
from assessment_engine.invigilation.interests import ConflictOfInterest
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, NotYet
from assessment_engine.kernel.ids import BatchId, PersonId, SessionId, new_id
from assessment_engine.people import Actor, Person, Role, require
from assessment_engine.scoring.results import BatchApproval, BatchEntry, BatchState, ResultBatch, batch_digest
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.people import require_reauthentication
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent
from assessment_engine.storage.scoring import ScoreReport

TOLD_AT_ONCE = 100
"""Jobs that the queue is told of at once; whoever does them goes on with the others, and the sweep tells the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResults:
    """How far a session's sittings are on the way to a batch."""

    session: ExamSession
    exam: Exam
    registered: int
    sealed: int
    scored: int
    free: int  # scored and in no batch: what a draft would take up
    late: int  # the same, but with late answers on which people have to decide first


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """A batch in a list of many: how many are in it and passed, and who approved it."""

    batch: ResultBatch
    session: ExamSession
    exam: Exam
    candidates: int
    passed: int
    approvals: tuple[BatchApproval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One candidate's line in a batch."""

    name: str
    name_hi: str
    seat: str
    report: ScoreReport


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSheet:
    """A batch, everybody in it, and who approved it."""

    batch: ResultBatch
    session: ExamSession
    exam: Exam
    lines: tuple[BatchLine, ...]
    approvals: tuple[BatchApproval, ...]
    officers: Mapping[PersonId, Person]  # who drafted and who approved

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(line.report.card.passed for line in self.lines)


def draft_batch(engine: Engine, actor: Actor, session_id: SessionId) -> ResultBatch:
    """Put every scored sitting of a session that is in no batch yet into a draft; raises NotYet when there is none."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        session = tx.exams.session_of(actor, session_id)
        reports = _free_reports(tx, session.id)
        if not reports:
            raise NotYet("no scored sitting of this session waits for a batch")
        batch = ResultBatch(
            id=BatchId(new_id("bat", now)),
            session_id=session.id,
            organisation_id=session.organisation_id,
            state=BatchState.DRAFT,
            created_at=now,
            created_by=actor.person_id,
            sha256=batch_digest((report.card.sitting_id, report.sha256) for report in reports),
        )
        tx.results.add(batch, [BatchEntry(sitting_id=report.card.sitting_id, score_report_id=report.id) for report in reports])
        about: Json = {"sha256": batch.sha256, "sittings": len(reports)}
        tx.audit.append("batch_drafted", subject=batch.id, actor=actor.person_id, now=now, payload=about)
    return batch


def _free_reports(tx: Transaction, session_id: SessionId) -> list[ScoreReport]:
    """Return what a draft takes up, with the session held: of two drafts at once the second finds what the first one took."""
    tx.registrations.lock_sessions([session_id])
    free = tx.results.free([session_id])[session_id]
    undecided = tx.late_answers.undecided(list(free))  # whoever's answers came late waits for people, not the others for them
    return list(tx.scoring.many([report_id for sitting_id, report_id in free.items() if sitting_id not in undecided]).values())


def approve_batch(engine: Engine, actor: Actor, batch_id: BatchId) -> ResultBatch:
    """Approve a batch; the second, different officer publishes it. Needs a fresh password; raises SecondPersonNeeded.

    Nobody signs their own result: raises ConflictOfInterest.
    """
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        require_reauthentication(tx, actor, now)
        tx.registrations.lock_sessions([tx.results.of_actor(actor, batch_id).session_id])  # no late answer is accepted meanwhile
        before = tx.results.of_actor(actor, batch_id)
        earlier = [approval.officer_id for approval in tx.results.approvals(batch_id)]
        after = before.approve(actor.person_id, earlier, now)
        _check_not_own(tx, actor, batch_id)
        _check_seals(tx, batch_id)
        _record_approval(tx, actor, after, now)
        tx.results.move(after, was=before.state)
        jobs = _publish(tx, actor, after, now) if after.state is BatchState.PUBLISHED else ()
    for job in jobs[:TOLD_AT_ONCE]:
        engine.jobs.tell(job)
    return after


def _check_not_own(tx: Transaction, actor: Actor, batch_id: BatchId) -> None:
    """Refuse a signature under one's own result."""
    mine = {sitting.id for sitting in tx.sittings.all_of_candidate(actor.person_id)}
    if any(entry.sitting_id in mine for entry in tx.results.entries(batch_id)):
        raise ConflictOfInterest("your own result is in this batch: two other officers sign it")


def _check_seals(tx: Transaction, batch_id: BatchId) -> None:
    """Refuse a score that is over a superseded seal: late answers were accepted after the draft."""
    if tx.results.is_superseded(batch_id):
        raise Conflict("late answers were accepted after this batch was drafted; discard it and draft it again")


def _record_approval(tx: Transaction, actor: Actor, batch: ResultBatch, now: datetime) -> None:
    about: Json = {"sha256": batch.sha256, "state": str(batch.state)}
    log_sha256 = tx.audit.append("batch_approved", subject=batch.id, actor=actor.person_id, now=now, payload=about)
    tx.results.approve(BatchApproval(batch_id=batch.id, officer_id=actor.person_id, at=now, log_sha256=log_sha256))
    tx.events.record(_event("batch_approved", batch, actor, now))


def _publish(tx: Transaction, actor: Actor, batch: ResultBatch, now: datetime) -> tuple[str, ...]:
    entries = tx.results.entries(batch.id)
    about: Json = {"sha256": batch.sha256, "sittings": len(entries)}
    tx.audit.append("batch_published", subject=batch.id, actor=actor.person_id, now=now, payload=about)
    tx.events.record(_event("batch_published", batch, actor, now))
    return tuple(tx.outbox.add_all(JobName.ISSUE_CERTIFICATES, [entry.sitting_id for entry in entries], now))


def discard_batch(engine: Engine, actor: Actor, batch_id: BatchId) -> ResultBatch:
    """Give a batch up before it is published; its sittings can be drafted again."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.begin() as tx:
        before = tx.results.of_actor(actor, batch_id)
        after = before.discard()
        tx.results.move(after, was=before.state)
        tx.audit.append("batch_discarded", subject=batch_id, actor=actor.person_id, now=engine.clock.now())
    return after


def session_results(engine: Engine, actor: Actor) -> list[SessionResults]:
    """Return how far each session of the organisation is, latest first; practice has no results."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        real = [session for session in tx.exams.sessions_of(actor) if session.practice_of is None]
        ids, exams = [session.id for session in real], tx.exams.many({session.exam_id for session in real})
        progress, free = tx.results.progress(ids), tx.results.free(ids)
        late = {session_id: len(tx.late_answers.undecided(list(found))) for session_id, found in free.items() if found}
    lines = []
    for session in real:
        registered, sealed, scored = progress.get(session.id, (0, 0, 0))
        waiting = late.get(session.id, 0)
        lines.append(
            SessionResults(
                session=session,
                exam=exams[session.exam_id],
                registered=registered,
                sealed=sealed,
                scored=scored,
                free=len(free[session.id]) - waiting,
                late=waiting,
            )
        )
    return lines


def batches(engine: Engine, actor: Actor) -> list[BatchSummary]:
    """Return the organisation's batches, newest first."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        found, sessions = tx.results.all_of(actor), {session.id: session for session in tx.exams.sessions_of(actor)}
        exams = tx.exams.many({session.exam_id for session in sessions.values()})
        sizes, approvals = tx.results.sizes(actor.organisation_id), tx.results.approvals_of(actor.organisation_id)
    return [
        BatchSummary(
            batch=batch,
            session=sessions[batch.session_id],
            exam=exams[sessions[batch.session_id].exam_id],
            candidates=sizes[batch.id][0],
            passed=sizes[batch.id][1],
            approvals=tuple(approvals.get(batch.id, ())),
        )
        for batch in found
    ]


def batch_sheet(engine: Engine, actor: Actor, batch_id: BatchId) -> BatchSheet:
    """Return one batch of the organisation with everybody in it."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return _sheet(tx, tx.results.of_actor(actor, batch_id))


def _sheet(tx: Transaction, batch: ResultBatch) -> BatchSheet:
    session = tx.exams.session(batch.session_id)
    approvals = tx.results.approvals(batch.id)
    reports = tx.scoring.many([entry.score_report_id for entry in tx.results.entries(batch.id)]).values()
    sittings = {sitting.id: sitting for sitting in tx.sittings.all_of_session(batch.session_id, batch.organisation_id)}
    seats = {registration.id: registration.seat or "" for registration in tx.exams.registrations_in(batch.session_id)}
    officers = {each.officer_id for each in approvals} | {batch.created_by}
    people = tx.people.many({sitting.candidate_id for sitting in sittings.values()} | officers)
    lines = [
        BatchLine(
            name=people[sitting.candidate_id].name,
            name_hi=people[sitting.candidate_id].name_hi,
            seat=seats[sitting.registration_id],
            report=report,
        )
        for report, sitting in ((report, sittings[report.card.sitting_id]) for report in reports)
    ]
    return BatchSheet(
        batch=batch,
        session=session,
        exam=tx.exams.get(session.exam_id),
        lines=tuple(sorted(lines, key=lambda line: line.name)),
        approvals=tuple(approvals),
        officers={officer_id: people[officer_id] for officer_id in officers},
    )


def _event(kind: str, batch: ResultBatch, actor: Actor, now: datetime) -> ExamEvent:
    return ExamEvent(at=now, kind=kind, organisation_id=batch.organisation_id, actor_id=actor.person_id, subject=batch.id)
