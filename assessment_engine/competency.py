"""What a person is able to do, at which level, since when, and by which certificate.

A record is bitemporal: `valid_from … valid_to` is when it holds in the world, `recorded_at … superseded_at` when the system believed it.
Nothing is deleted; a correction supersedes. Only a certificate makes a record: a completed course never does.
Stored by storage/competency.py, driven by services/competency.py and services/certification.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from assessment_engine.kernel.ids import CertificateId, CompetencyId, OrganisationId, PersonId, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Competency:
    """Something that an organisation examines; levels are numbers from 1 upwards."""

    id: CompetencyId
    organisation_id: OrganisationId
    code: str
    name: str
    name_hi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyRecord:
    """That a person holds a competency at a level, by a certificate."""

    id: str
    candidate_id: PersonId
    competency_id: CompetencyId
    level: int
    certificate_id: CertificateId
    valid_from: datetime
    valid_to: datetime | None
    recorded_at: datetime
    superseded_at: datetime | None = None

    def ended(self, now: datetime) -> tuple["CompetencyRecord", "CompetencyRecord"]:
        """Return this record superseded, and the one that says until when it held."""
        return replace(self, superseded_at=now), replace(self, id=new_id("cpr", now), valid_to=now, recorded_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCompetency:
    """A competency with the record that says who holds it."""

    competency: Competency
    record: CompetencyRecord
    certificate_number: str
