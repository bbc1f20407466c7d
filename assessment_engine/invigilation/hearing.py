"""A hearing: the candidate is asked, in writing and with days to answer, before a second person may uphold a case against them.

The date holds the second person; it does not silence the candidate. A reply is taken until somebody has decided, is given once and never
changed. Passing time decides nothing: when the days are over a person still has to judge. A dismissal never waits for a hearing.
Stored by storage/hearings.py, driven by services/hearings.py. See docs/adr/0046-heard-before-the-second.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Conflict, Invalid, NotYet
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SittingId

LONGEST_REPLY = 4000


class NotHeardYet(NotYet):
    """The candidate has not been heard: until then nobody upholds the case as the second person; `due_at` says when the days are over."""

    code = "not_heard_yet"


class HeardAlready(Conflict):
    """The candidate has answered already; what was said is in the case and is not changed."""

    code = "heard_already"


class HearingOver(Conflict):
    """People have decided the case; what is still to be said belongs into an appeal."""

    code = "hearing_over"


class RepliedMeanwhile(Conflict):
    """The candidate answered after this person had said what they think: they read it and judge anew."""

    code = "replied_meanwhile"


class HearingState(StrEnum):
    """Where a hearing is."""

    OPEN = "open"
    REPLIED = "replied"
    WAIVED = "waived"
    TIME_OVER = "time_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One candidate asked about one case, once."""

    incident_id: IncidentId
    sitting_id: SittingId
    organisation_id: OrganisationId
    candidate_id: PersonId
    opened_at: datetime
    due_at: datetime
    reply: str | None = None
    replied_at: datetime | None = None
    waived_at: datetime | None = None

    def answer(self, text: str, now: datetime) -> Self:
        """Return it with the candidate's one reply; raises HeardAlready, or Invalid when it says nothing or is too long to read."""
        if self.replied_at is not None:
            raise HeardAlready("you have answered already; your reply is in the case as you sent it")
        said = text.strip()
        if not said or len(said) > LONGEST_REPLY:
            raise Invalid(f"write up to {LONGEST_REPLY} letters", field="text")
        return replace(self, reply=said, replied_at=now)

    def waive(self, now: datetime) -> Self:
        """Return it with the candidate's word that they do not wish to say anything, so that nobody waits; raises HeardAlready."""
        if self.replied_at is not None or self.waived_at is not None:
            raise HeardAlready("you have answered already")
        return replace(self, waived_at=now)

    def state(self, now: datetime) -> HearingState:
        """Return where it is."""
        if self.replied_at is not None:
            return HearingState.REPLIED
        if self.waived_at is not None:
            return HearingState.WAIVED
        return HearingState.TIME_OVER if self.due_at <= now else HearingState.OPEN

    def is_over(self, now: datetime) -> bool:
        """Tell whether a second person may uphold the case: the candidate answered, did not wish to, or had their days."""
        return self.state(now) is not HearingState.OPEN

    def check_read(self, given_at: datetime) -> None:
        """Refuse what somebody said before the reply came; raises RepliedMeanwhile."""
        if self.replied_at is not None and self.replied_at > given_at:
            raise RepliedMeanwhile("the candidate has answered since; read it and judge anew")


def open_hearing(
    incident_id: IncidentId, sitting_id: SittingId, organisation_id: OrganisationId, *, candidate_id: PersonId, days: int, now: datetime
) -> Hearing:
    """Ask a candidate, from now on, for the exam's days."""
    return Hearing(
        incident_id=incident_id,
        sitting_id=sitting_id,
        organisation_id=organisation_id,
        candidate_id=candidate_id,
        opened_at=now,
        due_at=now + timedelta(days=days),
    )


def check_heard(hearing: Hearing | None, now: datetime) -> None:
    """Refuse a second adverse judgement before the candidate was heard; raises NotHeardYet."""
    if hearing is None or not hearing.is_over(now):
        due_at = None if hearing is None else iso(hearing.due_at)
        raise NotHeardYet("the candidate has to be heard first; a dismissal does not wait", due_at=due_at)
