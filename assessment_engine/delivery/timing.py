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
MAX_WAIT_S = 3600
MAX_EXTRA_MINUTES_PER_HOUR = 60


class GracePolicy(StrEnum):
    """What happens at the deadline; the exam page says it in words."""

    AUTO_SUBMIT = "auto_submit"  # sealed at once with all that was acknowledged
    GRACE = "grace"  # up to a minute lets in what was sent before the bell
    WAIT = "wait"  # up to an hour sealing waits for devices that come back late


class OutagePolicy(StrEnum):
    """What an exam promises about time that a candidate loses; the exam page says it in words."""

    TIME_RUNS_ON = "time_runs_on"  # the clock goes on; answers are kept on the device and saved when the connection is back
    TIME_STOPS = "time_stops"  # time without contact, as the server saw it, does not count, up to a limit
    PERSON_DECIDES = "person_decides"  # the clock goes on; the time is credited by a person, with a reason


_MOST_GRACE_S: Mapping[GracePolicy, int] = {GracePolicy.AUTO_SUBMIT: 0, GracePolicy.GRACE: MAX_GRACE_S, GracePolicy.WAIT: MAX_WAIT_S}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePolicy:
    """An exam's time as it applies to one candidate.

    `extra_minutes_per_hour` is an access arrangement's (20 is India's compensatory time) and stretches limits of parts and questions as
    well; `most_stopped_s` bounds what TIME_STOPS gives back.
    """

    duration_s: int
    extra_minutes_per_hour: int = 0
    grace: GracePolicy = GracePolicy.GRACE
    grace_s: int = 0
    outage: OutagePolicy = OutagePolicy.TIME_RUNS_ON
    most_stopped_s: int = 0

    def __post_init__(self) -> None:
        if self.duration_s <= 0 or not 0 <= self.extra_minutes_per_hour <= MAX_EXTRA_MINUTES_PER_HOUR or self.most_stopped_s < 0:
            raise Invalid("an exam lasts some time, and extra time is 0 to 60 minutes an hour")
        if not 0 <= self.grace_s <= _MOST_GRACE_S[self.grace]:
            raise Invalid("grace is none with auto_submit, at most a minute with grace, at most an hour with wait")

    @property
    def seconds(self) -> int:
        """The candidate's whole time."""
        return self.stretched(self.duration_s)

    def stretched(self, limit_s: int) -> int:
        """Return a limit of the exam, a part or a question as this candidate has it; part seconds are given, not taken."""
        return stretched(limit_s, self.extra_minutes_per_hour)

    def deadline(self, started_at: datetime) -> datetime:
        """Return the moment the time ends for a candidate who starts at `started_at`."""
        return started_at + timedelta(seconds=self.seconds)


def stretched(limit_s: int, extra_minutes_per_hour: int) -> int:
    """Return a limit with so many minutes more an hour; part seconds are given, not taken."""
    return -(-limit_s * (60 + extra_minutes_per_hour) // 60)


def time_policy(duration_s: int, exam_policy: Mapping[str, Json], arrangements: Mapping[str, Json]) -> TimePolicy:
    """Read an exam's policy document (`grace`, `grace_s`, `outage`, `most_stopped_s`) and a registration's arrangements; raises Invalid."""
    extra = arrangements.get("extra_minutes_per_hour", 0)
    grace_s, most = exam_policy.get("grace_s", 0), exam_policy.get("most_stopped_s", 0)
    grace, outage = exam_policy.get("grace", GracePolicy.GRACE), exam_policy.get("outage", OutagePolicy.TIME_RUNS_ON)
    if not isinstance(extra, int) or not isinstance(grace_s, int) or not isinstance(most, int):
        raise Invalid("extra time is whole minutes an hour, grace and stopped time whole seconds")
    if grace not in set(GracePolicy) or outage not in set(OutagePolicy):
        raise Invalid("the policies of grace and outage are ones of ours")
    return TimePolicy(
        duration_s=duration_s,
        extra_minutes_per_hour=extra,
        grace=GracePolicy(str(grace)),
        grace_s=grace_s,
        outage=OutagePolicy(str(outage)),
        most_stopped_s=most,
    )


def check_window(now: datetime, opens_at: datetime, closes_at: datetime) -> None:
    """Refuse a start outside the session's window; raises NotYet or AfterTime."""
    if now < opens_at:
        raise NotYet("the session has not opened yet", opens_at=iso(opens_at))
    if now >= closes_at:
        raise AfterTime("the session no longer takes starts", closes_at=iso(closes_at))
