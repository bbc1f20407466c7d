"""A candidate's sitting: agree, start, answer, submit.

Whatever must keep its place among the answers (start, submit) goes through the answer ledger's writer, which commits it together with
them. Checking in is services/checkin.py, how a sitting ends services/closing.py; the rules are in delivery/.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from assessment_engine.delivery.navigation import check_readable
from assessment_engine.delivery.responses import Answer, Offer, Receipt, Response
from assessment_engine.delivery.sealing import Seal
from assessment_engine.delivery.sitting import ENDED, Sitting, SittingState
from assessment_engine.delivery.timing import TimePolicy, time_policy
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.exams.policy import listens, tools_beside
from assessment_engine.kernel.canonical import canonical_json
from assessment_engine.kernel.errors import AfterTime, Invalid, NotYet, SittingPaused, SittingSealed, TooLarge
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import starts, tickets, watches
from assessment_engine.services.closing import Jobs, close_if_over, seal_up, settle, tell
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import RenderedItem, rendered_item, scored_variant
from assessment_engine.services.tickets import TicketKind
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import Facts, sitting_event
from assessment_engine.storage.ledger_writer import LARGEST_BATCH, AnswerLedger, Fits
from item_bank.forms import Form
from item_bank.qti.binding import bind
from item_bank.qti.model import QtiItem

LONGEST_NOTE = 2000
NOTES_OF_PAGE = frozenset({"item_viewed", "language_switched", "browser_hint", "camera_changed", "challenge_shown"})
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
    tools: tuple[str, ...]  # beside the questions: the exam's, and what an arrangement adds
    listened_to: bool  # the microphone is


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a page noticed: a kind of exam event, the item it is about, small facts."""

    kind: str
    item_id: ItemVersionId | None = None
    data: Facts = field(default_factory=dict)


MANY = Note(kind="browser_hint", data={"what": "many"})
"""Stands for what was more than is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTicket:
    """What opens the camera's socket, and where it is."""

    ticket: str
    ingest_url: str


