"""Organisations, the people in them and what they may do.

A person acts in exactly one organisation at a time: the Actor. What lies outside it does not exist for them (NotFound, never NotAllowed).
Stored by storage/people.py, driven by services/people.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from assessment_engine.kernel.errors import NotAllowed
from assessment_engine.kernel.ids import OrganisationId, PersonId

CIVIL_TIME = timezone(timedelta(hours=5, minutes=30), "IST")  # the zone in which dates of organisations, roles and exams are meant
SESSION_LASTS = timedelta(hours=12)
REAUTHENTICATION_LASTS = timedelta(minutes=10)


def civil_date(moment: datetime) -> date:
    """Return the calendar day of a moment where the exams are held."""
    return moment.astimezone(CIVIL_TIME).date()


def in_term(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Tell whether `day` lies between the two dates, both included; an end of None is open."""
    return starts_on <= day and (ends_on is None or day <= ends_on)


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
    ITEM_AUTHOR = "item_author"
    ITEM_REVIEWER = "item_reviewer"


SESSION_STAFF = (Role.INVIGILATOR, Role.CELL_OFFICER)
"""Who runs a session together: at the wall, at the door, over its time and what came late."""


WRITERS = (Role.ITEM_AUTHOR, Role.CELL_OFFICER)
"""Who writes items."""

BANK_STAFF = (Role.ITEM_AUTHOR, Role.ITEM_REVIEWER, Role.CELL_OFFICER)
"""Who reads a bank: its authors, its reviewers and the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A ministry, department or assessing agency; it exists from `starts_on` to `ends_on` (inclusive, None = open)."""

    id: OrganisationId
    kind: OrganisationKind
    name: str
    name_hi: str
    starts_on: date
    ends_on: date | None = None

    def exists_on(self, day: date) -> bool:
        """Tell whether the organisation exists that day."""
        return in_term(self.starts_on, self.ends_on, day)


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
    must_change_password: bool = False  # somebody else chose it

    def called(self, lang: str) -> str:
        """Return the name as it is written in a language."""
        return self.name_hi if lang == "hi" else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTerm:
    """A role that a person holds in an organisation between two dates (both included, None = open)."""

    person_id: PersonId
    organisation_id: OrganisationId
    role: Role
    starts_on: date
    ends_on: date | None = None


def roles_on(terms: Iterable[RoleTerm], day: date) -> frozenset[Role]:
    """Return the roles that are held that day."""
    return frozenset(term.role for term in terms if in_term(term.starts_on, term.ends_on, day))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSession:
    """Somebody signed in, until it expires or they sign out. The token itself is never stored, only its SHA-256."""

    token_sha256: str
    person_id: PersonId
    organisation_id: OrganisationId
    csrf: str
    created_at: datetime
    expires_at: datetime
    reauthenticated_at: datetime
    ended_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Tell whether the session still opens doors."""
        return self.ended_at is None and now < self.expires_at

    def reauthenticated(self, now: datetime) -> "LoginSession":
        """Note that the password was given again."""
        return replace(self, reauthenticated_at=now)


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
