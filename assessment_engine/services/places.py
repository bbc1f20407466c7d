"""Taking a place in a session, inside somebody's transaction: who may, where they sit, and that no seat is given twice.

Locks come in one order, people before sessions before rooms, so that no two acts wait for each other. The use cases are services/exams.py,
services/bookings.py and services/rosters.py; the rules are exams/eligibility.py and exams/rooms.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from assessment_engine.certification.certificate import CertificateState
from assessment_engine.delivery.sitting import ENDED, Sitting, SittingState
from assessment_engine.delivery.timing import time_policy
from assessment_engine.exams import CandidateFacts, Eligibility, Exam, ExamSession, Registration, eligibility_for
from assessment_engine.exams.rooms import Place, Seating
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, NotYet
from assessment_engine.kernel.ids import PersonId, RegistrationId, RoomId, SessionId, SittingId, new_id
from assessment_engine.people import civil_date
from assessment_engine.storage.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRegistration:
    """Whom to register, and how they sit; without a seat the next free one is theirs."""

    session_id: SessionId
    candidate_id: PersonId
    seat: str | None = None
    arrangements: Mapping[str, Json] = field(default_factory=dict)
    simulated: bool = False
    room_id: RoomId | None = None


def locked_session(tx: Transaction, candidate_id: PersonId, session_id: SessionId) -> ExamSession:
    """Hold a candidate and a session until the transaction ends, so that neither a seat nor a candidate is taken twice."""
    tx.registrations.lock_people([candidate_id])
    return tx.registrations.lock_sessions([session_id])[session_id]


def facts_of(tx: Transaction, exam: Exam, candidate_id: PersonId, now: datetime) -> CandidateFacts:
    """Gather what eligibility asks of a candidate."""
    real = [sitting for sitting in tx.sittings.all_of_candidate(candidate_id) if sitting.exam_id == exam.id and not sitting.practice]
    sat = [sitting for sitting in real if sitting.started_at is not None and sitting.state is not SittingState.VOIDED]
    return CandidateFacts(
        course_completed=exam.course_id is not None and tx.courses.completed_at(exam.course_id, candidate_id) is not None,
        held_level=_held_level(tx, exam.policy.needs_competency, candidate_id, now) if exam.policy.needs_competency else 0,
        sat_on=tuple(civil_date(sitting.submitted_at or sitting.started_at) for sitting in sat if sitting.started_at is not None),
        holds_place=any(_is_held(tx, sitting, now) for sitting in real),
    )


def _held_level(tx: Transaction, competency: str, candidate_id: PersonId, now: datetime) -> int:
    """Return the best level of a competency (by its id or code) that a certificate in good standing says a candidate holds today."""
    held = [one for one in tx.competency.of_candidate(candidate_id) if competency in (one.competency.id, one.competency.code)]
    valid = [one for one in held if one.record.valid_from <= now and (one.record.valid_to is None or now < one.record.valid_to)]
    standing = [one for one in valid if tx.certificates.by_number(one.certificate_number).state is CertificateState.ISSUED]
    return max((one.record.level for one in standing), default=0)


def _is_held(tx: Transaction, sitting: Sitting, now: datetime) -> bool:
    """Tell whether a sitting can still be sat, or is being sat."""
    if sitting.state in ENDED:
        return False
    return sitting.started_at is not None or now < tx.exams.session(sitting.session_id).closes_at


def eligibility_of(tx: Transaction, exam: Exam, candidate_id: PersonId, now: datetime, on: date | None = None) -> Eligibility:
    """Tell whether a candidate may take an exam on a day (today unless told otherwise)."""
    return eligibility_for(exam, facts_of(tx, exam, candidate_id, now), on or civil_date(now))


def require_eligible(eligibility: Eligibility) -> None:
    """Refuse who may not register; raises NotYet with the reason, or Conflict where a place is held already."""
    if eligibility.eligible:
        return
    reason = str(eligibility.reason)
    words = f"this candidate may not register: {reason.replace('_', ' ')}"
    free_on = eligibility.free_on.isoformat() if eligibility.free_on else None
    raise NotYet(words, reason=reason, free_on=free_on)


def check_takes(session: ExamSession, now: datetime, *, booked: bool) -> None:
    """Refuse a place in a session that takes nobody now; raises Conflict. `booked`: by the candidate, where the cell lets them."""
    if session.practice_of is not None:
        raise Conflict("nobody is registered for practice; candidates begin it themselves")
    if now >= session.booked_until:
        said = "this session is over" if now >= session.closes_at else "this session has begun, for everybody together"
        raise Conflict(said, problem="session_over")
    if booked and not session.bookable:
        raise Conflict("the examination cell gives the places of this session")


def day_of(session: ExamSession, now: datetime) -> date:
    """Return the day on which whoever gets a place could sit first."""
    return civil_date(max(now, session.opens_at))


def free_seats(tx: Transaction, sessions: Sequence[ExamSession]) -> dict[SessionId, int | None]:
    """Return how many seats of each session are free; None is no limit. A look only: who books takes the session's lock."""
    counts = tx.registrations.counts([session.id for session in sessions])
    free: dict[SessionId, int | None] = {}
    for session in sessions:
        held = sum(count for state, count in counts[session.id].items() if state is not SittingState.VOIDED)
        rooms = tx.centres.used_by(session.id)
        limits = [session.capacity] if session.capacity is not None else []
        limits += [sum(room.capacity for room in rooms)] if rooms else []
        free[session.id] = max(0, min(limits) - held) if limits else None
    return free


