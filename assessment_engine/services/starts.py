"""Starting the sittings of a herd: everybody's start of one batch is decided at once, in the answer ledger's writer (ADR 21).

Sittings and papers are fixed before; a start only moves the sitting and its time. The statements of a batch are the same few for one
candidate and for five hundred. A double click or a retry finds the sitting started and gets the same answer.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.sitting import RUNNING, Sitting
from assessment_engine.delivery.timing import check_window, time_policy
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import AfterTime, AssessmentError, NotFound
from assessment_engine.kernel.ids import ExamId, RegistrationId, SessionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.storage.audit import Record
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.ledger_writer import AnswerLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A sitting whose time counts, as the server saw it."""

    sitting: Sitting
    server_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """Somebody wants to start a sitting."""

    actor: Actor
    sitting_id: SittingId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What the starts of one batch are decided by."""

    sessions: Mapping[SessionId, ExamSession]
    exams: Mapping[ExamId, Exam]
    arrangements: Mapping[RegistrationId, Mapping[str, Json]]


async def start(ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Started:
    """Start a sitting, with all others that wish to at this moment; starting twice is once.

    Raises NotYet or AfterTime outside the session's window, IllegalTransition before admission and after the end.
    """
    return await asyncio.wrap_future(wished(ledger, actor, sitting_id))


def wished(ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Future[Started]:
    """Queue a start; for those who do not wait asynchronously."""
    return ledger.together(sitting_id, _Wish(actor=actor, sitting_id=sitting_id), _start_all)


def _start_all(
    tx: Transaction, now: datetime, sittings: Mapping[SittingId, Sitting], wishes: Sequence[_Wish]
) -> list[Started | AssessmentError]:
    """Decide every wish of a batch, then write all starts; the sittings' rows are locked by the writer."""
    ground = _ground(tx, [sittings[wish.sitting_id] for wish in wishes if wish.sitting_id in sittings])
    started: dict[SittingId, tuple[Sitting, Actor]] = {}
    outcomes: list[Started | AssessmentError] = []
    for wish in wishes:
        found, _ = started.get(wish.sitting_id, (sittings.get(wish.sitting_id), None))
        try:
            sitting = _decided(found, wish.actor, ground, now)
        except AssessmentError as refusal:
            outcomes.append(refusal)
            continue
        if sitting is not found:
            started[sitting.id] = (sitting, wish.actor)
        outcomes.append(Started(sitting=sitting, server_time=now))
    _write(tx, list(started.values()), now)
    return outcomes


def _ground(tx: Transaction, sittings: Sequence[Sitting]) -> _Ground:
    return _Ground(
        sessions=tx.exams.sessions({sitting.session_id for sitting in sittings}),
        exams=tx.exams.many({sitting.exam_id for sitting in sittings}),
        arrangements=tx.exams.arrangements({sitting.registration_id for sitting in sittings}),
    )


def _decided(sitting: Sitting | None, actor: Actor, ground: _Ground, now: datetime) -> Sitting:
    """Return the sitting as the wish leaves it: started, or as it was when it had started already."""
    if sitting is None or sitting.candidate_id != actor.person_id:
        raise NotFound("no such sitting")
    if sitting.state in RUNNING:
        return sitting
    session, exam = ground.sessions[sitting.session_id], ground.exams[sitting.exam_id]
    check_window(now, session.opens_at, session.closes_at)
    policy = time_policy(exam.duration_s, exam.policy.document, ground.arrangements[sitting.registration_id])
    started = sitting.start(session.opens_at if session.starts_together else now, policy).heard(now)
    if started.deadline_at is not None and started.deadline_at <= now:
        raise AfterTime("everybody's time counted from the opening, and it is over", opens_at=iso(session.opens_at))
    return started


def _write(tx: Transaction, started: Sequence[tuple[Sitting, Actor]], now: datetime) -> None:
    tx.sittings.save_starts([sitting for sitting, _ in started])
    tx.audit.record_all([_record(sitting, actor) for sitting, actor in started], now)
    tx.events.record_all([sitting_event("sitting_started", sitting, now, actor) for sitting, actor in started])


def _record(sitting: Sitting, actor: Actor) -> Record:
    return Record(kind="sitting_started", subject=sitting.id, actor=actor.person_id, payload={"form": sitting.form_id})
