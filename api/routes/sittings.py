"""The published interface of a sitting: read it, start it, answer, submit, fetch the receipts. Stable; see /api/v1/openapi.json.

Saving an answer and starting are asynchronous (ADR 21): they wait for the answer ledger's writer and for no thread, and who
asks is known as of a few seconds ago. Everybody sees their own sittings only.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.auth import EngineDep, Invigilator, PromptViewer, Viewer, engine_of
from api.paths import ID, ItemPath, SittingPath, WriterHeader
from api.routes import examples
from api.routes.form_answers import FormAnswer, form_answer, progress_answer
from api.safe_browser import SafeBrowser
from assessment_engine.delivery.responses import Answer, Receipt, an_offer
from assessment_engine.delivery.sealing import Seal
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.delivery.timekeeping import MOST_MINUTES
from assessment_engine.delivery.timing import OutagePolicy
from assessment_engine.kernel.clock import iso, iso_or_none
from assessment_engine.kernel.errors import TooManyNotes
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services import contact, delivery, starts, timekeeping
from assessment_engine.services.delivery import OpenSitting
from assessment_engine.services.papers import release_code
from assessment_engine.storage.ledger_writer import AnswerLedger

LARGEST_REVISION = 2**31 - 1

router = APIRouter(prefix="/api/v1/sittings", tags=["sittings"])


def ledger_of(request: Request) -> AnswerLedger:
    """Return this process's writer of answers."""
    ledger = request.app.state.ledger
    assert isinstance(ledger, AnswerLedger)
    return ledger


async def _ledger(request: Request) -> AnswerLedger:
    return ledger_of(request)  # asynchronous only so that no thread is asked for it


LedgerDep = Annotated[AnswerLedger, Depends(_ledger)]
Language = Literal["en", "hi"]


class AnswerRequest(BaseModel):
    """An answer: `revision` grows by the client's own count through the whole sitting; `response` maps response identifiers to values."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ANSWER]})

    revision: Annotated[int, Field(strict=True, ge=1, le=LARGEST_REVISION)]
    response: JsonValue


class ReceiptAnswer(BaseModel):
    """The server's signed word that the answer is on disk: Ed25519 over the RFC 8785 form of everything but `signature`."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.RECEIPT]})

    sitting: str
    item: str
    revision: int
    response_sha256: str
    server_time: str
    key_id: str
    signature: str


class SavedAnswer(BaseModel):
    """An item's newest acknowledged answer."""

    revision: int
    response: dict[str, JsonValue]
    response_sha256: str
    server_time: str


class SealAnswer(BaseModel):
    """The signature over the whole ledger of a closed sitting; `ledger_sha256` is over its receipts in the order of revisions.

    Ed25519 over the RFC 8785 form of everything but `signature`; a seal after accepted late answers says more than the first one.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [examples.SEAL]})  # nothing that was signed may be left out

    type: Literal["seal"]
    sitting: str
    answers: int
    ledger_sha256: str
    form_sha256: str
    sealed_at: str
    key_id: str
    signature: str


class PauseAnswer(BaseModel):
    """Since when the sitting's time stands still, and why: `invigilator` or `break`."""

    since: datetime
    reason: str


class SittingAnswer(BaseModel):
    """A sitting as its candidate may see it. `deadline` is the server's; show it with the difference to `server_time`.

    With `moves`, ask `POST /moves` before another question is shown. `progress` is how far the candidate has come (ADR 25).
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.OPEN_SITTING]})

    id: str
    state: SittingState
    language: str
    exam: str
    exam_hi: str
    form: FormAnswer
    revision: int
    server_time: datetime
    started: datetime | None
    deadline: datetime | None
    grace_s: int
    outage: OutagePolicy
    current_item: str | None
    answers: dict[str, SavedAnswer]
    moves: bool
    progress: dict[str, Any]
    seal: SealAnswer | None
    paused: PauseAnswer | None = None
    writer: str | None = None
    device_change: str = "candidate"
    tools: list[str] = []
    practice: bool = False
    closed_by: str | None = None


class StartAnswer(BaseModel):
    """That a sitting's time counts, until when, and `code`: what opens the encrypted paper that the page fetched before."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.STARTED]})

    id: str
    state: SittingState
    server_time: datetime
    started: datetime
    deadline: datetime
    code: str


class SittingLine(BaseModel):
    """One line of a candidate's list."""

    id: str
    state: SittingState
    exam: str
    exam_hi: str
    opens: datetime
    closes: datetime


