"""Certificates: what still holds one, issuing it, and what happens to it later.

`issue_certificates` is a job that anything may ask for at any time: it looks at the facts and brings the sitting's certificate in line with
them. The credential is signed outside the writing transaction, so that no answer waits for it; the facts are then looked at again, and the
database's own trigger has the last word.
"""

from collections.abc import Sequence
from datetime import datetime

from assessment_engine.certification.certificate import (
    LATER_FINDINGS,
    UNSETTLED,
    Certificate,
    CertificateChange,
    CertificateState,
    CertificateVerb,
    Facts,
    Hold,
    HoldReason,
    Standing,
    may_issue,
    new_number,
    told_to_candidate,
)
from assessment_engine.certification.credential import (
    Award,
    AwardedCompetency,
    Link,
    award_json,
    certificate_url,
    credential_of,
    sign_credential,
)
from assessment_engine.certification.document import certificate_source
from assessment_engine.certification.qr import qr_text
from assessment_engine.competency import CompetencyRecord
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.canonical import digest
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, NotYet, SecondPersonNeeded
from assessment_engine.kernel.ids import CertificateId, CompetencyId, PersonId, ScoreReportId, SittingId, new_id
from assessment_engine.people import Actor, Role, civil_date, require
from assessment_engine.services.certificate_facts import facts_of
from assessment_engine.services.engine import Engine
from assessment_engine.services.interests import check_stranger
from assessment_engine.services.verification import issuer_of
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent
from assessment_engine.storage.scoring import ScoreReport

STAFF = (Role.CELL_OFFICER, Role.INVIGILATOR, Role.GRIEVANCE_OFFICER)
MIN_REASON = 10


def holds(engine: Engine, actor: Actor, sitting_id: SittingId) -> list[Hold]:
    """Return everything that holds the sitting's certificate: to its candidate, and to the staff of its organisation."""
    with engine.store.read() as tx:
        sitting = sitting_for(tx, actor, sitting_id)
        facts = facts_of(tx, sitting, demo=engine.demo)
    return told_to_candidate(facts) if sitting.candidate_id == actor.person_id else may_issue(facts)


def sitting_for(tx: Transaction, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Return a sitting to its candidate and to the staff of its organisation; raises NotFound for everybody else."""
    if actor.roles.intersection(STAFF):
        return tx.sittings.of_organisation(sitting_id, actor.organisation_id)
    return tx.sittings.of_candidate(sitting_id, actor.person_id)


def issue_certificates(engine: Engine, sitting_id: SittingId) -> Certificate | None:
    """Bring the sitting's certificate in line with the facts: issue, suspend or reinstate it. A job, safe to run twice."""
    now = engine.clock.now()
    facts, certificate = _prepare(engine, sitting_id, now)
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id)
        found = facts_of(tx, sitting, demo=engine.demo)
        standing = tx.certificates.of_sitting(sitting_id)
        _follow_findings(tx, standing, may_issue(found), now)
        if certificate is None or _exists(standing, certificate.score_report_id):
            return None
        if found != facts:
            raise Conflict("the facts changed while the certificate was being signed; it will be tried again")
        for older in standing:
            _supersede(tx, older, now)
        _store(tx, certificate, now)
    return certificate


def _prepare(engine: Engine, sitting_id: SittingId, now: datetime) -> tuple[Facts, Certificate | None]:
    """Look at the facts and sign the certificate that they allow; None when something holds it or it exists."""
    with engine.store.read() as tx:
        sitting = tx.sittings.get(sitting_id)
        facts = facts_of(tx, sitting, demo=engine.demo)
        report_id = facts.scored.report_id if facts.scored else None
        if may_issue(facts) or _exists(tx.certificates.of_sitting(sitting_id), report_id):
            return facts, None
        award = _award(tx, sitting, facts, now)
    return facts, _signed(engine, sitting, facts, award)


def _exists(standing: Sequence[Standing], report_id: ScoreReportId | None) -> bool:
    return any(one.certificate.score_report_id == report_id for one in standing)


def _award(tx: Transaction, sitting: Sitting, facts: Facts, now: datetime) -> Award:
    assert facts.scored is not None
    report, person = tx.scoring.get(facts.scored.report_id), tx.people.get(sitting.candidate_id)
    exam, organisation = tx.exams.get(sitting.exam_id), tx.people.organisation(sitting.organisation_id)
    return Award(
        number=new_number(now),
        holder_id=person.id,
        holder_name=person.name,
        holder_name_hi=person.name_hi,
        organisation=organisation.name,
        organisation_hi=organisation.name_hi,
        exam_code=exam.code,
        exam_title=exam.title,
        exam_title_hi=exam.title_hi,
        held_on=civil_date(sitting.started_at or now),
        issued_at=now,
        score_share=report.card.total / report.card.max,
        competencies=_awarded(tx, report),
        chain=_chain(tx, sitting, facts, report),
    )


