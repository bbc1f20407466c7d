"""Pictures that a page keeps while its line is cut, and when the server believes that they were taken. Pure.

The page's own half is in api/static/camera_protocol.js. What a page says of a time is a hint (promise 9): a kept picture is believed to be
of a cut in this line, in the order in which they come. Nothing finer is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_BYTES = 6 * 1024 * 1024
MOST_MS = 20 * 60 * 1000
NEAR_MS = 2500  # two pictures so far apart still count as watched (policy.most_step_s)
CUTS_KEPT = 64
STALLED_AFTER = timedelta(seconds=3)  # without a frame on an open connection: nothing came through
SLACK = timedelta(seconds=5)  # of a message on its way, and of the last picture before a cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that waits on the page; `at` in ms of the page's own clock, which never jumps."""

    at: int
    jpeg: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A time without a line: from the last frame before it to the connection, or the frame, after it, by the server's clock."""

    began: datetime
    ended: datetime


def keep(kept: Sequence[Picture], picture: Picture) -> list[Picture]:
    """Return what is kept now: bounded in minutes and bytes; when full the oldest stretch is thinned first, then the next."""
    every = [one for one in kept if picture.at - one.at <= MOST_MS] + [picture]
    total = sum(len(one.jpeg) for one in every)
    while total > MOST_BYTES:
        total -= len(every.pop(_least_missed(every)).jpeg)
    return every


def _least_missed(every: Sequence[Picture]) -> int:
    """Return the place of the oldest picture between two that are near each other, else of the oldest of all."""
    between = range(1, len(every) - 1)
    return next((place for place in between if every[place + 1].at - every[place - 1].at <= NEAR_MS), 0)


def with_cut(cuts: tuple[Cut, ...], began: datetime, ended: datetime) -> tuple[Cut, ...]:
    """Return the cuts with one more, or with the last one longer, if that began then; of too many the shortest is forgotten.

    A poor line stalls for three seconds again and again while the pictures of ten minutes without it are still to come.
    """
    before = cuts[:-1] if cuts and cuts[-1].began == began else cuts
    every = [*before, Cut(began=began, ended=ended)]
    if len(every) > CUTS_KEPT:
        every.remove(min(every, key=lambda one: one.ended - one.began))
    return tuple(every)


def believed(cuts: Sequence[Cut], claimed: datetime, after: datetime | None) -> datetime | None:
    """Return when a kept picture was taken, as far as that is believed: in a cut, after the one before it; None when it cannot be."""
    cut = next((one for one in cuts if one.began - SLACK <= claimed <= one.ended + SLACK), None)
    if cut is None or (after is not None and claimed < after - SLACK):
        return None
    at = min(max(claimed, cut.began), cut.ended)
    return at if after is None else max(at, after + timedelta(milliseconds=1))
