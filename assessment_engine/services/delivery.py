"""A candidate's sitting: agree, start, answer, submit; and what happens when the time is up.

Whatever must keep its place among the answers (start, submit) goes through the answer ledger's writer, which commits it together with
them. Checking in is services/checkin.py; the rules are in delivery/.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from assessment_engine.delivery.responses import Answer, Offer, Receipt, Response
from assessment_engine.delivery.sealing import Closing, Seal, seal_ledger
from assessment_engine.delivery.sitting import Sitting, SittingState, SittingVerb
from assessment_engine.delivery.timing import OutagePolicy, TimePolicy, check_window, time_policy
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.kernel.canonical import Json, canonical_json
from assessment_engine.kernel.errors import AfterTime, Invalid, NotAllowed, NotYet, SittingSealed, TooLarge, UnknownItem
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.people import Actor, Role, require
from assessment_engine.services import tickets
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.items import RenderedItem, rendered_item, scored_variant
from assessment_engine.services.tickets import TicketKind
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent
from assessment_engine.storage.ledger_writer import AnswerLedger, Fits
from item_bank.forms import Form
from item_bank.qti.binding import bind
from item_bank.qti.model import QtiItem

Facts = Mapping[str, str | int | float | bool | None]
Jobs = tuple[str, ...]

LONGEST_NOTE = 2000
MOST_MINUTES = 120
NOTES_OF_PAGE = frozenset({"item_viewed", "language_switched", "browser_hint"})
"""The exam events that a page may report. All of them are hints; none is evidence (DESIGN promise 9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MySitting:
    """One of a candidate's sittings, with the exam it is of."""

    sitting: Sitting
    exam: Exam
    session: ExamSession


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSitting:
    """Everything a candidate's page or client needs to go on with a sitting."""

    sitting: Sitting
    exam: Exam
    form: Form
    policy: TimePolicy
    answers: tuple[Answer, ...]  # each item's newest, in the order of revisions
    seal: Seal | None
    server_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a page noticed: a kind of exam event, the item it is about, small facts."""

    kind: str
    item_id: str | None = None
    data: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTicket:
    """What opens the camera's socket, and where it is."""

    ticket: str
    ingest_url: str


def my_sittings(engine: Engine, actor: Actor) -> list[MySitting]:
    """Return the candidate's sittings, oldest first."""
    with engine.store.read() as tx:
        return [
            MySitting(sitting=sitting, exam=tx.exams.get(sitting.exam_id), session=tx.exams.session(sitting.session_id))
            for sitting in tx.sittings.all_of_candidate(actor.person_id)
        ]


def my_sitting(engine: Engine, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Return the candidate's own sitting; another's is NotFound."""
    with engine.store.read() as tx:
        return tx.sittings.of_candidate(sitting_id, actor.person_id)


def open_sitting(engine: Engine, actor: Actor, sitting_id: SittingId) -> OpenSitting:
    """Return the candidate's own sitting with its form and the answers so far."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        exam = tx.exams.get(sitting.exam_id)
        return OpenSitting(
            sitting=sitting,
            exam=exam,
            form=tx.forms.get(sitting.form_id),
            policy=_time_policy(tx, sitting, exam),
            answers=tuple(tx.answers.newest(sitting_id)),
            seal=tx.sittings.seal(sitting_id),
            server_time=engine.clock.now(),
        )


def _time_policy(tx: Transaction, sitting: Sitting, exam: Exam) -> TimePolicy:
    return time_policy(exam.duration_s, exam.policy.document, tx.exams.registration(sitting.registration_id).arrangements)


def consent(engine: Engine, actor: Actor, sitting_id: SittingId, language: str) -> Sitting:
    """Record that the candidate agreed to the notice they read in `language`; agreeing twice is once."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.sittings.lock([sitting_id])
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.consented_at is not None:
            return sitting
        agreed = sitting.consent(now, language)
        tx.sittings.save(agreed)
        tx.audit.append("consent_given", subject=sitting_id, actor=actor.person_id, now=now, payload={"language": language})
        tx.events.record(_event("consent_given", agreed, now, actor))
    return agreed


def start(engine: Engine, ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Open the form and start the candidate's time; starting twice is once. Raises NotYet or AfterTime outside the session's window."""

    def work(tx: Transaction, now: datetime) -> Sitting:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.state in (SittingState.IN_PROGRESS, SittingState.PAUSED):
            return sitting
        session = tx.exams.session(sitting.session_id)
        check_window(now, session.opens_at, session.closes_at)
        started = sitting.start(now, _time_policy(tx, sitting, tx.exams.get(sitting.exam_id)))
        tx.sittings.save(started)
        tx.audit.append("sitting_started", subject=sitting_id, actor=actor.person_id, now=now, payload={"form": sitting.form_id})
        tx.events.record(_event("sitting_started", started, now, actor))
        return started

    return ledger.in_order(sitting_id, work).result()


async def save_answer(engine: Engine, ledger: AnswerLedger, offer: Offer) -> Receipt:
    """Save an answer and return its receipt once it is on disk; whoever comes after time finds the sitting sealed."""
    try:
        return await asyncio.wrap_future(ledger.save(offer))
    except AfterTime:
        work = partial(_close_if_over, engine, offer.sitting_id)
        jobs = await asyncio.wrap_future(ledger.in_order(offer.sitting_id, work))
        await asyncio.to_thread(_tell, engine, jobs)  # the queue may be slow or away; other answers must not wait for it
        raise


def submit(engine: Engine, ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Seal:
    """Close the sitting to further answers, seal it and send it to be scored; submitting twice is once."""

    def work(tx: Transaction, now: datetime) -> tuple[Seal, Jobs]:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        sealed = tx.sittings.seal(sitting_id)
        if sealed is not None:
            return sealed, ()
        verb = SittingVerb.TIME_UP if sitting.is_over(now) else SittingVerb.SUBMIT
        return _close(engine, tx, sitting, verb, now, actor)

    seal, jobs = ledger.in_order(sitting_id, work).result()
    _tell(engine, jobs)
    return seal


def give_time(engine: Engine, actor: Actor, sitting_id: SittingId, minutes: int, reason: str) -> Sitting:
    """Give a candidate time back after an outage; raises NotAllowed when the exam's policy is that the time runs on."""
    require(actor, Role.INVIGILATOR)
    if not 1 <= minutes <= MOST_MINUTES or not reason.strip():
        raise Invalid(f"time is given back by the minute, at most {MOST_MINUTES}, and with a reason", most=MOST_MINUTES)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.sittings.lock([sitting_id])
        sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        if _time_policy(tx, sitting, tx.exams.get(sitting.exam_id)).outage is not OutagePolicy.PERSON_DECIDES:
            raise NotAllowed("this exam's policy is that the time runs on")
        longer = sitting.give_time(minutes * 60)
        tx.sittings.save(longer)
        about: Json = {"minutes": minutes, "reason": reason.strip()}
        tx.audit.append("time_given", subject=sitting_id, actor=actor.person_id, now=now, payload=about)
    return longer


def time_up(engine: Engine) -> int:
    """Close every sitting whose time is over; returns how many. For the sweep, which has no writer: the row's lock keeps the order."""
    with engine.store.read() as tx:
        late = tx.sittings.past_deadline(engine.clock.now())
    closed = 0
    for sitting_id in late:
        with engine.store.begin() as tx:
            jobs = _close_if_over(engine, sitting_id, tx, engine.clock.now())
        _tell(engine, jobs)
        closed += bool(jobs)
    return closed


def _close_if_over(engine: Engine, sitting_id: SittingId, tx: Transaction, now: datetime) -> Jobs:
    sitting = tx.sittings.get_locked(sitting_id)
    if sitting.state is not SittingState.IN_PROGRESS or not sitting.is_over(now):
        return ()
    return _close(engine, tx, sitting, SittingVerb.TIME_UP, now)[1]


def _close(
    engine: Engine, tx: Transaction, sitting: Sitting, verb: SittingVerb, now: datetime, actor: Actor | None = None
) -> tuple[Seal, Jobs]:
    closed = sitting.time_up(now) if verb is SittingVerb.TIME_UP else sitting.submit(now)
    form = tx.forms.get(sitting.form_id)
    closing = Closing(sitting_id=sitting.id, form_sha256=form.sha256, at=now, by=closed.closed_by)
    seal = seal_ledger(closing, tx.answers.receipts(sitting.id), engine.signer.receipts)
    tx.sittings.save(closed)
    tx.sittings.add_seal(seal)
    by = actor.person_id if actor else None
    tx.audit.append("sitting_sealed", subject=sitting.id, actor=by, now=now, payload=seal.document)
    tx.events.record(_event("sitting_submitted", closed, now, actor, data={"closed_by": str(verb), "answers": seal.answers}))
    return seal, (tx.outbox.add(JobName.SCORE_SITTING, sitting.id, now), tx.outbox.add(JobName.SETTLE_SITTING, sitting.id, now))


def receipts(engine: Engine, actor: Actor, sitting_id: SittingId) -> tuple[list[Receipt], Seal | None]:
    """Return every receipt of the candidate's sitting in the order of revisions, and the seal once there is one."""
    with engine.store.read() as tx:
        tx.sittings.of_candidate(sitting_id, actor.person_id)
        return tx.answers.receipts(sitting_id), tx.sittings.seal(sitting_id)


def item_of(engine: Engine, actor: Actor, sitting_id: SittingId, item_id: ItemVersionId, lang: str) -> RenderedItem:
    """Return one question of a sitting in progress, with the candidate's own answer filled in and without its key."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.state not in (SittingState.IN_PROGRESS, SittingState.PAUSED):
            raise NotYet("questions are shown while the sitting is in progress", state=str(sitting.state))
        if item_id not in tx.forms.get(sitting.form_id).items:
            raise UnknownItem("this item is not in the sitting's form")
        response = tx.answers.final(sitting_id).get(item_id)
    return rendered_item(engine, item_id, lang, response, sitting_id=sitting_id)


def note(engine: Engine, ledger: AnswerLedger, actor: Actor, sitting_id: SittingId, noted: Note) -> None:
    """Record what the page noticed; raises Invalid for anything but the hints a page may give."""
    if noted.kind not in NOTES_OF_PAGE:
        raise Invalid(f"a page may not report this: {noted.kind}")
    if len(canonical_json(dict(noted.data))) > LONGEST_NOTE:
        raise TooLarge(f"a note has at most {LONGEST_NOTE} bytes", limit=LONGEST_NOTE)

    def work(tx: Transaction, now: datetime) -> None:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        item = noted.item_id
        if item is not None and item not in tx.forms.get(sitting.form_id).items:
            raise UnknownItem("this item is not in the sitting's form")
        if noted.kind == "item_viewed" and item is not None and sitting.state is SittingState.IN_PROGRESS:
            tx.sittings.save_progress([sitting.viewing(ItemVersionId(item))])
        tx.events.record(_event(noted.kind, sitting, now, actor, subject=item, data=noted.data))

    ledger.in_order(sitting_id, work).result()


def camera_ticket(engine: Engine, actor: Actor, sitting_id: SittingId) -> CameraTicket:
    """Return what opens the camera's socket for the candidate's own sitting, once and soon; raises SittingSealed after its end."""
    sitting = my_sitting(engine, actor, sitting_id)
    if sitting.state in (SittingState.SUBMITTED, SittingState.VOIDED):
        raise SittingSealed("the sitting is closed; nobody watches it any more")
    return CameraTicket(ticket=tickets.issue(engine, TicketKind.CAMERA, sitting_id), ingest_url=engine.ingest_url)


def open_ledger(engine: Engine) -> AnswerLedger:
    """Start the answer ledger's writer of this process; an answer must fit its item's declarations."""
    return AnswerLedger(engine.store, engine.clock, engine.signer.receipts, fits=_fits()).start()


def _fits() -> Fits:
    """Make the check of responses, with a memory of the items read: versions never change, and the writer must not read them again."""
    items: dict[ItemVersionId, QtiItem] = {}

    def fits(tx: Transaction, item_id: ItemVersionId, response: Response) -> None:
        if item_id not in items:
            items[item_id] = scored_variant(tx.items.get(item_id))
        bind(items[item_id], response)

    return fits


def _tell(engine: Engine, jobs: Jobs) -> None:
    for job in jobs:
        engine.jobs.tell(job)


def _event(
    kind: str, sitting: Sitting, now: datetime, actor: Actor | None, *, subject: str | None = None, data: Facts | None = None
) -> ExamEvent:
    return ExamEvent(
        at=now,
        kind=kind,
        organisation_id=sitting.organisation_id,
        actor_id=actor.person_id if actor else None,
        sitting_id=sitting.id,
        subject=subject,
        data=data or {},
    )
