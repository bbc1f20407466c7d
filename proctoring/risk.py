"""How much of a sitting asks for a person's eyes: one number with its reasons, capped for each family of signals.

It orders work and is shown after a first judgement; nothing is decided by it. Time that could not be watched adds nothing, what a person
dismissed is to be left out by the caller, soft signals alone stay at medium, and without a flag nothing is more than medium.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from types import MappingProxyType

from proctoring.policy import Kind, Severity, Tier


class Family(StrEnum):
    """Signals that tell of the same thing, so that many of them are not many reasons."""

    PEOPLE = "people"
    THINGS = "things"
    ATTENTION = "attention"
    CAMERA = "camera"


KINDS: Mapping[Family, tuple[Kind, ...]] = MappingProxyType(
    {
        Family.PEOPLE: (Kind.NOBODY, Kind.SEVERAL_PEOPLE, Kind.DIFFERENT_PERSON),
        Family.THINGS: (Kind.PHONE, Kind.BOOK, Kind.SCREEN),
        Family.ATTENTION: (Kind.LOOKING_AWAY, Kind.TALKING),
        Family.CAMERA: (Kind.CHALLENGE_FAILED, Kind.CAMERA_SWITCHED, Kind.CHAIN_BROKEN),
    }
)
MEDIUM_FROM, HIGH_FROM = 0.15, 0.5
CAPS: Mapping[Family, float] = MappingProxyType(
    {Family.PEOPLE: 0.8, Family.THINGS: 0.6, Family.ATTENTION: 0.25, Family.CAMERA: 0.8}  # attention: soft, so below high
)
_WEIGHTS: Mapping[Severity, float] = MappingProxyType({Severity.LOW: 0.1, Severity.MEDIUM: 0.3, Severity.HIGH: 0.6})
_UNFLAGGED = 0.49  # the most that a sitting without a flag has
_WEIGHED = (Tier.DETECTION, Tier.ALERT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What an incident weighs by; confidence from 0 to 1."""

    kind: Kind
    tier: Tier
    severity: Severity | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One family's share of the risk, 0 to its cap, and how many incidents of which kind made it."""

    family: Family
    share: float
    capped: bool
    incidents: Mapping[Kind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A sitting's risk, 0 to 1, and its parts, the largest first."""

    value: float
    parts: tuple[Part, ...]

    @property
    def level(self) -> Severity | None:
        """Return the word for it; None where nothing weighs."""
        if not self.parts:
            return None
        return Severity.HIGH if self.value >= HIGH_FROM else Severity.MEDIUM if self.value >= MEDIUM_FROM else Severity.LOW


def risk_of(incidents: Iterable[Weighed]) -> Risk:
    """Return the risk of a sitting's incidents: in a family, and of families, as chances of which one is enough."""
    weighed = [one for one in incidents if one.tier in _WEIGHED and one.severity is not None]
    parts = sorted((part for family in Family if (part := _part(family, weighed)) is not None), key=lambda part: -part.share)
    value = 1 - prod(1 - part.share for part in parts)
    flagged = any(one.tier is Tier.ALERT for one in weighed)
    return Risk(value=value if flagged else min(value, _UNFLAGGED), parts=tuple(parts))


def _part(family: Family, weighed: list[Weighed]) -> Part | None:
    mine = [one for one in weighed if one.kind in KINDS[family]]
    if not mine:
        return None
    chance = 1 - prod(1 - _WEIGHTS[one.severity] * min(1.0, max(0.0, one.confidence)) for one in mine if one.severity is not None)
    cap = CAPS[family]
    return Part(family=family, share=min(cap, chance), capped=chance > cap, incidents=Counter(one.kind for one in mine))
