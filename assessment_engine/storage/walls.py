"""Queries of a session's wall, a few rows for each candidate: what was found, when somebody looked last. Tables are other modules'."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from assessment_engine.invigilation.case import FOUND_NOTHING
from assessment_engine.kernel.ids import IncidentId, PersonId, SessionId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.events import NO_SAVE, exam_events
from assessment_engine.storage.incidents import incidents
from assessment_engine.storage.invigilation import cases
from assessment_engine.storage.many import among


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an incident weighs by, without its trace."""

    incident_id: IncidentId
    sitting_id: SittingId
    kind: str
    tier: str
    severity: str | None
    confidence: float
    raised_at: datetime
    ended_at: datetime | None


class Walls:
    """Walls in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def found_in(self, session_id: SessionId) -> list[Found]:
        """Return the alerts and detections of a session that nobody dismissed, oldest first."""
        columns = (incidents.c.sitting_id, incidents.c.kind, incidents.c.tier, incidents.c.severity, incidents.c.confidence)
        query = select(incidents.c.id.label("incident_id"), *columns, incidents.c.raised_at, incidents.c.ended_at)
        joined = query.join(sittings, sittings.c.id == incidents.c.sitting_id).outerjoin(cases, cases.c.incident_id == incidents.c.id)
        standing = cases.c.state.is_(None) | cases.c.state.not_in(FOUND_NOTHING)
        told = joined.where(sittings.c.session_id == session_id, incidents.c.tier.in_(("alert", "detection")), standing)
        return [Found(**row._mapping) for row in self._connection.execute(told.order_by(incidents.c.raised_at))]

    def of_candidates(self, session_id: SessionId, candidates: Collection[PersonId]) -> frozenset[SittingId]:
        """Return the sittings of some candidates in a session."""
        theirs = select(sittings.c.id).where(sittings.c.session_id == session_id, among(sittings.c.candidate_id, candidates))
        return frozenset(SittingId(one) for one in self._connection.execute(theirs).scalars())

    def looked_at(self, session_id: SessionId) -> dict[SittingId, datetime]:
        """Return when somebody looked last at the candidates of a session."""
        query = select(exam_events.c.sitting_id, func.max(exam_events.c.at).label("at"))
        looks = query.join(sittings, sittings.c.id == exam_events.c.sitting_id).where(
            sittings.c.session_id == session_id, exam_events.c.kind == "candidate_looked_at", text(f"exam_events.{NO_SAVE}")
        )
        return {SittingId(row.sitting_id): row.at for row in self._connection.execute(looks.group_by(exam_events.c.sitting_id))}
