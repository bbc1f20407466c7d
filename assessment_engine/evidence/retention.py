"""How long a sitting's evidence is kept, and what keeps it longer. Pure: facts in, a moment and its reasons out.

It is due when the exam's days after the decision are over, and its days for appeals after decision and result; while anything is open
it is not.
The audit log, with the hashes, and the exam events are never erased: longer than the 180 days that CERT-In's directions of 2022 ask for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Hold(StrEnum):
    """Why evidence is kept though its days may be over; words of the page."""

    RUNNING = "running"
    UNDECIDED = "undecided"
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
        """Tell whether two people may erase it before its time."""
        return not self.holds


def keeping(facts: Facts) -> Keeping:
    """Return until when a sitting's evidence is kept."""
    since = facts.decided_at or facts.over_at
    days = facts.evidence_days if facts.decided_at is None else max(facts.evidence_days, facts.appeal_days)
    ends = [] if since is None else [since + timedelta(days=days)]
    if facts.published_at is not None:
        ends.append(facts.published_at + timedelta(days=facts.appeal_days))
    return Keeping(until=max(ends) if since is not None else None, holds=facts.holds)
