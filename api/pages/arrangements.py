"""Pages of access arrangements: a candidate asks, follows, appeals and names a scribe; the cell decides."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep, Invigilator, Officer, Viewer
from api.pages import goto, page
from api.pages.refusals import refuse
from api.pages.sent import Posted, Sent
from api.pages.wording import KINDS, OBJECTS
from api.words import N_
from assessment_engine.arrangements import COMPENSATORY_MINUTES, MOST_BREAK_MINUTES, MOST_BREAKS, MOST_EXTRA_MINUTES, Adjustments
from assessment_engine.exams import SIGNALS
from assessment_engine.kernel.errors import Conflict, Invalid, SecondPersonNeeded
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

HELP = ("scribe", "second_person", "read_aloud", "steady_screen")
Documents = Annotated[list[UploadFile] | None, File()]


def _read(sent: Sent) -> Adjustments:
    """Read what is asked for or given; what the rules of arrangements refuse is noted at its field."""
    allowed = sent.several("allowed", HELP)
    extra = sent.whole("extra", 0, MOST_EXTRA_MINUTES, empty=0)
    breaks, minutes = sent.whole("breaks", 0, MOST_BREAKS, empty=0), sent.whole("break_minutes", 0, MOST_BREAK_MINUTES, empty=0)
    try:
        return Adjustments(
            extra_minutes_per_hour=extra,
            breaks=breaks,
            break_minutes=minutes,
            scribe="scribe" in allowed,
            second_person="second_person" in allowed,
            read_aloud="read_aloud" in allowed,
            steady_screen="steady_screen" in allowed,
            signals_off=tuple(sorted(sent.several("signals", SIGNALS))),
            objects=tuple(sorted(sent.several("objects", OBJECTS))),
        )
    except Invalid as error:
        refuse(sent, error)
        return Adjustments()


def _sent_of(wanted: Adjustments) -> Sent:
    """Return what the form would have sent for what is wanted."""
    numbers = {"extra": wanted.extra_minutes_per_hour, "breaks": wanted.breaks, "break_minutes": wanted.break_minutes}
    ticks = {"allowed": " ".join(name for name in HELP if getattr(wanted, name)), "signals": " ".join(wanted.signals_off)}
    ticks |= {"objects": " ".join(wanted.objects)}
    return Sent({**{name: str(number or "") for name, number in numbers.items()}, **ticks})


@router.get("/candidate/sittings/{sitting_id}/arrangements")
def mine(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> HTMLResponse:
    """Show what was asked for and decided, and the form to ask."""
    return _mine(request, engine, actor, sitting_id, _sent_of(Adjustments()))


@router.post("/candidate/sittings/{sitting_id}/arrangements")
def ask(
    request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingId, sent: Posted, documents: Documents = None
) -> Response:
    """Ask for an arrangement; what does not fit is said at its field, with nothing typed lost."""
    asked = _read(sent)
    if sent.is_right:
        try:
            given = tuple((str(each.filename), each.file.read(LARGEST_DOCUMENT + 1)) for each in documents or () if each.filename)
            new = NewArrangement(sitting_id=sitting_id, asked=asked, text=sent.values.get("text", ""), documents=given)
            arrangements.ask(engine, actor, new)
            return goto(f"/candidate/sittings/{sitting_id}/arrangements", done="asked")
        except (Invalid, Conflict) as error:
            refuse(sent, error)
    return _mine(request, engine, actor, sitting_id, sent)


def _mine(request: Request, engine: Engine, actor: Actor, sitting_id: SittingId, sent: Sent, *, at: str = "") -> HTMLResponse:
    """Show the page; `at` names the request whose own form was sent, rather than that for a new one."""
    sitting, views = arrangements.mine(engine, actor, sitting_id)
    return _page(request, "arrangements/mine.html", sent, sitting=sitting, views=views, at=at)


def _page(request: Request, template: str, sent: Sent, **shown: object) -> HTMLResponse:
    status = 200 if sent.is_right else 422
    words: Mapping[str, object] = {
        "signals": SIGNALS,
        "kinds": KINDS,
        "objects": OBJECTS,
        "limits": LIMITS,
        "fields": sent.values,
        "problems": sent.problems,
    }
    return page(request, template, status=status, **words, **shown)


@router.post("/candidate/arrangements/{arrangement_id}/appeal")
def appeal(request: Request, engine: EngineDep, actor: Candidate, arrangement_id: ArrangementId, sent: Posted) -> Response:
    """Ask officers who have not decided yet; what does not fit is said at its field."""
    sitting_id = arrangements.sitting_of(engine, actor, arrangement_id)
    try:
        arrangements.appeal(engine, actor, arrangement_id, sent.values.get("appeal", ""))
        return goto(f"/candidate/sittings/{sitting_id}/arrangements", done="appealed")
    except (Invalid, Conflict) as error:
        refuse(sent, error)
        sent.move("text", "appeal")
    return _mine(request, engine, actor, sitting_id, sent, at=arrangement_id)


@router.post("/candidate/arrangements/{arrangement_id}/withdraw")
def withdraw(engine: EngineDep, actor: Candidate, arrangement_id: ArrangementId) -> Response:
    """Take one's own request or appeal back."""
    one = arrangements.withdraw(engine, actor, arrangement_id)
    return goto(f"/candidate/sittings/{one.sitting_id}/arrangements", done="withdrawn")


@router.post("/candidate/arrangements/{arrangement_id}/scribe")
def enrol_scribe(
    request: Request,
    engine: EngineDep,
    actor: Candidate,
    arrangement_id: ArrangementId,
    sent: Posted,
    face: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Enrol the scribe with name, face and declaration; what does not fit is said at its field."""
    sitting_id = arrangements.sitting_of(engine, actor, arrangement_id)
    name = sent.text("name")
    if not sent.ticked("declared"):
        sent.wrong("declared", (N_("Both of you must give the declaration."), {}))
    picture = face.file.read(arrangements.LARGEST_FACE + 1) if face is not None else b""
    if sent.is_right:
        try:
            arrangements.enrol_scribe(engine, actor, arrangement_id, name, picture)
            return goto(f"/candidate/sittings/{sitting_id}/arrangements", done="enrolled")
        except (Invalid, Conflict) as error:
            refuse(sent, error)
    return _mine(request, engine, actor, sitting_id, sent, at=arrangement_id)


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
def decide(request: Request, engine: EngineDep, actor: Officer, arrangement_id: ArrangementId, sent: Posted) -> Response:
    """Give all of it, or propose less for a second officer."""
    gives = _read(sent)
    if sent.is_right:
        try:
            after = arrangements.decide(engine, actor, arrangement_id, gives, sent.values.get("text", ""))
            return goto(f"/cell/arrangements/{arrangement_id}", done="proposed" if after.is_open else "decided")
        except (Invalid, Conflict, SecondPersonNeeded) as error:
            refuse(sent, error)
    return _one(request, engine, actor, arrangement_id, sent)


def _one(request: Request, engine: Engine, actor: Actor, arrangement_id: ArrangementId, sent: Sent | None = None) -> HTMLResponse:
    view = arrangements.arrangement(engine, actor, arrangement_id)
    wanted = view.arrangement.proposal or view.arrangement.asked
    return _page(request, "arrangements/one.html", sent or _sent_of(wanted), view=view, actor=actor)
