"""Scoring: a job turns a sealed sitting into a score report, once; the report is shown to those who may see it."""

from collections.abc import Iterable, Mapping, Sequence

from assessment_engine.delivery.late import LateAnswer, counting_answers, is_genuine_late
from assessment_engine.delivery.progress import progress_of
from assessment_engine.delivery.responses import Answer, Response, is_answered
from assessment_engine.delivery.sealing import Seal, is_whole
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.delivery.walk import ground_of, whole_path
from assessment_engine.exams import ExamPolicy
from assessment_engine.kernel.canonical import digest
from assessment_engine.kernel.errors import HashMismatch, IntegrityViolation, NotYet
from assessment_engine.kernel.ids import ItemVersionId, ScoreReportId, SittingId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.scoring.results import BatchState
from assessment_engine.scoring.scorecard import ItemScore, Rules, Scorecard, quantised, scorecard, share_of
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import outcomes_of
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.scoring import ScoreReport
from item_bank.forms import Form
from item_bank.items import ItemVersion, item_seed


def score_sitting(engine: Engine, sitting_id: SittingId) -> ScoreReport:
    """Score a sealed sitting over exactly its seal and form; a second run finds the first one's report.

    Raises NotYet before the seal, IntegrityViolation when the ledger, the form or an item is not what was sealed.
    """
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id)
        seal = tx.sittings.seal(sitting_id)
        if seal is None:
            raise NotYet("the sitting is not sealed")
        known = tx.scoring.over(sitting_id, seal.sha256, seal.form_sha256)
        if known is not None:
            return known
        card = _card(engine, tx, sitting, seal)
        report = ScoreReport(
            id=ScoreReportId(new_id("rep", now)),
            organisation_id=sitting.organisation_id,
            card=card,
            created_at=now,
            sha256=card.sha256,
        )
        tx.scoring.add(report)
        about = {"score_report": report.id, "sha256": report.sha256, "seal_sha256": seal.sha256}
        tx.audit.append("sitting_scored", subject=sitting_id, now=now, payload=about)
        tx.events.record(sitting_event("sitting_scored", sitting, now, None))
    return report


def _card(engine: Engine, tx: Transaction, sitting: Sitting, seal: Seal) -> Scorecard:
    answers, late = tx.answers.of_sitting(sitting.id), tx.late_answers.accepted(sitting.id)
    _check_ledger(engine.signer.receipts.known, seal, answers, late)
    form = tx.forms.get(sitting.form_id)
    if form.sha256 != seal.form_sha256:
        raise HashMismatch("the form is not the one that was sealed")
    versions = _whole(form.items, tx.items.many(form.items))
    final = counting_answers(answers, late)
    items = _counted(form, sitting, [item_score(version, final.get(version.id), sitting.id) for version in versions])
    policy: ExamPolicy = tx.exams.get(sitting.exam_id).policy
    rules = Rules(pass_share=policy.pass_share, cut_scores=policy.cut_scores)
    return scorecard(sitting.id, seal.sha256, seal.form_sha256, items, rules)


def _check_ledger(keys: Mapping[str, bytes], seal: Seal, answers: Sequence[Answer], late: Sequence[LateAnswer]) -> None:
    whole = is_whole(seal, (answer.receipt for answer in answers), keys.get(seal.key_id, b""), late)
    if not whole or not all(is_genuine_late(one, keys.get(one.key_id, b"")) for one in late):
        raise IntegrityViolation("the ledger is not the one that was sealed", sitting=seal.sitting_id)
    given = [
        *((answer.response, answer.receipt.response_sha256) for answer in answers),
        *((one.response, one.response_sha256) for one in late),
    ]
    if any(digest(response) != named for response, named in given):
        raise HashMismatch("an answer is not the one that was acknowledged", sitting=seal.sitting_id)


def _whole(wanted: Iterable[ItemVersionId], found: Mapping[ItemVersionId, ItemVersion]) -> list[ItemVersion]:
    versions = [found[item_id] for item_id in wanted if item_id in found]
    if len(versions) != len(set(wanted)) or not all(each.is_whole for each in versions):
        raise HashMismatch("an item of the form is missing or is not the one that was approved")
    return versions


def _counted(form: Form, sitting: Sitting, items: list[ItemScore]) -> list[ItemScore]:
    """Return the items of the parts that the candidate came to or would have come to; what the rules led around is not wrong (ADR 25)."""
    if not form.deciding:
        return items
    ground = ground_of(form, sitting.id, lambda part: share_of([one for one in items if one.item_id in form.section(part).items]))
    path = whole_path(ground, progress_of(sitting.progress))
    return [one for one in items if form.section_with(one.item_id).id in path]


def item_score(version: ItemVersion, response: Response | None, sitting_id: SittingId) -> ItemScore:
    """Score one response of a sitting, in the candidate's own copy of the item.

    A mapping without an upper bound adds up whatever is ticked: nobody earns more than the best score, or ticking all would beat the key.
    """
    outcomes = outcomes_of(version, response, seed=item_seed(sitting_id, version.id))
    best = quantised(outcomes.max_score or 0.0)
    return ItemScore(
        item_id=version.id,
        competency_id=version.competency_id,
        answered=response is not None and is_answered(response),
        score=min(quantised(outcomes.score), best),
        max=best,
    )


def report_of(engine: Engine, actor: Actor, sitting_id: SittingId) -> ScoreReport:
    """Return a sitting's score report: to the cell once it exists, to the candidate once it is published. Raises NotYet."""
    with engine.store.read() as tx:
        if Role.CELL_OFFICER in actor.roles:
            tx.sittings.of_organisation(sitting_id, actor.organisation_id)
            report = tx.scoring.newest_of([sitting_id]).get(sitting_id)
        else:
            tx.sittings.of_candidate(sitting_id, actor.person_id)
            report = published_report(tx, sitting_id)
    if report is None:
        raise NotYet("the result is not published yet")
    return report


def published_report(tx: Transaction, sitting_id: SittingId) -> ScoreReport | None:
    """Return the report of a sitting that was published last, or None."""
    for batch in tx.results.of_sitting(sitting_id):
        if batch.state is BatchState.PUBLISHED:
            entry = next(entry for entry in tx.results.entries(batch.id) if entry.sitting_id == sitting_id)
            return tx.scoring.get(entry.score_report_id)
    return None
