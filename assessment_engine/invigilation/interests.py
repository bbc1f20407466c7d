"""Conflicts of interest: an invigilator who knows a candidate watches and judges somebody else.

One's own sitting is one without a word. Rules only; stored by storage/interests.py, driven by services/interests.py.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assessment_engine.kernel.errors import Invalid, NotAllowed
from assessment_engine.kernel.ids import OrganisationId, PersonId

LONGEST_NOTE = 500


class ConflictOfInterest(NotAllowed):
    """The person said that they know this candidate, or it is their own sitting: somebody else acts."""

    code = "conflict_of_interest"


class Tie(StrEnum):
    """How an invigilator and a candidate belong together."""

    KNOWS = "knows"
    FAMILY = "family"
    SAME_OFFICE = "same_office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """One declaration; it stands for every sitting of the candidate and is never taken back."""

    organisation_id: OrganisationId
    person_id: PersonId
    candidate_id: PersonId
    tie: Tie
    note: str
    declared_at: datetime

    def __post_init__(self) -> None:
        if len(self.note) > LONGEST_NOTE:
            raise Invalid(f"a note has at most {LONGEST_NOTE} characters", field="note")
        if self.person_id == self.candidate_id:
            raise Invalid("nobody watches their own sitting anyway", field="candidate")
