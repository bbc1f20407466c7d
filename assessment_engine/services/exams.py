"""Exams, their sessions and who may sit in them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.delivery.timing import time_policy
from assessment_engine.exams import Exam, ExamPolicy, ExamSession, ExamState, ExamVerb
from assessment_engine.exams.recalibration import TwoOfficersNeeded
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from assessment_engine.kernel.ids import CourseId, ExamId, FormId, ItemId, ItemVersionId, RoomId, SessionId, new_id
from assessment_engine.people import CIVIL_TIME, SESSION_STAFF, Actor, Role, require
from assessment_engine.services import draw
from assessment_engine.services.engine import Engine
from assessment_engine.services.places import (
    NewRegistration,
    check_takes,
    day_of,
    eligibility_of,
    locked_session,
    require_eligible,
    take_place,
)
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from item_bank.forms import FormState
from proctoring.calibration import CalibrationRecord

__all__ = ["NewRegistration"]  # whoever registers takes both from here


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExam:
    """What an exam is made of."""

    code: str
    title: str
    title_hi: str
    form_id: FormId
    duration_s: int
    policy: ExamPolicy = field(default_factory=ExamPolicy)
    course_id: CourseId | None = None
    practice_form_id: FormId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """What a session is made of."""

    exam_id: ExamId
    title: str
    opens_at: datetime
    closes_at: datetime
    title_hi: str = ""
    capacity: int | None = None
    bookable: bool = False
    starts_together: bool = False
    change_hours: int = 24
    room_ids: tuple[RoomId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A session, its exam, and how many of its sittings are in which state."""

    session: ExamSession
    exam: Exam
    counts: Mapping[SittingState, int]

    @property
    def places(self) -> int:
        """How many candidates have a place."""
        return sum(count for state, count in self.counts.items() if state is not SittingState.VOIDED)


def create_exam(engine: Engine, actor: Actor, new: NewExam) -> Exam:
    """Define an exam over an approved form; raises Invalid, NotFound, or Conflict when the code is taken."""
    require(actor, Role.CELL_OFFICER)
    if not all(text.strip() for text in (new.code, new.title, new.title_hi)):
        raise Invalid("an exam needs a code and its title in English and in Hindi")
    now = engine.clock.now()
    exam = Exam(
        id=ExamId(new_id("exa", now)),
        organisation_id=actor.organisation_id,
        code=new.code.strip(),
        title=new.title.strip(),
        title_hi=new.title_hi.strip(),
        form_id=new.form_id,
        duration_s=new.duration_s,
        policy=new.policy,
        course_id=new.course_id,
        practice_form_id=new.practice_form_id,
    )
    time_policy(exam.duration_s, exam.policy.document, {})
    with engine.store.begin() as tx:
        form = tx.forms.of_actor(actor, new.form_id)
        if form.state is not FormState.APPROVED or form.is_own:
            raise Invalid("a retired form, or one candidate's own, cannot be examined")
        _check_practice(tx, actor, new)
        tx.exams.add(exam)
        tx.audit.append("exam_created", subject=exam.id, actor=actor.person_id, now=now, payload={"policy": exam.policy.document})
    return exam


def _check_practice(tx: Transaction, actor: Actor, new: NewExam) -> None:
    """Refuse a practice form with a question of the paper, or of another open exam's, in whichever version."""
    if new.practice_form_id is None:
        return
    practice, paper = tx.forms.of_actor(actor, new.practice_form_id), tx.forms.of_actor(actor, new.form_id)
    open_exams = [exam for exam in tx.exams.all_of(actor) if exam.state is ExamState.OPEN]
    common = {item for form_id in {paper.id, *(exam.form_id for exam in open_exams)} for item in tx.forms.get(form_id).items}
    own = tx.drawn_forms.versions_in([exam.id for exam in open_exams])
    if _questions(tx, practice.items) & _questions(tx, common | own):
        advice = "build one from questions that nobody is examined in"
        raise Invalid(f"the practice form has a question of a paper that is examined; {advice}", problem="practice_overlap")


def _questions(tx: Transaction, versions: Collection[ItemVersionId]) -> set[ItemId]:
    return {version.item_id for version in tx.items.many(versions).values()}


