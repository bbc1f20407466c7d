"""Table and queries of things that a person looked at and dismissed in one sitting. Rows are only added."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, ForeignKey, String, Table, insert, select

from assessment_engine.invigilation.case import FOUND_NOTHING
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SittingId
from assessment_engine.storage.incidents import incidents
from assessment_engine.storage.invigilation import cases
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata

dismissals = Table(
    "dismissals",
    metadata,
    Column("incident_id", String(40), ForeignKey("incidents.id"), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False, index=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("things", JSON, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissalRecord:
    """What somebody dismissed, as proctoring/expected.py writes it, and the incident that showed it."""

    incident_id: IncidentId
    sitting_id: SittingId
    organisation_id: OrganisationId
    person_id: PersonId
    at: datetime
    things: tuple[Mapping[str, Any], ...]


class Dismissals:
    """Dismissed things in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: DismissalRecord) -> bool:
        """Add a dismissal; False when this incident's things were dismissed before."""
        if self._connection.execute(select(dismissals.c.incident_id).where(dismissals.c.incident_id == record.incident_id)).first():
            return False
        named = {name: getattr(record, name) for name in ("incident_id", "sitting_id", "organisation_id", "person_id", "at")}
        self._connection.execute(insert(dismissals).values(**named, things=list(record.things)))
        return True

    def of_sittings(self, sitting_ids: Collection[SittingId]) -> list[DismissalRecord]:
        """Return what was dismissed in these sittings, oldest first."""
        query = select(dismissals).where(among(dismissals.c.sitting_id, sitting_ids)).order_by(dismissals.c.at)
        return [DismissalRecord(**{**row._mapping, "things": tuple(row.things)}) for row in self._connection.execute(query)]

    def judged_away(self, sitting_ids: Collection[SittingId], kinds: Collection[str]) -> list[tuple[SittingId, Mapping[str, Any]]]:
        """Return the traces of these sittings' incidents of some kinds whose case people dismissed."""
        query = select(incidents.c.sitting_id, incidents.c.trace).join(cases, cases.c.incident_id == incidents.c.id)
        told = query.where(among(incidents.c.sitting_id, sitting_ids), cases.c.state.in_(FOUND_NOTHING), incidents.c.kind.in_(kinds))
        return [(SittingId(row.sitting_id), row.trace) for row in self._connection.execute(told)]
