"""How good reviewing is, in figures that anybody who reviews may read: agreement, misses, time, and what detectors cost in false flags.

An officer sees every reviewer, a reviewer themselves. Everything is counted from what happened; nothing here decides anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from assessment_engine.exams import Exam
from assessment_engine.invigilation import Verdict
from assessment_engine.invigilation.agreement import FEWEST_PAIRS, Kappa, Rate, Share, kappa
from assessment_engine.invigilation.unmarked import Origin, UnmarkedReview
from assessment_engine.kernel.ids import PersonId
from assessment_engine.people import SESSION_STAFF, Actor, Person, Role, require
from assessment_engine.services import demotion
from assessment_engine.services.demotion import Weighed
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.review import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What was made of planted cases: real ones that were dismissed, harmless ones that were upheld, and the median seconds of a case."""

    misses: Share
    false_positives: Share
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """One person's figures."""

    person: Person
    judgements: int
    seconds: float | None
    planted: Planted


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """An organisation's figures of reviewing; `kappa` is None below FEWEST_PAIRS pairs or where it has no meaning."""

    kappa: Kappa | None
    pairs: Share  # how many of the second looks said the same
    planted: Planted
    audits: Rate  # misses that audits found, in the hours of the stretches that were looked through
    workload: Workload
    clean_queued: Share
    reviewers: Sequence[Reviewer]
    differing: Sequence[UnmarkedReview]  # for an officer's information only
    detectors: Sequence[Weighed]

    @property
    def minutes_per_hour(self) -> float:
        """Return the review minutes per candidate-hour."""
        return self.workload.seconds / 60 / self.workload.hours if self.workload.hours else 0.0


def figures(engine: Engine, actor: Actor) -> Figures:
    """Return the figures of the actor's organisation."""
    require(actor, *SESSION_STAFF)
    officer = Role.CELL_OFFICER in actor.roles
    with engine.store.read() as tx:
        overturned = tx.invigilation.overturned_in(actor.organisation_id)
        answered = [one.as_it_stands(overturned) for one in tx.unmarked.answered_in(actor.organisation_id)]
        workload = tx.review.workload(actor.organisation_id)
        again = [one for one in answered if one.origin is Origin.AGAIN]
        return Figures(
            kappa=_kappa(again),
            pairs=Share(count=sum(not one.differs for one in again), total=len(again)),
            planted=_planted([one for one in answered if one.origin is Origin.PLANTED]),
            audits=_audits([one for one in answered if one.origin is Origin.AUDIT]),
            workload=workload,
            clean_queued=Share(count=workload.clean_queued, total=workload.clean),
            reviewers=_reviewers(tx, actor, answered, everybody=officer),
            differing=[one for one in answered if one.differs] if officer else [],
            detectors=[weighed for exam in tx.exams.all_of(actor) if _has_past(tx, exam) for weighed in demotion.weighed(tx, exam)],
        )


def _has_past(tx: Transaction, exam: Exam) -> bool:
    """Tell whether there is anything to say about an exam's detectors."""
    return tx.demotion.has_hours(exam.id) or bool(tx.demotion.standing(exam.id))


def _kappa(again: Sequence[UnmarkedReview]) -> Kappa | None:
    if len(again) < FEWEST_PAIRS:
        return None
    verdicts = (Verdict.DISMISS, Verdict.UPHOLD)
    said = [(one.truth, one.answer.verdict) for one in again if one.answer is not None]
    return kappa([[said.count((first, second)) for second in verdicts] for first in verdicts])


def _planted(planted: Sequence[UnmarkedReview]) -> Planted:
    grave = [one for one in planted if one.truth is Verdict.UPHOLD]
    harmless = [one for one in planted if one.truth is Verdict.DISMISS]
    seconds = [one.answer.seconds for one in planted if one.answer is not None and one.answer.seconds is not None]
    return Planted(
        misses=Share(count=sum(one.differs for one in grave), total=len(grave)),
        false_positives=Share(count=sum(one.differs for one in harmless), total=len(harmless)),
        seconds=median(seconds) if seconds else None,
    )


def _audits(audits: Sequence[UnmarkedReview]) -> Rate:
    hours = sum((one.end_s or 0.0) - (one.start_s or 0.0) for one in audits) / 3600
    return Rate(count=sum(one.differs for one in audits), hours=hours)


def _reviewers(tx: Transaction, actor: Actor, answered: Sequence[UnmarkedReview], *, everybody: bool) -> list[Reviewer]:
    seconds = tx.review.seconds_by(actor.organisation_id)
    people = tx.people.many(list(seconds) if everybody else [actor.person_id])
    return sorted((_reviewer(one, seconds.get(one.id, []), answered) for one in people.values()), key=lambda one: one.person.name)


def _reviewer(person: Person, seconds: Sequence[float], answered: Sequence[UnmarkedReview]) -> Reviewer:
    planted = [one for one in answered if one.origin is Origin.PLANTED and _by(one) == person.id]
    return Reviewer(person=person, judgements=len(seconds), seconds=median(seconds) if seconds else None, planted=_planted(planted))


def _by(review: UnmarkedReview) -> PersonId | None:
    return review.answer.person_id if review.answer is not None else None
