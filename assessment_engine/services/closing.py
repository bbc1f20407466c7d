"""How a sitting ends, one way for all: by its candidate, by time, by a person's word. And what the rules of time do unasked.

Whoever calls holds the sitting's row, so that nothing is saved after the seal: in the answer ledger's writer (`in_order`) or by a lock of
its own. The rules are in delivery/timekeeping.py; acts of people are services/timekeeping.py, signs of life services/contact.py.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime

from assessment_engine.delivery import timekeeping as rules
from assessment_engine.delivery.sealing import Closing, Seal, seal_ledger
from assessment_engine.delivery.sitting import RUNNING, Sitting
from assessment_engine.delivery.timekeeping import Terms
from assessment_engine.delivery.timing import time_policy
from assessment_engine.exams import Exam
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import AssessmentError, Unavailable
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import Facts, sitting_event

Jobs = tuple[str, ...]

MOST_AT_ONCE = 500
IN_ONE_BREATH = 10


def terms_of(tx: Transaction, sitting: Sitting) -> Terms:
    """Return the rules of time as they apply to one sitting: its exam's policy and its candidate's arrangements."""
    return terms_for(tx.exams.get(sitting.exam_id), tx.exams.registration(sitting.registration_id).arrangements)


def terms_for(exam: Exam, arrangements: Mapping[str, Json]) -> Terms:
    """Return an exam's rules of time as a registration's arrangements make them."""
    policy = time_policy(exam.duration_s, exam.policy.document, arrangements)
    return Terms(policy=policy, breaks=rules.breaks_of(arrangements), cell_pauses=exam.policy.pauses == "cell")


def seal_up(engine: Engine, tx: Transaction, closed: Sitting, actor: Actor | None = None) -> tuple[Seal, Jobs]:
    """Store a sitting that a verb has just closed, seal its ledger and leave the jobs that follow; tell them after the commit."""
    now = closed.submitted_at
    assert now is not None, "a closed sitting has the moment of its end"
    closing = Closing(sitting_id=closed.id, form_sha256=tx.forms.get(closed.form_id).sha256, at=now, by=closed.closed_by)
    seal = seal_ledger(closing, tx.answers.receipts(closed.id), engine.signer.receipts)
    tx.sittings.save(closed)
    tx.sittings.add_seal(seal)
    by = actor.person_id if actor else None
    tx.audit.append("sitting_sealed", subject=closed.id, actor=by, now=now, payload=seal.document)
    tx.events.record(sitting_event("sitting_submitted", closed, now, actor, data={"closed_by": closed.closed_by, "answers": seal.answers}))
    if closed.practice:
        return seal, ()  # nothing comes after practising: no score, no proctoring decision
    return seal, (tx.outbox.add(JobName.SCORE_SITTING, closed.id, now), tx.outbox.add(JobName.SETTLE_SITTING, closed.id, now))


def settle(tx: Transaction, sitting: Sitting, now: datetime) -> Sitting:
    """Return the sitting as a sign of life at `now` leaves it.

    What the rules change (a break that is over, time that an outage took) is stored and recorded here; that it was heard of is for the
    caller to store, with whatever else it came for.
    """
    if sitting.state not in RUNNING:
        return sitting
    if not rules.out_of_contact(sitting, now) and not rules.on_break(sitting):
        return sitting.heard(now)
    after = _settled(tx, sitting, now).heard(now)
    if rules.out_of_contact(sitting, now) and sitting.contact_at is not None:
        gone = math.ceil((now - sitting.contact_at).total_seconds())
        given = after.given_back_s - sitting.given_back_s
        facts: Facts = {"since": iso(sitting.contact_at), "seconds": gone, "given_s": given}
        tx.events.record(sitting_event("contact_back", sitting, now, None, data=facts))
    tx.sittings.save(after)
    return after


def _settled(tx: Transaction, sitting: Sitting, now: datetime) -> Sitting:
    after = rules.settled(sitting, terms_of(tx, sitting), now)
    if rules.on_break(sitting) and not rules.on_break(after):
        _note_break_ended(tx, sitting, now)
    if given := after.given_back_s - sitting.given_back_s:
        tx.audit.append("time_given_back", subject=sitting.id, now=now, payload={"seconds": given, "rule": "time_stops"})
        tx.events.record(sitting_event("time_given_back", sitting, now, None, data={"seconds": given}))
    return after


def close_if_over(engine: Engine, sitting_id: SittingId, tx: Transaction, now: datetime) -> Jobs:
    """Close a sitting whose candidate asked for something after its time; nothing happens to another."""
    sitting = tx.sittings.get_locked(sitting_id)
    if sitting.state not in RUNNING:
        return ()
    after = settle(tx, sitting, now)
    return _time_up(engine, tx, after, now) if after.is_over(now) else ()


def _time_up(engine: Engine, tx: Transaction, sitting: Sitting, now: datetime) -> Jobs:
    return seal_up(engine, tx, sitting.time_up(now))[1]


def no_breath() -> None:
    """Go on at once."""


def time_up(engine: Engine, breathe: Callable[[], None] = no_breath) -> int:
    """Close every sitting whose time is over; returns how many. For the sweep, which has no writer: the row's lock keeps the order.

    It breathes after every few, so that the writers of answers get their turn when a whole hall ends at once. One that cannot be closed
    keeps nobody else's open: its refusal is raised when the others are through.
    """
    closed, refusals = 0, list[AssessmentError]()
    for number, sitting_id in enumerate(_due(engine)[:MOST_AT_ONCE], start=1):
        try:
            closed += _close_if_due(engine, sitting_id)
        except Unavailable:
            raise  # it is nobody's own
        except AssessmentError as refusal:
            refusals.append(refusal)
        if number % IN_ONE_BREATH == 0:
            breathe()
    if refusals:
        raise refusals[0]
    return closed


def _close_if_due(engine: Engine, sitting_id: SittingId) -> bool:
    with engine.store.begin() as tx:
        sitting, now = tx.sittings.get_locked(sitting_id), engine.clock.now()
        due = rules.may_close(sitting, terms_of(tx, sitting), now)
        jobs = _time_up(engine, tx, _settled(tx, sitting, now), now) if due else ()
    tell(engine, jobs)
    return due


def _due(engine: Engine) -> list[SittingId]:
    """Return what may be closed as far as can be seen without a lock; what waits (grace, an outage) costs no transaction."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        overdue = tx.sittings.overdue(now)
        terms = {exam_id: terms_for(exam, {}) for exam_id, exam in tx.exams.many({one.exam_id for one in overdue}).items()}
    return [one.id for one in overdue if rules.may_close(one, terms[one.exam_id], now)]


