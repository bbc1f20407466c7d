"""Hearings: opened when a case waits for a second person and the exam is over; seen and answered by the candidate; read by the reviewers.

Rules: invigilation/hearing.py. `open_due` is a chore of the sweep, safe to run twice; nothing decides a case here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.delivery.sitting import ENDED
from assessment_engine.exams import Exam
from assessment_engine.invigilation import UNDECIDED, Case, CaseState, Reason
from assessment_engine.invigilation.hearing import Hearing, HearingOver, HearingState, open_hearing
from assessment_engine.invigilation.pending import PendingJudgement
from assessment_engine.kernel.canonical import Json, sha256_hex
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import NotYet
from assessment_engine.kernel.ids import IncidentId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import evidence_packages
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import Facts, sitting_event
from assessment_engine.storage.incidents import IncidentRecord

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingView:
    """A hearing as its candidate sees it: what was seen, and the first person's reason from the list; not who they are.

    Their `words` only where the reason is none of the list, for nobody can answer to "something else"; else they are empty.
    """

    hearing: Hearing
    exam: Exam
    incident: IncidentRecord
    reason_code: Reason
    words: str
    state: HearingState
    decided: bool  # people have decided the case: no reply is taken any more


def mine(engine: Engine, actor: Actor) -> list[HearingView]:
    """Return the candidate's hearings: the open ones first, the one that ends first first; then the others, newest first."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        views = [_view(tx, hearing, now) for hearing in reversed(tx.hearings.all_of_candidate(actor.person_id))]
    waiting = sorted((one for one in views if waits(one)), key=lambda one: one.hearing.due_at)
    return waiting + [one for one in views if not waits(one)]


def waits(view: HearingView) -> bool:
    """Tell whether the candidate is asked and has not answered, and nobody has decided meanwhile."""
    return view.state is HearingState.OPEN and not view.decided


def one(engine: Engine, actor: Actor, incident_id: IncidentId) -> HearingView:
    """Return one of the candidate's own hearings; another's is NotFound."""
    with engine.store.read() as tx:
        return _view(tx, tx.hearings.of_candidate(incident_id, actor.person_id), engine.clock.now())


def of_case(tx: Transaction, case: Case) -> Hearing | None:
    """Return a case's hearing for whoever reviews it, None while none was opened."""
    return tx.hearings.of_case(case.incident_id)


def answer(engine: Engine, actor: Actor, incident_id: IncidentId, text: str) -> HearingView:
    """Give the candidate's one reply, which is part of the case from now on; raises HeardAlready, HearingOver, Invalid or NotFound."""
    return _say(engine, actor, incident_id, lambda hearing, now: hearing.answer(text, now))


def waive(engine: Engine, actor: Actor, incident_id: IncidentId) -> HearingView:
    """Say, as the candidate, that one does not wish to say anything, so that nobody waits; raises HeardAlready, HearingOver or NotFound."""
    return _say(engine, actor, incident_id, lambda hearing, now: hearing.waive(now))


def _say(engine: Engine, actor: Actor, incident_id: IncidentId, verb: Callable[[Hearing, datetime], Hearing]) -> HearingView:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        mine = tx.hearings.of_candidate(incident_id, actor.person_id)
        case = tx.invigilation.case_locked(incident_id, mine.organisation_id)
        if case.state not in UNDECIDED:
            raise HearingOver("people have decided this case; what you still want to say belongs into an appeal")
        heard = verb(tx.hearings.of_candidate(incident_id, actor.person_id), now)  # as it is now that nobody else can write
        _store(tx, heard, actor, now)
        return _view(tx, heard, now)


