"""When a sitting's next challenge comes and what it asks for, from what came of the ones before. A table, and chance from the secret.

Gaps are 5 to 13 minutes, a retry comes 1 to 2 minutes after an answer that nobody could judge and after each gap in the feed, the time
before the exam being one; a light that failed is followed within a minute by the request to turn the head, before anything is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from proctoring.challenge.draw import Draw
from proctoring.challenge.verdict import Ask, Outcome, Verdict, Why

GAP_S = (300.0, 780.0)
RETRY_S = (60.0, 120.0)
SOON_S = (20.0, 40.0)
MOST_RETRIES = 3
DAYLIGHT = 2  # lights in a row that were too weak to judge: from then on most challenges ask to turn the head
_LIGHT_AGAIN = 3  # of those, every third tries the light once more

_REPEATED = (Why.TOO_FEW_FRAMES, Why.NOT_SEEN, Why.NOT_SHOWN, Why.INTERRUPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What may be asked of one candidate: the exam's rule and the candidate's arrangements. `people` look where nothing may be asked."""

    light: bool
    turns: bool
    people: bool = False

    @property
    def asks_nothing(self) -> bool:
        """Say whether there are no challenges."""
        return not (self.light or self.turns or self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What is asked next, and when: seconds after the last challenge was over."""

    ask: Ask
    after_s: float


def first(plan: Plan, draw: Draw, number: int) -> Next:
    """Return the challenge after a gap in the feed."""
    return Next(ask=_usual(plan, ()), after_s=draw.between(*RETRY_S, "after gap", number))


def doubted_s(draw: Draw, number: int) -> float:
    """Return how long after a hint that the camera may be another the next challenge comes."""
    return draw.between(*SOON_S, "doubted", number)


def following(plan: Plan, past: Sequence[Verdict], draw: Draw) -> Next:
    """Return what follows `past`, oldest first."""
    last, number = past[-1], len(past)
    if last.ask is Ask.LIGHT and last.outcome is Outcome.FAILED and not _failed_before(past):
        return Next(ask=Ask.TURN if plan.turns else Ask.LIGHT, after_s=draw.between(*SOON_S, "soon", number))
    if last.why in (Why.TOO_WEAK, Why.LATE) and plan.turns:
        return Next(ask=Ask.TURN, after_s=draw.between(*RETRY_S, "retry", number))
    if last.why in _REPEATED and unjudged(past) < MOST_RETRIES:
        return Next(ask=last.ask, after_s=draw.between(*RETRY_S, "retry", number))
    return Next(ask=_usual(plan, past), after_s=draw.between(*GAP_S, "gap", number))


def to_report(plan: Plan, past: Sequence[Verdict]) -> bool:
    """Say whether the last verdict is to be put before a person as a failed challenge: never after one light alone."""
    last = past[-1]
    if last.why is Why.NOT_TURNED:
        return True
    pictures_speak = last.why in (Why.OLD_LIGHT, Why.REPEATED_PICTURES)
    return pictures_speak and not plan.turns and _failed_before(past)


def for_a_person(plan: Plan, past: Sequence[Verdict]) -> bool:
    """Say whether somebody should look at this candidate, without any accusation: nothing could be judged, or nothing may be asked for."""
    last = past[-1]
    if last.why in (Why.HAND_SHOWN, Why.NOT_ASKED) or unjudged(past) == MOST_RETRIES:
        return True
    if last.why is Why.NOT_SHOWN:
        return len(past) > 1 and past[-2].why is Why.NOT_SHOWN
    weak = last.why in (Why.TOO_WEAK, Why.LATE) or (last.why is Why.NO_LIGHT and _failed_before(past))
    return weak and not plan.turns


def expected_gain(past: Sequence[Verdict]) -> float | None:
    """Return the light that this sitting's earlier passes had; forgotten when a light failed and the head then turned: the room changed."""
    gains: list[float] = []
    for before, now in zip([None, *past], past, strict=False):
        if now.ask is Ask.LIGHT and now.why is Why.ANSWERED and now.gain is not None:
            gains.append(now.gain)
        elif now.why is Why.ANSWERED and before is not None and before.why is Why.NO_LIGHT:
            gains.clear()
    return sorted(gains)[len(gains) // 2] if gains else None


def unjudged(past: Sequence[Verdict]) -> int:
    """Return how many challenges in a row nobody could judge for want of pictures."""
    count = 0
    for one in reversed(past):
        if one.why not in _REPEATED:
            break
        count += 1
    return count


def _failed_before(past: Sequence[Verdict]) -> bool:
    return len(past) > 1 and past[-2].ask is Ask.LIGHT and past[-2].outcome is Outcome.FAILED


def _usual(plan: Plan, past: Sequence[Verdict]) -> Ask:
    """Return the light, where it may be asked for and was not too weak time after time."""
    if not plan.light:
        return Ask.TURN
    lights = [one for one in past if one.ask is Ask.LIGHT and one.why not in _REPEATED]
    daylight = len(lights) >= DAYLIGHT and all(one.why in (Why.TOO_WEAK, Why.LATE) for one in lights[-DAYLIGHT:])
    since = len(past) - max((at for at, one in enumerate(past) if one.ask is Ask.LIGHT), default=0)
    return Ask.TURN if daylight and plan.turns and since < _LIGHT_AGAIN else Ask.LIGHT