def end_breaks(engine: Engine) -> int:
    """Let sittings go on whose break has lasted its time; returns how many. For the sweep."""
    ended = 0
    with engine.store.read() as tx:
        resting = [one.id for one in tx.sittings.on_break() if _break_over(tx, one, engine.clock.now())]
    for sitting_id in resting:
        with engine.store.begin() as tx:
            sitting, now = tx.sittings.get_locked(sitting_id), engine.clock.now()
            if _break_over(tx, sitting, now):
                after = rules.end_break(sitting, terms_of(tx, sitting).breaks, now)
                tx.sittings.save(after)
                _note_break_ended(tx, after, now)
                ended += 1
    return ended


def _note_break_ended(tx: Transaction, sitting: Sitting, now: datetime) -> None:
    """Say in the log and in the events that a break ended by itself: the deadline has moved by it."""
    tx.audit.append("break_ended", subject=sitting.id, now=now, payload={"by": "time"})
    tx.events.record(sitting_event("break_ended", sitting, now, None, data={"by": "time"}))


def _break_over(tx: Transaction, sitting: Sitting, now: datetime) -> bool:
    ends_at = rules.break_ends_at(sitting, terms_of(tx, sitting).breaks)
    return ends_at is not None and ends_at <= now


def tell(engine: Engine, jobs: Jobs) -> None:
    """Tell the queue of jobs that are committed; the sweep tells again what it missed."""
    for job in jobs:
        engine.jobs.tell(job)
