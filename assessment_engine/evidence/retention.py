"""How long a sitting's evidence is kept, and what keeps it longer. Pure: facts in, a moment and its reasons out.

It is due when the exam's days, and its days for appeals, are over: both run from the decision or from the publication of the result,
whichever is later, for until then nobody can contest all of it. While anything is open it is not, nor while a result is still to come.
The audit log, with the hashes, and the exam events are never erased: longer than the 180 days that CERT-In's directions of 2022 ask for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Hold(StrEnum):
    """Why evidence is kept though its days may be over; words of the page."""

    RUNNING = "running"
    UNDECIDED = "undecided"
    RESULT = "result"
    CASE = "case"
    GRIEVANCE = "grievance"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decides about one sitting's evidence; `over_at` is the end of a session that the candidate never sat."""

    evidence_days: int
    appeal_days: int
    decided_at: datetime | None
    published_at: datetime | None
    over_at: datetime | None
    holds: frozenset[Hold]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Until when evidence is kept, and what holds it; `until` is None while that is not known."""

    until: datetime | None
    holds: frozenset[Hold]

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be erased now."""
        return not self.holds and self.until is not None and self.until <= now

    @property
    def may_be_erased(self) -> bool:
        """Tell whether two people may erase it before its time; that no result is published yet holds time only, not them."""
        return not self.holds - {Hold.RESULT}


def keeping(facts: Facts) -> Keeping:
    """Return until when a sitting's evidence is kept."""
    since = facts.decided_at or facts.over_at
    if since is None:
        return Keeping(until=None, holds=facts.holds)
    days = facts.evidence_days if facts.decided_at is None else max(facts.evidence_days, facts.appeal_days)
    return Keeping(until=max(since, facts.published_at or since) + timedelta(days=days), holds=facts.holds)
