"""Where a sitting stands on its way to a certificate: to its candidate as a result, to the cell as a table of a session."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessment_engine.certification.certificate import CertificateState, Facts, Hold, Standing, may_issue, told_to_candidate
from assessment_engine.competency import Competency
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.kernel.ids import SessionId, SittingId
from assessment_engine.people import Actor, Role, require
from assessment_engine.scoring.band import Band, band_of
from assessment_engine.scoring.cut_scores import CompetencyScore
from assessment_engine.services.certificate_facts import facts_of, facts_of_all
from assessment_engine.services.engine import Engine
from assessment_engine.services.scoring import published_report
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.scoring import ScoreReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What was scored in one competency."""

    competency: Competency
    score: CompetencyScore


@dataclass(frozen=True, slots=True, kw_only=True)
class MyResult:
    """A sitting's result as its candidate sees it; the report, its band and the levels only once they are published."""

    sitting: Sitting
    exam: Exam
    session: ExamSession
    report: ScoreReport | None
    band: Band | None
    reached: Sequence[Reached]
    holds: Sequence[Hold]
    standing: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatStanding:
    """One sitting of a session: its newest certificate, or what holds it."""

    sitting: Sitting
    name: str
    name_hi: str
    seat: str
    holds: Sequence[Hold]
    standing: Standing | None


def my_result(engine: Engine, actor: Actor, sitting_id: SittingId) -> MyResult:
    """Return the candidate's own result, and what is still to come; raises NotFound for another's."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        report = published_report(tx, sitting_id)
        return MyResult(
            sitting=sitting,
            exam=tx.exams.get(sitting.exam_id),
            session=tx.exams.session(sitting.session_id),
            report=report,
            band=band_of(report.card.total, report.card.max, len(report.card.items)) if report else None,
            reached=_reached(tx, report) if report else (),
            holds=told_to_candidate(facts_of(tx, sitting, demo=engine.demo)),
            standing=next(iter(tx.certificates.of_sitting(sitting_id)), None),
        )


def _reached(tx: Transaction, report: ScoreReport) -> tuple[Reached, ...]:
    return tuple(Reached(competency=tx.competency.get(score.competency_id), score=score) for score in report.card.competencies)


def my_certificates(engine: Engine, actor: Actor) -> list[Standing]:
    """Return the actor's own certificates, newest first."""
    with engine.store.read() as tx:
        return tx.certificates.of_candidate(actor.person_id)


def session_standing(engine: Engine, actor: Actor, session_id: SessionId) -> list[SeatStanding]:
    """Return every sitting of a session with its certificate or what holds it, by seat; raises NotFound for another organisation's."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
        sittings = tx.sittings.all_of_session(session_id, actor.organisation_id)
        people = tx.people.many([sitting.candidate_id for sitting in sittings])
        seats = {place.id: place.seat or "" for place in tx.exams.registrations_of(actor, session_id)}
        standing = tx.certificates.newest_of([sitting.id for sitting in sittings])
        facts = facts_of_all(tx, sittings, demo=engine.demo)
        lines = [
            SeatStanding(
                sitting=sitting,
                name=people[sitting.candidate_id].name,
                name_hi=people[sitting.candidate_id].name_hi,
                seat=seats.get(sitting.registration_id, ""),
                holds=_holds(facts[sitting.id], standing.get(sitting.id)),
                standing=standing.get(sitting.id),
            )
            for sitting in sittings
        ]
    return sorted(lines, key=lambda line: (line.seat, line.name))


def _holds(facts: Facts, standing: Standing | None) -> list[Hold]:
    """Return what holds the certificate; of one that stands, nothing does."""
    stands = standing is not None and standing.state is CertificateState.ISSUED
    return [] if stands else may_issue(facts)
