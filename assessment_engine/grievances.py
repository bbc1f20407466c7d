"""A grievance: a candidate contests a flag or a result; somebody who did not decide it answers within 21 days.

While one is open the certificate waits (services/certification.py asks). Its history is append-only.
Stored by storage/grievances.py, driven by services/grievances.py.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.kernel.errors import Invalid, NotAllowed, SecondPersonNeeded
from assessment_engine.kernel.ids import GrievanceId, OrganisationId, PersonId, SittingId
from assessment_engine.kernel.machine import advance

TIME_TO_RESOLVE = timedelta(days=21)
SHORTEST_TEXT = 10
LONGEST_TEXT = 4000


class GrievanceState(StrEnum):
    """Where a grievance is."""

    FILED = "filed"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class GrievanceVerb(StrEnum):
    """What can be done with a grievance."""

    ASSIGN = "assign"
    RESOLVE = "resolve"
    WITHDRAW = "withdraw"


TRANSITIONS: Mapping[tuple[GrievanceState, GrievanceVerb], GrievanceState] = {
    (GrievanceState.FILED, GrievanceVerb.ASSIGN): GrievanceState.ASSIGNED,
    (GrievanceState.FILED, GrievanceVerb.WITHDRAW): GrievanceState.WITHDRAWN,
    (GrievanceState.ASSIGNED, GrievanceVerb.ASSIGN): GrievanceState.ASSIGNED,
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
    what: str  # filed, assigned, resolved or withdrawn
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

    def assign(self, to: PersonId, deciders: Set[PersonId]) -> "Grievance":
        """Give it to somebody; raises SecondPersonNeeded when they decided what is contested, NotAllowed for the candidate."""
        self._check_independent(to, deciders)
        return replace(self, state=advance(TRANSITIONS, self.state, GrievanceVerb.ASSIGN), assigned_to=to)

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

    def _check_independent(self, person_id: PersonId, deciders: Set[PersonId]) -> None:
        if person_id == self.candidate_id:
            raise NotAllowed("nobody decides their own grievance")
        if person_id in deciders:
            raise SecondPersonNeeded("who decided what is contested cannot answer the grievance")


def checked_text(text: str) -> str:
    """Return a text trimmed; raises Invalid when it is too short to say something or too long to read."""
    trimmed = text.strip()
    if not SHORTEST_TEXT <= len(trimmed) <= LONGEST_TEXT:
        raise Invalid(f"write between {SHORTEST_TEXT} and {LONGEST_TEXT} characters", field="text")
    return trimmed


def choose_officer(load: Mapping[PersonId, int], deciders: Set[PersonId], candidate: PersonId) -> PersonId | None:
    """Return the officer with the fewest open grievances who did not decide what is contested; None when there is none."""
    free = [officer for officer in load if officer not in deciders and officer != candidate]
    return min(free, key=lambda officer: (load[officer], officer), default=None)
