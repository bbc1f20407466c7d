"""Tables and queries of exams, their sessions and registrations."""

from collections.abc import Collection, Mapping

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
    update,
)

from assessment_engine.exams import Exam, ExamSession, ExamState, Registration, policy_of
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import CourseId, ExamId, FormId, OrganisationId, PersonId, RegistrationId, RoomId, SessionId
from assessment_engine.people import Actor
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata

exams = Table(
    "exams",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("code", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("title_hi", String(200), nullable=False),
    Column("form_id", String(40), ForeignKey("forms.id"), nullable=False),
    Column("duration_s", Integer, nullable=False),
    Column("policy", JSON, nullable=False),
    Column("course_id", String(40), ForeignKey("courses.id")),
    Column("practice_form_id", String(40)),
    Column("state", String(12), nullable=False),
    UniqueConstraint("organisation_id", "code"),
)

exam_sessions = Table(
    "exam_sessions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("exam_id", String(40), ForeignKey("exams.id"), nullable=False, index=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("opens_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("title_hi", String(200), nullable=False),
    Column("capacity", Integer),
    Column("bookable", Boolean, nullable=False),
    Column("starts_together", Boolean, nullable=False),
    Column("practice_of", String(40)),
    Column("change_hours", Integer, nullable=False),
)

registrations = Table(
    "registrations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), nullable=False),
    Column("candidate_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("seat", String(20)),
    Column("portrait_blob", String(200)),
    Column("document_blob", String(200)),
    Column("arrangements", JSON, nullable=False),
    Column("room_id", String(40)),
    UniqueConstraint("session_id", "candidate_id"),
    Index("ix_registrations_candidate_id", "candidate_id"),
)


class Exams:
    """Exams, sessions and registrations in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, exam: Exam) -> None:
        """Insert an exam; raises Conflict when the organisation has its code."""
        taken = select(exams.c.id).where(exams.c.organisation_id == exam.organisation_id, exams.c.code == exam.code)
        if self._connection.execute(taken).first() is not None:
            raise Conflict(f"there is an exam with the code {exam.code}", code=exam.code)
        self._connection.execute(
            insert(exams).values(
                id=exam.id,
                organisation_id=exam.organisation_id,
                code=exam.code,
                title=exam.title,
                title_hi=exam.title_hi,
                form_id=exam.form_id,
                duration_s=exam.duration_s,
                policy=dict(exam.policy.document),
                course_id=exam.course_id,
                practice_form_id=exam.practice_form_id,
                state=str(exam.state),
            )
        )

    def move(self, exam: Exam) -> None:
        """Store an exam's state."""
        self._connection.execute(update(exams).where(exams.c.id == exam.id).values(state=str(exam.state)))

    def save_policy(self, exam: Exam) -> None:
        """Store an exam's rules."""
        self._connection.execute(update(exams).where(exams.c.id == exam.id).values(policy=dict(exam.policy.document)))

    def get(self, exam_id: ExamId) -> Exam:
        """Return an exam, for the engine's own acts; raises NotFound."""
        return self._exam(exams.c.id == exam_id)

    def of_actor(self, actor: Actor, exam_id: ExamId) -> Exam:
        """Return an exam of the actor's organisation; raises NotFound."""
        return self._exam((exams.c.id == exam_id) & (exams.c.organisation_id == actor.organisation_id))

    def many(self, exam_ids: Collection[ExamId]) -> dict[ExamId, Exam]:
        """Return those of the exams that exist, for the engine's own acts."""
        return {ExamId(row.id): _exam(row) for row in self._connection.execute(select(exams).where(exams.c.id.in_(exam_ids)))}

    def everywhere(self) -> list[Exam]:
        """Return the exams of all organisations, for the engine's own acts."""
        return [_exam(row) for row in self._connection.execute(select(exams))]

    def all_of(self, actor: Actor) -> list[Exam]:
        """Return the organisation's exams, newest first."""
        query = select(exams).where(exams.c.organisation_id == actor.organisation_id).order_by(exams.c.id.desc())
        return [_exam(row) for row in self._connection.execute(query)]

    def add_session(self, session: ExamSession) -> None:
        """Insert a session."""
        self._connection.execute(
            insert(exam_sessions).values(
                id=session.id,
                exam_id=session.exam_id,
                organisation_id=session.organisation_id,
                title=session.title,
                opens_at=session.opens_at,
                closes_at=session.closes_at,
                title_hi=session.title_hi,
                capacity=session.capacity,
                bookable=session.bookable,
                starts_together=session.starts_together,
                practice_of=session.practice_of,
                change_hours=session.change_hours,
            )
        )

    def save_session(self, session: ExamSession) -> None:
        """Store a session that exists; its exam and organisation stay."""
        kept = ("title", "title_hi", "opens_at", "closes_at", "capacity", "bookable", "starts_together", "change_hours")
        changed = {name: getattr(session, name) for name in kept}
        self._connection.execute(update(exam_sessions).where(exam_sessions.c.id == session.id).values(**changed))

    def session(self, session_id: SessionId) -> ExamSession:
        """Return a session, for the engine's own acts; raises NotFound."""
        return self._session(exam_sessions.c.id == session_id)

    def sessions(self, session_ids: Collection[SessionId]) -> dict[SessionId, ExamSession]:
        """Return those of the sessions that exist, for the engine's own acts."""
        rows = self._connection.execute(select(exam_sessions).where(exam_sessions.c.id.in_(session_ids)))
        return {SessionId(row.id): session_of(row) for row in rows}

    def session_of(self, actor: Actor, session_id: SessionId) -> ExamSession:
        """Return a session of the actor's organisation; raises NotFound."""
        return self._session((exam_sessions.c.id == session_id) & (exam_sessions.c.organisation_id == actor.organisation_id))

    def sessions_of(self, actor: Actor) -> list[ExamSession]:
        """Return the organisation's sessions, latest first."""
        query = select(exam_sessions).where(exam_sessions.c.organisation_id == actor.organisation_id)
        return [session_of(row) for row in self._connection.execute(query.order_by(exam_sessions.c.opens_at.desc(), exam_sessions.c.id))]

    def practices_of(self, session_id: SessionId) -> list[ExamSession]:
        """Return a session's practice sessions, the first round first."""
        query = select(exam_sessions).where(exam_sessions.c.practice_of == session_id).order_by(exam_sessions.c.id)
        return [session_of(row) for row in self._connection.execute(query)]

    def add_registration(self, registration: Registration) -> None:
        """Insert a registration; raises Conflict when the candidate has a place in the session."""
        same = (registrations.c.session_id == registration.session_id) & (registrations.c.candidate_id == registration.candidate_id)
        if self._connection.execute(select(registrations.c.id).where(same)).first() is not None:
            raise Conflict("this candidate is registered for this session", problem="registered_already")
        self._connection.execute(
            insert(registrations).values(
                id=registration.id,
                session_id=registration.session_id,
                candidate_id=registration.candidate_id,
                organisation_id=registration.organisation_id,
                seat=registration.seat,
                portrait_blob=registration.portrait_blob,
                document_blob=registration.document_blob,
                arrangements=dict(registration.arrangements),
                room_id=registration.room_id,
            )
        )

    def registration(self, registration_id: RegistrationId) -> Registration:
        """Return a registration, for the engine's own acts; raises NotFound."""
        row = self._connection.execute(select(registrations).where(registrations.c.id == registration_id)).one_or_none()
        if row is None:
            raise NotFound("no such registration")
        return registration_of(row)

    def arrangements(self, registration_ids: Collection[RegistrationId]) -> dict[RegistrationId, Mapping[str, Json]]:
        """Return the access arrangements of many registrations at once."""
        chosen = select(registrations.c.id, registrations.c.arrangements).where(among(registrations.c.id, registration_ids))
        return {RegistrationId(row.id): row.arrangements for row in self._connection.execute(chosen)}

    def registrations_of(self, actor: Actor, session_id: SessionId) -> list[Registration]:
        """Return a session's registrations, if it is the actor's organisation's, by seat."""
        query = select(registrations).where(
            registrations.c.session_id == session_id, registrations.c.organisation_id == actor.organisation_id
        )
        return [registration_of(row) for row in self._connection.execute(query.order_by(registrations.c.seat, registrations.c.id))]

    def registrations_in(self, session_id: SessionId) -> list[Registration]:
        """Return a session's registrations, for the engine's own acts."""
        return [
            registration_of(row) for row in self._connection.execute(select(registrations).where(registrations.c.session_id == session_id))
        ]

    def arrange(self, registration_id: RegistrationId, rules: Mapping[str, Json]) -> None:
        """Store a registration's access arrangements."""
        self._connection.execute(update(registrations).where(registrations.c.id == registration_id).values(arrangements=dict(rules)))

    def keep_pictures(self, registration_id: RegistrationId, portrait_blob: str | None, document_blob: str | None) -> None:
        """Note where the roster's pictures are; None leaves what is there."""
        pictures = {"portrait_blob": portrait_blob, "document_blob": document_blob}
        given = {name: blob for name, blob in pictures.items() if blob is not None}
        if given:
            self._connection.execute(update(registrations).where(registrations.c.id == registration_id).values(**given))

    def _exam(self, condition: ColumnElement[bool]) -> Exam:
        row = self._connection.execute(select(exams).where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such exam")
        return _exam(row)

    def _session(self, condition: ColumnElement[bool]) -> ExamSession:
        row = self._connection.execute(select(exam_sessions).where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such session")
        return session_of(row)


def _exam(row: Row[tuple[object, ...]]) -> Exam:
    return Exam(
        id=ExamId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        code=row.code,
        title=row.title,
        title_hi=row.title_hi,
        form_id=FormId(row.form_id),
        duration_s=row.duration_s,
        policy=policy_of(row.policy),
        course_id=None if row.course_id is None else CourseId(row.course_id),
        practice_form_id=None if row.practice_form_id is None else FormId(row.practice_form_id),
        state=ExamState(row.state),
    )


def session_of(row: Row[tuple[object, ...]]) -> ExamSession:
    """Return the session that a row holds."""
    return ExamSession(
        id=SessionId(row.id),
        exam_id=ExamId(row.exam_id),
        organisation_id=OrganisationId(row.organisation_id),
        title=row.title,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        title_hi=row.title_hi,
        capacity=row.capacity,
        bookable=row.bookable,
        starts_together=row.starts_together,
        practice_of=None if row.practice_of is None else SessionId(row.practice_of),
        change_hours=row.change_hours,
    )


def registration_of(row: Row[tuple[object, ...]]) -> Registration:
    """Return the registration that a row holds."""
    return Registration(
        id=RegistrationId(row.id),
        session_id=SessionId(row.session_id),
        candidate_id=PersonId(row.candidate_id),
        organisation_id=OrganisationId(row.organisation_id),
        seat=row.seat,
        portrait_blob=row.portrait_blob,
        document_blob=row.document_blob,
        arrangements=row.arrangements,
        room_id=None if row.room_id is None else RoomId(row.room_id),
    )
