"""What an exam asks of its watching: which signals, how long, how grave at most, and to whom it goes.

A Policy is pinned to an exam. Two promises of the house are types here: what could not be watched has no severity, and a soft signal never
exceeds medium. Durations follow PROCTORING section 2 (gaze: the definitions of Euro NCAP).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from types import MappingProxyType

from assessment_engine.kernel.errors import Invalid
from proctoring.calibration import CalibrationRecord
from proctoring.probability import Sure, Table, sure


class Kind(StrEnum):
    """What an incident is about; the words are public."""

    NOBODY = "nobody"
    SEVERAL_PEOPLE = "several_people"
    DIFFERENT_PERSON = "different_person"
    PHONE = "phone"
    BOOK = "book"
    SCREEN = "screen"
    LOOKING_AWAY = "looking_away"
    TALKING = "talking"
    CHALLENGE_FAILED = "challenge_failed"
    CAMERA_SWITCHED = "camera_switched"
    CHAIN_BROKEN = "chain_broken"
    FACE_NOT_SEEN = "face_not_seen"
    COVERED = "covered"
    TOO_DARK = "too_dark"
    FEED_GAP = "feed_gap"


COULD_NOT_WATCH = frozenset({Kind.FACE_NOT_SEEN, Kind.COVERED, Kind.TOO_DARK, Kind.FEED_GAP})
SOFT = frozenset({Kind.LOOKING_AWAY, Kind.TALKING})


class Tier(StrEnum):
    """To whom an incident goes: counted, shown as unwatched time, on the timeline, or queued for a person."""

    TELEMETRY = "telemetry"
    COULD_NOT_WATCH = "could_not_watch"
    DETECTION = "detection"
    ALERT = "alert"


TIER_ORDER = (Tier.TELEMETRY, Tier.COULD_NOT_WATCH, Tier.DETECTION, Tier.ALERT)


class Severity(IntEnum):
    """How grave, if a person confirms it."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """Return the public word."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When looks at one kind become an incident, and when it is over.

    Raised when the evidence has lasted `least_s` and is in at least `hits` of the last `of` looks; over when none came for `clear_s`. Looks
    further apart than `reach_s` do not belong together. After `graver_after_s` the severity rises one step, never beyond `cap`.
    """

    tier: Tier
    least_s: float
    severity: Severity | None = None
    cap: Severity | None = None
    graver_after_s: float | None = None
    hits: int = 3
    of: int = 5
    clear_s: float = 2.0
    reach_s: float = 4.0

    def severity_after(self, seconds: float) -> Severity | None:
        """Return the severity of evidence that has lasted so long."""
        if self.severity is None or self.cap is None:
            return self.severity
        step = 1 if self.graver_after_s is not None and seconds >= self.graver_after_s else 0
        return min(self.cap, Severity(min(Severity.HIGH, self.severity + step)))


@dataclass(frozen=True, slots=True, kw_only=True)
class GazeLimits:
    """When a look is away: degrees from the candidate's own centre, and how much time away in a window is too much.

    `surprise` is a calibration's limit on the evidence of away.py; until there is one, `away_s` seconds of each window are the limit.
    """

    screen_across: float = 12.0
    screen_up: float = 10.0
    away_across: float = 25.0
    away_up: float = 25.0
    windows_s: tuple[float, ...] = (5.0, 30.0)
    away_s: tuple[float, ...] = (3.0, 10.0)  # Euro NCAP's long look, and its repeated ones
    surprise: float | None = None
    calibration_s: float = 30.0


def _alert(least_s: float, severity: Severity, cap: Severity = Severity.HIGH, **more: float | int | None) -> Rule:
    return Rule(tier=Tier.ALERT, least_s=least_s, severity=severity, cap=cap, **more)  # type: ignore[arg-type]


def _detection(least_s: float, **more: float | int | None) -> Rule:
    return Rule(tier=Tier.DETECTION, least_s=least_s, severity=Severity.LOW, cap=Severity.MEDIUM, **more)  # type: ignore[arg-type]


def _unwatched(least_s: float) -> Rule:
    return Rule(tier=Tier.COULD_NOT_WATCH, least_s=least_s, hits=2, of=3)


RULES: Mapping[Kind, Rule] = MappingProxyType(
    {
        Kind.NOBODY: _alert(8, Severity.MEDIUM, graver_after_s=30),
        Kind.SEVERAL_PEOPLE: _alert(2, Severity.MEDIUM, graver_after_s=10, reach_s=6),
        Kind.DIFFERENT_PERSON: _alert(0, Severity.HIGH, of=3, clear_s=4, reach_s=30),
        Kind.PHONE: _alert(1, Severity.MEDIUM, graver_after_s=10, clear_s=6, reach_s=8),
        Kind.BOOK: _detection(1, clear_s=6, reach_s=8),
        Kind.SCREEN: _detection(1, clear_s=6, reach_s=8),
        Kind.LOOKING_AWAY: _detection(3, graver_after_s=20, clear_s=10),
        Kind.TALKING: _detection(3, graver_after_s=20),
        Kind.CHALLENGE_FAILED: _alert(0, Severity.HIGH),
        Kind.CAMERA_SWITCHED: _detection(0),  # pixels alone: a camera that is pushed looks like another; a check follows where any are made
        Kind.CHAIN_BROKEN: _alert(0, Severity.HIGH),
        Kind.FACE_NOT_SEEN: _unwatched(3),
        Kind.COVERED: _unwatched(2),
        Kind.TOO_DARK: _unwatched(3),
        Kind.FEED_GAP: _unwatched(4),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One exam's watching, as pinned."""

    version: str = "standard-3"
    rules: Mapping[Kind, Rule] = field(default_factory=lambda: RULES)
    gaze: GazeLimits = field(default_factory=GazeLimits)
    same_person: float = 0.52  # identity distance up to which it is the candidate
    other_person: float = 0.60  # and from which it is somebody else; between them nothing is said
    least_score: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"phone": 0.83, "book": 0.59, "screen": 0.79}))
    least_area: float = 0.004  # share of the picture below which a thing is too small to be told
    bundle_s: float = 5.0  # quiet time after which a bundle of findings is closed
    most_step_s: float = 3.0  # longest time between two frames that still counts as watched
    unrecognised_s: float = 300.0  # shortest time without a comparison that tells who it is
    off: frozenset[Kind] = frozenset()
    tables: tuple[Table, ...] = ()  # how likely findings are true, from a calibration

    def __post_init__(self) -> None:
        if missing := [kind for kind in Kind if kind not in self.rules]:
            raise Invalid(f"the policy has no rule for {', '.join(missing)}")
        for kind, rule in self.rules.items():
            _check(kind, rule)
        if not 0 < self.same_person <= self.other_person:
            raise Invalid("same_person must be positive and not above other_person")

    def without(self, *kinds: Kind) -> "Policy":
        """Return this policy with signals switched off, as an access arrangement asks."""
        return replace(self, off=self.off | set(kinds))

    def tells(self, distance: float) -> bool:
        """Say whether a comparison at this distance tells anything: between alike and somebody else (under a mask) it does not."""
        return distance <= self.same_person or distance >= self.other_person

    def demoted(self, *kinds: Kind) -> "Policy":
        """Return this policy with kinds that are only counted: their detectors exceed their budget, and raise no flags."""
        return replace(self, rules={**self.rules, **{kind: replace(self.rules[kind], tier=Tier.TELEMETRY) for kind in kinds}})

    def calibrated(self, calibration: CalibrationRecord) -> "Policy":
        """Return this policy with the limit of a calibration record, whose hash becomes part of the version."""
        gaze = replace(self.gaze, windows_s=calibration.windows_s, surprise=calibration.threshold)
        return replace(self, version=f"{self.version}+{calibration.sha256[:16]}", gaze=gaze, tables=calibration.probabilities)

    def sure(self, kind: Kind, picture: str, score: float) -> Sure:
        """Return how sure to be of a finding: a probability as far as enough like it were labelled."""
        return sure(self.tables, kind.value, picture, score)


def _check(kind: Kind, rule: Rule) -> None:
    if (kind in COULD_NOT_WATCH) != (rule.tier is Tier.COULD_NOT_WATCH):
        raise Invalid(f"{kind} cannot be of tier {rule.tier}", kind=kind.value)
    if kind in COULD_NOT_WATCH and rule.severity is not None:
        raise Invalid(f"{kind} is time that could not be watched: it has no severity", kind=kind.value)
    if kind not in COULD_NOT_WATCH and (rule.severity is None or rule.cap is None or rule.severity > rule.cap):
        raise Invalid(f"{kind} needs a severity and a cap not below it", kind=kind.value)
    if kind in SOFT and rule.cap is not None and rule.cap > Severity.MEDIUM:
        raise Invalid(f"{kind} is a soft signal: medium at most", kind=kind.value)
    if not 1 <= rule.hits <= rule.of or min(rule.least_s, rule.clear_s, rule.reach_s) < 0:
        raise Invalid(f"{kind} has a rule that nothing can meet", kind=kind.value)


STANDARD = Policy()
