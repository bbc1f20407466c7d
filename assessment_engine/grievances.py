"""A grievance: a candidate contests a flag or a result; somebody who did not decide it answers within 21 days.

One about a flag is an appeal: it comes after people have decided (before that the candidate is heard), it goes to somebody who has not seen
the sitting at all, and where it is upheld it overturns the case. While one is open the certificate waits (services/certification.py asks).
Its history is append-only. See docs/adr/0046-heard-before-the-second.md.
Stored by storage/grievances.py, driven by services/grievances.py.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotYet, SecondPersonNeeded
from assessment_engine.kernel.ids import GrievanceId, OrganisationId, PersonId, SittingId
from assessment_engine.kernel.machine import advance

TIME_TO_RESOLVE = timedelta(days=21)
SHORTEST_TEXT = 10
LONGEST_TEXT = 4000


class AppealClosed(Conflict):
    """The exam's days for appeals are over; `until` says when they were."""

    code = "appeal_closed"


class NotDecidedYet(NotYet):
    """People have not decided on this flag: there is nothing to appeal, and the candidate is heard before anything is held against them."""

    code = "not_decided_yet"


class NothingHeld(Conflict):
    """People found nothing in this flag, or it was taken back: nothing is held against the candidate, and nothing could follow."""

    code = "nothing_held"


class Seen(StrEnum):
    """How somebody came to know a sitting, or its candidate: why an appeal is not given to them."""

    CANDIDATE = "candidate"
    JUDGED = "judged"
    DECIDED = "decided"
    SIGNED = "signed"
    OPENED = "opened"
    INVIGILATED = "invigilated"
    LOOKED = "looked"
    SPOKE = "spoke"
    ACTED = "acted"
    CONFLICT = "conflict"


class Left(StrEnum):
    """Why an officer can no longer answer the grievance that they were given."""

    NO_OFFICER = "no_officer"  # the account, the role or the organisation is gone
    DECIDED = "decided"
    CONFLICT = "conflict"


class GrievanceState(StrEnum):
    """Where a grievance is."""

    FILED = "filed"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class GrievanceVerb(StrEnum):
    """What can be done with a grievance."""

    ASSIGN = "assign"
    RELEASE = "release"
    RESOLVE = "resolve"
    WITHDRAW = "withdraw"


TRANSITIONS: Mapping[tuple[GrievanceState, GrievanceVerb], GrievanceState] = {
    (GrievanceState.FILED, GrievanceVerb.ASSIGN): GrievanceState.ASSIGNED,
    (GrievanceState.FILED, GrievanceVerb.WITHDRAW): GrievanceState.WITHDRAWN,
    (GrievanceState.ASSIGNED, GrievanceVerb.ASSIGN): GrievanceState.ASSIGNED,
    (GrievanceState.ASSIGNED, GrievanceVerb.RELEASE): GrievanceState.FILED,
    (GrievanceState.ASSIGNED, GrievanceVerb.RESOLVE): GrievanceState.RESOLVED,
    (GrievanceState.ASSIGNED, GrievanceVerb.WITHDRAW): GrievanceState.WITHDRAWN,
}

OPEN_STATES = frozenset({GrievanceState.FILED, GrievanceState.ASSIGNED})


class About(StrEnum):
    """What a grievance contests."""

    FLAG = "flag"
    RESULT = "result"


class Outcome(StrEnum):
    """How a grievance ends when it is resolved."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a grievance's history; never changed, never removed."""

    grievance_id: GrievanceId
    at: datetime
    person_id: PersonId | None  # None: the system
    what: str  # filed, assigned, released, resolved or withdrawn
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grievance:
    """One complaint about one flag (`subject_id` is an incident) or one result (a sitting)."""

    id: GrievanceId
    organisation_id: OrganisationId
    sitting_id: SittingId
    candidate_id: PersonId
    about: About
    subject_id: str
    text: str
    filed_at: datetime
    due_at: datetime
    state: GrievanceState = GrievanceState.FILED
    assigned_to: PersonId | None = None
    resolved_by: PersonId | None = None
    resolved_at: datetime | None = None
    outcome: Outcome | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer."""
        return self.state in OPEN_STATES

    def days_left(self, now: datetime) -> int:
        """Return the days until it is due, a begun day counted whole; zero or less once it is overdue."""
        return -((now - self.due_at) // timedelta(days=1))

    def assign(self, to: PersonId, seen: Set[PersonId]) -> "Grievance":
        """Give it to somebody; raises SecondPersonNeeded when they decided or saw what is contested, NotAllowed for the candidate."""
        self._check_independent(to, seen)
        return replace(self, state=advance(TRANSITIONS, self.state, GrievanceVerb.ASSIGN), assigned_to=to)

    def release(self) -> "Grievance":
        """Take it from an officer who can no longer answer it; its days run on, for the candidate was promised them."""
        return replace(self, state=advance(TRANSITIONS, self.state, GrievanceVerb.RELEASE), assigned_to=None)

    def resolve(self, by: PersonId, outcome: Outcome, reason: str, deciders: Set[PersonId], now: datetime) -> "Grievance":
        """Answer it; only the person it is assigned to may, and only with a reason."""
        state = advance(TRANSITIONS, self.state, GrievanceVerb.RESOLVE)
        if by != self.assigned_to:
            raise NotAllowed("only the person it is assigned to can resolve a grievance")
        self._check_independent(by, deciders)
        return replace(self, state=state, resolved_by=by, resolved_at=now, outcome=outcome, reason=checked_text(reason))

    def withdraw(self, by: PersonId) -> "Grievance":
        """Take it back; only the candidate may."""
        if by != self.candidate_id:
            raise NotAllowed("only the candidate can withdraw a grievance")
        return replace(self, state=advance(TRANSITIONS, self.state, GrievanceVerb.WITHDRAW))

    def _check_independent(self, person_id: PersonId, others: Set[PersonId]) -> None:
        if person_id == self.candidate_id:
            raise NotAllowed("nobody decides their own grievance")
        if person_id in others:
            raise SecondPersonNeeded("who decided or has seen what is contested cannot answer the grievance")


def checked_text(text: str) -> str:
    """Return a text trimmed; raises Invalid when it is too short to say something or too long to read."""
    trimmed = text.strip()
    if not SHORTEST_TEXT <= len(trimmed) <= LONGEST_TEXT:
        raise Invalid(f"write between {SHORTEST_TEXT} and {LONGEST_TEXT} characters", field="text")
    return trimmed


def closes_at(decided_at: datetime | None, published_at: datetime | None, days: int) -> datetime | None:
    """Return until when a flag can be appealed: the exam's days after the decision or the published result, whichever is later."""
    if decided_at is None:
        return None  # nothing is decided, so no time runs
    return max(decided_at, published_at or decided_at) + timedelta(days=days)


def why_left(officer: PersonId, *, officers: Set[PersonId], deciders: Set[PersonId], knowing: Set[PersonId]) -> Left | None:
    """Return why an officer can no longer answer what they were given, None while they can; their own look at it is no reason."""
    if officer not in officers:
        return Left.NO_OFFICER
    if officer in knowing:
        return Left.CONFLICT
    return Left.DECIDED if officer in deciders else None


def choose_officer(load: Mapping[PersonId, int], seen: Set[PersonId], candidate: PersonId) -> PersonId | None:
    """Return the officer with the fewest open grievances who neither decided nor saw what is contested; None when there is none."""
    free = [officer for officer in load if officer not in seen and officer != candidate]
    return min(free, key=lambda officer: (load[officer], officer), default=None)
