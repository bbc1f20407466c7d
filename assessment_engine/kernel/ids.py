"""Identifiers: typed strings, sortable by creation time, unguessable.

An id is PREFIX_ + 10 characters of milliseconds + 16 random characters (80 bits), in Crockford base 32, lower case (the layout of a ULID).
"""

import secrets
from datetime import UTC, datetime
from typing import NewType

OrganisationId = NewType("OrganisationId", str)
PersonId = NewType("PersonId", str)
BankId = NewType("BankId", str)
ItemId = NewType("ItemId", str)
ItemVersionId = NewType("ItemVersionId", str)
FormId = NewType("FormId", str)
BlueprintId = NewType("BlueprintId", str)
DrawId = NewType("DrawId", str)
ExamId = NewType("ExamId", str)
SessionId = NewType("SessionId", str)
RegistrationId = NewType("RegistrationId", str)
SittingId = NewType("SittingId", str)
IncidentId = NewType("IncidentId", str)
ScoreReportId = NewType("ScoreReportId", str)
BatchId = NewType("BatchId", str)
CertificateId = NewType("CertificateId", str)
CompetencyId = NewType("CompetencyId", str)
ImportId = NewType("ImportId", str)
EnemySetId = NewType("EnemySetId", str)
CourseId = NewType("CourseId", str)
GrievanceId = NewType("GrievanceId", str)
CentreId = NewType("CentreId", str)
RoomId = NewType("RoomId", str)
ArrangementId = NewType("ArrangementId", str)
AnnouncementId = NewType("AnnouncementId", str)
QuestionReportId = NewType("QuestionReportId", str)
LateAnswerId = NewType("LateAnswerId", str)
TimeActId = NewType("TimeActId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, length: int) -> str:
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(length)))


def new_id(prefix: str, now: datetime) -> str:
    """Return a fresh id such as `sit_01j9…`; `now` gives its sort order, chance the rest."""
    return f"{prefix}_{_base32(int(now.timestamp() * 1000), 10)}{_base32(secrets.randbits(80), 16)}"


def made_at(identifier: str) -> datetime:
    """Return the moment for which `new_id` made an id; raises ValueError for what is no id."""
    number = 0
    for letter in identifier.partition("_")[2][:10]:
        number = number * 32 + _ALPHABET.index(letter)
    return datetime.fromtimestamp(number / 1000, UTC)
