"""Keeping and erasing evidence: when its time is over (a chore of the sweep), or before, by two officers; never while anything is open.

Erasing is forgetting the sitting's key: what was encrypted with it cannot be read any more, wherever copies of it lie, and the chain of
hashes still verifies. The rule is assessment_engine/evidence/retention.py; the crypto is services/evidence.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.evidence.retention import Facts, Hold, Keeping, keeping
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.grievances import About
from assessment_engine.invigilation import UNDECIDED, CaseState
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, SecondPersonNeeded, Unavailable
from assessment_engine.kernel.ids import PersonId, SittingId
from assessment_engine.people import Actor, Role, require
from assessment_engine.services import evidence, unmarked
from assessment_engine.services.engine import Engine
from assessment_engine.services.grievances import appeals_until
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import sitting_event
from assessment_engine.storage.evidence import ErasureRequest

MIN_REASON = 10
PAGE = 100
PROBE = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """One sitting's evidence as the cell sees it."""

    sitting: Sitting
    exam: Exam
    session: ExamSession
    name: str
    name_hi: str
    pictures: int
    keeping: Keeping
    request: ErasureRequest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """A page of what is kept, how many lines there are in all, asked about and here, who asked, and whether store and key answer."""

    lines: Sequence[KeptLine]
    everything: int
    asked: int
    matching: int
    page: int
    people: Mapping[PersonId, tuple[str, str]]
    trouble: str  # the code of what is wrong with the store or the key; empty when nothing is

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.matching // PAGE))


def kept(engine: Engine, actor: Actor, page: int = 1, *, asked_only: bool = False) -> KeptPage:
    """Return what of the organisation's evidence can still be read, until when and why, the oldest first."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.read() as tx:
        everything = list(tx.evidence.readable(actor.organisation_id))
        wanted = tx.evidence.requested(actor.organisation_id)
        readable = wanted if asked_only else everything
        page = min(max(page, 1), max(1, -(-len(readable) // PAGE)))
        lines = [_line(tx, one, now) for one in readable[(page - 1) * PAGE : page * PAGE]]
        asked = {line.request.asked_by for line in lines if line.request is not None}
        people = {one: (person.name, person.name_hi) for one, person in tx.people.many(asked).items()}
    counts = {"everything": len(everything), "asked": len(wanted), "matching": len(readable)}
    return KeptPage(lines=lines, **counts, page=page, people=people, trouble=_trouble(engine, readable))


def kept_of(engine: Engine, actor: Actor, sitting_id: SittingId) -> KeptLine:
    """Return one sitting's line, for staff of its organisation; raises NotFound where there is no evidence or it was erased."""
    require(actor, Role.CELL_OFFICER, Role.INVIGILATOR, Role.GRIEVANCE_OFFICER)
    with engine.store.read() as tx:
        tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        return _line(tx, sitting_id, engine.clock.now())


def erased_at(engine: Engine, sitting_id: SittingId) -> datetime | None:
    """Return when a sitting's evidence was erased, None while it can be read or where there never was any."""
    with engine.store.read() as tx:
        try:
            return tx.evidence.erased_at(sitting_id)
        except NotFound:
            return None


def _trouble(engine: Engine, readable: Sequence[SittingId]) -> str:
    """Ask the store and the newest key, so that the cell learns at once when evidence cannot be kept."""
    try:
        engine.blobs.put(PROBE, b"is the store there?")
        if readable:
            evidence.data_key(engine, readable[-1])
    except Unavailable as error:
        return error.code
    except NotFound:
        return ""
    return ""


def _line(tx: Transaction, sitting_id: SittingId, now: datetime) -> KeptLine:
    sitting = tx.sittings.get(sitting_id)
    person = tx.people.get(sitting.candidate_id)
    return KeptLine(
        sitting=sitting,
        exam=tx.exams.get(sitting.exam_id),
        session=tx.exams.session(sitting.session_id),
        name=person.name,
        name_hi=person.name_hi,
        pictures=sum(len(tx.incidents.evidence_of(one.id)) for one in tx.incidents.of_sitting(sitting_id)),
        keeping=keeping(facts_of(tx, sitting, now)),
        request=tx.evidence.request_of(sitting_id),
    )


def facts_of(tx: Transaction, sitting: Sitting, now: datetime) -> Facts:
    """Return what decides about a sitting's evidence."""
    policy, session = tx.exams.get(sitting.exam_id).policy, tx.exams.session(sitting.session_id)
    decision, published_at = tx.invigilation.decision_of(sitting.id), tx.evidence.result_published_at(sitting.id)
    return Facts(
        evidence_days=policy.evidence_days,
        appeal_days=policy.appeal_days,
        decided_at=decision.decided_at if decision else None,
        published_at=published_at,
        over_at=session.closes_at if sitting.started_at is None or sitting.practice else None,
        holds=frozenset(_holds(tx, sitting, now, decided=decision is not None, published=published_at is not None)),
    )


