"""The cell's pages of centres: the list, adding one, and its rooms with who answers for them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.refusals import refuse
from api.pages.sent import Posted, Sent
from assessment_engine.exams.rooms import MOST_SEATS
from assessment_engine.kernel.errors import Conflict, Invalid
from assessment_engine.kernel.ids import CentreId, PersonId, RoomId
from assessment_engine.people import Actor, Person, Role, civil_date, roles_on
from assessment_engine.services import centres, people
from assessment_engine.services.centres import NewCentre, NewRoom
from assessment_engine.services.engine import Engine

router = APIRouter(prefix="/cell/centres", include_in_schema=False)

LONGEST_ADDRESS = 400


@router.get("")
def list_centres(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Show every centre with its seats."""
    return page(request, "cell/centres.html", sheets=centres.centres(engine, actor))


@router.get("/new")
def new_centre(request: Request, actor: Officer) -> HTMLResponse:
    """Ask for a centre."""
    return _new_centre(request, Sent({}))


@router.post("/new")
def add_centre(request: Request, engine: EngineDep, actor: Officer, sent: Posted) -> Response:
    """Add a centre; what does not fit is said at its field, with nothing lost."""
    new = NewCentre(
        code=sent.text("code", most=40),
        name=sent.text("name"),
        name_hi=sent.text("name_hi"),
        address=sent.text("address", most=LONGEST_ADDRESS),
        address_hi=sent.text("address_hi", most=LONGEST_ADDRESS, needed=False),
    )
    if sent.is_right:
        try:
            return goto(f"/cell/centres/{centres.add_centre(engine, actor, new).id}", done="added")
        except (Invalid, Conflict) as error:
            refuse(sent, error)
    return _new_centre(request, sent)


def _new_centre(request: Request, sent: Sent) -> HTMLResponse:
    status = 200 if sent.is_right else 422
    return page(request, "cell/centre_new.html", status=status, fields=sent.values, problems=sent.problems)


@router.get("/{centre_id}")
def show_centre(request: Request, engine: EngineDep, actor: Officer, centre_id: CentreId) -> HTMLResponse:
    """Show a centre with its rooms."""
    return _centre(request, engine, actor, centre_id)


@router.post("/{centre_id}/rooms")
def add_room(request: Request, engine: EngineDep, actor: Officer, centre_id: CentreId, sent: Posted) -> Response:
    """Add a room; what does not fit is said in its form, which stands open with what was typed."""
    new = NewRoom(name=sent.text("name", most=60), capacity=_seats(sent), invigilator_id=_invigilator(engine, actor, sent))
    if sent.is_right:
        try:
            centres.add_room(engine, actor, centre_id, new)
            return goto(f"/cell/centres/{centre_id}", done="room")
        except (Invalid, Conflict) as error:
            refuse(sent, error)
    return _centre(request, engine, actor, centre_id, sent, wrong="new")


@router.post("/{centre_id}/rooms/{room_id}")
def change_room(request: Request, engine: EngineDep, actor: Officer, centre_id: CentreId, room_id: RoomId, sent: Posted) -> Response:
    """Change a room's seats and its invigilator."""
    seats, invigilator = _seats(sent), _invigilator(engine, actor, sent)
    if sent.is_right:
        try:
            centres.change_room(engine, actor, room_id, seats, invigilator)
            return goto(f"/cell/centres/{centre_id}", done="room_changed")
        except (Invalid, Conflict) as error:
            refuse(sent, error)
    return _centre(request, engine, actor, centre_id, sent, wrong=room_id)


def _seats(sent: Sent) -> int:
    return sent.whole("capacity", 1, MOST_SEATS)


def _invigilator(engine: Engine, actor: Actor, sent: Sent) -> PersonId | None:
    chosen = sent.choice("invigilator", ("", *(person.id for person in _invigilators(engine, actor))))
    return PersonId(chosen) if chosen else None


def _invigilators(engine: Engine, actor: Actor) -> list[Person]:
    today = civil_date(engine.clock.now())
    return [one.person for one in people.members(engine, actor) if Role.INVIGILATOR in roles_on(one.terms, today)]


def _centre(request: Request, engine: Engine, actor: Actor, centre_id: CentreId, sent: Sent | None = None, wrong: str = "") -> HTMLResponse:
    """Show a centre; `wrong` names the room whose form stands open ("new": a further one)."""
    sent = sent or Sent({})
    return page(
        request,
        "cell/centre.html",
        status=200 if sent.is_right else 422,
        sheet=centres.centre_of(engine, actor, centre_id),
        invigilators=_invigilators(engine, actor),
        wrong=wrong,
        fields=sent.values,
        problems=sent.problems,
    )
