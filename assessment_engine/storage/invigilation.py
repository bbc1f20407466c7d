"""Tables and queries of the human side: cases, adjudications and proctoring decisions.

Adjudications and decisions are append-only (triggers in the migrations). A person judges a case once; a case has at most two judgements.
"""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    exists,
    func,
    insert,
    select,
    update,
)

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import (
    FOUND_NOTHING,
    UNDECIDED,
    Adjudication,
    Case,
    CaseState,
    Outcome,
    Overturning,
    ProctoringDecision,
    Reason,
    Verdict,
    WaitingCase,
)
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SessionId, SittingId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.incidents import incidents
from assessment_engine.storage.interests import knows
from assessment_engine.storage.many import among
from assessment_engine.storage.pending import pending_judgements
from assessment_engine.storage.schema import Instant, metadata

cases = Table(
    "cases",
    metadata,
    Column("incident_id", String(40), ForeignKey("incidents.id"), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False, index=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("opened_at", Instant, nullable=False),
)

adjudications = Table(
    "adjudications",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("incident_id", String(40), ForeignKey("cases.incident_id"), nullable=False),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False, index=True),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("reason_code", String(30), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("ordinal", Integer, nullable=False),
    UniqueConstraint("incident_id", "person_id"),
    UniqueConstraint("incident_id", "ordinal"),
    CheckConstraint("ordinal IN (1, 2)", name="two_people"),
)

proctoring_decisions = Table(
    "proctoring_decisions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("decided_by", String(40), ForeignKey("people.id")),
    Column("reason", Text, nullable=False),
    Column("observable_share", Float, nullable=False),
    Column("incidents_until", Instant, nullable=False),
    CheckConstraint("(outcome = 'unflagged') = (decided_by IS NULL)", name="people_decide"),
)

overturnings = Table(
    "overturnings",
    metadata,
    Column("incident_id", String(40), ForeignKey("cases.incident_id"), primary_key=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False, index=True),
    Column("grievance_id", String(40), ForeignKey("grievances.id"), nullable=False),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

_UNDECIDED = cases.c.state.in_(UNDECIDED)
_PENDING = exists().where(
    pending_judgements.c.case_id == cases.c.incident_id,
    pending_judgements.c.undone_at.is_(None),
    pending_judgements.c.effected_at.is_(None),
)


class Invigilation:
    """Cases, adjudications and decisions in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_case(self, incident_id: IncidentId, sitting_id: SittingId, organisation_id: OrganisationId, now: datetime) -> None:
        """Set an incident before people; a second call for the same incident changes nothing."""
        if self._connection.execute(select(cases.c.incident_id).where(cases.c.incident_id == incident_id)).first():
            return
        self._connection.execute(
            insert(cases).values(
                incident_id=incident_id, sitting_id=sitting_id, organisation_id=organisation_id, state=CaseState.OPEN, opened_at=now
            )
        )

    def case(self, incident_id: IncidentId, organisation_id: OrganisationId) -> Case:
        """Return a case of this organisation; raises NotFound."""
        return self._one_case(select(cases).where(cases.c.incident_id == incident_id, cases.c.organisation_id == organisation_id))

    def case_locked(self, incident_id: IncidentId, organisation_id: OrganisationId) -> Case:
        """Return a case held against other writers, so that two people judge one after the other; raises NotFound."""
        query = select(cases).where(cases.c.incident_id == incident_id, cases.c.organisation_id == organisation_id)
        return self._one_case(query.with_for_update())

    def organisation_of(self, incident_id: IncidentId) -> OrganisationId:
        """Return whose case it is, for acts of the system; raises NotFound."""
        return self._one_case(select(cases).where(cases.c.incident_id == incident_id)).organisation_id

    def cases_of(self, sitting_id: SittingId) -> list[Case]:
        """Return a sitting's cases, oldest first."""
        rows = self._connection.execute(
            select(cases).where(cases.c.sitting_id == sitting_id).order_by(cases.c.opened_at, cases.c.incident_id)
        )
        return [_case(row) for row in rows]

    def cases_in(self, sitting_ids: Collection[SittingId]) -> list[Case]:
        """Return the cases of these sittings, oldest first."""
        query = select(cases).where(among(cases.c.sitting_id, sitting_ids)).order_by(cases.c.opened_at, cases.c.incident_id)
        return [_case(row) for row in self._connection.execute(query)]

    def first_judged(self, incident_ids: Collection[IncidentId]) -> dict[IncidentId, datetime]:
        """Return when the first person judged each of these cases."""
        first = (adjudications.c.ordinal == 1) & among(adjudications.c.incident_id, incident_ids)
        rows = self._connection.execute(select(adjudications.c.incident_id, adjudications.c.at).where(first))
        return {IncidentId(row.incident_id): row.at for row in rows}

    def newest_decisions(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, ProctoringDecision]:
        """Return the latest decision on each of these sittings that has one."""
        query = select(proctoring_decisions).where(among(proctoring_decisions.c.sitting_id, sitting_ids))
        in_order = query.order_by(proctoring_decisions.c.decided_at, proctoring_decisions.c.incidents_until)
        return {SittingId(row.sitting_id): _decision(row) for row in self._connection.execute(in_order)}

    def overturnings_in(self, sitting_ids: Collection[SittingId]) -> list[Overturning]:
        """Return what appeals overturned in these sittings."""
        query = select(overturnings).where(among(overturnings.c.sitting_id, sitting_ids))
        return [Overturning(**row._mapping) for row in self._connection.execute(query)]

    def waiting_for(self, person_id: PersonId, organisation_id: OrganisationId) -> list[WaitingCase]:
        """Return the undecided cases of strangers that this person has not judged, and that nobody's pending judgement holds."""
        judged = select(adjudications.c.incident_id).where(adjudications.c.person_id == person_id)
        joined = cases.join(incidents, incidents.c.id == cases.c.incident_id).join(sittings, sittings.c.id == cases.c.sitting_id)
        mine = (cases.c.organisation_id == organisation_id) & (sittings.c.candidate_id != person_id) & ~knows(person_id)
        query = select(cases, incidents.c.kind, incidents.c.severity).select_from(joined)
        query = query.where(mine, _UNDECIDED, cases.c.incident_id.not_in(judged), ~_PENDING)
        found = self._connection.execute(query.order_by(cases.c.opened_at, cases.c.incident_id))
        return [WaitingCase(case=_case(row), kind=row.kind, severity=row.severity) for row in found]

    def undecided_in(self, session_id: SessionId) -> int:
        """Count the undecided cases of a session."""
        joined = cases.join(sittings, sittings.c.id == cases.c.sitting_id)
        query = select(func.count()).select_from(joined).where(sittings.c.session_id == session_id, _UNDECIDED)
        return int(self._connection.execute(query).scalar_one())

    def flags_in(self, session_id: SessionId) -> int:
        """Count the flags that the machine raised in a session, whatever became of them."""
        joined = incidents.join(sittings, sittings.c.id == incidents.c.sitting_id)
        query = select(func.count()).select_from(joined).where(sittings.c.session_id == session_id, incidents.c.tier == "alert")
        return int(self._connection.execute(query).scalar_one())

    def dismissed_in(self, session_id: SessionId) -> int:
        """Count the flags of a session of which nothing is left: people dismissed them, or an appeal overturned them."""
        joined = cases.join(sittings, sittings.c.id == cases.c.sitting_id)
        query = select(func.count()).select_from(joined).where(sittings.c.session_id == session_id, cases.c.state.in_(FOUND_NOTHING))
        return int(self._connection.execute(query).scalar_one())

    def save_case(self, case: Case) -> None:
        """Store a case's new state."""
        self._connection.execute(update(cases).where(cases.c.incident_id == case.incident_id).values(state=case.state))

    def adjudicate(self, adjudication: Adjudication) -> None:
        """Append a person's judgement."""
        self._connection.execute(insert(adjudications).values(**asdict(adjudication)))

    def adjudications_of(self, incident_id: IncidentId) -> list[Adjudication]:
        """Return what people judged on a case, first person first."""
        query = select(adjudications).where(adjudications.c.incident_id == incident_id).order_by(adjudications.c.ordinal)
        return [_adjudication(row) for row in self._connection.execute(query)]

    def overturn(self, overturning: Overturning) -> None:
        """Append that an upheld appeal overturned a case."""
        self._connection.execute(insert(overturnings).values(**asdict(overturning)))

    def overturnings_of(self, sitting_id: SittingId) -> list[Overturning]:
        """Return what appeals overturned in a sitting, oldest first."""
        query = select(overturnings).where(overturnings.c.sitting_id == sitting_id).order_by(overturnings.c.at, overturnings.c.incident_id)
        return [Overturning(**row._mapping) for row in self._connection.execute(query)]

    def overturned_in(self, organisation_id: OrganisationId) -> frozenset[IncidentId]:
        """Return every case of an organisation that an appeal overturned."""
        query = select(cases.c.incident_id).where(cases.c.organisation_id == organisation_id, cases.c.state == CaseState.OVERTURNED)
        return frozenset(IncidentId(one) for one in self._connection.execute(query).scalars())

    def last_adjudication(self, sitting_id: SittingId) -> Adjudication | None:
        """Return the latest judgement on any case of a sitting."""
        query = (
            select(adjudications)
            .where(adjudications.c.sitting_id == sitting_id)
            .order_by(adjudications.c.at.desc(), adjudications.c.ordinal.desc())
        )
        row = self._connection.execute(query.limit(1)).first()
        return None if row is None else _adjudication(row)

    def decide(self, decision: ProctoringDecision) -> None:
        """Append a proctoring decision; a later one supersedes, none is changed."""
        self._connection.execute(insert(proctoring_decisions).values(**asdict(decision)))

    def decision_of(self, sitting_id: SittingId) -> ProctoringDecision | None:
        """Return the decision that stands for a sitting: the latest."""
        query = select(proctoring_decisions).where(proctoring_decisions.c.sitting_id == sitting_id)
        latest = query.order_by(proctoring_decisions.c.decided_at.desc(), proctoring_decisions.c.incidents_until.desc()).limit(1)
        row = self._connection.execute(latest).first()
        return None if row is None else _decision(row)

    def decisions_of(self, sitting_id: SittingId) -> list[ProctoringDecision]:
        """Return every decision on a sitting, oldest first; the last one stands."""
        query = select(proctoring_decisions).where(proctoring_decisions.c.sitting_id == sitting_id)
        return [
            _decision(row) for row in self._connection.execute(query.order_by(proctoring_decisions.c.decided_at, proctoring_decisions.c.id))
        ]

    def undecided_sittings(self, organisation_id: OrganisationId) -> list[SittingId]:
        """Return the submitted sittings without a decision newer than their last flag and last overturned case, oldest first."""
        later = exists().where(
            incidents.c.sitting_id == sittings.c.id,
            incidents.c.tier == "alert",
            incidents.c.raised_at > proctoring_decisions.c.incidents_until,
        )
        since = exists().where(overturnings.c.sitting_id == sittings.c.id, overturnings.c.at > proctoring_decisions.c.decided_at)
        standing = exists().where(proctoring_decisions.c.sitting_id == sittings.c.id, ~later, ~since)
        mine = (sittings.c.organisation_id == organisation_id) & (sittings.c.state == SittingState.SUBMITTED)
        query = select(sittings.c.id).where(mine, ~standing).order_by(sittings.c.submitted_at)
        return [SittingId(one) for one in self._connection.execute(query).scalars()]

    def _one_case(self, query: Select[tuple[object, ...]]) -> Case:
        row = self._connection.execute(query).first()
        if row is None:
            raise NotFound("no such case")
        return _case(row)


def _case(row: Row[tuple[object, ...]]) -> Case:
    values = {column.name: row._mapping[column.name] for column in cases.columns}
    return Case(**{**values, "state": CaseState(values["state"])})


def _adjudication(row: Row[tuple[object, ...]]) -> Adjudication:
    values = row._mapping
    return Adjudication(**{**values, "verdict": Verdict(values["verdict"]), "reason_code": Reason(values["reason_code"])})


def _decision(row: Row[tuple[object, ...]]) -> ProctoringDecision:
    return ProctoringDecision(**{**row._mapping, "outcome": Outcome(row._mapping["outcome"])})