def seating_of(tx: Transaction, session: ExamSession) -> Seating:
    """Return who sits where in a session whose row is held."""
    return Seating(tx.centres.used_by(session.id), tx.registrations.places(session.id), session.capacity)


def take_place(tx: Transaction, session: ExamSession, exam: Exam, new: NewRegistration, now: datetime) -> Sitting:
    """Give a candidate a place in a session whose row is held; raises SessionFull, Conflict or NotFound, and changes nothing then.

    Whoever gave back an untouched place of this exam gets the same one again: registration, photograph and number stay theirs.
    """
    time_policy(exam.duration_s, exam.policy.document, new.arrangements)
    place = seating_of(tx, session).give(Place(room_id=new.room_id, seat=new.seat))
    before = given_back(tx, exam, new.candidate_id)
    return _add(tx, session, exam, new, place, now) if before is None else take_again(tx, session, before, new, place)


def move_place(tx: Transaction, session: ExamSession, sitting: Sitting, wish: Place) -> Sitting:
    """Put an untouched sitting into a session whose row is held, at another seat."""
    place, moved = seating_of(tx, session).give(wish), _moved(tx, sitting, session)
    registration = tx.exams.registration(sitting.registration_id)
    tx.registrations.move(replace(registration, session_id=session.id, room_id=place.room_id, seat=place.seat))
    tx.sittings.save(moved)
    return moved


def _moved(tx: Transaction, sitting: Sitting, session: ExamSession) -> Sitting:
    """Move a sitting with the exam's common form: a paper drawn for another session stays there; if this one has a draw, it gives one."""
    return replace(sitting.moved_to(session.id), form_id=tx.exams.get(session.exam_id).form_id)


def given_back(tx: Transaction, exam: Exam, candidate_id: PersonId) -> Sitting | None:
    """Return the untouched place of an exam that a candidate gave back, if there is one."""
    mine = (one for one in tx.sittings.all_of_candidate(candidate_id) if one.exam_id == exam.id and not one.practice)
    return next((one for one in mine if one.state is SittingState.VOIDED and one.is_untouched), None)


def take_again(tx: Transaction, session: ExamSession, before: Sitting, new: NewRegistration, place: Place) -> Sitting:
    """Give a candidate the place again that they gave back, wherever it is now."""
    registration = tx.exams.registration(before.registration_id)
    if any(one.candidate_id == new.candidate_id for one in _others(tx, session, registration)):
        raise Conflict("this candidate is registered for this session", problem="registered_already")
    tx.registrations.move(replace(registration, session_id=session.id, room_id=place.room_id, seat=place.seat))
    if new.arrangements:
        tx.exams.arrange(registration.id, new.arrangements)
    sitting = _moved(tx, before, session)
    tx.sittings.save(sitting)
    return sitting


def _others(tx: Transaction, session: ExamSession, mine: Registration) -> list[Registration]:
    return [one for one in tx.registrations.of_candidate(mine.candidate_id) if one.session_id == session.id and one.id != mine.id]


def _add(tx: Transaction, session: ExamSession, exam: Exam, new: NewRegistration, place: Place, now: datetime) -> Sitting:
    registration = a_registration(session, new, place, now)
    sitting = a_sitting(session, exam, registration, now, simulated=new.simulated)
    tx.exams.add_registration(registration)
    tx.sittings.add(sitting)
    return sitting


def a_registration(session: ExamSession, new: NewRegistration, place: Place, now: datetime) -> Registration:
    """Write a registration for a place that was given."""
    return Registration(
        id=RegistrationId(new_id("reg", now)),
        session_id=session.id,
        candidate_id=new.candidate_id,
        organisation_id=session.organisation_id,
        seat=place.seat,
        arrangements=new.arrangements,
        room_id=place.room_id,
    )


def a_sitting(session: ExamSession, exam: Exam, registration: Registration, now: datetime, *, simulated: bool = False) -> Sitting:
    """Write the sitting of a registration."""
    return Sitting(
        id=SittingId(new_id("sit", now)),
        registration_id=registration.id,
        organisation_id=session.organisation_id,
        candidate_id=registration.candidate_id,
        exam_id=exam.id,
        session_id=session.id,
        form_id=exam.form_id,
        simulated=simulated,
    )
