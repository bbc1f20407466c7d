"""Reports of sessions: attendance and what happened, signed once nobody sits any more. The rules are delivery/session_report.py."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.announcements import Announcement
from assessment_engine.delivery.session_report import NotLookedFor, ReportLine, SessionReport, sign_report
from assessment_engine.delivery.session_report_source import report_source
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.exams import SIGNALS, Exam, ExamPolicy, ExamSession, Registration
from assessment_engine.exams.policy import switched_off
from assessment_engine.invigilation.demotion import Demotion
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Conflict, NotFound, NotYet
from assessment_engine.kernel.ids import PersonId, SessionId
from assessment_engine.people import SESSION_STAFF, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent
from assessment_engine.storage.incidents import WatchRecord
from assessment_engine.storage.registrations import SeatQuery
from assessment_engine.storage.timekeeping import RecordedAct
from proctoring.policy import Kind
from proctoring.sight import lost

TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReports:
    """A session and its reports, the newest first; `running` is how many still sit."""

    session: ExamSession
    exam: Exam
    reports: tuple[SessionReport, ...]
    running: int
    over: bool


def session_reports(engine: Engine, actor: Actor, session_id: SessionId) -> SessionReports:
    """Return a session's reports, and whether one can be made; raises NotFound."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        return SessionReports(
            session=session,
            exam=tx.exams.get(session.exam_id),
            reports=tuple(tx.session_reports.of_session(session_id)),
            running=_running(tx, session_id),
            over=session.closes_at <= engine.clock.now(),
        )


def _running(tx: Transaction, session_id: SessionId) -> int:
    counts = tx.registrations.counts([session_id])[session_id]
    return counts[SittingState.IN_PROGRESS] + counts[SittingState.PAUSED]


def report_of(engine: Engine, actor: Actor, session_id: SessionId, number: int) -> SessionReport:
    """Return one report; raises NotFound."""
    found = session_reports(engine, actor, session_id).reports
    try:
        return next(report for report in found if report.number == number)
    except StopIteration:
        raise NotFound("no such report") from None


def report_pdf(engine: Engine, actor: Actor, session_id: SessionId, number: int) -> bytes:
    """Set one report for paper; raises NotFound, or Unavailable without fonts."""
    report = report_of(engine, actor, session_id, number)
    with engine.store.read() as tx:
        organisation = tx.people.organisation(actor.organisation_id)
    return engine.typesetter.pdf(report_source(report, (organisation.name, organisation.name_hi)))


def make_report(engine: Engine, actor: Actor, session_id: SessionId) -> SessionReport:
    """Make and sign the report of a session that is over; raises NotYet while somebody may still come or still sits.

    A hall's lines are read, and the report signed, before anything is written, so that no save of another session waits for it.
    """
    require(actor, *SESSION_STAFF)
    for _ in range(TRIES):
        now = engine.clock.now()
        with engine.store.read() as tx:
            session = tx.exams.session_of(actor, session_id)
            _check_over(tx, session, now)
            report = _made(engine, tx, actor, session, now)
        if _keep(engine, actor, report, session_id, now):
            return report
    raise Conflict("others make reports of this session at the same moment; look at theirs")


def _check_over(tx: Transaction, session: ExamSession, now: datetime) -> None:
    if now < session.closes_at:
        raise NotYet("the session still takes starts", closes_at=iso(session.closes_at))
    if running := _running(tx, session.id):
        raise NotYet(f"{running} candidates still sit", running=running)


def _keep(engine: Engine, actor: Actor, report: SessionReport, session_id: SessionId, now: datetime) -> bool:
    """Store a report and log it; False where another one has taken its number: two officers make two, one after the other."""
    with engine.store.begin() as tx:
        session = tx.registrations.lock_sessions([session_id])[session_id]
        _check_over(tx, session, now)
        if tx.session_reports.count(session_id) != report.number - 1:
            return False
        tx.session_reports.add(session_id, report, actor.person_id, now)
        about: Json = {"number": report.number, "sha256": report.sha256, "counts": dict(report.counts)}
        tx.audit.append("session_reported", subject=session_id, actor=actor.person_id, now=now, payload=about)
        tx.events.record(_event(session, actor, now, report.number))
    return True


def _made(engine: Engine, tx: Transaction, actor: Actor, session: ExamSession, now: datetime) -> SessionReport:
    before = tx.session_reports.of_session(session.id)
    exam, acts, said = tx.exams.get(session.exam_id), tx.time_acts.of_session(session.id), tx.announcements.of_session(session.id)
    names = tx.people.names([actor.person_id, *(act.actor_id for act in acts), *(one.said_by for one in said)])
    facts: dict[str, Json] = {
        "number": len(before) + 1,
        "supersedes": before[0].sha256 if before else None,
        "session": session.id,
        "title": session.title,
        "exam": {"id": exam.id, "code": exam.code, "title": exam.title, "title_hi": exam.title_hi},
        "opens_at": iso(session.opens_at),
        "closes_at": iso(session.closes_at),
        "made_at": iso(now),
        "made_by": names[actor.person_id],
        "not_asked_for": list(_not_asked_for(exam.policy)),
        "acts": [_act(act, names) for act in sorted(acts, key=lambda act: act.at)],
        "announcements": [_said(one, names) for one in said],
    }
    return sign_report(facts, _lines(tx, actor, session), engine.signer.receipts)


