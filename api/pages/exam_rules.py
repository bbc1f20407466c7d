"""The rules of an exam as the cell types and reads them: an ExamPolicy out of a form's fields, and in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from api.pages.challenge_words import CHECK_WORDS
from api.pages.sent import Said, Sent
from api.words import N_
from assessment_engine.delivery.timing import MAX_GRACE_S, MAX_WAIT_S, GracePolicy, OutagePolicy
from assessment_engine.exams import EVERY_COMPETENCY, LEVELS, MOST_EVIDENCE_DAYS, SIGNALS, ExamPolicy
from assessment_engine.exams.policy import CHALLENGES, DEVICE_CHANGES, MOST_DRAWN, MOST_HEARING_DAYS, PAUSES, SOUNDS, TOOLS
from proctoring.policy import Kind

GRACE: Mapping[str, str] = {
    GracePolicy.AUTO_SUBMIT: N_("Hand in at once, with everything that was saved"),
    GracePolicy.GRACE: N_("Wait some seconds for answers that were on their way"),
    GracePolicy.WAIT: N_("Wait longer for devices that come back late"),
}
OUTAGE: Mapping[str, str] = {
    OutagePolicy.TIME_RUNS_ON: N_("The clock runs on; answers are kept on the device"),
    OutagePolicy.PERSON_DECIDES: N_("The clock runs on; an invigilator may give time back, with a reason"),
    OutagePolicy.TIME_STOPS: N_("Time without a connection is given back by itself, up to a limit"),
}
DEVICES: Mapping[str, str] = dict(
    zip(DEVICE_CHANGES, (N_("The candidate, in one step"), N_("Only an invigilator, with a reason")), strict=True)
)
PAUSE_WORDS: Mapping[str, str] = dict(
    zip(PAUSES, (N_("An invigilator, with a reason"), N_("Only the examination cell, with a reason")), strict=True)
)
TOOL_WORDS: Mapping[str, str] = dict(zip(TOOLS, (N_("Calculator"), N_("Rough-work pad"), N_("Reading aloud")), strict=True))
SOUND_WORDS: Mapping[str, str] = dict(
    zip(
        SOUNDS,
        (N_("Off: the microphone is not opened"), N_("Checked for voices while the exam runs; nothing of it is stored")),
        strict=True,
    )
)
MOST_MINUTES, MOST_STOPPED_MINUTES, MOST_SITTINGS = 600, 240, 100
_MOST_GRACE: Mapping[str, int] = {GracePolicy.AUTO_SUBMIT: 0, GracePolicy.GRACE: MAX_GRACE_S, GracePolicy.WAIT: MAX_WAIT_S}
_KEY_WORDS: Said = (N_("A key has 64 characters, 0 to 9 and a to f. Write one a line."), {})
_CUT_WORDS: Said = (N_("Up to four growing numbers between 0 and 100, such as 40 55 70 85."), {})

FIELDS_OF_GROUPS: Mapping[str, tuple[str, ...]] = {
    "time": ("grace", "grace_s", "outage", "most_stopped", "pauses"),
    "device": ("device_change", "full_screen", "config_keys", "browser_exam_keys", "tools"),
    "who": ("course_id", "needs_competency", "needs_level", "most_sittings", "days_between", "practice_form_id"),
    "watch": (
        "observable_percent",
        "alarms",
        "signals",
        "sound",
        "challenges",
        "hearing_days",
        "appeal_days",
        "evidence_days",
        "draw_percent",
    ),
}
"""Which fields stand in which group of the form: a group with something wrong in it is open."""


def policy_of(sent: Sent, competencies: Collection[str]) -> ExamPolicy:
    """Read the rules; what is wrong is noted at its field, and a rule that holds stands in its place."""
    keys = {name: sent.lines(name, _is_key, _KEY_WORDS) for name in ("config_keys", "browser_exam_keys")}
    right = {name: tuple(key.lower() for key in words) if name not in sent.problems else () for name, words in keys.items()}
    return ExamPolicy(
        pass_share=sent.number("pass_percent", 0, 100) / 100,
        min_observable_share=float(sent.number("observable_percent", 0, 100) / 100),
        false_alert_budget=float(sent.number("alarms", 0, 100)),
        cut_scores={EVERY_COMPETENCY: _cuts(sent)},
        signals=sent.several("signals", SIGNALS),
        sound=_sound(sent),
        challenges=sent.one_of("challenges", CHECK_WORDS, CHALLENGES[0]),
        evidence_days=sent.whole("evidence_days", 1, MOST_EVIDENCE_DAYS, empty=90),
        hearing_days=sent.whole("hearing_days", 1, MOST_HEARING_DAYS, empty=7),
        appeal_days=sent.whole("appeal_days", 1, MOST_EVIDENCE_DAYS, empty=30),
        draw_share=float(sent.number("draw_percent", 0, int(MOST_DRAWN * 100), empty=Decimal(2)) / 100),
        grace=sent.choice("grace", GRACE, GracePolicy.GRACE),
        grace_s=_grace_s(sent),
        outage=sent.choice("outage", OUTAGE),
        most_stopped_s=int(sent.number("most_stopped", 0, MOST_STOPPED_MINUTES, empty=Decimal(15)) * 60),
        pauses=sent.one_of("pauses", PAUSE_WORDS, PAUSES[0]),
        device_change=sent.one_of("device_change", DEVICES, DEVICE_CHANGES[0]),
        tools=sent.several("tools", TOOLS),
        full_screen=sent.ticked("full_screen"),
        most_sittings=sent.whole("most_sittings", 0, MOST_SITTINGS, empty=0),
        days_between=sent.whole("days_between", 0, 3650, empty=0),
        needs_competency=sent.choice("needs_competency", ("", *competencies)),
        needs_level=sent.whole("needs_level", 1, LEVELS, empty=1),
        config_keys=right["config_keys"],
        browser_exam_keys=right["browser_exam_keys"],
    )


def _is_key(text: str) -> bool:
    return len(text) == 64 and set(text.lower()) <= set("0123456789abcdef")


def _grace_s(sent: Sent) -> int:
    most = _MOST_GRACE.get(sent.values.get("grace", "") or GracePolicy.GRACE, MAX_WAIT_S)
    seconds = sent.whole("grace_s", 0, MAX_WAIT_S, empty=0)
    if seconds > most:
        sent.wrong("grace_s", (N_("With this choice at most %(most)s seconds."), {"most": most}))
    return seconds


def _sound(sent: Sent) -> str:
    sound = sent.one_of("sound", SOUND_WORDS, SOUNDS[0])
    if sound != SOUNDS[0] and Kind.TALKING not in sent.several("signals", SIGNALS):
        sent.wrong("sound", (N_("Voices can be checked for only where a voice heard for long is watched."), {}))
    return sound


def _cuts(sent: Sent) -> tuple[Decimal, ...]:
    words = sent.values.get("cuts", "").replace(",", " ").split()
    if not words or len(words) > LEVELS or not all(word.replace(".", "", 1).isdecimal() and word.isascii() for word in words):
        sent.wrong("cuts", _CUT_WORDS)
        return (Decimal(0),)
    cuts = tuple(Decimal(word) / 100 for word in words)
    if list(cuts) != sorted(set(cuts)) or cuts[-1] > 1:
        sent.wrong("cuts", _CUT_WORDS)
        return (Decimal(0),)
    return cuts


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule: what it is about, and what holds, in one or several sayings."""

    about: str
    said: tuple[Said, ...]


