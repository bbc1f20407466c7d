"""Tables and queries of the secret draw: each session's committed secret, the sittings audited, and the candidates who asked to be kept."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Float, ForeignKey, LargeBinary, String, Table, delete, exists, insert, select, update

from assessment_engine.kernel.ids import PersonId, SessionId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.exams import exam_sessions
from assessment_engine.storage.schema import Instant, metadata

session_draws = Table(
    "session_draws",
    metadata,
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), primary_key=True),
    Column("commitment", String(64), nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("share", Float, nullable=False),
    Column("committed_at", Instant, nullable=False),
    Column("revealed_at", Instant),
)

draw_audits = Table(
    "draw_audits",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("audited_by", String(40), ForeignKey("people.id")),
    Column("audited_at", Instant, nullable=False),
)

keep_wishes = Table(
    "keep_wishes",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("wished_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraw:
    """One session's draw: what was committed to, the secret sealed with the deployment's key, the share that is drawn."""

    session_id: SessionId
    commitment: str
    sealed_secret: bytes
    share: float
    committed_at: datetime
    revealed_at: datetime | None = None


class Draws:
    """Draws, audits of drawn sittings and wishes, in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_session(self, session_id: SessionId) -> SessionDraw | None:
        """Return a session's draw, None where none was committed."""
        row = self._connection.execute(select(session_draws).where(session_draws.c.session_id == session_id)).one_or_none()
        return None if row is None else SessionDraw(**row._mapping)

    def commit(self, draw: SessionDraw) -> None:
        """Keep a session's draw."""
        self._connection.execute(insert(session_draws).values(**asdict(draw)))

    def reveal(self, session_id: SessionId, now: datetime) -> None:
        """Say that a session's secret is public now."""
        self._connection.execute(update(session_draws).where(session_draws.c.session_id == session_id).values(revealed_at=now))

    def without(self, now: datetime, limit: int) -> list[SessionId]:
        """Return sessions that have not opened yet and have no draw."""
        drawn = exists().where(session_draws.c.session_id == exam_sessions.c.id)
        query = select(exam_sessions.c.id).where(exam_sessions.c.opens_at > now, ~drawn).order_by(exam_sessions.c.opens_at).limit(limit)
        return [SessionId(one) for one in self._connection.execute(query).scalars()]

    def unrevealed(self, closed_before: datetime) -> list[SessionId]:
        """Return sessions that closed before a moment and whose secret is not public yet."""
        joined = session_draws.join(exam_sessions, exam_sessions.c.id == session_draws.c.session_id)
        query = select(session_draws.c.session_id).select_from(joined)
        late = query.where(session_draws.c.revealed_at.is_(None), exam_sessions.c.closes_at < closed_before)
        return [SessionId(one) for one in self._connection.execute(late).scalars()]

    def sittings_of(self, session_id: SessionId) -> list[SittingId]:
        """Return every sitting of a session; practice sittings are in sessions of their own."""
        query = select(sittings.c.id).where(sittings.c.session_id == session_id).order_by(sittings.c.id)
        return [SittingId(one) for one in self._connection.execute(query).scalars()]

    def is_audited(self, sitting_id: SittingId) -> bool:
        """Tell whether somebody has looked through a drawn sitting, or it had nothing to look at."""
        return self._connection.execute(select(draw_audits).where(draw_audits.c.sitting_id == sitting_id)).first() is not None

    def audited_in(self, session_id: SessionId) -> set[SittingId]:
        """Return the drawn sittings of a session that were looked through, or had nothing to look at."""
        joined = draw_audits.join(sittings, sittings.c.id == draw_audits.c.sitting_id)
        query = select(draw_audits.c.sitting_id).select_from(joined).where(sittings.c.session_id == session_id)
        return {SittingId(one) for one in self._connection.execute(query).scalars()}

    def audit(self, sitting_id: SittingId, by: PersonId | None, now: datetime) -> None:
        """Say that a drawn sitting was looked through."""
        self._connection.execute(insert(draw_audits).values(sitting_id=sitting_id, audited_by=by, audited_at=now))

    def audited_lately(self, since: datetime) -> list[SittingId]:
        """Return the sittings that were audited since a moment and whose candidates did not wish to have their pictures kept."""
        wished = exists().where(keep_wishes.c.sitting_id == draw_audits.c.sitting_id)
        query = select(draw_audits.c.sitting_id).where(draw_audits.c.audited_at >= since, ~wished)
        return [SittingId(one) for one in self._connection.execute(query).scalars()]

    def wishes(self, sitting_id: SittingId) -> bool:
        """Tell whether the candidate asked that pictures of clean time be kept."""
        return self._connection.execute(select(keep_wishes).where(keep_wishes.c.sitting_id == sitting_id)).first() is not None

    def wish(self, sitting_id: SittingId, now: datetime, *, kept: bool) -> None:
        """Note, or take back, the candidate's wish."""
        self._connection.execute(delete(keep_wishes).where(keep_wishes.c.sitting_id == sitting_id))
        if kept:
            self._connection.execute(insert(keep_wishes).values(sitting_id=sitting_id, wished_at=now))
