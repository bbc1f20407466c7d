"""What candidates may take and book for themselves: open exams with the reason, slots with their free seats, changing and giving back.

Seats and locks are services/places.py's; the cell's acts are services/exams.py's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assessment_engine.competency import Competency
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.exams import Eligibility, EligibilityReason, Exam, ExamSession, ExamState, eligibility_for
from assessment_engine.exams.rooms import Place
from assessment_engine.kernel.errors import Conflict
from assessment_engine.kernel.ids import ExamId, SessionId, SittingId
from assessment_engine.people import Actor, civil_date
from assessment_engine.services.engine import Engine
from assessment_engine.services.places import check_takes, day_of, eligibility_of, facts_of, free_seats, move_place
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A session that a candidate could book, and how many seats are free (None: no limit)."""

    session: ExamSession
    free: int | None

    @property
    def is_full(self) -> bool:
        """Whether every seat is taken."""
        return self.free == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamOffer:
    """An exam that a candidate holds no place of, whether they may take it, and the slots that they could book."""

    exam: Exam
    eligibility: Eligibility
    slots: tuple[Slot, ...]
    competency: Competency | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A place that a candidate booked: until when they may change it, and for what."""

    sitting: Sitting
    exam: Exam
    session: ExamSession
    may_change: bool
    slots: tuple[Slot, ...]


def eligibility(engine: Engine, actor: Actor, exam_id: ExamId) -> Eligibility:
    """Tell whether the actor may take an exam, with the reason that is shown to them."""
    with engine.store.read() as tx:
        return eligibility_of(tx, tx.exams.of_actor(actor, exam_id), actor.person_id, engine.clock.now())


def offers(engine: Engine, actor: Actor) -> list[ExamOffer]:
    """Return the open exams of the organisation that the actor holds no place of, with the slots that are not over."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        coming = _coming(tx, actor, now)
        found = [_offer(tx, actor, exam, coming, now) for exam in tx.exams.all_of(actor) if exam.state is ExamState.OPEN]
    return [offer for offer in found if offer is not None]


def _coming(tx: Transaction, actor: Actor, now: datetime) -> list[Slot]:
    """Return every slot that the actor can still book, soonest first: not one that they had a place of, unless they gave it back."""
    mine = tx.sittings.all_of_candidate(actor.person_id)
    had = {one.session_id for one in mine if not (one.state is SittingState.VOIDED and one.is_untouched)}
    sessions = [session for session in reversed(tx.exams.sessions_of(actor)) if session.bookable and session.practice_of is None]
    open_ = [session for session in sessions if now < session.booked_until and session.id not in had]
    free = free_seats(tx, open_)
    return [Slot(session=session, free=free[session.id]) for session in open_]


def _offer(tx: Transaction, actor: Actor, exam: Exam, coming: Sequence[Slot], now: datetime) -> ExamOffer | None:
    facts = facts_of(tx, exam, actor.person_id, now)
    slots = tuple(slot for slot in coming if slot.session.exam_id == exam.id)
    whenever = eligibility_for(exam, facts, date.max)
    if whenever.reason is EligibilityReason.PLACE_HELD or (facts.sat_on and whenever.eligible and not slots):
        return None
    late = tuple(slot for slot in slots if whenever.free_on is None or day_of(slot.session, now) >= whenever.free_on)
    decided = whenever if late or not slots else eligibility_for(exam, facts, civil_date(now))
    competency = next((one for one in tx.competency.all_of(actor.organisation_id) if decided.competency in (one.id, one.code)), None)
    return ExamOffer(exam=exam, eligibility=decided, slots=late, competency=competency)


def booking(engine: Engine, actor: Actor, sitting_id: SittingId) -> Booking:
    """Return the candidate's own place with the slots they could change to."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        session = tx.exams.session(sitting.session_id)
        others = [slot for slot in _coming(tx, actor, now) if slot.session.exam_id == sitting.exam_id and slot.session.id != session.id]
        return Booking(
            sitting=sitting,
            exam=tx.exams.get(sitting.exam_id),
            session=session,
            may_change=may_change(sitting, session, now),
            slots=tuple(others),
        )


def may_change(sitting: Sitting, session: ExamSession, now: datetime) -> bool:
    """Tell whether a candidate may still change or give back a place."""
    held = sitting.is_untouched and sitting.state is not SittingState.VOIDED and not sitting.practice
    return held and session.bookable and now < session.changes_until


def give_back(engine: Engine, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Give one's place back, so that somebody else has it; raises Conflict when it is too late or the cell gave the place."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting, _ = _held(tx, actor, sitting_id, (), now)
        voided = sitting.void()
        tx.sittings.save(voided)
        tx.audit.append("place_given_back", subject=sitting_id, actor=actor.person_id, now=now, payload={"session": sitting.session_id})
        tx.events.record(sitting_event("place_given_back", voided, now, actor, subject=voided.session_id))
    return voided


def change_slot(engine: Engine, actor: Actor, sitting_id: SittingId, session_id: SessionId) -> Sitting:
    """Change one's place to another slot of the exam; where that fails, the old one stays. Raises SessionFull, NotYet or Conflict."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting, sessions = _held(tx, actor, sitting_id, (session_id,), now)
        session = sessions[session_id]
        if session.exam_id != sitting.exam_id or session.id == sitting.session_id:
            raise Conflict("choose another session of the same exam")
        check_takes(session, now, booked=True)
        _check_days(tx, sitting, session, now)
        moved = move_place(tx, session, sitting, Place())
        about = {"from": sitting.session_id, "session": session.id}
        tx.audit.append("place_changed", subject=sitting_id, actor=actor.person_id, now=now, payload=dict(about))
        tx.events.record(sitting_event("place_changed", moved, now, actor, subject=session_id))
    return moved


def _held(
    tx: Transaction, actor: Actor, sitting_id: SittingId, others: tuple[SessionId, ...], now: datetime
) -> tuple[Sitting, dict[SessionId, ExamSession]]:
    """Return one's own place and its session with others, all held until the transaction ends."""
    for session_id in others:
        tx.exams.session_of(actor, session_id)
    mine = tx.sittings.of_candidate(sitting_id, actor.person_id)
    tx.registrations.lock_people([actor.person_id])
    sessions = tx.registrations.lock_sessions([mine.session_id, *others])
    sitting = tx.sittings.get_locked(sitting_id)
    session = sessions.get(sitting.session_id) or tx.exams.session(sitting.session_id)
    if not may_change(sitting, session, now):
        raise Conflict("this place can no longer be changed or given back here; ask the examination cell")
    return sitting, sessions


def _check_days(tx: Transaction, sitting: Sitting, session: ExamSession, now: datetime) -> None:
    exam = tx.exams.get(sitting.exam_id)
    free_on = eligibility_for(exam, facts_of(tx, exam, sitting.candidate_id, now), day_of(session, now)).free_on
    if free_on is not None and day_of(session, now) < free_on:
        raise Conflict(f"this exam can be taken again from {free_on}", free_on=free_on.isoformat())
