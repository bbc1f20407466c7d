"""Pages of access arrangements: a candidate asks, follows, appeals and names a scribe; the cell decides."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep, Invigilator, Officer, Viewer
from api.pages import goto, page
from api.pages.sent import whole_number
from api.pages.wording import KINDS
from assessment_engine.arrangements import COMPENSATORY_MINUTES, MOST_BREAK_MINUTES, MOST_BREAKS, MOST_EXTRA_MINUTES, Adjustments
from assessment_engine.exams import SIGNALS
from assessment_engine.kernel.errors import Conflict, Invalid, SecondPersonNeeded, TooLarge, UnreadableFile
from assessment_engine.kernel.ids import ArrangementId, RegistrationId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import arrangements
from assessment_engine.services.arrangements import LARGEST_DOCUMENT, MOST_DOCUMENTS, NewArrangement
from assessment_engine.services.engine import Engine

router = APIRouter(include_in_schema=False)

LIMITS: Mapping[str, int] = {
    "compensatory": COMPENSATORY_MINUTES,
    "extra": MOST_EXTRA_MINUTES,
    "breaks": MOST_BREAKS,
    "break_minutes": MOST_BREAK_MINUTES,
    "documents": MOST_DOCUMENTS,
    "mib": LARGEST_DOCUMENT // 2**20,
}

Number = Annotated[str, Form(max_length=3)]
Tick = Annotated[bool, Form()]


def _adjustments(
    extra: Number = "",
    breaks: Number = "",
    break_minutes: Number = "",
    allowed: Annotated[list[str] | None, Form()] = None,
    signals: Annotated[list[str] | None, Form()] = None,
) -> Mapping[str, object]:
    return {"extra": extra, "breaks": breaks, "break_minutes": break_minutes, "allowed": allowed or [], "signals": signals or []}


Sent = Annotated[Mapping[str, object], Depends(_adjustments)]


def _read(sent: Mapping[str, object]) -> Adjustments:
    allowed, signals = sent["allowed"], sent["signals"]
    assert isinstance(allowed, list)
    assert isinstance(signals, list)
    if unknown := sorted(set(signals) - set(SIGNALS)):
        raise Invalid(f"no such signal: {', '.join(unknown)}", field="signals")
    return Adjustments(
        extra_minutes_per_hour=_number(sent["extra"]),
        breaks=_number(sent["breaks"]),
        break_minutes=_number(sent["break_minutes"]),
        scribe="scribe" in allowed,
        second_person="second_person" in allowed,
        read_aloud="read_aloud" in allowed,
        signals_off=tuple(sorted(signals)),
    )


def _number(typed: object) -> int:
    return whole_number(str(typed), "minutes and breaks are whole numbers") if typed else 0


def _sent_of(wanted: Adjustments) -> Mapping[str, object]:
    ticks = ("scribe", "second_person", "read_aloud")
    return {
        "extra": wanted.extra_minutes_per_hour or "",
        "breaks": wanted.breaks or "",
        "break_minutes": wanted.break_minutes or "",
        "allowed": [name for name in ticks if getattr(wanted, name)],
        "signals": list(wanted.signals_off),
    }


@router.get("/candidate/sittings/{sitting_id}/arrangements")
def mine(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> HTMLResponse:
    """Show what was asked for and decided, and the form to ask."""
    return _mine(request, engine, actor, sitting_id)


@router.post("/candidate/sittings/{sitting_id}/arrangements")
def ask(
    request: Request,
    engine: EngineDep,
    actor: Candidate,
    sitting_id: SittingId,
    adjustments: Sent,
    text: Annotated[str, Form(max_length=10_000)] = "",
    documents: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Ask for an arrangement; what does not fit is said above the form, with nothing typed lost."""
    sent = {**adjustments, "text": text}
    try:
        given = tuple((str(each.filename), each.file.read(LARGEST_DOCUMENT + 1)) for each in documents or () if each.filename)
        arrangements.ask(engine, actor, NewArrangement(sitting_id=sitting_id, asked=_read(sent), text=text, documents=given))
    except (Invalid, TooLarge, UnreadableFile, Conflict) as error:
        return _mine(request, engine, actor, sitting_id, sent=sent, problem=error.message)
    return goto(f"/candidate/sittings/{sitting_id}/arrangements", done="asked")


def _mine(
    request: Request, engine: Engine, actor: Actor, sitting_id: SittingId, *, sent: Mapping[str, object] | None = None, problem: str = ""
) -> HTMLResponse:
    sitting, views = arrangements.mine(engine, actor, sitting_id)
    plain = {**_sent_of(Adjustments()), "text": ""}
    return page(
        request,
        "arrangements/mine.html",
        status=422 if problem else 200,
        sitting=sitting,
        views=views,
        sent=sent or plain,
        problem=problem,
        signals=SIGNALS,
        kinds=KINDS,
        limits=LIMITS,
    )


