"""Tables and queries of certification. Both tables are append-only, a certificate needs all that promise 4 names: see triggers.py."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from assessment_engine.certification.certificate import Certificate, CertificateChange, CertificateState, Standing
from assessment_engine.certification.credential import award_json, award_of
from assessment_engine.kernel.errors import IntegrityViolation, NotFound
from assessment_engine.kernel.ids import CertificateId, OrganisationId, PersonId, SittingId
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata
from assessment_engine.storage.triggers import TRIGGERS

__all__ = ["TRIGGERS", "Certificates", "certificate_changes", "certificates"]

certificates = Table(
    "certificates",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("sitting_id", String(40), ForeignKey("sittings.id"), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("candidate_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("score_report_id", String(40), ForeignKey("score_reports.id"), nullable=False),
    Column("proctoring_decision_id", String(40), ForeignKey("proctoring_decisions.id"), nullable=False),
    Column("batch_id", String(40), ForeignKey("result_batches.id"), nullable=False),
    Column("award", JSON, nullable=False),
    Column("credential", JSON, nullable=False),
    Column("credential_sha256", String(64), nullable=False, unique=True),
    Column("issued_at", Instant, nullable=False),
    UniqueConstraint("sitting_id", "score_report_id"),
    Index("ix_certificates_candidate_id", "candidate_id"),
)

certificate_changes = Table(
    "certificate_changes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("certificate_id", String(40), ForeignKey("certificates.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", Text, nullable=False),
    Column("person_id", String(40), ForeignKey("people.id")),
    Column("at", Instant, nullable=False),
    UniqueConstraint("certificate_id", "ordinal"),
)


class Certificates:
    """Certificates in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def issue(self, certificate: Certificate) -> None:
        """Insert a certificate; raises IntegrityViolation when the database finds a condition unmet."""
        columns = {column.name: getattr(certificate, column.name) for column in certificates.columns}
        documents = {"award": award_json(certificate.award), "credential": dict(certificate.credential)}
        try:
            self._connection.execute(insert(certificates).values(**{**columns, **documents}))
        except IntegrityError as error:
            raise IntegrityViolation(f"the database refused the certificate: {error.orig}") from error

    def change(self, change: CertificateChange) -> None:
        """Append a change."""
        self._connection.execute(insert(certificate_changes).values(**asdict(change)))

    def by_number(self, number: str) -> Standing:
        """Return a certificate by its number, for anybody; raises NotFound."""
        found = self._all(certificates.c.number == number)
        if not found:
            raise NotFound("no such certificate")
        return found[0]

    def of_sitting(self, sitting_id: SittingId) -> list[Standing]:
        """Return a sitting's certificates, newest first; more than one only after a correction."""
        return self._all(certificates.c.sitting_id == sitting_id)

    def newest_of(self, sitting_ids: Collection[SittingId]) -> dict[SittingId, Standing]:
        """Return the newest certificate of each of these sittings that has one."""
        found = self._all(among(certificates.c.sitting_id, sitting_ids))
        return {one.certificate.sitting_id: one for one in reversed(found)}

    def of_candidate(self, candidate_id: PersonId) -> list[Standing]:
        """Return a person's certificates, newest first."""
        return self._all(certificates.c.candidate_id == candidate_id)

    def of_organisation(self, organisation_id: OrganisationId) -> list[Standing]:
        """Return an organisation's certificates, newest first."""
        return self._all(certificates.c.organisation_id == organisation_id)

    def _all(self, condition: ColumnElement[bool]) -> list[Standing]:
        query = select(certificates).where(condition).order_by(certificates.c.issued_at.desc(), certificates.c.id.desc())
        changes = self._changes(condition)
        found = [Certificate(**{**row._mapping, "award": award_of(row.award)}) for row in self._connection.execute(query)]
        return [Standing(certificate=certificate, changes=tuple(changes[certificate.id])) for certificate in found]

    def _changes(self, condition: ColumnElement[bool]) -> Mapping[CertificateId, list[CertificateChange]]:
        query = select(certificate_changes).join(certificates, certificates.c.id == certificate_changes.c.certificate_id).where(condition)
        changes: dict[CertificateId, list[CertificateChange]] = defaultdict(list)
        for row in self._connection.execute(query.order_by(certificate_changes.c.ordinal)):
            change = CertificateChange(**{**row._mapping, "state": CertificateState(row._mapping["state"])})
            changes[change.certificate_id].append(change)
        return changes