def _lines(tx: Transaction, actor: Actor, session: ExamSession) -> list[ReportLine]:
    sittings = {one.id: one for one in tx.sittings.all_of_session(session.id, session.organisation_id)}
    policy, skipped = tx.exams.get(session.exam_id).policy, tx.checkins.skipped(list(sittings))
    watches, blind = tx.incidents.watches_of(list(sittings)), tx.eyes.blind_in(list(sittings))
    given, flags = tx.session_reports.answers_given(session.id), tx.session_reports.flags(session.id)
    seals, late = tx.session_reports.newest_seals(session.id), tx.session_reports.after_deadline(session.id)
    demotions = tx.demotion.of_exam(session.exam_id)
    return [
        ReportLine(
            sitting=sittings[line.sitting_id],
            name=line.name,
            room=line.room,
            seat=line.registration.seat or "",
            answers=given.get(line.sitting_id, 0),
            after_deadline=late[line.sitting_id][0] if line.sitting_id in late else 0,
            after_deadline_s=_seconds_after(sittings[line.sitting_id], late.get(line.sitting_id)),
            seal_sha256=seals.get(line.sitting_id),
            flags=flags.get(line.sitting_id, 0),
            not_looked_for=_not_looked_for(
                policy,
                line.registration,
                blind.get(line.sitting_id, ()),
                _counted_only(demotions, sittings[line.sitting_id]),
                skipped=line.sitting_id in skipped,
            ),
            uncompared_s=_uncompared(sittings[line.sitting_id], watches.get(line.sitting_id)),
        )
        for line in tx.registrations.lines(actor, session.id, SeatQuery(), (0, None))
    ]


def _counted_only(demotions: Sequence[Demotion], sitting: Sitting) -> frozenset[Kind]:
    """Return the detectors that were demoted when a sitting's watch began."""
    began = sitting.started_at
    stood = (
        one for one in demotions if began is not None and one.demoted_at <= began and (one.restored_at is None or began < one.restored_at)
    )
    return frozenset(Kind(one.kind) for one in stood)


def _not_looked_for(
    policy: ExamPolicy, place: Registration, missing: Sequence[str], counted: frozenset[Kind], *, skipped: bool
) -> dict[str, NotLookedFor]:
    """Return what the exam asks for and called nobody in one sitting; what was wanted comes before what was lacking."""
    found = dict.fromkeys(counted, NotLookedFor.DEMOTED) | dict.fromkeys(lost(missing), NotLookedFor.NO_NETWORK)
    if skipped:
        found[Kind.LOOKING_AWAY] = NotLookedFor.DOTS_SKIPPED
    found |= dict.fromkeys(switched_off(place.arrangements), NotLookedFor.ARRANGEMENT)
    unasked = _not_asked_for(policy)
    return {kind.value: found[kind] for kind in Kind if kind in found and kind not in unasked}


def _not_asked_for(policy: ExamPolicy) -> list[str]:
    """Return what an exam leaves unwatched."""
    return [one for one in SIGNALS if one not in policy.signals or (one == Kind.TALKING and policy.sound == "off")]


def _uncompared(sitting: Sitting, watch: WatchRecord | None) -> int:
    """Return for how many seconds a face could not be compared, in stretches of minutes."""
    if watch is None:
        return 0
    since, end = watch.unrecognised_since, sitting.submitted_at
    lasting = max(0.0, (end - since).total_seconds()) if since is not None and end is not None else 0.0
    return round(watch.unrecognised_s + lasting)


def _seconds_after(sitting: Sitting, late: tuple[int, datetime] | None) -> int:
    return 0 if late is None or sitting.deadline_at is None else math.ceil((late[1] - sitting.deadline_at).total_seconds())


def _act(act: RecordedAct, names: Mapping[PersonId, str]) -> Json:
    return {
        "id": act.id,
        "at": iso(act.at),
        **act.act.document,
        "by": names[act.actor_id],
        "reason": act.reason,
        "sittings": len(act.fitting),
        "left_out": len(act.left_out),
    }


def _said(one: Announcement, names: Mapping[PersonId, str]) -> Json:
    return {"at": iso(one.said_at), "by": names[one.said_by], "text": one.text, "text_hi": one.text_hi}


def _event(session: ExamSession, actor: Actor, now: datetime, number: int) -> ExamEvent:
    return ExamEvent(
        at=now,
        kind="session_reported",
        organisation_id=session.organisation_id,
        actor_id=actor.person_id,
        subject=session.id,
        data={"number": number},
    )