def has_begun(engine: Engine, actor: Actor, exam_id: ExamId) -> bool:
    """Tell whether anybody has begun an exam: from then on its rules stay as they are."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return tx.sittings.begun(tx.exams.of_actor(actor, exam_id).id)


def attach_calibration(engine: Engine, actor: Actor, exam_id: ExamId, written: bytes) -> Exam:
    """Pin an exam that nobody has begun, and that has no calibration record, to the record of a file.

    Raises NotACalibration, CalibrationAltered, CalibrationUnfit where its budget is not the exam's, TwoOfficersNeeded where the exam has a
    record (services/recalibration.py), or Conflict once somebody has begun.
    """
    require(actor, Role.CELL_OFFICER)
    record = CalibrationRecord.from_file(written)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        exam = tx.exams.of_actor(actor, exam_id)
        _check_not_begun(tx, exam_id)
        if exam.policy.calibration is not None:
            raise TwoOfficersNeeded("this exam has a calibration record; another one is proposed, and two officers sign it")
        return calibrate(tx, actor, exam, record, now)


def check_recalibration(tx: Transaction, exam: Exam, record: CalibrationRecord | None) -> None:
    """Refuse another record, or none, for an exam that has begun, that has no record, or whose budget it does not keep."""
    _check_not_begun(tx, exam.id)
    if exam.policy.calibration is None:
        raise Conflict("this exam has no calibration record yet; attach one", problem="nothing_calibrated")
    replace(exam.policy, calibration=record)


def _check_not_begun(tx: Transaction, exam_id: ExamId) -> None:
    if tx.sittings.begun(exam_id):
        raise Conflict("somebody has begun this exam; its rules stay as they are", problem="exam_begun")


def calibrate(tx: Transaction, actor: Actor, exam: Exam, record: CalibrationRecord | None, now: datetime) -> Exam:
    """Pin an exam to a record, or to none; raises CalibrationUnfit."""
    on = None if record is None else now.astimezone(CIVIL_TIME).date()
    exam = replace(exam, policy=replace(exam.policy, calibration=record, calibrated_on=on))
    tx.exams.save_policy(exam)
    about: Json = {"calibration": None if record is None else record.sha256}
    tx.audit.append("exam_calibrated", subject=exam.id, actor=actor.person_id, now=now, payload=about)
    return exam


def move_exam(engine: Engine, actor: Actor, exam_id: ExamId, verb: ExamVerb) -> Exam:
    """Close an exam to new sessions and registrations, or open it again."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.begin() as tx:
        exam = tx.exams.of_actor(actor, exam_id).advance(verb)
        tx.exams.move(exam)
        tx.audit.append("exam_moved", subject=exam_id, actor=actor.person_id, now=engine.clock.now(), payload={"state": exam.state})
    return exam


def create_session(engine: Engine, actor: Actor, new: NewSession) -> ExamSession:
    """Schedule a window of an open exam; raises Conflict when the exam is closed or a room is in use then."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    session = _session(actor, new, SessionId(new_id("ses", now)))
    with engine.store.begin() as tx:
        if tx.exams.of_actor(actor, new.exam_id).state is not ExamState.OPEN:
            raise Conflict("this exam is closed; open it again first", problem="exam_closed")
        tx.exams.add_session(session)
        _use_rooms(tx, actor, session, new.room_ids)
        tx.audit.append("session_created", subject=session.id, actor=actor.person_id, now=now, payload=_about(new))
        draw.commit(engine, tx, session, now)
    return session


def change_session(engine: Engine, actor: Actor, session_id: SessionId, new: NewSession) -> ExamSession:
    """Change a session before it opens; nobody who has a place loses it. Raises Conflict where that cannot be."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.exams.session_of(actor, session_id)
        before = tx.registrations.lock_sessions([session_id])[session_id]
        if now >= before.opens_at:
            raise Conflict("this session is open or over; its window and its seats stay", problem="session_begun")
        session = replace(_session(actor, replace(new, exam_id=before.exam_id), session_id), practice_of=before.practice_of)
        _use_rooms(tx, actor, session, new.room_ids)
        _check_nobody_stands(tx, session)
        tx.exams.save_session(session)
        tx.audit.append("session_changed", subject=session_id, actor=actor.person_id, now=now, payload=_about(new))
    return session


