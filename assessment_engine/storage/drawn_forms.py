"""Tables and queries of drawn forms: which session's papers were drawn, from which pool and seed, and whose paper each form is."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import JSON, Column, Connection, ForeignKey, Index, Row, String, Table, exists, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from assessment_engine.delivery.sitting import BEFORE_PAPER, SittingState
from assessment_engine.kernel.ids import (
    BlueprintId,
    DrawId,
    ExamId,
    FormId,
    ItemVersionId,
    OrganisationId,
    PersonId,
    RegistrationId,
    SessionId,
    SittingId,
)
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.exams import exam_sessions
from assessment_engine.storage.forms import form_items, forms
from assessment_engine.storage.schema import Instant, metadata
from assessment_engine.storage.triggers import refusal
from item_bank.blueprints import Pool, pool_of

_COUNTS = text("replaced_at IS NULL")
_EARLY = sorted(str(state) for state in BEFORE_PAPER)
form_draws = Table(
    "form_draws",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("session_id", String(40), ForeignKey("exam_sessions.id"), nullable=False),
    Column("blueprint_id", String(40), ForeignKey("blueprints.id"), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("pool_sha256", String(64), ForeignKey("pools.sha256"), nullable=False),
    Column("drawn_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("drawn_at", Instant, nullable=False),
    Column("replaced_at", Instant),
    Index("uq_form_draws_session_id", "session_id", unique=True, sqlite_where=_COUNTS, postgresql_where=_COUNTS),
)

pools = Table("pools", metadata, Column("sha256", String(64), primary_key=True), Column("document", JSON, nullable=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDraw:
    """One session's draw: the rules, the pool and the seed that every candidate's own paper follows from."""

    id: DrawId
    organisation_id: OrganisationId
    session_id: SessionId
    blueprint_id: BlueprintId
    seed: str
    pool_sha256: str
    drawn_by: PersonId
    drawn_at: datetime

    def seed_for(self, registration_id: RegistrationId) -> str:
        """Return what the paper of one registration is drawn from."""
        return f"{self.seed} {registration_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """How far a session's papers are: sittings that could get one, that have one, and that were handed the common one already."""

    waiting: int
    drawn: int
    begun: int


class Waiting(NamedTuple):
    """A sitting that has no paper of its session's draw yet."""

    sitting_id: SittingId
    registration_id: RegistrationId


