"""The rules that an exam promises before anybody sits it, and their JSON. Read by delivery/timing.py, eligibility and the pages.

A cell changes them before the first sitting only; a candidate reads them in words on the exam's page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from proctoring.calibration import CalibrationRecord
from proctoring.challenge.plan import Plan
from proctoring.policy import Kind

SIGNALS = tuple(
    str(kind) for kind in (Kind.NOBODY, Kind.SEVERAL_PEOPLE, Kind.DIFFERENT_PERSON, Kind.PHONE, Kind.LOOKING_AWAY, Kind.TALKING)
)
"""What an exam may have watched; an access arrangement can switch any of them off."""

TOOLS = ("calculator", "rough_work", "read_aloud")
DEVICE_CHANGES = ("candidate", "invigilator")
SOUNDS = ("off", "voice")
PAUSES = ("invigilator", "cell")
CHALLENGES = ("off", "light", "head_turn")
OBJECTS: Mapping[str, Kind] = MappingProxyType(
    {
        "glucose_meter": Kind.PHONE,
        "medical_device": Kind.PHONE,
        "hearing_device": Kind.PHONE,
        "magnifier": Kind.PHONE,
        "braille_paper": Kind.BOOK,
        "own_paper": Kind.BOOK,
        "reading_screen": Kind.SCREEN,
    }
)
"""Things that an access arrangement can declare, and the kind that a detector takes each for: it never alerts in that sitting."""

EVERY_COMPETENCY = "*"
LEVELS = 4
MOST_EVIDENCE_DAYS = 3650
MOST_DRAWN = 0.2
SHARE = 0.02
MOST_HEARING_DAYS = 60


class CalibrationUnfit(Invalid):
    """A calibration was solved for another budget than the exam's."""

    code = "calibration_unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamPolicy:
    """The rules that an exam promises before anybody sits it.

    `cut_scores` gives, by competency id (or `*` for every other), the share of its marks that each level asks for, level 1 first.
    `grace`, `grace_s`, `outage` and `most_stopped_s` are read by delivery/timing.py. `evidence_days` is how long pictures are kept after
    the decision on a sitting and the publication of its result. `device_change` says who may move a running sitting to another device.
    `config_keys` and `browser_exam_keys` (hex, 64 digits) are Safe Exam Browser's; where there are any, one must fit. `most_sittings` 0 is
    no limit; `days_between` two of them. `needs_competency` at `needs_level` must be certified before. `calibration` is the record that the
    limit for looking away comes from, for the exam's own budget, attached on `calibrated_on`; without one it is Euro NCAP's seconds.
    `pauses` says who may let the time of one sitting stand still. `challenges` says what camera checks ask for: `light` also asks for the
    head where light shows nothing. `sound` is `voice` where microphones are listened to for voices; of the sound nothing is kept.
    `draw_share` of a session's sittings are drawn in secret, and clean frames of theirs kept until audited; `appeal_days` is how long a
    decision or a result can be appealed, and evidence kept for it at least. `hearing_days` is how long a candidate has to answer before a
    second person may uphold a case.
    """

    pass_share: Decimal = Decimal("0.40")
    cut_scores: Mapping[str, tuple[Decimal, ...]] = field(
        default_factory=lambda: {EVERY_COMPETENCY: (Decimal("0.40"), Decimal("0.55"), Decimal("0.70"), Decimal("0.85"))}
    )
    false_alert_budget: float = 0.05
    min_observable_share: float = 0.8
    signals: tuple[str, ...] = SIGNALS
    grace_s: int = 5
    outage: str = "time_runs_on"
    evidence_days: int = 90
    grace: str = "grace"
    most_stopped_s: int = 900
    device_change: str = "candidate"
    tools: tuple[str, ...] = ()
    full_screen: bool = False
    config_keys: tuple[str, ...] = ()
    browser_exam_keys: tuple[str, ...] = ()
    most_sittings: int = 0
    days_between: int = 0
    needs_competency: str = ""
    needs_level: int = 1
    calibration: CalibrationRecord | None = None
    calibrated_on: date | None = None
    sound: str = SOUNDS[0]
    draw_share: float = SHARE
    appeal_days: int = 30
    hearing_days: int = 7
    pauses: str = PAUSES[0]
    challenges: str = CHALLENGES[0]

    def __post_init__(self) -> None:
        shares = (self.pass_share, Decimal(str(self.min_observable_share)))
        if not all(0 <= share <= 1 for share in shares) or self.false_alert_budget < 0:
            raise Invalid("a share is between 0 and 1, and a budget is not negative")
        if not 1 <= self.evidence_days <= MOST_EVIDENCE_DAYS:
            raise Invalid(f"evidence is kept for 1 to {MOST_EVIDENCE_DAYS} days")
        if not 0 <= self.draw_share <= MOST_DRAWN or not 1 <= self.appeal_days <= MOST_EVIDENCE_DAYS:
            raise Invalid(f"up to {MOST_DRAWN:.0%} of sittings are drawn, and appeals are taken for 1 to {MOST_EVIDENCE_DAYS} days")
        if not 1 <= self.hearing_days <= MOST_HEARING_DAYS:
            raise Invalid(f"a candidate has 1 to {MOST_HEARING_DAYS} days to answer")
        if unknown := sorted(set(self.signals) - set(SIGNALS)):
            raise Invalid(f"no such signal: {', '.join(unknown)}")
        self._check_delivery()
        if self.calibration is not None and abs(self.calibration.budget - self.false_alert_budget) > 1e-9:
            raise CalibrationUnfit(
                f"the record keeps {self.calibration.budget:g} false alarms an hour, the exam allows {self.false_alert_budget:g}",
                record=f"{self.calibration.budget:g}",
                exam=f"{self.false_alert_budget:g}",
            )
        for cuts in self.cut_scores.values():
            if not cuts or len(cuts) > LEVELS or list(cuts) != sorted(set(cuts)) or not 0 <= cuts[0] <= cuts[-1] <= 1:
                raise Invalid(f"cut scores are up to {LEVELS} growing shares between 0 and 1")

    def _check_delivery(self) -> None:
        if unknown := sorted(set(self.tools) - set(TOOLS)):
            raise Invalid(f"no such tool: {', '.join(unknown)}")
        if self.sound not in SOUNDS:
            raise Invalid(f"sound is one of: {', '.join(SOUNDS)}")
        if self.pauses not in PAUSES:
            raise Invalid(f"a sitting is paused by one of: {', '.join(PAUSES)}")
        if self.challenges not in CHALLENGES:
            raise Invalid(f"camera checks are one of: {', '.join(CHALLENGES)}")
        if self.device_change not in DEVICE_CHANGES:
            raise Invalid(f"a device is changed by one of: {', '.join(DEVICE_CHANGES)}")
        if not all(map(_is_key, (*self.config_keys, *self.browser_exam_keys))):
            raise Invalid("a key of Safe Exam Browser has 64 hexadecimal digits")
        if self.most_sittings < 0 or self.days_between < 0 or not 1 <= self.needs_level <= LEVELS:
            raise Invalid(f"sittings and days are not negative, and a level is 1 to {LEVELS}")

    @property
    def kept_days(self) -> int:
        """For how many days after decision and result pictures are kept: as long as something can be appealed at least."""
        return max(self.evidence_days, self.appeal_days)

    @property
    def document(self) -> Mapping[str, Json]:
        """The policy as JSON; shares that decide about a person are text, so that they stay exact."""
        return {
            "pass_share": str(self.pass_share),
            "cut_scores": {key: [str(cut) for cut in cuts] for key, cuts in self.cut_scores.items()},
            "false_alert_budget": self.false_alert_budget,
            "min_observable_share": self.min_observable_share,
            "signals": list(self.signals),
            "grace_s": self.grace_s,
            "outage": self.outage,
            "evidence_days": self.evidence_days,
            "grace": self.grace,
            "most_stopped_s": self.most_stopped_s,
            "device_change": self.device_change,
            "tools": list(self.tools),
            "full_screen": self.full_screen,
            "config_keys": list(self.config_keys),
            "browser_exam_keys": list(self.browser_exam_keys),
            "most_sittings": self.most_sittings,
            "days_between": self.days_between,
            "needs_competency": self.needs_competency,
            "needs_level": self.needs_level,
            "sound": self.sound,
            "draw_share": self.draw_share,
            "appeal_days": self.appeal_days,
            "hearing_days": self.hearing_days,
            "pauses": self.pauses,
            "challenges": self.challenges,
            **({} if self.calibration is None else {"calibration": self.calibration.as_json()}),
            **({} if self.calibrated_on is None else {"calibrated_on": self.calibrated_on.isoformat()}),
        }


