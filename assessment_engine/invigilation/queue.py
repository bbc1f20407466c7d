"""The order of the review queue: what is likely to be confirmed, grave and quick comes first, and nothing waits for ever.

P(confirmed) x severity / expected seconds, plus the age against the service level (PROCTORING section 2). Both come from what people did
before, kind by kind, and are shrunk while a kind has few: the first by a Beta prior, the second towards the mean of all kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

SERVICE_LEVEL = timedelta(hours=24)
"""How long a case may wait; a day's age counts like a grave case of which a confirmation is sure and takes a minute."""

MINUTE_S = 60.0
PRIOR_CONFIRMED = 0.25  # of all kinds, before anything was decided
PRIOR_SECONDS = 60.0
PRIOR_CASES = 8  # decided cases that a prior counts as
LONGEST_S = 900.0  # of one review: whoever needs longer was called away

_WEIGHT: Mapping[str, float] = {"low": 0.25, "medium": 0.5, "high": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was decided of one kind of case, and the measured seconds of its reviews, each at most LONGEST_S."""

    confirmed: int = 0
    decided: int = 0
    reviews: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            confirmed=self.confirmed + other.confirmed,
            decided=self.decided + other.decided,
            reviews=self.reviews + other.reviews,
            seconds=self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """What an organisation has decided so far, by kind and together."""

    kinds: Mapping[str, Tally]
    together: Tally

    @classmethod
    def of(cls, kinds: Mapping[str, Tally]) -> Self:
        """Add the kinds up, once for a whole queue."""
        return cls(kinds=kinds, together=sum(kinds.values(), Tally()))

    def confirmed(self, kind: str) -> float:
        """Return P(confirmed) of a kind: the mean of a Beta distribution whose prior is that of all kinds together."""
        mine = self.kinds.get(kind, Tally())
        prior = _shrunk(self.together.confirmed, self.together.decided, PRIOR_CONFIRMED)
        return _shrunk(mine.confirmed, mine.decided, prior)

    def seconds(self, kind: str) -> float:
        """Return how long a review of a kind is expected to take."""
        mine = self.kinds.get(kind, Tally())
        prior = _shrunk(self.together.seconds, self.together.reviews, PRIOR_SECONDS)
        return _shrunk(mine.seconds, mine.reviews, prior)

    def urgency(self, kind: str, severity: str, opened_at: datetime, now: datetime) -> float:
        """Return a case's place in the queue, larger first."""
        worth = self.confirmed(kind) * _WEIGHT.get(severity, 0.5)
        return worth * MINUTE_S / self.seconds(kind) + (now - opened_at) / SERVICE_LEVEL


def _shrunk(total: float, count: int, prior: float) -> float:
    return (total + PRIOR_CASES * prior) / (count + PRIOR_CASES)
