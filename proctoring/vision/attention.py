"""Where to look for things next, and whether it is worth it: a slow round, and a bucket of tokens for bursts.

A look at things is the dearest thing the eyes do, so each takes a token, and tokens come back slowly: whatever moves, the mean cost is
bounded. A round of the whole picture and parts of it goes on all the time; what is new beside the candidate, or a glance downwards, brings
a look forward. Only a suspect is free: it gets several looks in a row, and is then followed as seldom as its incident allows. What lies
there from the start is never new: in the first seconds, and after a break, every part is looked at once, and the round rests for as long.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from proctoring.observations import Box, Thing, ThingName
from proctoring.vision.objects import WHOLE, closer_part, part_around

SUSPECTED = frozenset({ThingName.PHONE, ThingName.BOOK, ThingName.SCREEN})
_PART = 0.6  # side of a part, as a share of the picture's
_SAME_PLACE = 0.2
_STRONG = 0.74  # greatest likelihood from which a suspect is followed closely
_LOOKS, _MISSES = 6, 3
_FORGIVEN_S = 60.0
# Whole pictures and parts in turn: which part, as a place beside the face in faces' widths, and how low.
_ROUND = (None, (-1.6, 1.0), None, (1.6, 1.0), None, (0.0, 0.5))
_OPENING = (None, (-1.6, 1.0), (1.6, 1.0), (0.0, 0.5))  # the same, each once


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often things are looked for, in seconds: the round, a token's return, how many tokens are kept, and a followed suspect.

    The opening's looks are `opening_s` apart; after `break_s` without the candidate there is another, if the last is `again_s` ago.
    """

    round_s: float = 12.0
    opening_s: float = 2.9
    break_s: float = 6.0
    again_s: float = 120.0
    token_s: float = 8.0
    tokens: float = 3.0
    follow_s: float = 2.4
    follow_late_s: float = 5.0


@dataclass(slots=True)
class _Suspect:
    """One thing followed: where, what the last looks said, how good it was at best."""

    name: ThingName
    box: Box
    looks: deque[bool]
    best: float
    seen: int = 0

    @property
    def settled(self) -> bool:
        """Say whether its looks in a row are over."""
        return self.seen >= _LOOKS