def policy_of(document: Mapping[str, object]) -> ExamPolicy:
    """Read what `ExamPolicy.document` wrote; what is absent has its default. Raises Invalid."""
    plain = ExamPolicy()
    cuts, signals = document.get("cut_scores"), document.get("signals")
    return ExamPolicy(
        pass_share=_share(document.get("pass_share", plain.pass_share)),
        cut_scores=plain.cut_scores if cuts is None else _cuts(cuts),
        false_alert_budget=_number(document.get("false_alert_budget", plain.false_alert_budget)),
        min_observable_share=_number(document.get("min_observable_share", plain.min_observable_share)),
        signals=plain.signals if signals is None else _words(signals),
        grace_s=int(_number(document.get("grace_s", plain.grace_s))),
        outage=str(document.get("outage", plain.outage)),
        evidence_days=int(_number(document.get("evidence_days", plain.evidence_days))),
        grace=str(document.get("grace", plain.grace)),
        most_stopped_s=int(_number(document.get("most_stopped_s", plain.most_stopped_s))),
        device_change=str(document.get("device_change", plain.device_change)),
        tools=_words(document.get("tools", ())),
        full_screen=document.get("full_screen") is True,
        config_keys=_words(document.get("config_keys", ())),
        browser_exam_keys=_words(document.get("browser_exam_keys", ())),
        most_sittings=int(_number(document.get("most_sittings", plain.most_sittings))),
        days_between=int(_number(document.get("days_between", plain.days_between))),
        needs_competency=str(document.get("needs_competency", "")),
        needs_level=int(_number(document.get("needs_level", plain.needs_level))),
        calibration=_calibration(document.get("calibration")),
        sound=str(document.get("sound", plain.sound)),
        draw_share=_number(document.get("draw_share", plain.draw_share)),
        appeal_days=max(1, int(_number(document.get("appeal_days", plain.appeal_days)))),  # none was allowed before ADR 46
        hearing_days=int(_number(document.get("hearing_days", plain.hearing_days))),
        pauses=str(document.get("pauses", plain.pauses)),
        challenges=str(document.get("challenges", plain.challenges)),
        calibrated_on=_day(document.get("calibrated_on")),
    )


