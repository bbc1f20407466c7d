"""How many messages a page may send: a reserve that grows with time. Fed with moments; used by channel.py, for frames and for sound."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Allowance:
    """`most` at once, and `a_second` more each second."""

    a_second: float
    most: float
    at: datetime
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.most

    def spend(self, now: datetime) -> bool:
        """Spend one message, if one is left; a clock that was set back gives none."""
        self.left = min(self.most, self.left + max(0.0, (now - self.at).total_seconds()) * self.a_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