def _store(tx: Transaction, heard: Hearing, actor: Actor, now: datetime) -> None:
    """Store what the candidate said; the log has the hash of the words, not the words."""
    replied = heard.reply is not None and heard.replied_at == now
    if replied:
        tx.hearings.reply(heard)
    else:
        tx.hearings.waive(heard)
    said = "reply" if replied else "nothing"
    payload: Json = {"said": said, "reply_sha256": sha256_hex((heard.reply or "").encode()) if replied else None}
    tx.audit.append("candidate_heard", subject=heard.incident_id, actor=actor.person_id, now=now, payload=payload)
    sitting = tx.sittings.get(heard.sitting_id)
    tx.events.record(sitting_event("candidate_heard", sitting, now, actor, subject=heard.incident_id, data={"said": said}))


def open_for(tx: Transaction, case: Case, now: datetime) -> Hearing | None:
    """Ask the candidate about a case, held against other writers, if it waits for a second person and the exam is over; asked once."""
    if case.state is not CaseState.AWAITING_SECOND or tx.hearings.of_case(case.incident_id) is not None:
        return None
    sitting = tx.sittings.get(case.sitting_id)
    if sitting.state not in ENDED:
        return None  # nobody is accused during an exam
    days = tx.exams.get(sitting.exam_id).policy.hearing_days
    hearing = open_hearing(case.incident_id, case.sitting_id, case.organisation_id, candidate_id=sitting.candidate_id, days=days, now=now)
    tx.hearings.add(hearing)
    about: Facts = {"days": days, "due_at": iso(hearing.due_at)}
    tx.audit.append("hearing_opened", subject=case.incident_id, now=now, payload={**about, "sitting": case.sitting_id})
    tx.events.record(sitting_event("hearing_opened", sitting, now, None, subject=case.incident_id, data=about))
    return hearing


def open_of(engine: Engine, sitting_id: SittingId) -> int:
    """Ask the candidate about every case of a sitting that waits for it, each in a transaction of its own; returns how many were asked."""
    with engine.store.read() as tx:
        waiting = [one for one in tx.invigilation.cases_of(sitting_id) if one.state is CaseState.AWAITING_SECOND]
    return sum(_open(engine, one.incident_id) for one in waiting)


def _open(engine: Engine, incident_id: IncidentId) -> bool:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        organisation_id = tx.invigilation.organisation_of(incident_id)
        return open_for(tx, tx.invigilation.case_locked(incident_id, organisation_id), now) is not None


def open_due(engine: Engine, breathe: Callable[[], None] = lambda: None) -> int:
    """Open the hearings that nobody has opened yet, and have their evidence packaged; returns how many were opened. For the sweep."""
    with engine.store.read() as tx:
        waiting = tx.hearings.unopened(MOST_AT_ONCE)
    opened = 0
    for _, incident_id in waiting:
        opened += _open(engine, incident_id)
        breathe()
    _package(engine, breathe)
    return opened


def _package(engine: Engine, breathe: Callable[[], None]) -> None:
    """Have packages made for open hearings, so that they are ready; what cannot be packaged yet is asked for again next time."""
    with engine.store.read() as tx:
        wanting = tx.hearings.unpackaged(engine.clock.now(), MOST_AT_ONCE)
    for sitting_id in wanting:
        try:
            evidence_packages.prepare(engine, sitting_id)
        except NotYet:
            continue
        breathe()


def check_read(tx: Transaction, pending: PendingJudgement) -> None:
    """Refuse an adverse judgement that was given before the candidate's reply came; raises RepliedMeanwhile."""
    hearing = tx.hearings.of_case(IncidentId(pending.case_id))
    if hearing is not None and pending.is_adverse:
        hearing.check_read(pending.given_at)


def _view(tx: Transaction, hearing: Hearing, now: datetime) -> HearingView:
    case = tx.invigilation.case(hearing.incident_id, hearing.organisation_id)
    first = tx.invigilation.adjudications_of(hearing.incident_id)[0]
    return HearingView(
        hearing=hearing,
        exam=tx.exams.get(tx.sittings.get(hearing.sitting_id).exam_id),
        incident=tx.incidents.get(hearing.incident_id, hearing.organisation_id),
        reason_code=first.reason_code,
        words=first.reason if first.reason_code is Reason.OTHER else "",
        state=hearing.state(now),
        decided=case.state not in UNDECIDED,
    )
