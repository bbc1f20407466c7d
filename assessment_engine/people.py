"""Organisations, the people in them and what they may do.

A person acts in exactly one organisation at a time: the Actor. What lies outside it does not exist for them (NotFound, never NotAllowed).
Stored by storage/people.py, driven by services/people.py.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assessment_engine.kernel.errors import NotAllowed
from assessment_engine.kernel.ids import OrganisationId, PersonId


class OrganisationKind(StrEnum):
    """The three kinds of body that own exams, banks, candidates and roles."""

    MINISTRY = "ministry"
    DEPARTMENT = "department"
    AGENCY = "agency"


class Role(StrEnum):
    """What a person may be in an organisation, between two dates."""

    CANDIDATE = "candidate"
    INVIGILATOR = "invigilator"
    CELL_OFFICER = "cell_officer"
    GRIEVANCE_OFFICER = "grievance_officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A ministry, department or assessing agency; it exists from `starts_on` to `ends_on` (inclusive, None = open)."""

    id: OrganisationId
    kind: OrganisationKind
    name: str
    name_hi: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account."""

    id: PersonId
    organisation_id: OrganisationId
    login: str
    name: str
    name_hi: str
    language: str  # "en" or "hi"
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is asking: a person, the organisation they act in and the roles they hold there today."""

    person_id: PersonId
    organisation_id: OrganisationId
    name: str
    roles: frozenset[Role]


def require(actor: Actor, *roles: Role) -> None:
    """Refuse an actor who holds none of `roles`; raises NotAllowed."""
    if not actor.roles.intersection(roles):
        raise NotAllowed(f"this needs one of: {', '.join(roles)}")
