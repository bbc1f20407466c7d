"""The cell's pages of centres: the list, adding one, and its rooms with who answers for them."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.sent import whole_number
from assessment_engine.kernel.errors import Conflict, Invalid
from assessment_engine.kernel.ids import CentreId, PersonId, RoomId
from assessment_engine.people import Actor, Role, civil_date, roles_on
from assessment_engine.services import centres, people
from assessment_engine.services.centres import NewCentre, NewRoom
from assessment_engine.services.engine import Engine

router = APIRouter(prefix="/cell/centres", include_in_schema=False)

_EMPTY = NewCentre(code="", name="", name_hi="", address="")


@router.get("")
def list_centres(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every centre with its seats."""
    return page(request, "cell/centres.html", sheets=centres.centres(engine, actor))


@router.get("/new")
def new_centre(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask for a centre."""
    return page(request, "cell/centre_new.html", sent=_EMPTY, problem="")


@router.post("/new")
def add_centre(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    code: Annotated[str, Form(max_length=80)] = "",
    name: Annotated[str, Form(max_length=400)] = "",
    name_hi: Annotated[str, Form(max_length=400)] = "",
    address: Annotated[str, Form(max_length=800)] = "",
    address_hi: Annotated[str, Form(max_length=800)] = "",
) -> Response:
    """Add a centre; what does not fit is said above the form, with nothing lost."""
    sent = NewCentre(code=code, name=name, name_hi=name_hi, address=address, address_hi=address_hi)
    try:
        centre = centres.add_centre(engine, actor, sent)
    except (Invalid, Conflict) as error:
        return page(request, "cell/centre_new.html", status=422, sent=sent, problem=error.message)
    return goto(f"/cell/centres/{centre.id}", done="added")


@router.get("/{centre_id}")
def show_centre(request: Request, engine: EngineDep, actor: Officer, centre_id: CentreId) -> HTMLResponse:
    """Show a centre with its rooms."""
    return _centre(request, engine, actor, centre_id)


@router.post("/{centre_id}/rooms")
def add_room(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    centre_id: CentreId,
    name: Annotated[str, Form(max_length=80)] = "",
    capacity: Annotated[str, Form(max_length=6)] = "",
    invigilator: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Add a room."""
    try:
        new = NewRoom(name=name, capacity=_seats(capacity), invigilator_id=PersonId(invigilator) if invigilator else None)
        centres.add_room(engine, actor, centre_id, new)
    except (Invalid, Conflict) as error:
        return _centre(request, engine, actor, centre_id, error.message)
    return goto(f"/cell/centres/{centre_id}", done="room")


@router.post("/{centre_id}/rooms/{room_id}")
def change_room(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    centre_id: CentreId,
    room_id: RoomId,
    capacity: Annotated[str, Form(max_length=6)] = "",
    invigilator: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Change a room's seats and its invigilator."""
    try:
        centres.change_room(engine, actor, room_id, _seats(capacity), PersonId(invigilator) if invigilator else None)
    except (Invalid, Conflict) as error:
        return _centre(request, engine, actor, centre_id, error.message)
    return goto(f"/cell/centres/{centre_id}", done="room_changed")


def _seats(typed: str) -> int:
    return whole_number(typed, "a room's seats are a whole number")


def _centre(request: Request, engine: Engine, actor: Actor, centre_id: CentreId, problem: str = "") -> HTMLResponse:
    today = civil_date(engine.clock.now())
    members = people.members(engine, actor)
    return page(
        request,
        "cell/centre.html",
        status=422 if problem else 200,
        sheet=centres.centre_of(engine, actor, centre_id),
        invigilators=[one.person for one in members if Role.INVIGILATOR in roles_on(one.terms, today)],
        problem=problem,
    )