def _session(actor: Actor, new: NewSession, session_id: SessionId) -> ExamSession:
    if not new.title.strip():
        raise Invalid("a session needs a title")
    return ExamSession(
        id=session_id,
        exam_id=new.exam_id,
        organisation_id=actor.organisation_id,
        title=new.title.strip(),
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        title_hi=new.title_hi.strip(),
        capacity=new.capacity,
        bookable=new.bookable,
        starts_together=new.starts_together,
        change_hours=new.change_hours,
    )


def _about(new: NewSession) -> Json:
    window = {"opens_at": iso(new.opens_at), "closes_at": iso(new.closes_at)}
    return {**window, "capacity": new.capacity, "bookable": new.bookable, "rooms": list(new.room_ids)}


def _use_rooms(tx: Transaction, actor: Actor, session: ExamSession, room_ids: Sequence[RoomId]) -> None:
    """Give a session its rooms, held so that no other session takes them for the same hours."""
    rooms = {room.id: room.name for room in tx.centres.lock_rooms(actor, room_ids)}
    if rooms and (busy := tx.centres.used_meanwhile(session, list(rooms))):
        names = ", ".join(sorted(rooms[room_id] for room_id in busy))
        raise Conflict(f"another session uses these rooms at the same time: {names}", rooms=names, problem="rooms_busy")
    tx.centres.use(session.id, list(rooms))


def _check_nobody_stands(tx: Transaction, session: ExamSession) -> None:
    """Refuse a change after which somebody with a place would have none."""
    places, rooms = tx.registrations.places(session.id), {room.id: room for room in tx.centres.used_by(session.id)}
    sitting = Counter(place.room_id for place in places if place.room_id is not None)
    if session.capacity is not None and session.capacity < len(places):
        raise Conflict(f"{len(places)} candidates have a place already", taken=len(places), problem="session_too_small")
    if any(room_id not in rooms or count > rooms[room_id].capacity for room_id, count in sitting.items()):
        raise Conflict("somebody has a seat in a room that the session would no longer have", problem="seats_lost")


def register(engine: Engine, actor: Actor, new: NewRegistration) -> Sitting:
    """Give a candidate a place and a sitting; a candidate may register only themselves, where places are booked.

    Raises NotYet with what is missing, SessionFull when every seat is taken, Conflict when it is too late.
    """
    mine = new.candidate_id == actor.person_id and not (new.arrangements or new.simulated or new.seat or new.room_id)
    if not mine:
        require(actor, Role.CELL_OFFICER)
    if new.arrangements and new.candidate_id == actor.person_id:
        raise NotAllowed("nobody decides their own arrangements: ask for them, and others decide")
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.exams.session_of(actor, new.session_id)
        if tx.people.get(new.candidate_id).organisation_id != actor.organisation_id:
            raise NotFound("no such candidate")
        session = locked_session(tx, new.candidate_id, new.session_id)
        check_takes(session, now, booked=Role.CELL_OFFICER not in actor.roles)
        exam = tx.exams.get(session.exam_id)
        require_eligible(eligibility_of(tx, exam, new.candidate_id, now, day_of(session, now)))
        sitting = take_place(tx, session, exam, new, now)
        about: Json = {"session": session.id, "room": new.room_id}
        tx.audit.append("candidate_registered", subject=sitting.id, actor=actor.person_id, now=now, payload=about)
        tx.events.record(sitting_event("candidate_registered", sitting, now, actor, subject=session.id))
    return sitting


def exams(engine: Engine, actor: Actor) -> list[Exam]:
    """Return the organisation's exams, newest first."""
    with engine.store.read() as tx:
        return tx.exams.all_of(actor)


def exam_of(engine: Engine, actor: Actor, exam_id: ExamId) -> Exam:
    """Return one exam of the organisation."""
    with engine.store.read() as tx:
        return tx.exams.of_actor(actor, exam_id)


def sessions(engine: Engine, actor: Actor) -> list[SessionLine]:
    """Return the organisation's sessions with how far their sittings are, latest first; practice sessions are not among them."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        found = [session for session in tx.exams.sessions_of(actor) if session.practice_of is None]
        exams_by_id = {exam.id: exam for exam in tx.exams.all_of(actor)}
        counts = tx.registrations.counts([session.id for session in found])
        return [SessionLine(session=session, exam=exams_by_id[session.exam_id], counts=counts[session.id]) for session in found]