class ReceiptsAnswer(BaseModel):
    """Every receipt in the order of revisions, and the seal once the sitting is closed."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.RECEIPTS]})

    receipts: list[ReceiptAnswer]
    seal: SealAnswer | None


class ConsentRequest(BaseModel):
    """The language in which the notice was read."""

    language: Language = "en"


class TimeRequest(BaseModel):
    """Time given back after an outage, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"minutes": 10, "reason": "The centre had no power from 11:40 to 11:50."}]})

    minutes: Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class DeadlineAnswer(BaseModel):
    """A sitting's deadline as it is now."""

    sitting: str
    deadline: datetime | None


class TicketAnswer(BaseModel):
    """What opens the camera's socket within two minutes."""

    ticket: str
    ingest_url: str


class NoteRequest(BaseModel):
    """A hint from the page: which question is shown, a language switch, a focus change, a reported question."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "item_viewed", "item": examples.ITEM, "data": {"language": "hi"}}]})

    kind: Annotated[str, Field(max_length=40)]
    item: Annotated[ItemVersionId | None, Field(max_length=40, pattern=ID)] = None
    data: dict[str, str | int | float | bool | None] = {}


class ItemAnswer(BaseModel):
    """A question as HTML without its key, in the language asked for or the nearest there is."""

    item: str
    language: str
    languages: list[str]
    title: str
    html: str
    max_score: float


@router.post("/{sitting_id}/start", response_model=StartAnswer, dependencies=[SafeBrowser])
async def start(engine: EngineDep, ledger: LedgerDep, viewer: PromptViewer, sitting_id: SittingPath) -> Response:
    """Start the time and release the code that opens the paper; starting twice is once.

    Refusals: 404 `not_found`; 409 `not_yet` before the session opens, `after_time` when it takes no more starts, `illegal_transition`
    before admission and after the end; 503 `storage_unavailable` (nothing has started; try again).
    """
    started = await starts.start(ledger, viewer, sitting_id)
    sitting = started.sitting
    return JSONResponse(
        {
            "id": sitting.id,
            "state": sitting.state,
            "server_time": iso(started.server_time),
            "started": iso_or_none(sitting.started_at),
            "deadline": iso_or_none(sitting.deadline_at),
            "code": release_code(engine, sitting.session_id),
        }
    )


@router.put("/{sitting_id}/answers/{item_id}", response_model=ReceiptAnswer, dependencies=[SafeBrowser])
async def save(
    request: Request, viewer: PromptViewer, sitting_id: SittingPath, item_id: ItemPath, body: AnswerRequest, writer: WriterHeader = None
) -> Response:
    """Save an answer; the receipt comes when it is on disk, and the same for a retry. `X-Writer`: the window, where it has a lease.

    Refusals: 404 `not_found`; 409 `stale_revision`, `revision_reused`, `after_time`, `sitting_sealed`, `sitting_paused`, `not_yet`,
    `lease_moved`, `section_closed`; 413 `too_large`; 422 `unknown_item`, `wrong_response`, `revision_from_the_future`;
    503 `storage_unavailable` (nothing is saved; try again).
    """
    offer = an_offer(sitting_id, viewer.person_id, item_id, body.revision, body.response, writer=writer)
    return JSONResponse(asdict(await delivery.save_answer(engine_of(request), ledger_of(request), offer)))


@router.get("")
def mine(engine: EngineDep, viewer: Viewer) -> list[SittingLine]:
    """List one's own sittings."""
    return [
        SittingLine(
            id=one.sitting.id,
            state=one.sitting.state,
            exam=one.exam.title,
            exam_hi=one.exam.title_hi,
            opens=one.session.opens_at,
            closes=one.session.closes_at,
        )
        for one in delivery.my_sittings(engine, viewer)
    ]


@router.get("/{sitting_id}")
def read(engine: EngineDep, ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath) -> SittingAnswer:
    """Return form, revision, answers so far, the server's time and the deadline; 404 `not_found` for another's sitting."""
    opened = delivery.open_sitting(engine, viewer, sitting_id)
    if opened.sitting.state is SittingState.IN_PROGRESS and opened.sitting.is_over(opened.server_time):
        contact.looked_at(engine, ledger, viewer, sitting_id)
        opened = delivery.open_sitting(engine, viewer, sitting_id)
    return _shown(opened)


@router.post("/{sitting_id}/consent")
def consent(engine: EngineDep, ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath, body: ConsentRequest) -> SittingAnswer:
    """Agree to the notice; agreeing twice is once."""
    delivery.consent(engine, viewer, sitting_id, body.language)
    return read(engine, ledger, viewer, sitting_id)


