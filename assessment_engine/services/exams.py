"""Exams, their sessions and who may sit in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.delivery.timing import time_policy
from assessment_engine.exams import Eligibility, Exam, ExamPolicy, ExamSession, ExamState, ExamVerb, Registration, eligibility_for
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, NotYet
from assessment_engine.kernel.ids import CourseId, ExamId, FormId, PersonId, RegistrationId, SessionId, SittingId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from item_bank.forms import FormState


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """What a session is made of."""

    exam_id: ExamId
    title: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRegistration:
    """Whom to register, and how they sit."""

    session_id: SessionId
    candidate_id: PersonId
    seat: str | None = None
    arrangements: Mapping[str, Json] = field(default_factory=dict)
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One registered candidate and how far their sitting has come."""

    registration: Registration
    sitting: Sitting
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSheet:
    """A session, its exam and everybody in it."""

    session: ExamSession
    exam: Exam
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An exam that a candidate has no sitting of yet, whether they may take it, and the sessions they could join."""

    exam: Exam
    eligibility: Eligibility
    sessions: tuple[ExamSession, ...]


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
    )
    time_policy(exam.duration_s, exam.policy.document, {})
    with engine.store.begin() as tx:
        if tx.forms.of_actor(actor, new.form_id).state is not FormState.APPROVED:
            raise Invalid("a retired form cannot be examined")
        tx.exams.add(exam)
        tx.audit.append("exam_created", subject=exam.id, actor=actor.person_id, now=now, payload={"policy": exam.policy.document})
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
    """Schedule a window of an open exam; raises Conflict when the exam is closed."""
    require(actor, Role.CELL_OFFICER)
    if not new.title.strip():
        raise Invalid("a session needs a title")
    now = engine.clock.now()
    session = ExamSession(
        id=SessionId(new_id("ses", now)),
        exam_id=new.exam_id,
        organisation_id=actor.organisation_id,
        title=new.title.strip(),
        opens_at=new.opens_at,
        closes_at=new.closes_at,
    )
    with engine.store.begin() as tx:
        if tx.exams.of_actor(actor, new.exam_id).state is not ExamState.OPEN:
            raise Conflict("this exam is closed; open it again first")
        tx.exams.add_session(session)
        tx.audit.append("session_created", subject=session.id, actor=actor.person_id, now=now)
    return session


def register(engine: Engine, actor: Actor, new: NewRegistration) -> Sitting:
    """Give a candidate a place and a sitting; a candidate may register only themselves. Raises NotYet with what is missing."""
    if new.candidate_id != actor.person_id or new.arrangements or new.simulated:
        require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        session = tx.exams.session_of(actor, new.session_id)
        if now >= session.closes_at:
            raise Conflict("this session is over")
        candidate = tx.people.get(new.candidate_id)
        if candidate.organisation_id != actor.organisation_id:
            raise NotFound("no such candidate")
        exam = tx.exams.get(session.exam_id)
        _require_eligible(_eligibility(tx, exam, new.candidate_id))
        sitting = _add_place(tx, session, exam, new, now)
        tx.audit.append("candidate_registered", subject=sitting.id, actor=actor.person_id, now=now, payload={"session": session.id})
    return sitting


def _require_eligible(eligibility: Eligibility) -> None:
    if not eligibility.eligible:
        raise NotYet(f"this candidate may not register yet: {eligibility.reason.replace('_', ' ')}", reason=str(eligibility.reason))


def _add_place(tx: Transaction, session: ExamSession, exam: Exam, new: NewRegistration, now: datetime) -> Sitting:
    registration = Registration(
        id=RegistrationId(new_id("reg", now)),
        session_id=session.id,
        candidate_id=new.candidate_id,
        organisation_id=session.organisation_id,
        seat=new.seat,
        arrangements=new.arrangements,
    )
    sitting = Sitting(
        id=SittingId(new_id("sit", now)),
        registration_id=registration.id,
        organisation_id=session.organisation_id,
        candidate_id=new.candidate_id,
        exam_id=exam.id,
        session_id=session.id,
        form_id=exam.form_id,
        simulated=new.simulated,
    )
    time_policy(exam.duration_s, exam.policy.document, new.arrangements)
    tx.exams.add_registration(registration)
    tx.sittings.add(sitting)
    return sitting


def eligibility(engine: Engine, actor: Actor, exam_id: ExamId) -> Eligibility:
    """Tell whether the actor may take an exam, with the reason that is shown to them."""
    with engine.store.read() as tx:
        return _eligibility(tx, tx.exams.of_actor(actor, exam_id), actor.person_id)


def _eligibility(tx: Transaction, exam: Exam, candidate_id: PersonId) -> Eligibility:
    completed = exam.course_id is not None and tx.courses.completed_at(exam.course_id, candidate_id) is not None
    return eligibility_for(exam, course_completed=completed)


def offers(engine: Engine, actor: Actor) -> list[Offer]:
    """Return the open exams of the organisation that the actor has no sitting of yet, with the sessions that are not over."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        taken = {sitting.exam_id for sitting in tx.sittings.all_of_candidate(actor.person_id)}
        coming = [session for session in reversed(tx.exams.sessions_of(actor)) if session.closes_at > now]
        return [
            Offer(
                exam=exam,
                eligibility=_eligibility(tx, exam, actor.person_id),
                sessions=tuple(session for session in coming if session.exam_id == exam.id),
            )
            for exam in tx.exams.all_of(actor)
            if exam.state is ExamState.OPEN and exam.id not in taken
        ]


def exams(engine: Engine, actor: Actor) -> list[Exam]:
    """Return the organisation's exams, newest first."""
    with engine.store.read() as tx:
        return tx.exams.all_of(actor)


def exam_of(engine: Engine, actor: Actor, exam_id: ExamId) -> Exam:
    """Return one exam of the organisation."""
    with engine.store.read() as tx:
        return tx.exams.of_actor(actor, exam_id)


def sessions(engine: Engine, actor: Actor) -> list[SessionSheet]:
    """Return the organisation's sessions with everybody in them, latest first."""
    require(actor, Role.CELL_OFFICER, Role.INVIGILATOR)
    with engine.store.read() as tx:
        return [_sheet(tx, actor, session) for session in tx.exams.sessions_of(actor)]


def session_sheet(engine: Engine, actor: Actor, session_id: SessionId) -> SessionSheet:
    """Return one session of the organisation with everybody in it."""
    require(actor, Role.CELL_OFFICER, Role.INVIGILATOR)
    with engine.store.read() as tx:
        return _sheet(tx, actor, tx.exams.session_of(actor, session_id))


def _sheet(tx: Transaction, actor: Actor, session: ExamSession) -> SessionSheet:
    sittings = {sitting.registration_id: sitting for sitting in tx.sittings.all_of_session(session.id, actor.organisation_id)}
    registered = tx.exams.registrations_of(actor, session.id)
    names = tx.people.names([registration.candidate_id for registration in registered])
    seats = tuple(
        Seat(registration=registration, sitting=sittings[registration.id], name=names[registration.candidate_id])
        for registration in registered
        if registration.id in sittings
    )
    return SessionSheet(session=session, exam=tx.exams.get(session.exam_id), seats=seats)
