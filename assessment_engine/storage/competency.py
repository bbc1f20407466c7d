"""Tables and queries of competency. Records are append-only but for `superseded_at` (triggers in storage/triggers.py)."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, String, Table, UniqueConstraint, insert, select, update

from assessment_engine.competency import Competency, CompetencyRecord, HeldCompetency
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import CertificateId, CompetencyId, OrganisationId, PersonId
from assessment_engine.storage.certification import certificates
from assessment_engine.storage.schema import Instant, metadata

competencies = Table(
    "competencies",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("code", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_hi", String(200), nullable=False),
    UniqueConstraint("organisation_id", "code"),
)

competency_records = Table(
    "competency_records",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("candidate_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("competency_id", String(40), ForeignKey("competencies.id"), nullable=False),
    Column("level", Integer, nullable=False),
    Column("certificate_id", String(40), ForeignKey("certificates.id"), nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("recorded_at", Instant, nullable=False),
    Column("superseded_at", Instant),
    Index("ix_competency_records_candidate_id", "candidate_id"),
    Index("ix_competency_records_certificate_id", "certificate_id"),
)


class CompetencyRecords:
    """Competencies and records in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, competency: Competency) -> None:
        """Store a new competency."""
        self._connection.execute(insert(competencies).values(**asdict(competency)))

    def get(self, competency_id: CompetencyId) -> Competency:
        """Return a competency; raises NotFound."""
        row = self._connection.execute(select(competencies).where(competencies.c.id == competency_id)).one_or_none()
        if row is None:
            raise NotFound("no such competency")
        return Competency(**row._mapping)

    def all_of(self, organisation_id: OrganisationId) -> list[Competency]:
        """Return an organisation's competencies by code."""
        query = select(competencies).where(competencies.c.organisation_id == organisation_id).order_by(competencies.c.code)
        return [Competency(**row._mapping) for row in self._connection.execute(query)]

    def by_code(self, organisation_id: OrganisationId, code: str) -> Competency | None:
        """Return an organisation's competency by its code."""
        wanted = (competencies.c.organisation_id == organisation_id) & (competencies.c.code == code)
        row = self._connection.execute(select(competencies).where(wanted)).one_or_none()
        return None if row is None else Competency(**row._mapping)

    def record(self, record: CompetencyRecord) -> None:
        """Append a record."""
        self._connection.execute(insert(competency_records).values(**asdict(record)))

    def supersede(self, record_id: str, now: datetime) -> None:
        """Say that a record is no longer held for true."""
        self._connection.execute(update(competency_records).where(competency_records.c.id == record_id).values(superseded_at=now))

    def of_certificate(self, certificate_id: CertificateId) -> list[CompetencyRecord]:
        """Return the records that a certificate made and that are still believed."""
        believed = (competency_records.c.certificate_id == certificate_id) & competency_records.c.superseded_at.is_(None)
        return [_record(row) for row in self._connection.execute(select(competency_records).where(believed))]

    def of_candidate(self, candidate_id: PersonId) -> list[HeldCompetency]:
        """Return what the system believes today that a person holds or held, newest first."""
        query = (
            select(competency_records, certificates.c.number)
            .join(certificates, certificates.c.id == competency_records.c.certificate_id)
            .where(competency_records.c.candidate_id == candidate_id, competency_records.c.superseded_at.is_(None))
            .order_by(competency_records.c.valid_from.desc(), competency_records.c.id)
        )
        rows = self._connection.execute(query).all()
        return [HeldCompetency(competency=self.get(row.competency_id), record=_record(row), certificate_number=row.number) for row in rows]


def _record(row: Row[tuple[object, ...]]) -> CompetencyRecord:
    return CompetencyRecord(**{column.name: row._mapping[column.name] for column in competency_records.columns})
