"""Queries of who has seen a sitting: judged it, had it open, watched it, spoke or acted in it. Tables are other modules'."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, select, text, union

from assessment_engine.kernel.ids import PersonId, SessionId, SittingId
from assessment_engine.storage.duty import wall_presences
from assessment_engine.storage.events import NO_SAVE, exam_events
from assessment_engine.storage.evidence import evidence_packages
from assessment_engine.storage.interests import conflicts_of_interest
from assessment_engine.storage.invigilation import adjudications, cases, overturnings, proctoring_decisions
from assessment_engine.storage.pending import case_openings, pending_judgements
from assessment_engine.storage.results import batch_approvals, batch_entries
from assessment_engine.storage.unmarked import unmarked_reviews

People = frozenset[PersonId]


class Seen:
    """Who has seen a sitting, in the current transaction; each answer has nobody twice."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def judged(self, sitting_id: SittingId) -> People:
        """Return everybody who said what they think of a case of a sitting, also what they took back, or of a case that measures."""
        mine = select(cases.c.incident_id).where(cases.c.sitting_id == sitting_id)
        return self._people(
            select(adjudications.c.person_id).where(adjudications.c.sitting_id == sitting_id),
            select(pending_judgements.c.person_id).where(pending_judgements.c.case_id.in_(mine)),
            select(unmarked_reviews.c.person_id).where(unmarked_reviews.c.sitting_id == sitting_id),
        )

    def decided(self, sitting_id: SittingId) -> People:
        """Return everybody who decided on a sitting as a whole, or on an appeal."""
        return self._people(
            select(proctoring_decisions.c.decided_by).where(proctoring_decisions.c.sitting_id == sitting_id),
            select(overturnings.c.person_id).where(overturnings.c.sitting_id == sitting_id),
        )

    def signed(self, sitting_id: SittingId) -> People:
        """Return the officers who signed a result of a sitting."""
        joined = batch_approvals.join(batch_entries, batch_entries.c.batch_id == batch_approvals.c.batch_id)
        return self._people(select(batch_approvals.c.officer_id).select_from(joined).where(batch_entries.c.sitting_id == sitting_id))

    def opened(self, sitting_id: SittingId) -> People:
        """Return everybody who had a case of a sitting before them, or asked for a package of its evidence."""
        shown = union(
            select(cases.c.incident_id).where(cases.c.sitting_id == sitting_id),
            select(unmarked_reviews.c.id).where(unmarked_reviews.c.sitting_id == sitting_id),
        )
        return self._people(
            select(case_openings.c.person_id).where(case_openings.c.case_id.in_(shown)),
            select(evidence_packages.c.asked_by).where(evidence_packages.c.sitting_id == sitting_id),
        )

    def acted(self, sitting_id: SittingId, kinds: Collection[str]) -> People:
        """Return whose acts of these kinds a sitting's events have."""
        mine = (exam_events.c.sitting_id == sitting_id) & exam_events.c.kind.in_(kinds)
        return self._people(select(exam_events.c.actor_id).where(mine, text(f"exam_events.{NO_SAVE}")))

    def had_open(self, session_id: SessionId, rooms: Collection[int]) -> People:
        """Return everybody who had one of these rooms of a session's wall open; 0 is the view of all."""
        open_walls = (wall_presences.c.session_id == session_id) & wall_presences.c.room.in_(rooms)
        return self._people(select(wall_presences.c.person_id).where(open_walls))

    def knowing(self, candidate_id: PersonId) -> People:
        """Return everybody who declared that they know a candidate."""
        return self._people(select(conflicts_of_interest.c.person_id).where(conflicts_of_interest.c.candidate_id == candidate_id))

    def _people(self, *queries: Select[Any]) -> People:
        found = (one for query in queries for one in self._connection.execute(query).scalars())
        return frozenset(PersonId(one) for one in found if one is not None)
