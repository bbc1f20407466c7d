"""What moves a running sitting's deadline: acts of people, breaks, and the exam's own rule for outages. Only server times count.

The sitting's own time stands still in a pause and in a break, and goes back by what is given; `stopped_s` is the sum of it all, so that
deadline = start + time allowed + stopped, always. Driven by services/timekeeping.py. See docs/adr/0024-the-sittings-own-time.md.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from assessment_engine.delivery.sitting import ENDED, RUNNING, PauseReason, Sitting, SittingState
from assessment_engine.delivery.timing import OutagePolicy, TimePolicy
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso_or_none
from assessment_engine.kernel.errors import AfterTime, Invalid, NoBreakLeft, NotYet, SittingPaused, SittingSealed

OUT_OF_CONTACT_S = 90
"""A page gives a sign of life at least every 40 seconds: after this it is out of contact."""

MOST_MINUTES = 120
MOST_BREAKS = 12
MOST_BREAK_MINUTES = 60
BREAKS_USED = "breaks_used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaks:
    """How many breaks a candidate's arrangement allows, and how long each may last."""

    count: int = 0
    seconds: int = 0


def breaks_of(arrangements: Mapping[str, Json]) -> Breaks:
    """Read a registration's arrangements; raises Invalid."""
    given = arrangements.get("breaks")
    if given is None:
        return Breaks()
    count, minutes = (given.get("count"), given.get("minutes")) if isinstance(given, Mapping) else (None, None)
    if not isinstance(count, int) or not isinstance(minutes, int):
        raise Invalid("breaks are a count and whole minutes")
    if not 0 <= count <= MOST_BREAKS or not 0 <= minutes <= MOST_BREAK_MINUTES:
        raise Invalid(f"at most {MOST_BREAKS} breaks of at most {MOST_BREAK_MINUTES} minutes")
    return Breaks(count=count, seconds=minutes * 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules of time as they apply to one sitting."""

    policy: TimePolicy
    breaks: Breaks = Breaks()
    cell_pauses: bool = False  # only the examination cell lets the time of this exam stand still


def breaks_used(sitting: Sitting) -> int:
    """Return how many breaks the candidate has taken."""
    used = sitting.progress.get(BREAKS_USED, 0)
    return used if isinstance(used, int) else 0


def on_break(sitting: Sitting) -> bool:
    """Tell whether the time stands still because the candidate takes a break."""
    return sitting.state is SittingState.PAUSED and sitting.paused_for is PauseReason.BREAK


def break_ends_at(sitting: Sitting, breaks: Breaks) -> datetime | None:
    """Return when the break that is being taken ends by itself."""
    if not on_break(sitting) or sitting.paused_at is None:
        return None
    return sitting.paused_at + timedelta(seconds=breaks.seconds)


def take_break(sitting: Sitting, breaks: Breaks, now: datetime) -> Sitting:
    """Begin a break; asking twice is once. Raises NoBreakLeft, and a narrower refusal when the sitting is not running."""
    if on_break(sitting):
        return sitting
    _check_running(sitting, now)
    used = breaks_used(sitting)
    if used >= breaks.count:
        raise NoBreakLeft("no break is left", allowed=breaks.count, used=used)
    return replace(sitting.pause(now, PauseReason.BREAK), progress={**sitting.progress, BREAKS_USED: used + 1})


def end_break(sitting: Sitting, breaks: Breaks, now: datetime) -> Sitting:
    """Go on working, at the latest when the break's own time was over; a sitting that is on no break stays as it is."""
    ends_at = break_ends_at(sitting, breaks)
    return sitting if ends_at is None else sitting.resume(min(now, ends_at))


def _check_running(sitting: Sitting, now: datetime) -> None:
    if sitting.state in ENDED:
        raise SittingSealed("the sitting is closed")
    if sitting.state is SittingState.PAUSED:
        raise SittingPaused("the sitting is paused; a break can begin when it goes on")
    if sitting.state is not SittingState.IN_PROGRESS:
        raise NotYet("the sitting has not started")
    if sitting.is_over(now):
        raise AfterTime("the time of the sitting is over")


def quiet_s(sitting: Sitting, now: datetime) -> float:
    """Return how much of its own time a running sitting has spent without a sign of life."""
    if sitting.state not in RUNNING or sitting.contact_at is None:
        return 0.0
    return max(0.0, sitting.elapsed_s(now) - sitting.heard_s)


def out_of_contact(sitting: Sitting, now: datetime) -> bool:
    """Tell whether a running sitting has been silent for too long."""
    return quiet_s(sitting, now) > OUT_OF_CONTACT_S


def owed_s(sitting: Sitting, policy: TimePolicy, now: datetime) -> int:
    """Return what TIME_STOPS gives back when the sitting is heard of at `now`: the whole silence, within the exam's limit.

    Who was heard of after the deadline had their time; what is silent then is no loss.
    """
    if policy.outage is not OutagePolicy.TIME_STOPS or not out_of_contact(sitting, now) or _heard_after_deadline(sitting):
        return 0
    return max(0, min(math.ceil(quiet_s(sitting, now)), policy.most_stopped_s - sitting.given_back_s))


def _heard_after_deadline(sitting: Sitting) -> bool:
    return sitting.contact_at is not None and sitting.deadline_at is not None and sitting.contact_at >= sitting.deadline_at


def settled(sitting: Sitting, terms: Terms, now: datetime) -> Sitting:
    """Return the sitting as the rules alone make it by `now`: a break is over that lasted its time, what an outage took is given back.

    Store the result only together with a sign of life or the end: a silence that goes on is given back once, when it is over.
    """
    awake = end_break(sitting, terms.breaks, now) if _break_is_over(sitting, terms.breaks, now) else sitting
    owed = owed_s(awake, terms.policy, now)
    return awake.give_back(owed) if owed else awake


def _break_is_over(sitting: Sitting, breaks: Breaks, now: datetime) -> bool:
    ends_at = break_ends_at(sitting, breaks)
    return ends_at is not None and ends_at <= now


def may_close(sitting: Sitting, terms: Terms, now: datetime) -> bool:
    """Tell whether nobody's word is needed to close the sitting: its time is over, whatever an outage may still give back.

    Under TIME_STOPS a deadline that falls into a silence that may yet be an outage waits until it is known.
    """
    after = settled(sitting, terms, now)
    if after.state is not SittingState.IN_PROGRESS or not after.is_over(now):
        return False
    bound_left = terms.policy.outage is OutagePolicy.TIME_STOPS and sitting.given_back_s < terms.policy.most_stopped_s
    unknown = sitting.contact_at is not None and not _heard_after_deadline(sitting) and not out_of_contact(sitting, now)
    return not (bound_left and unknown)


class TimeVerb(StrEnum):
    """What a person may do with the time of running sittings."""

    PAUSE = "pause"
    RESUME = "resume"
    GIVE_TIME = "give_time"
    TERMINATE = "terminate"


class LeftOut(StrEnum):
    """Why an act does not fit a sitting; such sittings are listed, never silently skipped."""

    NOT_STARTED = "not_started"
    ENDED = "ended"
    TIME_OVER = "time_over"
    ALREADY_PAUSED = "already_paused"
    NOT_PAUSED = "not_paused"
    ON_BREAK = "on_break"
    RUNS_ON = "runs_on"
    NOT_THEN = "not_then"
    ONES_OWN = "ones_own"
    NO_PAUSE = "no_pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAct:
    """What is done. Time is given as `seconds`, or as the part of `since`…`until` in which a sitting ran.

    Where the exam promises that time runs on, only an act `for_the_cell` gives any: the promise is the cell's.
    """

    verb: TimeVerb
    seconds: int = 0
    since: datetime | None = None
    until: datetime | None = None
    for_the_cell: bool = False

    @property
    def document(self) -> dict[str, Json]:
        """What is done, as JSON."""
        return {"verb": str(self.verb), "seconds": self.seconds, "since": iso_or_none(self.since), "until": iso_or_none(self.until)}

    def __post_init__(self) -> None:
        if self.verb is not TimeVerb.GIVE_TIME:
            return
        if (self.since is None) != (self.until is None):
            raise Invalid("an outage has a beginning and an end", field="since")
        whole = self.seconds if self.since is None or self.until is None else (self.until - self.since).total_seconds()
        if not 0 < whole <= MOST_MINUTES * 60:
            raise Invalid(f"time is given for more than nothing and at most {MOST_MINUTES} minutes", most=MOST_MINUTES, field="minutes")


def seconds_for(sitting: Sitting, act: TimeAct, now: datetime) -> int:
    """Return how much time the act gives this sitting: who started in the middle of an outage lost only the rest of it."""
    if act.since is None or act.until is None:
        return act.seconds
    if sitting.started_at is None:
        return 0
    return max(0, math.ceil((min(act.until, now) - max(act.since, sitting.started_at)).total_seconds()))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """A time of which so many seconds did not count: a pause, or an outage that was given back."""

    since: datetime
    until: datetime
    seconds: int

    @classmethod
    def of(cls, since: datetime, until: datetime) -> Self:
        """All of the time between two moments."""
        return cls(since=since, until=until, seconds=math.ceil((until - since).total_seconds()))


def given_twice_s(act: TimeAct, earlier: Iterable[GivenBack]) -> int:
    """Return how much of what an act gives for an outage did not count before; minutes that name no outage copy none."""
    if act.since is None or act.until is None:
        return 0
    since, until = act.since, act.until
    return min(math.ceil((until - since).total_seconds()), sum(_overlap_s(since, until, one) for one in earlier))


def _overlap_s(since: datetime, until: datetime, one: GivenBack) -> int:
    common = math.ceil((min(until, one.until) - max(since, one.since)).total_seconds())
    return max(0, min(common, one.seconds))


def why_left_out(sitting: Sitting, act: TimeAct, terms: Terms, now: datetime) -> LeftOut | None:
    """Return why the act does not fit the sitting at `now`; None when it does."""
    if sitting.state in ENDED:
        return LeftOut.ENDED
    if sitting.state not in RUNNING:
        return LeftOut.NOT_STARTED
    if may_close(sitting, terms, now):
        return LeftOut.TIME_OVER
    match act.verb:
        case TimeVerb.PAUSE:
            return _no_pause(sitting, act, terms)
        case TimeVerb.RESUME:
            return LeftOut.ON_BREAK if on_break(sitting) else None if sitting.state is SittingState.PAUSED else LeftOut.NOT_PAUSED
        case TimeVerb.GIVE_TIME:
            return _no_time(sitting, act, terms, now)
        case TimeVerb.TERMINATE:
            return None


def _no_pause(sitting: Sitting, act: TimeAct, terms: Terms) -> LeftOut | None:
    if terms.cell_pauses and not act.for_the_cell:
        return LeftOut.NO_PAUSE
    return LeftOut.ALREADY_PAUSED if sitting.state is SittingState.PAUSED and not on_break(sitting) else None


def _no_time(sitting: Sitting, act: TimeAct, terms: Terms, now: datetime) -> LeftOut | None:
    if terms.policy.outage is OutagePolicy.TIME_RUNS_ON and not act.for_the_cell:
        return LeftOut.RUNS_ON
    return None if seconds_for(sitting, act, now) > 0 else LeftOut.NOT_THEN


def done(sitting: Sitting, act: TimeAct, now: datetime) -> Sitting:
    """Return the sitting after an act that fits it."""
    match act.verb:
        case TimeVerb.PAUSE:
            return sitting.pause(now, PauseReason.INVIGILATOR)
        case TimeVerb.RESUME:
            return sitting.resume(now)
        case TimeVerb.GIVE_TIME:
            return sitting.give_time(seconds_for(sitting, act, now))
        case TimeVerb.TERMINATE:
            return sitting.terminate(now)
