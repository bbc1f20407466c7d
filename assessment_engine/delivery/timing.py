"""How long a sitting lasts, and what happens to its time when something fails. The server owns the clock (DESIGN promise 2).

The deadline is fixed at the start: nothing that fails later moves it silently. A session's window says when a candidate may start, not when
they must have ended, so that an access arrangement is never cut short.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import AfterTime, Invalid, NotYet

MAX_GRACE_S = 60


class OutagePolicy(StrEnum):
    """What an exam promises about time that a candidate loses; the exam page says it in words."""

    TIME_RUNS_ON = "time_runs_on"  # the clock goes on; answers are kept on the device and saved when the connection is back
    PERSON_DECIDES = "person_decides"  # the clock goes on; an invigilator may give time back, with a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePolicy:
    """An exam's time as it applies to one candidate; `grace_s` lets in what was sent before the bell and arrived after it."""

    duration_s: int
    extra_percent: int = 0
    grace_s: int = 0
    outage: OutagePolicy = OutagePolicy.TIME_RUNS_ON

    def __post_init__(self) -> None:
        if self.duration_s <= 0 or self.extra_percent < 0 or not 0 <= self.grace_s <= MAX_GRACE_S:
            raise Invalid("an exam lasts some time, extra time is not negative, and grace is at most a minute")

    @property
    def seconds(self) -> int:
        """The candidate's whole time; part seconds are given, not taken."""
        return -(-self.duration_s * (100 + self.extra_percent) // 100)

    def deadline(self, started_at: datetime) -> datetime:
        """Return the moment the time ends for a candidate who starts at `started_at`."""
        return started_at + timedelta(seconds=self.seconds)


def time_policy(duration_s: int, exam_policy: Mapping[str, Json], arrangements: Mapping[str, Json]) -> TimePolicy:
    """Read an exam's policy document (`grace_s`, `outage`) and a registration's arrangements (`extra_time_percent`); raises Invalid."""
    extra, grace = arrangements.get("extra_time_percent", 0), exam_policy.get("grace_s", 0)
    outage = exam_policy.get("outage", OutagePolicy.TIME_RUNS_ON)
    if not isinstance(extra, int) or not isinstance(grace, int) or outage not in set(OutagePolicy):
        raise Invalid("extra time is a whole percentage, grace whole seconds, and an outage policy one of ours")
    return TimePolicy(duration_s=duration_s, extra_percent=extra, grace_s=grace, outage=OutagePolicy(str(outage)))


def check_window(now: datetime, opens_at: datetime, closes_at: datetime) -> None:
    """Refuse a start outside the session's window; raises NotYet or AfterTime."""
    if now < opens_at:
        raise NotYet("the session has not opened yet", opens_at=iso(opens_at))
    if now >= closes_at:
        raise AfterTime("the session no longer takes starts", closes_at=iso(closes_at))