def rules_of(policy: ExamPolicy, names: Mapping[str, str]) -> Mapping[str, list[RuleWords]]:
    """Say an exam's rules of delivery in words, by group. `names` are competencies' in the reader's language; "" the practice form's."""
    return {
        N_("Time"): _time_rules(policy),
        N_("Device"): _device_rules(policy),
        N_("Who may sit it"): _who_rules(policy, names),
        N_("Watching"): [
            _rule(N_("Sound"), (SOUND_WORDS[policy.sound], {})),
            _rule(N_("Camera checks"), (CHECK_WORDS[policy.challenges], {})),
            _rule(N_("Before a second person decides, a candidate has to answer"), (N_("%(n)s days"), {"n": policy.hearing_days})),
            _rule(N_("After the decision or the result, a candidate can appeal for"), (N_("%(n)s days"), {"n": policy.appeal_days})),
            _rule(N_("After decision and result, pictures are kept for"), (N_("%(n)s days"), {"n": policy.kept_days})),
            _rule(N_("Drawn in secret for audit"), (N_("about %(n)s %% of sittings"), {"n": f"{policy.draw_share * 100:g}"})),
        ],
    }


def _time_rules(policy: ExamPolicy) -> list[RuleWords]:
    grace: list[Said] = [(GRACE[policy.grace], {})]
    outage: list[Said] = [(OUTAGE[policy.outage], {})]
    if policy.grace_s:
        grace.append((N_("%(n)s seconds"), {"n": policy.grace_s}))
    if policy.outage == OutagePolicy.TIME_STOPS:
        outage.append((N_("at most %(n)s minutes"), {"n": policy.most_stopped_s // 60}))
    pauses = _rule(N_("Who may pause a sitting"), (PAUSE_WORDS[policy.pauses], {}))
    return [_rule(N_("At the end of the time"), *grace), _rule(N_("Time lost to an outage"), *outage), pauses]


def _device_rules(policy: ExamPolicy) -> list[RuleWords]:
    keys = len(policy.config_keys) + len(policy.browser_exam_keys)
    screen = N_("Asked for; leaving it is a hint, never evidence") if policy.full_screen else N_("Not asked for")
    return [
        _rule(N_("Who may go on with another device"), (DEVICES[policy.device_change], {})),
        _rule(N_("Tools beside the question"), *((TOOL_WORDS[tool], {}) for tool in policy.tools)) if policy.tools else _none(_TOOLS),
        _rule(N_("Full screen"), (screen, {})),
        _rule(N_("Safe Exam Browser"), (N_("Needed; keys that are let in: %(n)s") if keys else N_("Not needed"), {"n": keys})),
    ]


def _who_rules(policy: ExamPolicy, names: Mapping[str, str]) -> list[RuleWords]:
    needed, practice = policy.needs_competency, names.get("", "")
    certified = (N_("%(name)s, at least level %(level)s"), {"name": names.get(needed, needed), "level": policy.needs_level})
    most = (N_("At most %(n)s"), {"n": policy.most_sittings}) if policy.most_sittings else (N_("No limit"), {})
    return [
        _rule(N_("Certificate that is needed first"), certified) if needed else _none(N_("Certificate that is needed first")),
        _rule(N_("Sittings of one candidate"), most),
        _rule(N_("Days between two sittings"), (N_("At least %(n)s"), {"n": policy.days_between}))
        if policy.days_between
        else _none(N_("Days between two sittings")),
        _rule(N_("Practice form"), ("%(name)s", {"name": practice})) if practice else _none(N_("Practice form")),
    ]


_TOOLS = N_("Tools beside the question")


def _rule(about: str, *said: Said) -> RuleWords:
    return RuleWords(about, said)


def _none(about: str) -> RuleWords:
    return RuleWords(about, ((N_("None"), {}),))
