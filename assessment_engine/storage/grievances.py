"""Tables and queries of grievances and their history. While one is open no certificate can exist (triggers.py reads it too)."""

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    union,
    update,
)

from assessment_engine.grievances import OPEN_STATES, About, Grievance, GrievanceState, Outcome, Step
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import GrievanceId, OrganisationId, PersonId, SittingId
from assessment_engine.storage.invigilation import adjudications, proctoring_decisions
from assessment_engine.storage.many import among
from assessment_engine.storage.results import batch_approvals, batch_entries, result_batches
from assessment_engine.storage.schema import Instant, metadata

grievances = Table(
    "grievances",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("candidate_id", String(40), ForeignKey("people.id"), nullable=False, index=True),
    Column("about", String(20), nullable=False),
    Column("subject_id", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("filed_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("assigned_to", String(40), ForeignKey("people.id")),
    Column("resolved_by", String(40), ForeignKey("people.id")),
    Column("resolved_at", Instant),
    Column("outcome", String(20)),
    Column("reason", Text, nullable=False),
    Index("ix_grievances_sitting_id_state", "sitting_id", "state"),
    Index("ix_grievances_organisation_id_due_at", "organisation_id", "due_at"),
)

grievance_history = Table(
    "grievance_history",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("grievance_id", String(40), ForeignKey("grievances.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("person_id", String(40), ForeignKey("people.id")),
    Column("what", String(20), nullable=False),
    Column("text", Text, nullable=False),
)


class Grievances:
    """Grievances and their history in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, grievance: Grievance) -> None:
        """Store a new grievance."""
        self._connection.execute(insert(grievances).values(**asdict(grievance)))

    def save(self, grievance: Grievance) -> None:
        """Store what became of a grievance."""
        self._connection.execute(update(grievances).where(grievances.c.id == grievance.id).values(**asdict(grievance)))

    def append(self, step: Step) -> None:
        """Append one line to a grievance's history."""
        self._connection.execute(insert(grievance_history).values(**asdict(step)))

    def history(self, grievance_id: GrievanceId) -> list[Step]:
        """Return a grievance's history, oldest first."""
        columns = [column for column in grievance_history.columns if column.name != "seq"]
        lines = select(*columns).where(grievance_history.c.grievance_id == grievance_id).order_by(grievance_history.c.seq)
        return [Step(**row._mapping) for row in self._connection.execute(lines)]

    def of_organisation(self, grievance_id: GrievanceId, organisation_id: OrganisationId) -> Grievance:
        """Return a grievance as the organisation's staff may see it; raises NotFound."""
        return self._one((grievances.c.id == grievance_id) & (grievances.c.organisation_id == organisation_id))

    def of_organisation_locked(self, grievance_id: GrievanceId, organisation_id: OrganisationId) -> Grievance:
        """Return it held against other writers, so that two officers act one after the other; raises NotFound."""
        mine = (grievances.c.id == grievance_id) & (grievances.c.organisation_id == organisation_id)
        return self._first(select(grievances).where(mine).with_for_update())

    def of_candidate(self, grievance_id: GrievanceId, candidate_id: PersonId) -> Grievance:
        """Return a candidate's own grievance; another's is NotFound."""
        return self._one((grievances.c.id == grievance_id) & (grievances.c.candidate_id == candidate_id))

    def all_of_candidate(self, candidate_id: PersonId) -> list[Grievance]:
        """Return a candidate's grievances, newest first."""
        return self._all(grievances.c.candidate_id == candidate_id, grievances.c.filed_at.desc())

    def all_of_organisation(self, organisation_id: OrganisationId) -> list[Grievance]:
        """Return an organisation's grievances, the one that is due first first."""
        return self._all(grievances.c.organisation_id == organisation_id, grievances.c.due_at)

    def unassigned(self) -> list[Grievance]:
        """Return what waits for somebody to answer it, in every organisation, oldest first."""
        return self._all(grievances.c.state == GrievanceState.FILED, grievances.c.filed_at)

    def assigned(self) -> list[Grievance]:
        """Return what somebody has to answer, in every organisation, oldest first."""
        return self._all(grievances.c.state == GrievanceState.ASSIGNED, grievances.c.filed_at)

    def open_of(self, sitting_id: SittingId) -> list[Grievance]:
        """Return the open grievances on a sitting, oldest first; while there is one the certificate waits."""
        return self._all((grievances.c.sitting_id == sitting_id) & grievances.c.state.in_(OPEN_STATES), grievances.c.filed_at)

    def open_in(self, sitting_ids: Collection[SittingId]) -> list[Grievance]:
        """Return the open grievances on these sittings, oldest first."""
        return self._all(among(grievances.c.sitting_id, sitting_ids) & grievances.c.state.in_(OPEN_STATES), grievances.c.filed_at)

    def open_about(self, sitting_id: SittingId, about: About, subject_id: str) -> bool:
        """Tell whether the same thing is contested already."""
        return any(one.about is about and one.subject_id == subject_id for one in self.open_of(sitting_id))

    def deciders(self, sitting_id: SittingId) -> frozenset[PersonId]:
        """Return everybody who decided on a sitting: judged a case, decided on the whole, approved its result."""
        judged = select(adjudications.c.person_id).where(adjudications.c.sitting_id == sitting_id)
        decided = select(proctoring_decisions.c.decided_by).where(proctoring_decisions.c.sitting_id == sitting_id)
        approved = select(batch_approvals.c.officer_id).join(batch_entries, batch_entries.c.batch_id == batch_approvals.c.batch_id)
        people = self._connection.execute(union(judged, decided, approved.where(batch_entries.c.sitting_id == sitting_id))).scalars()
        return frozenset(PersonId(person) for person in people if person is not None)

    def has_published_result(self, sitting_id: SittingId) -> bool:
        """Tell whether a result of the sitting was published."""
        query = select(batch_entries.c.sitting_id).join(result_batches, result_batches.c.id == batch_entries.c.batch_id)
        published = query.where(batch_entries.c.sitting_id == sitting_id, result_batches.c.state == "published")
        return self._connection.execute(published).first() is not None

    def load(self, officers: Collection[PersonId]) -> dict[PersonId, int]:
        """Return how many open grievances each of these officers has."""
        query = select(grievances.c.assigned_to, func.count()).where(grievances.c.state.in_(OPEN_STATES)).group_by(grievances.c.assigned_to)
        counts = {row[0]: row[1] for row in self._connection.execute(query)}
        return {officer: counts.get(officer, 0) for officer in officers}

    def _one(self, condition: ColumnElement[bool]) -> Grievance:
        return self._first(select(grievances).where(condition))

    def _first(self, query: Select[tuple[object, ...]]) -> Grievance:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("no such grievance")
        return _grievance(row)

    def _all(self, condition: ColumnElement[bool], order: ColumnElement[object]) -> list[Grievance]:
        return [_grievance(row) for row in self._connection.execute(select(grievances).where(condition).order_by(order, grievances.c.id))]


def _grievance(row: Row[tuple[object, ...]]) -> Grievance:
    outcome = None if row.outcome is None else Outcome(row.outcome)
    return Grievance(**{**row._mapping, "about": About(row.about), "state": GrievanceState(row.state), "outcome": outcome})