class DrawnForms:
    """Draws of forms in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_draw(self, draw: FormDraw, pool: Pool) -> None:
        """Insert a draw with its pool; the session's earlier one counts no more."""
        self.keep_pool(pool)
        earlier = (form_draws.c.session_id == draw.session_id) & form_draws.c.replaced_at.is_(None)
        self._connection.execute(update(form_draws).where(earlier).values(replaced_at=draw.drawn_at))
        self._connection.execute(insert(form_draws).values(**asdict(draw)))

    def keep_pool(self, pool: Pool) -> None:
        """Keep a pool, if it is not kept already."""
        if self._connection.execute(select(pools.c.sha256).where(pools.c.sha256 == pool.sha256)).first() is None:
            with suppress(IntegrityError), self._connection.begin_nested():  # or somebody else keeps the same one at this moment
                self._connection.execute(insert(pools).values(sha256=pool.sha256, document=pool.document))

    def of_session(self, session_id: SessionId) -> FormDraw | None:
        """Return the draw of a session that counts, None where everybody sits the same form."""
        query = select(form_draws).where(form_draws.c.session_id == session_id, form_draws.c.replaced_at.is_(None))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _draw(row)

    def pool(self, sha256: str) -> Pool:
        """Return a pool that papers were drawn from."""
        return pool_of(self._connection.execute(select(pools.c.document).where(pools.c.sha256 == sha256)).scalar_one())

    def waiting(self, draw: FormDraw) -> list[Waiting]:
        """Return the session's sittings that have no paper of this draw yet and were handed none, in order of their registration."""
        own = exists().where(forms.c.id == sittings.c.form_id, forms.c.draw_id == draw.id)
        query = select(sittings.c.id, sittings.c.registration_id).order_by(sittings.c.registration_id)
        rows = self._connection.execute(query.where(sittings.c.session_id == draw.session_id, sittings.c.state.in_(_EARLY), ~own))
        return [Waiting(SittingId(row.id), RegistrationId(row.registration_id)) for row in rows]

    def unfinished(self, now: datetime) -> list[FormDraw]:
        """Return the draws of sessions that are not over in which somebody waits for a paper."""
        live = select(form_draws).join(exam_sessions, exam_sessions.c.id == form_draws.c.session_id)
        rows = self._connection.execute(live.where(exam_sessions.c.closes_at > now, form_draws.c.replaced_at.is_(None))).all()
        return [draw for draw in map(_draw, rows) if self.waiting(draw)]

    def seats(self, session_id: SessionId, draw: FormDraw | None) -> Seats:
        """Count how far a session's papers are."""
        of_session = select(func.count()).select_from(sittings).where(sittings.c.session_id == session_id)
        own = exists().where(forms.c.id == sittings.c.form_id, forms.c.draw_id == (draw.id if draw else ""))
        early = sittings.c.state.in_(_EARLY)
        counts = [of_session.where(early, ~own), of_session.where(own), of_session.where(~early, sittings.c.state != SittingState.VOIDED)]
        waiting, drawn, begun = (int(self._connection.execute(query).scalar_one()) for query in counts)
        return Seats(waiting=waiting, drawn=drawn, begun=begun)

    def papers(self, draw: FormDraw) -> dict[RegistrationId, FormId]:
        """Return the papers of a draw by registration."""
        rows = self._connection.execute(select(forms.c.registration_id, forms.c.id).where(forms.c.draw_id == draw.id))
        return {RegistrationId(row.registration_id): FormId(row.id) for row in rows}

    def uses(self, draw: FormDraw) -> dict[ItemVersionId, int]:
        """Return in how many papers of a draw each version is."""
        query = select(form_items.c.version_id, func.count()).join(forms, forms.c.id == form_items.c.form_id)
        rows = self._connection.execute(query.where(forms.c.draw_id == draw.id).group_by(form_items.c.version_id))
        return {ItemVersionId(version_id): count for version_id, count in rows}

    def versions_in(self, exam_ids: Collection[ExamId]) -> set[ItemVersionId]:
        """Return every version in a drawn paper of these exams."""
        query = select(form_items.c.version_id).distinct().join(forms, forms.c.id == form_items.c.form_id)
        query = query.join(form_draws, form_draws.c.id == forms.c.draw_id)
        query = query.join(exam_sessions, exam_sessions.c.id == form_draws.c.session_id)
        rows = self._connection.execute(query.where(exam_sessions.c.exam_id.in_(exam_ids), form_draws.c.replaced_at.is_(None)))
        return {ItemVersionId(one) for one in rows.scalars()}

    def versions_of(self, session_id: SessionId) -> set[ItemVersionId]:
        """Return every version that somebody of a session has in their paper, the common one too; none where no paper was drawn."""
        query = select(form_items.c.version_id, forms.c.draw_id).distinct().join(forms, forms.c.id == form_items.c.form_id)
        query = query.join(sittings, sittings.c.form_id == forms.c.id)
        rows = self._connection.execute(query.where(sittings.c.session_id == session_id)).all()
        return {ItemVersionId(row.version_id) for row in rows} if any(row.draw_id for row in rows) else set()

    def digests(self, draw: FormDraw) -> Sequence[str]:
        """Return the hashes of a draw's papers, in order."""
        return list(self._connection.execute(select(forms.c.sha256).where(forms.c.draw_id == draw.id).order_by(forms.c.sha256)).scalars())


def _draw(row: Row[tuple[object, ...]]) -> FormDraw:
    return FormDraw(
        id=DrawId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        session_id=SessionId(row.session_id),
        blueprint_id=BlueprintId(row.blueprint_id),
        seed=row.seed,
        pool_sha256=row.pool_sha256,
        drawn_by=PersonId(row.drawn_by),
        drawn_at=row.drawn_at,
    )


def drawing_triggers(dialect: str) -> tuple[str, ...]:
    """Return what migration 0018 executes: blueprints, pools and draws say for ever what they said."""
    stays = {
        "blueprints": "id, organisation_id, document, sha256, made_by, made_at, replaces",
        "pools": "sha256, document",
        "form_draws": "id, organisation_id, session_id, blueprint_id, seed, pool_sha256, drawn_by, drawn_at",
        "forms": "id, organisation_id, document, sha256, blueprint_id, seed, pool_sha256, draw_id, registration_id",
    }
    changes = (refusal(dialect, f"{table}_stays", f"UPDATE OF {columns} ON {table}{{each}}", table) for table, columns in stays.items())
    deletes = (refusal(dialect, f"{table}_no_delete", f"DELETE ON {table}{{each}}", table) for table in stays)
    return (*changes, *deletes)