@router.post("/candidate/arrangements/{arrangement_id}/appeal")
def appeal(
    engine: EngineDep, actor: Candidate, arrangement_id: ArrangementId, text: Annotated[str, Form(max_length=10_000)] = ""
) -> Response:
    """Ask officers who have not decided yet."""
    one = arrangements.appeal(engine, actor, arrangement_id, text)
    return goto(f"/candidate/sittings/{one.sitting_id}/arrangements", done="appealed")


@router.post("/candidate/arrangements/{arrangement_id}/withdraw")
def withdraw(engine: EngineDep, actor: Candidate, arrangement_id: ArrangementId) -> Response:
    """Take one's own request or appeal back."""
    one = arrangements.withdraw(engine, actor, arrangement_id)
    return goto(f"/candidate/sittings/{one.sitting_id}/arrangements", done="withdrawn")


@router.post("/candidate/arrangements/{arrangement_id}/scribe")
def enrol_scribe(
    engine: EngineDep,
    actor: Candidate,
    arrangement_id: ArrangementId,
    face: UploadFile,
    name: Annotated[str, Form(max_length=200)] = "",
    declared: Tick = False,
) -> Response:
    """Enrol the scribe with name, face and declaration."""
    if not declared:
        raise Invalid("both of you must give the declaration", field="declared")
    one = arrangements.enrol_scribe(engine, actor, arrangement_id, name, face.file.read(arrangements.LARGEST_FACE + 1))
    return goto(f"/candidate/sittings/{one.sitting_id}/arrangements", done="enrolled")


@router.get("/arrangements/{arrangement_id}/documents/{document_number}")
def document(engine: EngineDep, actor: Viewer, arrangement_id: ArrangementId, document_number: int) -> Response:
    """Give a document to the cell or to the candidate who sent it; it is downloaded, never shown inside our pages."""
    row, data = arrangements.document(engine, actor, arrangement_id, document_number)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name)}", "Content-Security-Policy": "sandbox"}
    return Response(data, media_type=row.media_type, headers=headers)


@router.get("/arrangements/scribes/{registration_id}")
def scribe_face(engine: EngineDep, actor: Invigilator, registration_id: RegistrationId) -> Response:
    """Give the enrolled scribe's face to those at the door."""
    return Response(arrangements.scribe_face(engine, actor, registration_id), media_type="image/jpeg")


@router.get("/cell/arrangements")
def desk(request: Request, engine: EngineDep, actor: Officer, show: str = "open") -> HTMLResponse:
    """Show the organisation's requests, the longest waiting first."""
    views = arrangements.desk(engine, actor, open_only=False)
    shown = [view for view in views if view.arrangement.is_open == (show != "decided")]
    waiting = sum(view.arrangement.is_open for view in views)
    return page(request, "arrangements/desk.html", views=shown, show=show, waiting=waiting, total=len(views))


@router.get("/cell/arrangements/{arrangement_id}")
def one(request: Request, engine: EngineDep, actor: Officer, arrangement_id: ArrangementId) -> HTMLResponse:
    """Show one request with its documents and history, and what can be decided."""
    return _one(request, engine, actor, arrangement_id)


@router.post("/cell/arrangements/{arrangement_id}/decide")
def decide(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    arrangement_id: ArrangementId,
    adjustments: Sent,
    reason: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Give all of it, or propose less for a second officer."""
    sent = {**adjustments, "text": reason}
    try:
        after = arrangements.decide(engine, actor, arrangement_id, _read(sent), reason)
    except (Invalid, Conflict, SecondPersonNeeded) as error:
        return _one(request, engine, actor, arrangement_id, sent=sent, problem=error.message)
    return goto(f"/cell/arrangements/{arrangement_id}", done="proposed" if after.is_open else "decided")


def _one(
    request: Request,
    engine: Engine,
    actor: Actor,
    arrangement_id: ArrangementId,
    *,
    sent: Mapping[str, object] | None = None,
    problem: str = "",
) -> HTMLResponse:
    view = arrangements.arrangement(engine, actor, arrangement_id)
    wanted = view.arrangement.proposal or view.arrangement.asked
    return page(
        request,
        "arrangements/one.html",
        status=422 if problem else 200,
        view=view,
        actor=actor,
        sent=sent or {**_sent_of(wanted), "text": ""},
        problem=problem,
        signals=SIGNALS,
        kinds=KINDS,
        limits=LIMITS,
    )