def _holds(tx: Transaction, sitting: Sitting, now: datetime, *, decided: bool, published: bool) -> list[Hold]:
    """Return what keeps a sitting's evidence; whoever adds a way to contest a decision adds its line here.

    A hearing holds as the case that it belongs to; so does a case that only measures, an audit of the secret draw among them: its pictures
    live until somebody has looked, and it must not be told from another. Where nobody is left who could look it holds nothing.
    """
    holds = []
    if sitting.started_at is not None and sitting.state is not SittingState.SUBMITTED and sitting.state is not SittingState.VOIDED:
        holds.append(Hold.RUNNING)
    elif sitting.started_at is not None and not decided and not sitting.practice:
        holds.append(Hold.UNDECIDED)
    if sitting.state is SittingState.SUBMITTED and not sitting.practice and not published:
        holds.append(Hold.RESULT)
    if any(case.state in UNDECIDED for case in tx.invigilation.cases_of(sitting.id)) or unmarked.waits(tx, sitting, now):
        holds.append(Hold.CASE)
    if tx.grievances.open_of(sitting.id):
        holds.append(Hold.GRIEVANCE)
    return holds


def erase_due(engine: Engine) -> int:
    """Erase the evidence whose time is over; returns of how many sittings. A chore of the sweep."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        days = {exam.id: timedelta(days=exam.policy.evidence_days) for exam in tx.exams.everywhere()}
        readable = [one for exam_id, kept in days.items() for one in tx.evidence.old_enough(exam_id, now - kept)]
        due = [one for one in readable if keeping(facts_of(tx, tx.sittings.get(one), now)).is_due(now)]
    return sum(_erase_if_due(engine, sitting_id) for sitting_id in due)


def _erase_if_due(engine: Engine, sitting_id: SittingId) -> bool:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(sitting_id)
        facts = facts_of(tx, sitting, now)  # asked again, now that nobody else can open anything
        if not keeping(facts).is_due(now) or tx.evidence.erased_at(sitting_id) is not None:
            return False
        _erase(tx, sitting, now, {"kept_days": facts.evidence_days}, None)
    return True


def _erase(tx: Transaction, sitting: Sitting, now: datetime, about: dict[str, str | int], actor: Actor | None) -> None:
    tx.incidents.erase_key(sitting.id, now)
    payload: Json = dict(about)
    tx.audit.append("evidence_erased", subject=sitting.id, now=now, actor=actor.person_id if actor else None, payload=payload)
    tx.events.record(sitting_event("evidence_erased", sitting, now, actor, data=about))


def ask_erasure(engine: Engine, actor: Actor, sitting_id: SittingId, reason: str) -> ErasureRequest:
    """Ask, as a first officer, that a sitting's evidence be erased before its time; raises Conflict while anything is open."""
    require(actor, Role.CELL_OFFICER)
    if len(reason.strip()) < MIN_REASON:
        raise Invalid(f"say why, in at least {MIN_REASON} letters", field="reason")
    now = engine.clock.now()
    with engine.store.begin() as tx:
        _may_erase(tx, actor, sitting_id, now)
        if tx.evidence.request_of(sitting_id) is not None:
            raise Conflict("somebody has asked for this already", problem="asked_already")
        request = ErasureRequest(sitting_id=sitting_id, asked_by=actor.person_id, asked_at=now, reason=reason.strip())
        tx.evidence.ask_erasure(request)
        tx.audit.append("erasure_asked", subject=sitting_id, actor=actor.person_id, now=now)
    return request


def withdraw_erasure(engine: Engine, actor: Actor, sitting_id: SittingId) -> None:
    """Take back a request that nobody has approved; either officer may."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        request = tx.evidence.request_of(sitting_id)
        if request is None or request.approved_at is not None:
            raise Conflict("there is no open request to erase this", problem="no_request")
        tx.evidence.withdraw_erasure(sitting_id)
        tx.audit.append("erasure_withdrawn", subject=sitting_id, actor=actor.person_id, now=now)


def approve_erasure(engine: Engine, actor: Actor, sitting_id: SittingId) -> None:
    """Erase a sitting's evidence at once, as the second officer; raises SecondPersonNeeded, or Conflict while anything is open."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        sitting = _may_erase(tx, actor, sitting_id, now)
        request = tx.evidence.request_of(sitting_id)
        if request is None or request.approved_at is not None:
            raise Conflict("there is no open request to erase this", problem="no_request")
        if request.asked_by == actor.person_id:
            raise SecondPersonNeeded("erasing early needs a second, different officer")
        tx.evidence.approve_erasure(replace(request, approved_by=actor.person_id, approved_at=now))
        _erase(tx, sitting, now, {"early": 1, "asked_by": request.asked_by}, actor)


def _may_erase(tx: Transaction, actor: Actor, sitting_id: SittingId, now: datetime) -> Sitting:
    """Return the sitting, held against other writers, if nothing needs its evidence."""
    tx.sittings.of_organisation(sitting_id, actor.organisation_id)
    sitting = tx.sittings.get_locked(sitting_id)
    if tx.evidence.erased_at(sitting_id) is not None:
        raise Conflict("this evidence is erased already", problem="erased")
    kept = keeping(facts_of(tx, sitting, now))
    appeal = _can_be_appealed(tx, sitting, now)
    if appeal or not kept.may_be_erased:
        raise Conflict("something is still open that needs this evidence", problem="held", holds=" ".join(sorted(kept.holds | appeal)))
    return sitting


def _can_be_appealed(tx: Transaction, sitting: Sitting, now: datetime) -> frozenset[Hold]:
    """Tell whether an upheld case may still be appealed, now or once the result is there: then nobody erases what the appeal needs."""
    if all(case.state is not CaseState.UPHELD for case in tx.invigilation.cases_of(sitting.id)):
        return frozenset()
    until = appeals_until(tx, sitting, About.FLAG)
    to_come = tx.evidence.result_published_at(sitting.id) is None
    return frozenset({Hold.APPEAL}) if to_come or (until is not None and now < until) else frozenset()