def _awarded(tx: Transaction, report: ScoreReport) -> tuple[AwardedCompetency, ...]:
    """Return the competencies that reached a level, highest first."""
    reached = sorted((one for one in report.card.competencies if one.level > 0), key=lambda one: -one.level)
    named = [(one, tx.competency.get(one.competency_id)) for one in reached]
    return tuple(
        AwardedCompetency(id=known.id, code=known.code, name=known.name, name_hi=known.name_hi, level=one.level) for one, known in named
    )


def _chain(tx: Transaction, sitting: Sitting, facts: Facts, report: ScoreReport) -> tuple[Link, ...]:
    assert facts.batched is not None
    batch = tx.results.of_report(report.id)[0]
    decided = [entry for entry in tx.audit.about(sitting.id) if entry.kind == "proctoring_decided"]
    return (
        Link(name="Sealed answers", sha256=report.card.seal_sha256, description="The seal over the ordered ledger of the answers."),
        Link(name="Score report", sha256=report.sha256, description="The scores over exactly that seal and form."),
        *(
            Link(name="Proctoring decision", sha256=entry.sha256, description="The audit log's entry on the decision that stands.")
            for entry in decided[-1:]
        ),
        Link(name="Result batch", sha256=batch.sha256, description="The set of score reports that was published together."),
        *(
            Link(name="Officer's signature", sha256=approval.log_sha256, description="The audit log's entry on one officer's approval.")
            for approval in tx.results.approvals(batch.id)
        ),
    )


def _signed(engine: Engine, sitting: Sitting, facts: Facts, award: Award) -> Certificate:
    assert facts.scored is not None
    assert facts.batched is not None
    assert facts.proctored.decision_id is not None
    issuer = issuer_of(engine, award.organisation)
    credential = sign_credential(credential_of(award, issuer), issuer, engine.signer.issuer, engine.contexts, award.issued_at)
    return Certificate(
        id=CertificateId(new_id("crt", award.issued_at)),
        number=award.number,
        sitting_id=sitting.id,
        organisation_id=sitting.organisation_id,
        candidate_id=sitting.candidate_id,
        score_report_id=facts.scored.report_id,
        proctoring_decision_id=facts.proctored.decision_id,
        batch_id=facts.batched.id,
        award=award,
        credential=credential,
        credential_sha256=digest(credential),
        issued_at=award.issued_at,
    )


def _store(tx: Transaction, certificate: Certificate, now: datetime) -> None:
    """Write the certificate, the competency records that it makes, the log entry and the event, all or nothing."""
    tx.certificates.issue(certificate)
    for held in certificate.award.competencies:
        tx.competency.record(
            CompetencyRecord(
                id=new_id("cpr", now),
                candidate_id=certificate.candidate_id,
                competency_id=CompetencyId(held.id),
                level=held.level,
                certificate_id=certificate.id,
                valid_from=now,
                valid_to=None,
                recorded_at=now,
            )
        )
    about = {
        "number": certificate.number,
        "sitting": certificate.sitting_id,
        "credential_sha256": certificate.credential_sha256,
        "award_sha256": digest(award_json(certificate.award)),
    }
    tx.audit.append("certificate_issued", subject=certificate.id, now=now, payload=about)
    tx.events.record(_event("certificate_issued", certificate, now, None))


def _follow_findings(tx: Transaction, standing: Sequence[Standing], held_by: Sequence[Hold], now: datetime) -> None:
    """Suspend what a later finding puts in doubt; reinstate what the system suspended once the doubt is gone."""
    doubts = [hold.reason for hold in held_by if hold.reason in LATER_FINDINGS]
    settled = not any(hold.reason in UNSETTLED for hold in held_by)
    for one in standing:
        if doubts and one.state is CertificateState.ISSUED:
            _change(tx, one, CertificateVerb.SUSPEND, f"later finding: {', '.join(doubts)}", None, now)
        elif settled and one.state is CertificateState.SUSPENDED and one.changes[-1].person_id is None:
            _change(tx, one, CertificateVerb.REINSTATE, "the finding was decided in the holder's favour", None, now)


def _supersede(tx: Transaction, older: Standing, now: datetime) -> None:
    """Revoke what a corrected result replaces."""
    if older.state is not CertificateState.REVOKED:
        _change(tx, older, CertificateVerb.REVOKE, "superseded by a corrected result", None, now)


def suspend(engine: Engine, actor: Actor, number: str, reason: str) -> Standing:
    """Suspend a certificate while a question about it is open; raises NotFound or IllegalTransition."""
    return _changed_by(engine, actor, number, CertificateVerb.SUSPEND, reason)