class Attention:
    """Asked for a part of the picture before each look, told afterwards what was there."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._tokens, self._at = 0.0, 0.0
        self._looked_at = self._rounded_at = -1e9
        self._turn = 0
        self._opened, self._opened_at = 0, -1e9
        self._larger = False
        self._suspect: _Suspect | None = None
        self._dismissed: list[tuple[float, Box]] = []

    def part(self, at: float, face: Box | None, *, novel: Box | None, glance_down: bool, hasty: bool = False) -> Box | None:
        """Return which part of the picture to look at now, None for not at all; what is `hasty` may have passed, and gets no last token."""
        if at - self._at > self._pace.break_s and at - self._opened_at > self._pace.again_s:
            self._opened = 0
        self._tokens = min(self._pace.tokens, self._tokens + max(0.0, at - self._at) / self._pace.token_s)
        self._at = at
        if self._opening_is_due(at):
            return self._open(at, face)
        waited = at - self._looked_at
        if self._suspect is not None and self._suspect.settled and at - self._rounded_at >= 2 * self._pace.round_s:
            return self._round(at, face)
        if self._suspect is not None and waited >= self._patience(self._suspect):
            self._looked_at = at
            return closer_part(self._suspect.box)
        if self._tokens < 1:
            return None
        if novel is not None and (self._tokens >= 2 or not hasty):
            self._larger = not self._larger  # small things are seen larger, large ones in the whole picture
            near = part_around(novel.x + novel.width / 2, novel.y + novel.height / 2, _PART)
            return self._take(near if self._larger else WHOLE, at)
        if glance_down and face is not None:
            return self._take(part_around(face.x + face.width / 2, 1.0, _PART), at)
        rested = at - self._opened_at >= 2 * self._pace.round_s
        return self._round(at, face) if rested and waited >= self._pace.round_s else None

    def whole(self, at: float, every_s: float) -> Box | None:
        """Return the whole picture when it is time: of an empty place only that matters, and it is never spared."""
        return self._take(WHOLE, at) if at - self._looked_at >= every_s else None

    def saw(self, things: Sequence[Thing], part: Box, at: float) -> tuple[Thing, ...] | None:
        """Follow what was seen in a part; return what this look says, None when it looked past what is followed and saw nothing."""
        suspects = [thing for thing in things if thing.name in SUSPECTED]
        followed = self._suspect
        phone = self._phone_beside(followed, suspects, at)
        if phone is not None:
            self._suspect = _suspect(phone)
            return tuple(things)
        if followed is None or not _holds(part, followed.box):
            best = next((thing for thing in suspects if not self._is_dismissed(thing, at)), None)
            if best is not None and followed is None:
                self._suspect = _suspect(best)
            return tuple(things) if things or followed is None else None
        here = [thing for thing in suspects if thing.box.overlap(followed.box) >= _SAME_PLACE]
        self._follow(followed, here, at)
        return tuple(things)

    def _phone_beside(self, followed: _Suspect | None, suspects: Sequence[Thing], at: float) -> Thing | None:
        """Return a phone that is plainly there while something else is followed: a book must not draw the eyes from it."""
        if followed is None or followed.name is ThingName.PHONE:
            return None
        plain = (thing for thing in suspects if thing.name is ThingName.PHONE and thing.score >= _STRONG)
        return next((thing for thing in plain if thing.box.overlap(followed.box) < _SAME_PLACE and not self._is_dismissed(thing, at)), None)

    def _follow(self, followed: _Suspect, here: Sequence[Thing], at: float) -> None:
        followed.seen += 1
        followed.looks.append(bool(here))
        if here:
            followed.box, followed.best = here[0].box, max(followed.best, here[0].score)
        misses = _MISSES if sum(followed.looks) > 1 else _MISSES - 1
        lost = not any(list(followed.looks)[-misses:])
        weak = followed.settled and followed.best < _STRONG
        if weak:
            self._dismissed = [(until, box) for until, box in self._dismissed if until > at] + [(at + _FORGIVEN_S, followed.box)]
        if lost or weak:
            self._suspect = None

    def _is_dismissed(self, thing: Thing, at: float) -> bool:
        """A thing that several looks did not confirm gets no burst again for a while, unless it looks better than before."""
        return thing.score < _STRONG and any(until > at and box.overlap(thing.box) >= _SAME_PLACE for until, box in self._dismissed)

    def _patience(self, suspect: _Suspect) -> float:
        if not suspect.settled:
            return 0.9
        return self._pace.follow_s if suspect.seen < 2 * _LOOKS else self._pace.follow_late_s

    def _opening_is_due(self, at: float) -> bool:
        """Say whether a look of the opening waits; a suspect's looks in a row come first."""
        bursting = self._suspect is not None and not self._suspect.settled
        waited = self._opened == 0 or at - self._opened_at >= self._pace.opening_s
        return self._opened < len(_OPENING) and waited and not bursting

    def _open(self, at: float, face: Box | None) -> Box:
        place = _OPENING[self._opened]
        self._opened, self._opened_at = self._opened + 1, at
        self._looked_at = self._rounded_at = at
        return _beside(face, place)

    def _round(self, at: float, face: Box | None) -> Box:
        place = _ROUND[self._turn % len(_ROUND)]
        self._turn, self._rounded_at = self._turn + 1, at
        return self._take(_beside(face, place), at)

    def _take(self, part: Box, at: float) -> Box:
        self._tokens = max(0.0, self._tokens - 1)
        self._looked_at = at
        return part


def _suspect(thing: Thing) -> _Suspect:
    return _Suspect(name=thing.name, box=thing.box, looks=deque([True], maxlen=5), best=thing.score, seen=1)


def _beside(face: Box | None, place: tuple[float, float] | None) -> Box:
    """Return the part at a place beside a face; without either, the whole picture."""
    if face is None or place is None:
        return WHOLE
    return part_around(face.x + face.width * (0.5 + place[0]), max(face.y + face.height / 2, place[1]), _PART)


def _holds(part: Box, box: Box) -> bool:
    """Say whether the middle of a box lies in a part."""
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return part.x <= x <= part.x + part.width and part.y <= y <= part.y + part.height
