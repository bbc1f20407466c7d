"""What came of one challenge: passed, failed or inconclusive, why, and with what figures. Inconclusive is never held against anybody."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Ask(StrEnum):
    """What is asked for: the page's light on the face, or that the head be turned (and, unanswered, a hand held before the face)."""

    LIGHT = "light"
    TURN = "turn"


class Outcome(StrEnum):
    """What an answer was worth."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


class Why(StrEnum):
    """The one reason of an outcome; the words are public."""

    ANSWERED = "answered"  # passed
    HAND_SHOWN = "hand_shown"  # inconclusive: a person looks at the hand before the face
    NO_LIGHT = "no_light"  # failed: a light that earlier would have shown did not
    OLD_LIGHT = "old_light"  # failed: the light of an earlier challenge did
    REPEATED_PICTURES = "repeated_pictures"  # failed: the very pictures came before
    NOT_TURNED = "not_turned"  # failed: asked three times, well seen, and nothing moved
    TOO_WEAK = "too_weak"  # all from here on inconclusive: daylight, a small or a dark screen
    LATE = "late"
    TOO_FEW_FRAMES = "too_few_frames"
    NOT_SEEN = "not_seen"
    NOT_SHOWN = "not_shown"  # the page never said that it showed the request
    INTERRUPTED = "interrupted"
    NOT_ASKED = "not_asked"  # of this candidate nothing may be asked: a person looks instead


OUTCOME = {
    Why.ANSWERED: Outcome.PASSED,
    **dict.fromkeys((Why.NO_LIGHT, Why.OLD_LIGHT, Why.REPEATED_PICTURES, Why.NOT_TURNED), Outcome.FAILED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One challenge judged. `p` is the share of random sequences that fit as well (PROCTORING section 4), `gain` the strength of the light
    on the face (hundredths of log-chroma), `lag_s` how late it came, `frames` how many were looked at.
    """

    ask: Ask
    why: Why
    p: float | None = None
    gain: float | None = None
    lag_s: float | None = None
    frames: int = 0

    @property
    def outcome(self) -> Outcome:
        """Return what the answer was worth."""
        return OUTCOME.get(self.why, Outcome.INCONCLUSIVE)

    def as_facts(self) -> dict[str, str | float | int | None]:
        """Return plain values; `from_facts` reads them."""
        figures = {"p": self.p, "gain": self.gain, "lag_s": self.lag_s}
        rounded = {name: round(value, 4) for name, value in figures.items() if value is not None}
        return {"ask": self.ask.value, "outcome": self.outcome.value, "why": self.why.value, **rounded, "frames": self.frames}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        """Read what `as_facts` wrote."""
        figures = {name: facts.get(name) for name in ("p", "gain", "lag_s")}
        return cls(ask=Ask(facts["ask"]), why=Why(facts["why"]), frames=int(facts.get("frames", 0)), **figures)
