"""Table and queries of hearings. A reply and a waiver are written once, nothing else is ever changed (triggers in the migrations)."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Row,
    Select,
    String,
    Table,
    Text,
    exists,
    insert,
    select,
    update,
)

from assessment_engine.delivery.sitting import ENDED
from assessment_engine.invigilation.case import CaseState
from assessment_engine.invigilation.hearing import Hearing
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import IncidentId, PersonId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.evidence import evidence_packages
from assessment_engine.storage.invigilation import cases
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata

hearings = Table(
    "hearings",
    metadata,
    Column("incident_id", String(40), ForeignKey("cases.incident_id"), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False, index=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("candidate_id", String(40), ForeignKey("people.id"), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("reply", Text),
    Column("replied_at", Instant),
    Column("waived_at", Instant),
    CheckConstraint("due_at > opened_at", name="days_to_answer"),
    CheckConstraint("(reply IS NULL) = (replied_at IS NULL)", name="reply_has_a_time"),
    Index("ix_hearings_due_at", "due_at"),
)

_UNHEARD = hearings.c.replied_at.is_(None) & hearings.c.waived_at.is_(None)


class Hearings:
    """Hearings in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, hearing: Hearing) -> None:
        """Store a hearing that is opened now; a case has one."""
        self._connection.execute(insert(hearings).values(**asdict(hearing)))

    def reply(self, hearing: Hearing) -> None:
        """Store the candidate's reply."""
        self._save(hearing, reply=hearing.reply, replied_at=hearing.replied_at)

    def waive(self, hearing: Hearing) -> None:
        """Store that the candidate does not wish to say anything."""
        self._save(hearing, waived_at=hearing.waived_at)

    def _save(self, hearing: Hearing, **changed: object) -> None:
        self._connection.execute(update(hearings).where(hearings.c.incident_id == hearing.incident_id).values(**changed))

    def of_case(self, incident_id: IncidentId) -> Hearing | None:
        """Return a case's hearing, None while none was opened."""
        return self.of_cases([incident_id]).get(incident_id)

    def of_cases(self, incident_ids: Collection[IncidentId]) -> Mapping[IncidentId, Hearing]:
        """Return the hearings of these cases; of a case that has none there is no entry."""
        return {one.incident_id: one for one in self._all(among(hearings.c.incident_id, incident_ids))}

    def of_sitting(self, sitting_id: SittingId) -> list[Hearing]:
        """Return a sitting's hearings, oldest first."""
        return self._all(hearings.c.sitting_id == sitting_id)

    def of_candidate(self, incident_id: IncidentId, candidate_id: PersonId) -> Hearing:
        """Return a candidate's own hearing; another's is NotFound."""
        found = self._all((hearings.c.incident_id == incident_id) & (hearings.c.candidate_id == candidate_id))
        if not found:
            raise NotFound("no such hearing")
        return found[0]

    def all_of_candidate(self, candidate_id: PersonId) -> list[Hearing]:
        """Return a candidate's hearings, oldest first."""
        return self._all(hearings.c.candidate_id == candidate_id)

    def unopened(self, limit: int) -> list[tuple[SittingId, IncidentId]]:
        """Return the cases that wait for a second person, of sittings that are over, and whose candidate was not asked yet."""
        joined = cases.join(sittings, sittings.c.id == cases.c.sitting_id)
        waits = (cases.c.state == CaseState.AWAITING_SECOND) & sittings.c.state.in_(ENDED)
        asked = exists().where(hearings.c.incident_id == cases.c.incident_id)
        query = select(cases.c.sitting_id, cases.c.incident_id).select_from(joined).where(waits, ~asked).order_by(cases.c.opened_at)
        return [(SittingId(row.sitting_id), IncidentId(row.incident_id)) for row in self._connection.execute(query.limit(limit))]

    def unpackaged(self, now: datetime, limit: int) -> list[SittingId]:
        """Return the sittings with an open hearing for which no package of evidence was asked for since it opened."""
        made = exists().where(evidence_packages.c.sitting_id == hearings.c.sitting_id, evidence_packages.c.asked_at >= hearings.c.opened_at)
        query = select(hearings.c.sitting_id).distinct().where(hearings.c.due_at > now, _UNHEARD, ~made)
        return [SittingId(one) for one in self._connection.execute(query.limit(limit)).scalars()]

    def _all(self, condition: ColumnElement[bool]) -> list[Hearing]:
        query: Select[tuple[object, ...]] = select(hearings).where(condition).order_by(hearings.c.opened_at, hearings.c.incident_id)
        return [_hearing(row) for row in self._connection.execute(query)]


def _hearing(row: Row[tuple[object, ...]]) -> Hearing:
    return Hearing(**row._mapping)