def tools_beside(policy: ExamPolicy, arrangements: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the tools beside one candidate's questions, in their order on the page: the exam's, and reading aloud where it is arranged."""
    arranged = arrangements.get("read_aloud") is True
    return tuple(tool for tool in TOOLS if tool in policy.tools or (tool == "read_aloud" and arranged))


def switched_off(arrangements: Mapping[str, Json]) -> frozenset[Kind]:
    """Return the signals that a candidate's arrangements switch off.

    A second person who is allowed is no finding, unless they are a scribe who was enrolled with a face and nobody else is allowed: then
    only a different face is one. Who dictates to a scribe is heard to speak.
    """
    named = arrangements.get("signals_off", ())
    off = {Kind(one) for one in SIGNALS if isinstance(named, list | tuple) and one in named}
    if arrangements.get("second_person") and (scribe_face(arrangements) is None or arrangements.get("helper")):
        off.add(Kind.SEVERAL_PEOPLE)
    if arrangements.get("scribe"):
        off.add(Kind.TALKING)
    return frozenset(off)


def scribe_face(arrangements: Mapping[str, Json]) -> str | None:
    """Return the blob of the face that a scribe was enrolled with; None where there is none."""
    scribe = arrangements.get("scribe")
    blob = scribe.get("face_blob") if isinstance(scribe, Mapping) else None
    return blob if isinstance(blob, str) else None


def declared_kinds(arrangements: Mapping[str, Json]) -> frozenset[Kind]:
    """Return the kinds that a candidate's declared objects are taken for."""
    named = arrangements.get("objects", ())
    return frozenset(kind for name, kind in OBJECTS.items() if isinstance(named, list | tuple) and name in named)


def listens(policy: ExamPolicy, arrangements: Mapping[str, Json]) -> bool:
    """Tell whether one candidate's microphone is listened to: the exam asks for it, and nothing switches the signal off."""
    return policy.sound == "voice" and Kind.TALKING in policy.signals and Kind.TALKING not in switched_off(arrangements)


def challenged(policy: ExamPolicy, arrangements: Mapping[str, Json], *, gaze: bool) -> Plan:
    """Return what camera checks may ask of one candidate; of whom nothing may be asked, people look now and then.

    Where the page's colours must not change there is no light; nor is a head asked for whose direction is not watched (`gaze`).
    """
    if policy.challenges == "off":
        return Plan(light=False, turns=False)
    light = policy.challenges == "light" and arrangements.get("steady_screen") is not True
    return Plan(light=light, turns=gaze and Kind.LOOKING_AWAY not in switched_off(arrangements), people=True)


def _is_key(text: str) -> bool:
    return len(text) == 64 and all(digit in "0123456789abcdef" for digit in text)


def _share(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Invalid(f"a share is a number, not {value!r}") from None


def _number(value: object) -> float:
    return float(_share(value))


def _calibration(value: object) -> CalibrationRecord | None:
    if value is None or isinstance(value, Mapping):
        return None if value is None else CalibrationRecord.from_json(value)
    raise Invalid("a calibration is a record")


def _day(value: object) -> date | None:
    try:
        return None if value is None else date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(f"a day is written as 2026-11-29, not {value!r}") from None


def _cuts(value: object) -> Mapping[str, tuple[Decimal, ...]]:
    if not isinstance(value, Mapping):
        raise Invalid("cut_scores names the shares of each competency")
    return {str(key): tuple(_share(cut) for cut in cuts) for key, cuts in value.items()}


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise Invalid("signals is a list of names")
    return tuple(str(word) for word in value)
