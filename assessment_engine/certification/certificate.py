"""The certificate, its life, and the rule that lets it come into being.

A certificate is never changed or deleted; its state is the last of its appended changes. The rule `may_issue` lists what still holds a
certificate, who holds it and since when. The same rule is a trigger in the database (storage/triggers.py), which has the last word.
Stored by storage/certification.py, driven by services/certification.py.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.certification.credential import Award, Document
from assessment_engine.kernel.ids import BatchId, CertificateId, OrganisationId, PersonId, ScoreReportId, SittingId
from assessment_engine.kernel.machine import advance


class CertificateState(StrEnum):
    """Whether the certificate stands."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class CertificateVerb(StrEnum):
    """What can happen to a certificate."""

    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"


TRANSITIONS: Mapping[tuple[CertificateState, CertificateVerb], CertificateState] = {
    (CertificateState.ISSUED, CertificateVerb.SUSPEND): CertificateState.SUSPENDED,
    (CertificateState.ISSUED, CertificateVerb.REVOKE): CertificateState.REVOKED,
    (CertificateState.SUSPENDED, CertificateVerb.REINSTATE): CertificateState.ISSUED,
    (CertificateState.SUSPENDED, CertificateVerb.REVOKE): CertificateState.REVOKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The issued fact, and what it rests on."""

    id: CertificateId
    number: str
    sitting_id: SittingId
    organisation_id: OrganisationId
    candidate_id: PersonId
    score_report_id: ScoreReportId
    proctoring_decision_id: str
    batch_id: BatchId
    award: Award  # as printed
    credential: Document
    credential_sha256: str
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateChange:
    """What happened to a certificate after it was issued; `person_id` None is the system."""

    id: str
    certificate_id: CertificateId
    ordinal: int  # 1 for the first change
    state: CertificateState
    reason: str
    person_id: PersonId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A certificate with the changes since, oldest first."""

    certificate: Certificate
    changes: tuple[CertificateChange, ...] = ()

    @property
    def state(self) -> CertificateState:
        """Where the certificate stands now."""
        return self.changes[-1].state if self.changes else CertificateState.ISSUED

    @property
    def since(self) -> datetime:
        """Since when it stands there."""
        return self.changes[-1].at if self.changes else self.certificate.issued_at

    def after(self, verb: CertificateVerb) -> CertificateState:
        """Return the state after a verb; raises IllegalTransition."""
        return advance(TRANSITIONS, self.state, verb)


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U


def new_number(now: datetime) -> str:
    """Return a fresh certificate number, `26-7K3M-9Q2X-H4TD`: the year and 60 random bits, so that nobody can guess their way through."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return f"{now:%y}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


class HoldReason(StrEnum):
    """Why there is no certificate yet."""

    NOT_SUBMITTED = "not_submitted"
    VOIDED = "voided"
    SIMULATED = "simulated"
    SCORING = "scoring"
    NOT_PASSED = "not_passed"
    STREAM_NOT_DRAINED = "stream_not_drained"
    UNDECIDED_INCIDENTS = "undecided_incidents"
    SECOND_PERSON_NEEDED = "second_person_needed"
    TOO_LITTLE_SEEN = "too_little_seen"
    DECISION_PENDING = "decision_pending"
    ADVERSE_DECISION = "adverse_decision"
    GRIEVANCE_OPEN = "grievance_open"
    BATCH_NOT_DRAFTED = "batch_not_drafted"
    FIRST_SIGNATURE = "first_signature"
    SECOND_SIGNATURE = "second_signature"


class Holder(StrEnum):
    """Who has to act next."""

    CANDIDATE = "candidate"
    SYSTEM = "system"
    INVIGILATORS = "invigilators"
    CELL = "cell"
    GRIEVANCE_OFFICER = "grievance_officer"
    NOBODY = "nobody"  # the matter is decided: there will be no certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One thing that holds a certificate: why, who has to act, since when, and how many of it."""

    reason: HoldReason
    holder: Holder
    since: datetime | None = None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """That a score report over exactly the sitting's seal and form exists."""

    report_id: ScoreReportId
    passed: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proctored:
    """What proctoring says about the sitting."""

    drained_at: datetime | None
    open_cases: tuple[datetime, ...] = ()  # since when each waits for its first judgement
    second_cases: tuple[datetime, ...] = ()  # since when each waits for a second person
    seen_too_little: bool = False
    decision_id: str | None = None
    outcome: str | None = None  # one of invigilation.Outcome, of the decision that stands and is newer than every flag
    decided_at: datetime | None = None


CLEARING = frozenset({"unflagged", "cleared", "enough_seen"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Batched:
    """The newest result batch that contains exactly the score report."""

    id: BatchId
    created_at: datetime
    approvals: tuple[datetime, ...]  # of different officers
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the rule looks at."""

    began_at: datetime  # since when the sitting waits for its candidate
    sealed_at: datetime | None
    scored: Scored | None
    proctored: Proctored
    batched: Batched | None
    grievances: tuple[datetime, ...] = ()  # since when each open one is
    voided: bool = False
    simulated: bool = False  # a recorded candidate outside a demonstration


LATER_FINDINGS = frozenset({HoldReason.UNDECIDED_INCIDENTS, HoldReason.SECOND_PERSON_NEEDED, HoldReason.ADVERSE_DECISION})
"""What suspends a certificate that was issued before it was found."""

UNSETTLED = LATER_FINDINGS | {HoldReason.STREAM_NOT_DRAINED, HoldReason.TOO_LITTLE_SEEN, HoldReason.DECISION_PENDING}
"""What keeps it suspended: until a decision stands that is newer than what was found, and than what an appeal took away."""


def may_issue(facts: Facts) -> list[Hold]:
    """Return everything that holds the certificate, in the order in which it comes; an empty list lets it come into being."""
    if facts.voided or facts.simulated:
        reason = HoldReason.VOIDED if facts.voided else HoldReason.SIMULATED
        return [Hold(reason=reason, holder=Holder.NOBODY, since=facts.sealed_at or facts.began_at)]
    if facts.sealed_at is None:
        return [Hold(reason=HoldReason.NOT_SUBMITTED, holder=Holder.CANDIDATE, since=facts.began_at)]
    rules: tuple[Callable[[Facts], Iterable[Hold]], ...] = (_score_holds, _proctoring_holds, _grievance_holds, _batch_holds)
    return [hold for rule in rules for hold in rule(facts)]


def told_to_candidate(facts: Facts) -> list[Hold]:
    """Return the holds as the candidate may know them: before publication neither word nor silence says whether the score suffices."""
    published = facts.batched is not None and facts.batched.published_at is not None
    if facts.scored is None or published:
        return may_issue(facts)
    return may_issue(replace(facts, scored=replace(facts.scored, passed=True)))


def _score_holds(facts: Facts) -> Iterable[Hold]:
    if facts.scored is None:
        yield Hold(reason=HoldReason.SCORING, holder=Holder.SYSTEM, since=facts.sealed_at)
    elif not facts.scored.passed:
        yield Hold(reason=HoldReason.NOT_PASSED, holder=Holder.NOBODY, since=facts.scored.at)


def _proctoring_holds(facts: Facts) -> Iterable[Hold]:
    seen = facts.proctored
    if seen.open_cases:
        yield _waiting(HoldReason.UNDECIDED_INCIDENTS, Holder.INVIGILATORS, seen.open_cases)
    if seen.second_cases:
        yield _waiting(HoldReason.SECOND_PERSON_NEEDED, Holder.INVIGILATORS, seen.second_cases)
    if seen.outcome is not None and seen.outcome not in CLEARING:
        yield Hold(reason=HoldReason.ADVERSE_DECISION, holder=Holder.NOBODY, since=seen.decided_at)
    elif seen.outcome is None and not (seen.open_cases or seen.second_cases):
        yield _undecided(facts)


def _undecided(facts: Facts) -> Hold:
    """Say what the missing decision waits for when no case does."""
    seen = facts.proctored
    if seen.drained_at is None:
        return Hold(reason=HoldReason.STREAM_NOT_DRAINED, holder=Holder.SYSTEM, since=facts.sealed_at)
    if seen.seen_too_little:
        return Hold(reason=HoldReason.TOO_LITTLE_SEEN, holder=Holder.INVIGILATORS, since=seen.drained_at)
    return Hold(reason=HoldReason.DECISION_PENDING, holder=Holder.SYSTEM, since=seen.drained_at)


def _grievance_holds(facts: Facts) -> Iterable[Hold]:
    if facts.grievances:
        yield _waiting(HoldReason.GRIEVANCE_OPEN, Holder.GRIEVANCE_OFFICER, facts.grievances)


def _batch_holds(facts: Facts) -> Iterable[Hold]:
    if facts.scored is None or not facts.scored.passed:
        return
    batch = facts.batched
    if batch is None:
        yield Hold(reason=HoldReason.BATCH_NOT_DRAFTED, holder=Holder.CELL, since=facts.scored.at)
    elif not batch.approvals:
        yield Hold(reason=HoldReason.FIRST_SIGNATURE, holder=Holder.CELL, since=batch.created_at)
    elif len(batch.approvals) < 2 or batch.published_at is None:
        yield Hold(reason=HoldReason.SECOND_SIGNATURE, holder=Holder.CELL, since=batch.approvals[0])


def _waiting(reason: HoldReason, holder: Holder, since: tuple[datetime, ...]) -> Hold:
    return Hold(reason=reason, holder=holder, since=min(since), count=len(since))
