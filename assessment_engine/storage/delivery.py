"""Tables and queries of delivery: sittings and their seals. The answers are in storage/answer_ledger.py."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

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
    false,
    insert,
    or_,
    select,
    text,
    update,
)

from assessment_engine.delivery.sealing import Seal
from assessment_engine.delivery.sitting import PauseReason, Sitting, SittingState
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ExamId, OrganisationId, PersonId, SessionId, SittingId
from assessment_engine.storage.many import among, update_all
from assessment_engine.storage.schema import Instant, metadata

_EXPOSED = text("started_at IS NOT NULL")

sittings = Table(
    "sittings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("registration_id", String(40), ForeignKey("registrations.id"), nullable=False, unique=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("candidate_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("exam_id", String(40), ForeignKey("exams.id"), nullable=False),
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), nullable=False),
    Column("form_id", String(40), ForeignKey("forms.id"), nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(24), nullable=False),
    Column("consented_at", Instant),
    Column("admitted_at", Instant),
    Column("started_at", Instant),
    Column("deadline_at", Instant),
    Column("grace_s", Integer, nullable=False),
    Column("submitted_at", Instant),
    Column("revision", Integer, nullable=False),
    Column("current_item", String(40)),
    Column("simulated", Boolean, nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("paused_at", Instant),
    Column("paused_for", String(20)),
    Column("stopped_s", Integer, nullable=False),
    Column("closed_by", String(20)),
    Column("writer", String(40)),
    Column("contact_at", Instant),
    Column("heard_s", Integer, nullable=False),
    Column("given_back_s", Integer, nullable=False),
    Column("progress", JSON, nullable=False),
    Index("ix_sittings_candidate_id", "candidate_id"),
    Index("ix_sittings_exam_id", "exam_id"),
    Index("ix_sittings_session_id_state", "session_id", "state"),
    Index("ix_sittings_state_deadline_at", "state", "deadline_at"),
    Index("ix_sittings_exposed", "form_id", sqlite_where=_EXPOSED, postgresql_where=_EXPOSED),  # how many have seen a form
)

seals = Table(
    "seals",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # the newest counts; a trigger lets no number be left out
    Column("answers", Integer, nullable=False),
    Column("ledger_sha256", String(64), nullable=False),
    Column("form_sha256", String(64), nullable=False),
    Column("sealed_at", Instant, nullable=False),
    Column("key_id", String(40), nullable=False),
    Column("signature", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),  # the seal's own name: the certificate's trigger compares the score report with it
    Column("closed_by", String(20)),
    Column("supersedes", String(64)),
    Column("late_answers", Integer, nullable=False),
    Column("late_sha256", String(64)),
)


_PROGRESS = ("id", "revision", "current_item", "contact_at", "heard_s")
_CONTACT = ("id", "contact_at", "heard_s", "progress")
_START = ("id", "state", "started_at", "deadline_at", "grace_s", "contact_at", "heard_s", "progress")


class Sittings:
    """Sittings and seals in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *new: Sitting) -> None:
        """Insert sittings."""
        self._connection.execute(insert(sittings), [asdict(sitting) for sitting in new])

    def save(self, sitting: Sitting) -> None:
        """Store a sitting that exists; raises NotFound otherwise."""
        done = self._connection.execute(update(sittings).where(sittings.c.id == sitting.id).values(**asdict(sitting)))
        if done.rowcount != 1:
            raise NotFound("no such sitting")

    def save_progress(self, answered: Iterable[Sitting]) -> None:
        """Store how far sittings have come: newest revision, current item, last sign of life; nothing else is written."""
        self._save_columns(_PROGRESS, answered)

    def save_starts(self, started: Iterable[Sitting]) -> None:
        """Store that sittings have started, and until when."""
        self._save_columns(_START, started)

    def save_contacts(self, heard: Iterable[Sitting]) -> None:
        """Store when sittings were heard of, and what their pages said of themselves."""
        self._save_columns(_CONTACT, heard)

    def _save_columns(self, names: tuple[str, ...], changed: Iterable[Sitting]) -> None:
        update_all(self._connection, sittings, [{name: getattr(sitting, name) for name in names} for sitting in changed])

    def get(self, sitting_id: SittingId) -> Sitting:
        """Return a sitting, for acts of the system; raises NotFound."""
        return self._one(sittings.c.id == sitting_id)

    def lock(self, sitting_ids: Iterable[SittingId]) -> dict[SittingId, Sitting]:
        """Return those of the sittings that exist, held against other writers until the transaction ends.

        SQLite's writing transactions exclude each other anyway; PostgreSQL locks the rows, always in the order of their ids.
        """
        query = select(sittings).where(among(sittings.c.id, sorted(set(sitting_ids)))).order_by(sittings.c.id).with_for_update()
        return {sitting.id: sitting for sitting in map(_sitting, self._connection.execute(query))}

    def get_locked(self, sitting_id: SittingId) -> Sitting:
        """Return a sitting held against other writers; raises NotFound."""
        try:
            return self.lock([sitting_id])[sitting_id]
        except KeyError:
            raise NotFound("no such sitting") from None

    def of_candidate(self, sitting_id: SittingId, candidate_id: PersonId) -> Sitting:
        """Return a candidate's own sitting; another's is NotFound."""
        return self._one((sittings.c.id == sitting_id) & (sittings.c.candidate_id == candidate_id))

    def of_organisation(self, sitting_id: SittingId, organisation_id: OrganisationId) -> Sitting:
        """Return a sitting as the organisation's staff may see it; another organisation's is NotFound."""
        return self._one((sittings.c.id == sitting_id) & (sittings.c.organisation_id == organisation_id))

    def all_of_candidate(self, candidate_id: PersonId) -> list[Sitting]:
        """Return a candidate's sittings, oldest first."""
        return self._all(sittings.c.candidate_id == candidate_id)

    def all_of_session(self, session_id: SessionId, organisation_id: OrganisationId) -> list[Sitting]:
        """Return a session's sittings as the organisation's staff may see them, oldest first."""
        return self._all((sittings.c.session_id == session_id) & (sittings.c.organisation_id == organisation_id))

    def begun(self, exam_id: ExamId) -> bool:
        """Tell whether anybody has begun an exam; practice is not the exam."""
        first = select(sittings.c.id).where(
            sittings.c.exam_id == exam_id, sittings.c.started_at.is_not(None), sittings.c.practice.is_(False)
        )
        return self._connection.execute(first.limit(1)).first() is not None

    def overdue(self, now: datetime) -> list[Sitting]:
        """Return sittings in progress whose deadline and grace have passed, longest overdue first; outages are not looked at here."""
        open_ = (sittings.c.state == SittingState.IN_PROGRESS) & (sittings.c.deadline_at < now)
        graces = self._connection.execute(select(sittings.c.grace_s).where(open_).distinct()).scalars().all()
        ended = ((sittings.c.grace_s == grace) & (sittings.c.deadline_at < now - timedelta(seconds=grace)) for grace in graces)
        over = or_(false(), *ended)
        rows = self._connection.execute(select(sittings).where(open_, over).order_by(sittings.c.deadline_at))
        return [_sitting(row) for row in rows]

    def on_break(self) -> list[Sitting]:
        """Return the sittings whose candidates take a break."""
        return self._all((sittings.c.state == SittingState.PAUSED) & (sittings.c.paused_for == PauseReason.BREAK))

    def add_seal(self, seal: Seal) -> None:
        """Keep a seal; the database takes the next number only."""
        self._connection.execute(insert(seals).values(**asdict(seal), sha256=seal.sha256))

    def seal(self, sitting_id: SittingId) -> Seal | None:
        """Return the seal of a sitting that counts, its newest, or None while it is open."""
        return next(reversed(self.seals(sitting_id)), None)

    def sealed(self, sitting_ids: Collection[SittingId]) -> set[SittingId]:
        """Return those of the sittings that are sealed."""
        rows = self._connection.execute(select(seals.c.sitting_id).distinct().where(among(seals.c.sitting_id, sitting_ids)))
        return {SittingId(one) for one in rows.scalars()}

    def newest_seals(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, Seal]:
        """Return the seal that counts of each of these sittings that has one."""
        columns = (column for column in seals.columns if column.name != "sha256")
        rows = self._connection.execute(select(*columns).where(among(seals.c.sitting_id, sitting_ids)).order_by(seals.c.number))
        return {SittingId(row.sitting_id): Seal(**row._mapping) for row in rows}

    def seals(self, sitting_id: SittingId) -> list[Seal]:
        """Return every seal of a sitting, the first one first."""
        columns = (column for column in seals.columns if column.name != "sha256")
        rows = self._connection.execute(select(*columns).where(seals.c.sitting_id == sitting_id).order_by(seals.c.number))
        return [Seal(**row._mapping) for row in rows]

    def _one(self, condition: ColumnElement[bool]) -> Sitting:
        row = self._connection.execute(select(sittings).where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such sitting")
        return _sitting(row)

    def _all(self, condition: ColumnElement[bool]) -> list[Sitting]:
        rows = self._connection.execute(select(sittings).where(condition).order_by(sittings.c.id))
        return [_sitting(row) for row in rows]


def _sitting(row: Row[tuple[object, ...]]) -> Sitting:
    held = row._asdict()
    held["state"], held["paused_for"] = SittingState(held["state"]), held["paused_for"] and PauseReason(held["paused_for"])
    return Sitting(**held)