def my_sittings(engine: Engine, actor: Actor) -> list[MySitting]:
    """Return the candidate's sittings, oldest first; practice is not among them."""
    with engine.store.read() as tx:
        return [
            MySitting(sitting=sitting, exam=tx.exams.get(sitting.exam_id), session=tx.exams.session(sitting.session_id))
            for sitting in tx.sittings.all_of_candidate(actor.person_id)
            if not sitting.practice
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
        arrangements = tx.exams.registration(sitting.registration_id).arrangements
        return OpenSitting(
            sitting=sitting,
            exam=exam,
            form=tx.forms.get(sitting.form_id),
            policy=time_policy(exam.duration_s, exam.policy.document, arrangements),
            answers=tuple(tx.answers.newest(sitting_id)),
            seal=tx.sittings.seal(sitting_id),
            server_time=engine.clock.now(),
            tools=tools_beside(exam.policy, arrangements),
            listened_to=listens(exam.policy, arrangements),
        )


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
        tx.events.record(sitting_event("consent_given", agreed, now, actor))
    return agreed


def start(ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Sitting:
    """Start the candidate's time and wait for it; services/starts.py is the whole of it, and what a herd uses."""
    return starts.wished(ledger, actor, sitting_id).result().sitting


async def save_answer(engine: Engine, ledger: AnswerLedger, offer: Offer) -> Receipt:
    """Save an answer and return its receipt once it is on disk; whoever comes after time finds the sitting sealed."""
    try:
        return await asyncio.wrap_future(ledger.save(offer))
    except AfterTime:
        work = partial(close_if_over, engine, offer.sitting_id)
        jobs = await asyncio.wrap_future(ledger.in_order(offer.sitting_id, work))
        await asyncio.to_thread(tell, engine, jobs)  # the queue may be slow or away; other answers must not wait for it
        raise


def submit(engine: Engine, ledger: AnswerLedger, actor: Actor, sitting_id: SittingId) -> Seal:
    """Close the sitting to further answers, seal it and send it to be scored; submitting twice is once."""

    def work(tx: Transaction, now: datetime) -> tuple[Seal, Jobs]:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        sealed = tx.sittings.seal(sitting_id)
        if sealed is not None:
            return sealed, ()
        here = settle(tx, sitting, now)
        return seal_up(engine, tx, here.time_up(now) if here.is_over(now) else here.submit(now), actor)

    seal, jobs = ledger.in_order(sitting_id, work).result()
    tell(engine, jobs)
    return seal


def receipts(engine: Engine, actor: Actor, sitting_id: SittingId) -> tuple[list[Receipt], Seal | None]:
    """Return every receipt of the candidate's sitting in the order of revisions, and the seal once there is one."""
    with engine.store.read() as tx:
        tx.sittings.of_candidate(sitting_id, actor.person_id)
        return tx.answers.receipts(sitting_id), tx.sittings.seal(sitting_id)


def item_of(engine: Engine, actor: Actor, sitting_id: SittingId, item_id: ItemVersionId, lang: str) -> RenderedItem:
    """Return one question of a sitting in progress, with the candidate's own answer filled in and without its key."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.state is SittingState.PAUSED:
            raise SittingPaused("questions are shown again when the sitting goes on")
        if sitting.state is not SittingState.IN_PROGRESS:
            raise NotYet("questions are shown while the sitting is in progress", state=str(sitting.state))
        form = tx.forms.get(sitting.form_id)
        form.check_has(item_id)
        check_readable(form, sitting, item_id, engine.clock.now())
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
        if item is not None:
            tx.forms.get(sitting.form_id).check_has(item)
        if noted.kind == "item_viewed" and item is not None and sitting.state is SittingState.IN_PROGRESS:
            tx.sittings.save_progress([sitting.viewing(item)])
        tx.events.record(sitting_event(noted.kind, sitting, now, actor, subject=item, data=noted.data))

    ledger.in_order(sitting_id, work).result()


def camera_ticket(engine: Engine, actor: Actor, sitting_id: SittingId) -> CameraTicket:
    """Return what opens the camera's socket for the candidate's own sitting, once and soon; raises SittingSealed after its end.

    For ten minutes after it, pictures that the page kept in a cut may still come, if somebody waits for them.
    """
    sitting = my_sitting(engine, actor, sitting_id)
    if sitting.state in ENDED and not watches.awaits_pictures(engine, sitting):
        raise SittingSealed("the sitting is closed; nobody watches it any more")
    sound = sitting.state not in ENDED and is_listened_to(engine, actor, sitting_id)
    ticket = tickets.issue(engine, TicketKind.CAMERA, sitting_id, sound=sound)
    return CameraTicket(ticket=ticket, ingest_url=engine.ingest_url)


def is_listened_to(engine: Engine, actor: Actor, sitting_id: SittingId) -> bool:
    """Tell whether the microphone is to be opened in the candidate's own sitting."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        return listens(tx.exams.get(sitting.exam_id).policy, tx.exams.registration(sitting.registration_id).arrangements)


def open_ledger(engine: Engine, *, largest_batch: int = LARGEST_BATCH) -> AnswerLedger:
    """Start the answer ledger's writer of this process; an answer must fit its item's declarations."""
    key, clock = engine.signer.receipts, engine.clock
    return AnswerLedger(engine.store, clock, key, fits=_fits(), settle=settle, largest_batch=largest_batch).start()


def _fits() -> Fits:
    """Make the check of responses, with a memory of the items read: versions never change, and the writer must not read them again."""
    items: dict[ItemVersionId, QtiItem] = {}

    def fits(tx: Transaction, item_id: ItemVersionId, response: Response) -> None:
        if item_id not in items:
            items[item_id] = scored_variant(tx.items.get(item_id))
        bind(items[item_id], response)

    return fits
