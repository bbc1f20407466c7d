"""Turning the head when asked, twice in an order that nobody can foresee; who does not is asked once more, then for a hand before the face.

Judged on the head's angles against the candidate's own rest; each direction is held for a second, for somebody at work turns often and
shortly. Not answered counts only where the face was well seen most of the time; whoever cannot be seen has not refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

from proctoring.challenge.draw import Draw
from proctoring.challenge.verdict import Ask, Verdict, Why
from proctoring.observations import Head, Observation

TRY_S = 15.0
TRIES = 2
HAND_S = 10.0
ACROSS, UP = 15.0, 10.0  # degrees from rest
HOLD_S = 1.0
WELL_SEEN = 0.6  # share of an unanswered request's frames
LEAST_FRAMES = 8
HAND_LOOKS = 2  # looks without a face, between looks with one, that a hand makes
_REST_LOOKS = 12


class Turn(StrEnum):
    """Where to look; left and right are the candidate's own."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"


def drawn(draw: Draw, number: int, attempt: int) -> tuple[Turn, Turn]:
    """Return two different directions in order."""
    turns = list(Turn)
    first = turns.pop(draw.below(3, f"turn {attempt}", number))
    return first, turns[draw.below(2, f"then {attempt}", number)]


@dataclass(slots=True)
class Rest:
    """Which way the head points when nobody asks."""

    _heads: list[Head] = field(default_factory=list)

    def receive(self, seen: Observation) -> None:
        """Take in a frame from before the request."""
        if seen.head is not None:
            self._heads = [*self._heads[-_REST_LOOKS + 1 :], seen.head]

    def head(self) -> Head | None:
        """Return the middle of the last looks; None before the first."""
        if not self._heads:
            return None
        return Head(yaw=median(one.yaw for one in self._heads), pitch=median(one.pitch for one in self._heads), roll=0.0)


class Turns:
    """One request, fed with observations: whether the head went where it was asked to, in order."""

    def __init__(self, asked: Sequence[Turn], rest: Head | None) -> None:
        self.asked, self._rest, self._done = tuple(asked), rest, 0
        self._frames = self._well = 0
        self._since: float | None = None  # when the head came to where it was asked to go

    def receive(self, seen: Observation) -> None:
        """Take in one frame."""
        self._frames += 1
        if seen.head is None:
            return
        self._well += 1
        self._rest = self._rest or seen.head
        if self.answered or not turned(self.asked[self._done], seen.head, self._rest):
            self._since = None
            return
        self._since = seen.at if self._since is None else self._since
        if seen.at - self._since >= HOLD_S:
            self._done, self._since = self._done + 1, None

    @property
    def answered(self) -> bool:
        """Say whether every direction was seen."""
        return self._done == len(self.asked)

    @property
    def frames(self) -> int:
        """Return how many frames came."""
        return self._frames

    @property
    def well_seen(self) -> bool:
        """Say whether the face was seen well enough that an answer would have been noticed."""
        return self._frames >= LEAST_FRAMES and self._well >= WELL_SEEN * self._frames


class Hand:
    """The last request, fed with observations: whether the face went out of sight, with somebody there, and came back."""

    def __init__(self) -> None:
        self._hidden = 0
        self.answered = False

    def receive(self, seen: Observation) -> None:
        """Take in one frame."""
        there = seen.people is None or seen.people > 0
        if seen.face is None and there:
            self._hidden += 1
        elif seen.face is not None:
            self.answered = self.answered or self._hidden >= HAND_LOOKS
            self._hidden = 0


def turned(where: Turn, head: Head, rest: Head) -> bool:
    """Say whether a head points where it was asked to. The candidate's left is the picture's right, and yaw grows that way."""
    if where is Turn.UP:
        return head.pitch - rest.pitch >= UP
    across = head.yaw - rest.yaw
    return across >= ACROSS if where is Turn.LEFT else across <= -ACROSS


def judge(tries: Sequence[Turns], hand: Hand | None) -> Verdict:
    """Judge the tries, and the hand where it came to that."""
    frames = sum(one.frames for one in tries)
    if any(one.answered for one in tries):
        why = Why.ANSWERED
    elif hand is not None and hand.answered:
        why = Why.HAND_SHOWN
    elif all(one.well_seen for one in tries):
        why = Why.NOT_TURNED
    else:
        why = Why.NOT_SEEN if frames >= LEAST_FRAMES else Why.TOO_FEW_FRAMES
    return Verdict(ask=Ask.TURN, why=why, frames=frames)
