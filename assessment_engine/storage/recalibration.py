"""Tables and queries of proposals for another calibration of an exam, and who signed them. An exam has one open proposal at most."""

from dataclasses import asdict

from sqlalchemy import (
    JSON,
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
    insert,
    select,
    text,
    update,
)

from assessment_engine.exams.recalibration import ProposalState, Recalibration, RecalibrationSignature
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ExamId, OrganisationId
from assessment_engine.storage.schema import Instant, metadata
from proctoring.calibration import CalibrationRecord

_OPEN = "state = 'open'"

recalibrations = Table(
    "recalibrations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("exam_id", String(40), ForeignKey("exams.id"), nullable=False),
    Column("record", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("proposed_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("closed_at", Instant),
    Index("uq_recalibrations_exam_id", "exam_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
)

recalibration_signatures = Table(
    "recalibration_signatures",
    metadata,
    Column("proposal_id", String(40), ForeignKey("recalibrations.id"), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("at", Instant, nullable=False),
)


class Recalibrations:
    """Proposals in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, proposal: Recalibration) -> None:
        """Keep a proposal; an exam has no other that is open."""
        record = {} if proposal.record is None else proposal.record.as_json()
        values = {name: getattr(proposal, name) for name in recalibrations.columns.keys()}  # noqa: SIM118
        self._connection.execute(insert(recalibrations).values(**{**values, "record": record, "evidence": dict(proposal.evidence)}))

    def of_exam(self, exam_id: ExamId) -> list[Recalibration]:
        """Return an exam's proposals, the newest first."""
        return self._all(recalibrations.c.exam_id == exam_id)

    def get(self, proposal_id: str, organisation_id: OrganisationId) -> Recalibration:
        """Return one of this organisation; raises NotFound."""
        return self._one(select(recalibrations), proposal_id, organisation_id)

    def get_locked(self, proposal_id: str, organisation_id: OrganisationId) -> Recalibration:
        """Return one held against other writers; raises NotFound."""
        return self._one(select(recalibrations).with_for_update(), proposal_id, organisation_id)

    def move(self, proposal: Recalibration) -> None:
        """Store how far a proposal has come."""
        changed = {"state": proposal.state, "closed_at": proposal.closed_at}
        self._connection.execute(update(recalibrations).where(recalibrations.c.id == proposal.id).values(**changed))

    def sign(self, signature: RecalibrationSignature) -> None:
        """Append a signature."""
        self._connection.execute(insert(recalibration_signatures).values(**asdict(signature)))

    def signatures(self, proposal_id: str) -> list[RecalibrationSignature]:
        """Return the signatures under a proposal, first first."""
        query = select(recalibration_signatures).where(recalibration_signatures.c.proposal_id == proposal_id)
        return [RecalibrationSignature(**row._mapping) for row in self._connection.execute(query.order_by(recalibration_signatures.c.at))]

    def _one(self, query: Select[tuple[object, ...]], proposal_id: str, organisation_id: OrganisationId) -> Recalibration:
        mine = (recalibrations.c.id == proposal_id) & (recalibrations.c.organisation_id == organisation_id)
        row = self._connection.execute(query.where(mine)).one_or_none()
        if row is None:
            raise NotFound("no such proposal")
        return _proposal(row)

    def _all(self, condition: ColumnElement[bool]) -> list[Recalibration]:
        query = select(recalibrations).where(condition).order_by(recalibrations.c.proposed_at.desc(), recalibrations.c.id.desc())
        return [_proposal(row) for row in self._connection.execute(query)]


def _proposal(row: Row[tuple[object, ...]]) -> Recalibration:
    record = CalibrationRecord.from_json(row.record) if row.record else None
    return Recalibration(**{**row._mapping, "record": record, "state": ProposalState(row.state)})