def reinstate(engine: Engine, actor: Actor, number: str, reason: str) -> Standing:
    """Let a suspended certificate stand again; raises NotFound or IllegalTransition."""
    return _changed_by(engine, actor, number, CertificateVerb.REINSTATE, reason)


def revoke(engine: Engine, actor: Actor, number: str, reason: str) -> Standing:
    """Revoke a suspended certificate for good; needs another officer than the one who suspended it, or raises SecondPersonNeeded.

    One that the system suspended is revoked once people have decided against its holder; raises NotYet before.
    """
    return _changed_by(engine, actor, number, CertificateVerb.REVOKE, reason)


def _changed_by(engine: Engine, actor: Actor, number: str, verb: CertificateVerb, reason: str) -> Standing:
    require(actor, Role.CELL_OFFICER)
    if len(reason.strip()) < MIN_REASON:
        raise Invalid(f"say why, in at least {MIN_REASON} letters", field="reason")
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(_of_organisation(tx, actor, number).certificate.sitting_id)
        check_stranger(tx, actor.person_id, sitting)
        standing = _of_organisation(tx, actor, number)
        if verb is CertificateVerb.REVOKE:
            _check_second(standing, actor, may_issue(facts_of(tx, sitting, demo=engine.demo)))
        _change(tx, standing, verb, reason.strip(), actor.person_id, engine.clock.now())
        return tx.certificates.by_number(number)


def _check_second(standing: Standing, actor: Actor, held_by: Sequence[Hold]) -> None:
    """Refuse a revocation behind which one person stands alone: what the machine suspended is nobody's word against the holder."""
    by = standing.changes[-1].person_id if standing.state is not CertificateState.ISSUED else actor.person_id
    if by == actor.person_id:
        raise SecondPersonNeeded("one officer suspends a certificate, a second, different one revokes it")
    doubts = {hold.reason for hold in held_by} & LATER_FINDINGS
    if by is None and doubts != {HoldReason.ADVERSE_DECISION}:
        raise NotYet("the system suspended this certificate; people have not decided against its holder")


def _of_organisation(tx: Transaction, actor: Actor, number: str) -> Standing:
    standing = tx.certificates.by_number(number)
    if standing.certificate.organisation_id != actor.organisation_id:
        raise NotFound("no such certificate")
    return standing


def _change(tx: Transaction, standing: Standing, verb: CertificateVerb, reason: str, person_id: PersonId | None, now: datetime) -> None:
    certificate, state = standing.certificate, standing.after(verb)
    tx.certificates.change(
        CertificateChange(
            id=new_id("cch", now),
            certificate_id=certificate.id,
            ordinal=len(standing.changes) + 1,
            state=state,
            reason=reason,
            person_id=person_id,
            at=now,
        )
    )
    if state is CertificateState.REVOKED:
        _end_records(tx, certificate.id, now)
    about = {"number": certificate.number, "state": str(state), "reason": reason, "at": iso(now)}
    tx.audit.append("certificate_changed", subject=certificate.id, actor=person_id, now=now, payload=about)
    tx.events.record(_event("certificate_changed", certificate, now, person_id, str(state)))


def _end_records(tx: Transaction, certificate_id: CertificateId, now: datetime) -> None:
    for record in tx.competency.of_certificate(certificate_id):
        if record.valid_to is None:
            _, ended = record.ended(now)
            tx.competency.supersede(record.id, now)
            tx.competency.record(ended)


def certificate_pdf(engine: Engine, actor: Actor, number: str) -> bytes:
    """Set the certificate's PDF, for its holder and the cell; raises NotFound for others, Unavailable when fonts are missing."""
    certificate = certificate_for(engine, actor, number).certificate
    address = certificate_url(engine.public_url, certificate.number)
    code = qr_text(address, certificate.credential_sha256, engine.signer.issuer)
    verify_at = f"{engine.public_url.partition('://')[2]}/verify"
    return engine.typesetter.pdf(certificate_source(certificate.award, certificate.credential, code, verify_at))


def certificate_for(engine: Engine, actor: Actor, number: str) -> Standing:
    """Return a certificate to its holder and to the cell of its organisation; raises NotFound for others."""
    with engine.store.read() as tx:
        standing = tx.certificates.by_number(number)
    certificate = standing.certificate
    officer = Role.CELL_OFFICER in actor.roles and certificate.organisation_id == actor.organisation_id
    if certificate.candidate_id != actor.person_id and not officer:
        raise NotFound("no such certificate")
    return standing


def _event(kind: str, certificate: Certificate, now: datetime, person_id: PersonId | None, state: str = "issued") -> ExamEvent:
    return ExamEvent(
        at=now,
        kind=kind,
        organisation_id=certificate.organisation_id,
        actor_id=person_id,
        sitting_id=certificate.sitting_id,
        subject=certificate.id,
        data={"state": state},
    )
