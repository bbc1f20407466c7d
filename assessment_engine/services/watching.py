"""What an exam tells its candidates about being watched, before they book and before they agree: real values, never a template's words.

Of the exam for everybody of its organisation; of one's own sitting with what an arrangement switches off. What came of a sitting is
services/own_watch.py.
"""

from dataclasses import dataclass

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams import Exam, ExamPolicy
from assessment_engine.exams.policy import challenged, listens, switched_off
from assessment_engine.invigilation.demotion import Demotion
from assessment_engine.kernel.ids import ExamId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import checkin, demotion, draw, eyes
from assessment_engine.services.engine import Engine
from proctoring.challenge.plan import Plan
from proctoring.evaluation import SHOWN_HOURS
from proctoring.intervals import rate_between
from proctoring.policy import STANDARD, Kind, Tier

RULES = STANDARD.rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """How often the exam's flags were false so far: in watched hours in which people found nothing, against what the exam allows."""

    budget: float
    hours: float
    false: int

    @property
    def at_most(self) -> float | None:
        """The upper end of what the rate may be (95 %, two-sided); None while nobody was watched."""
        return rate_between(self.false, self.hours)[1]

    @property
    def is_shown(self) -> bool:
        """Whether it is shown that the budget is kept: enough hours, and even the upper end is within it."""
        return self.has_hours and self.at_most is not None and self.at_most <= self.budget

    @property
    def is_exceeded(self) -> bool:
        """Whether it is shown that the budget is not kept: even the lower end is beyond it."""
        return self.has_hours and rate_between(self.false, self.hours)[0] > self.budget

    @property
    def has_hours(self) -> bool:
        """Whether there are the hours that it takes to say anything."""
        return self.hours >= SHOWN_HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Something that calls a person, and for how long it must last before it does (0: at once)."""

    kind: Kind
    least_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What is watched, kept and promised in an exam, or in one's own sitting of it."""

    exam: Exam
    sitting: Sitting | None
    flagged: tuple[Looked, ...]  # what calls a person
    noted: tuple[Kind, ...]  # what stands on the timeline only
    switched_off: tuple[Kind, ...]  # what the exam asks for and an arrangement, or the candidate's choice, leaves out
    unseen: tuple[Kind, ...]
    demoted: tuple[Demotion, ...]
    listened_to: bool
    checks: Plan
    drawn: float


def of_exam(engine: Engine, actor: Actor, exam_id: ExamId) -> Watching:
    """Return what an exam of the actor's organisation watches; raises NotFound."""
    with engine.store.read() as tx:
        exam = tx.exams.of_actor(actor, exam_id)
        plan = challenged(exam.policy, {}, gaze=Kind.LOOKING_AWAY in exam.policy.signals)
        demoted = tuple(tx.demotion.standing(exam.id))
    return _watching(engine, exam, demoted, plan=plan, drawn=exam.policy.draw_share)


def of_sitting(engine: Engine, actor: Actor, sitting_id: SittingId) -> Watching:
    """Return what is watched of the actor in their own sitting: the exam's rules less what is arranged; raises NotFound."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        exam = tx.exams.get(sitting.exam_id)
        arrangements = tx.exams.registration(sitting.registration_id).arrangements
        demoted = tuple(tx.demotion.standing(exam.id))
    gaze = checkin.gaze_watched(engine, sitting_id)
    return _watching(
        engine,
        exam,
        demoted,
        plan=challenged(exam.policy, arrangements, gaze=gaze),
        drawn=0.0 if sitting.practice else draw.share_of(engine, actor, sitting_id),
        sitting=sitting,
        off=switched_off(arrangements) | (frozenset() if gaze else {Kind.LOOKING_AWAY}),
        listened_to=listens(exam.policy, arrangements),
    )


def alarms(engine: Engine, exam: Exam) -> Alarms:
    """Return how often an exam's flags were false so far; that takes a look at all of its sittings, so pages ask once a minute."""
    with engine.store.read() as tx:
        hours, false = tx.demotion.clean_hours(exam.id), tx.demotion.false_flags(exam.id)
    return Alarms(budget=exam.policy.false_alert_budget, hours=hours, false=false)


def _watching(
    engine: Engine,
    exam: Exam,
    demoted: tuple[Demotion, ...],
    *,
    plan: Plan,
    drawn: float,
    sitting: Sitting | None = None,
    off: frozenset[Kind] = frozenset(),
    listened_to: bool | None = None,
) -> Watching:
    asked = _asked(exam.policy)
    unseen = frozenset(eyes.unseen_now(engine, exam.policy))
    counted = {one.kind for one in demoted}
    seen = [kind for kind in asked if kind not in off and kind not in unseen and kind not in counted]
    return Watching(
        exam=exam,
        sitting=sitting,
        flagged=tuple(Looked(kind=kind, least_s=RULES[kind].least_s) for kind in seen if RULES[kind].tier is Tier.ALERT),
        noted=tuple(kind for kind in seen if RULES[kind].tier is Tier.DETECTION),
        switched_off=tuple(kind for kind in asked if kind in off),
        unseen=tuple(kind for kind in asked if kind in unseen and kind not in off),
        demoted=demoted,
        listened_to=listens(exam.policy, {}) if listened_to is None else listened_to,
        checks=plan,
        drawn=drawn,
    )


def _asked(policy: ExamPolicy) -> tuple[Kind, ...]:
    """Return everything that is looked for in an exam: its signals, what no exam leaves out, and what guards the camera's own line."""
    guards = {kind for kind in demotion.detectors(policy) if kind not in eyes.asked_by(policy) and kind is not Kind.TALKING}
    guards.add(Kind.CAMERA_SWITCHED)
    if policy.challenges == "off":
        guards.discard(Kind.CHALLENGE_FAILED)
    return tuple(kind for kind in Kind if kind in guards or kind in eyes.asked_by(policy))
