"""Access arrangements: what a candidate asks for so that an exam measures their competency and not their disability, and who decides.

Giving all that was asked takes one officer. Giving less hurts somebody, so it takes two (DESIGN section 1), and the candidate can appeal to
officers who have not decided yet. What is given becomes rules of the registration, read by delivery/timing.py and by the proctors' policy.
Stored by storage/arrangements.py, driven by services/arrangements.py. The 20 minutes an hour are India's compensatory time: Department of
Empowerment of Persons with Disabilities, guidelines for written examinations of 29 August 2018, paragraph XII.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Invalid, NotAllowed, SecondPersonNeeded
from assessment_engine.kernel.ids import ArrangementId, OrganisationId, PersonId, RegistrationId, SittingId
from assessment_engine.kernel.machine import advance

COMPENSATORY_MINUTES = 20
MOST_EXTRA_MINUTES = 60
MOST_BREAKS = 10
MOST_BREAK_MINUTES = 60
SHORTEST_TEXT = 10
LONGEST_TEXT = 4000


class ArrangementState(StrEnum):
    """Where a request is; PROPOSED and APPEAL_PROPOSED wait for a second officer."""

    REQUESTED = "requested"
    PROPOSED = "proposed"
    DECIDED = "decided"
    APPEALED = "appealed"
    APPEAL_PROPOSED = "appeal_proposed"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class ArrangementVerb(StrEnum):
    """What can happen to a request."""

    PROPOSE = "propose"
    DECIDE = "decide"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"


_S, _V = ArrangementState, ArrangementVerb

TRANSITIONS: Mapping[tuple[ArrangementState, ArrangementVerb], ArrangementState] = {
    (_S.REQUESTED, _V.PROPOSE): _S.PROPOSED,
    (_S.REQUESTED, _V.DECIDE): _S.DECIDED,
    (_S.REQUESTED, _V.WITHDRAW): _S.WITHDRAWN,
    (_S.PROPOSED, _V.PROPOSE): _S.PROPOSED,
    (_S.PROPOSED, _V.DECIDE): _S.DECIDED,
    (_S.PROPOSED, _V.WITHDRAW): _S.WITHDRAWN,
    (_S.DECIDED, _V.APPEAL): _S.APPEALED,
    (_S.APPEALED, _V.PROPOSE): _S.APPEAL_PROPOSED,
    (_S.APPEALED, _V.DECIDE): _S.FINAL,
    (_S.APPEALED, _V.WITHDRAW): _S.FINAL,
    (_S.APPEAL_PROPOSED, _V.WITHDRAW): _S.FINAL,
    (_S.APPEAL_PROPOSED, _V.PROPOSE): _S.APPEAL_PROPOSED,
    (_S.APPEAL_PROPOSED, _V.DECIDE): _S.FINAL,
}

OPEN_STATES = frozenset({_S.REQUESTED, _S.PROPOSED, _S.APPEALED, _S.APPEAL_PROPOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustments:
    """What is asked for or given. Minutes are whole; `signals_off` names kinds of proctoring/policy.py, `objects` exams/policy.py's."""

    extra_minutes_per_hour: int = 0
    breaks: int = 0
    break_minutes: int = 0
    scribe: bool = False
    second_person: bool = False
    read_aloud: bool = False
    steady_screen: bool = False
    signals_off: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.extra_minutes_per_hour <= MOST_EXTRA_MINUTES:
            raise Invalid(f"extra time is 0 to {MOST_EXTRA_MINUTES} minutes an hour", field="extra_minutes_per_hour")
        if not 0 <= self.breaks <= MOST_BREAKS or not 0 <= self.break_minutes <= MOST_BREAK_MINUTES:
            raise Invalid(f"at most {MOST_BREAKS} breaks of at most {MOST_BREAK_MINUTES} minutes", field="breaks")
        if bool(self.breaks) != bool(self.break_minutes):
            raise Invalid("breaks have a number and a length", field="breaks", problem="breaks_by_half")

    def covers(self, other: "Adjustments") -> bool:
        """Tell whether this gives everything that the other names."""
        counted = ("extra_minutes_per_hour", "breaks", "break_minutes", "scribe", "second_person", "read_aloud", "steady_screen")
        listed = ("signals_off", "objects")
        return all(getattr(self, name) >= getattr(other, name) for name in counted) and all(
            set(getattr(self, name)) >= set(getattr(other, name)) for name in listed
        )

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is named."""
        return Adjustments().covers(self)

    @property
    def rules(self) -> dict[str, Json]:
        """The rules of a registration; a scribe is there once enrolled. What is not given is left out."""
        plain: dict[str, Json] = {
            "extra_minutes_per_hour": self.extra_minutes_per_hour,
            "breaks": {"count": self.breaks, "minutes": self.break_minutes} if self.breaks else None,
            "second_person": self.second_person or self.scribe,
            "read_aloud": self.read_aloud,
            "steady_screen": self.steady_screen,
            "helper": self.second_person,
            "signals_off": list(self.signals_off),
            "objects": list(self.objects),
        }
        return {name: value for name, value in plain.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scribe:
    """Who writes for the candidate: enrolled with a name, a face and both people's declaration."""

    name: str
    face_blob: str
    declared_at: datetime

    @property
    def rule(self) -> dict[str, Json]:
        """The registration's rule: an enrolled scribe is expected in the picture."""
        return {"name": self.name, "face_blob": self.face_blob, "declared_at": iso(self.declared_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a request's history; never changed, never removed."""

    arrangement_id: ArrangementId
    at: datetime
    person_id: PersonId
    what: str  # requested, proposed, decided, appealed, withdrawn, scribe_enrolled
    text: str = ""
    gives: Adjustments | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """One candidate's request for one registration; its verbs return a new one."""

    id: ArrangementId
    organisation_id: OrganisationId
    registration_id: RegistrationId
    sitting_id: SittingId
    candidate_id: PersonId
    requested_at: datetime
    asked: Adjustments
    text: str
    state: ArrangementState = ArrangementState.REQUESTED
    proposal: Adjustments | None = None
    proposed_by: PersonId | None = None
    given: Adjustments | None = None
    scribe: Scribe | None = None

    @property
    def is_open(self) -> bool:
        """Whether an officer still has to act."""
        return self.state in OPEN_STATES

    def decide(self, gives: Adjustments, *, by: PersonId, earlier: Set[PersonId]) -> "Arrangement":
        """Return it after an officer's decision; less than asked waits for a second officer who gives the same.

        `earlier` are those who decided before an appeal: they take no part in it. Raises NotAllowed or SecondPersonNeeded.
        """
        if by == self.candidate_id:
            raise NotAllowed("nobody decides their own request")
        if self.state in (_S.APPEALED, _S.APPEAL_PROPOSED) and by in earlier:
            raise SecondPersonNeeded("an appeal is decided by officers who have not decided before", problem="appeal_new_officer")
        if gives.covers(self.asked):
            return self._decided(gives)
        if self.proposal == gives and self.proposed_by == by:
            raise SecondPersonNeeded("giving less than was asked needs a second officer", problem="second_officer")
        if self.proposal == gives:
            return self._decided(gives)
        return replace(self, state=advance(TRANSITIONS, self.state, _V.PROPOSE), proposal=gives, proposed_by=by)

    def appeal(self, by: PersonId) -> "Arrangement":
        """Ask other officers to decide again; only the candidate may, once, and only where less was given than asked."""
        if by != self.candidate_id:
            raise NotAllowed("only the candidate can appeal")
        if self.given is not None and self.given.covers(self.asked):
            raise Invalid("everything that was asked for was given", problem="all_given")
        return replace(self, state=advance(TRANSITIONS, self.state, _V.APPEAL), proposal=None, proposed_by=None)

    def withdraw(self, by: PersonId) -> "Arrangement":
        """Take the request or the appeal back; only the candidate may. What was given before an appeal stands."""
        if by != self.candidate_id:
            raise NotAllowed("only the candidate can withdraw a request")
        return replace(self, state=advance(TRANSITIONS, self.state, _V.WITHDRAW))

    def enrol(self, scribe: Scribe) -> "Arrangement":
        """Name the scribe; raises Invalid where none was given."""
        if self.given is None or not self.given.scribe:
            raise Invalid("a scribe is enrolled once one is granted", field="scribe", problem="no_scribe_given")
        if not scribe.name.strip():
            raise Invalid("a scribe has a name", field="name")
        return replace(self, scribe=scribe)

    def rules(self) -> dict[str, Json]:
        """Return the registration's rules as they stand."""
        given = self.given.rules if self.given is not None else {}
        return {**given, "scribe": self.scribe.rule} if self.scribe is not None else given

    def _decided(self, gives: Adjustments) -> "Arrangement":
        return replace(self, state=advance(TRANSITIONS, self.state, _V.DECIDE), given=gives, proposal=None, proposed_by=None)


def checked_text(text: str) -> str:
    """Return a reason trimmed; raises Invalid when it is too short to say something or too long to read."""
    trimmed = text.strip()
    if not SHORTEST_TEXT <= len(trimmed) <= LONGEST_TEXT:
        limits = {"low": SHORTEST_TEXT, "high": LONGEST_TEXT}
        raise Invalid(f"write between {SHORTEST_TEXT} and {LONGEST_TEXT} characters", field="text", problem="text_length", **limits)
    return trimmed