@router.post("/{sitting_id}/submit")
def submit(engine: EngineDep, ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath) -> SealAnswer:
    """Close the sitting; returns the seal, and the same again for a retry."""
    return _seal(delivery.submit(engine, ledger, viewer, sitting_id))


@router.post("/{sitting_id}/time")
def give_time(engine: EngineDep, invigilator: Invigilator, sitting_id: SittingPath, body: TimeRequest) -> DeadlineAnswer:
    """Give a candidate time back, as an invigilator and where the exam's policy lets a person decide; it is in the log with its reason."""
    sitting = timekeeping.give_time(engine, invigilator, sitting_id, body.minutes, body.reason)
    return DeadlineAnswer(sitting=sitting.id, deadline=sitting.deadline_at)


@router.get("/{sitting_id}/receipts")
def receipts(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath) -> ReceiptsAnswer:
    """Return every receipt of one's own sitting."""
    given, seal = delivery.receipts(engine, viewer, sitting_id)
    return ReceiptsAnswer(receipts=[_receipt(receipt) for receipt in given], seal=_seal(seal) if seal else None)


@router.get("/{sitting_id}/items/{item_id}", dependencies=[SafeBrowser])
def item(
    engine: EngineDep,
    viewer: Viewer,
    sitting_id: SittingPath,
    item_id: ItemPath,
    lang: Annotated[Language, Query()] = "en",
) -> ItemAnswer:
    """Return a question of a sitting in progress, with one's own answer filled in."""
    shown = delivery.item_of(engine, viewer, sitting_id, item_id, lang)
    return ItemAnswer(
        item=item_id, language=shown.lang, languages=list(shown.languages), title=shown.title, html=shown.html, max_score=shown.max_score
    )


@router.post("/{sitting_id}/camera-ticket")
def camera_ticket(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath) -> TicketAnswer:
    """Return a short-lived ticket for the camera's socket."""
    return TicketAnswer(**asdict(delivery.camera_ticket(engine, viewer, sitting_id)))


@router.post("/{sitting_id}/events", status_code=204)
def note(request: Request, engine: EngineDep, ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath, body: NoteRequest) -> None:
    """Record a hint of the page; it is never evidence. 429 `too_many_notes` beyond what a sitting may write in a minute."""
    gate = request.app.state.note_gate
    if gate.admits(viewer.person_id, body.kind):
        delivery.note(engine, ledger, viewer, sitting_id, delivery.Note(kind=body.kind, item_id=body.item, data=body.data))
        return
    if gate.may_say_many(viewer.person_id):
        delivery.note(engine, ledger, viewer, sitting_id, delivery.MANY)
    raise TooManyNotes("this is more in a minute than is written down")


def _receipt(receipt: Receipt) -> ReceiptAnswer:
    return ReceiptAnswer(**asdict(receipt))


def _seal(seal: Seal) -> SealAnswer:
    return SealAnswer.model_validate({**seal.document, "signature": seal.signature})


def _shown(opened: OpenSitting) -> SittingAnswer:
    sitting = opened.sitting
    return SittingAnswer(
        id=sitting.id,
        state=sitting.state,
        language=sitting.language,
        exam=opened.exam.title,
        exam_hi=opened.exam.title_hi,
        form=form_answer(opened),
        revision=sitting.revision,
        server_time=opened.server_time,
        started=sitting.started_at,
        deadline=sitting.deadline_at,
        grace_s=sitting.grace_s,
        outage=opened.policy.outage,
        current_item=sitting.current_item,
        answers={answer.receipt.item: _saved(answer) for answer in opened.answers},
        moves=opened.form.guided,
        progress=progress_answer(opened),
        seal=_seal(opened.seal) if opened.seal else None,
        paused=pause_answer(sitting),
        writer=sitting.writer,
        device_change=opened.exam.policy.device_change,
        tools=list(opened.tools),
        practice=sitting.practice,
        closed_by=sitting.closed_by,
    )


def pause_answer(sitting: Sitting) -> PauseAnswer | None:
    """Say since when and why a sitting's time stands still; None while it runs."""
    return None if sitting.paused_at is None else PauseAnswer(since=sitting.paused_at, reason=str(sitting.paused_for))


def _saved(answer: Answer) -> SavedAnswer:
    receipt = answer.receipt
    return SavedAnswer.model_validate({**asdict(receipt), "response": answer.response})
