"""Centres and their rooms: where candidates sit. Which rooms a session uses: services/exams.py; who sits where: places.py."""

from dataclasses import dataclass, replace

from assessment_engine.exams.rooms import Centre, Room
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound
from assessment_engine.kernel.ids import CentreId, PersonId, RoomId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCentre:
    """What is asked for a centre."""

    code: str
    name: str
    name_hi: str
    address: str
    address_hi: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoom:
    """What is asked for a room."""

    name: str
    capacity: int
    invigilator_id: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreSheet:
    """A centre with its rooms; `invigilators` gives the names of those who answer for one."""

    centre: Centre
    rooms: tuple[Room, ...]
    invigilators: dict[PersonId, str]

    @property
    def seats(self) -> int:
        """How many people the centre holds."""
        return sum(room.capacity for room in self.rooms)


def add_centre(engine: Engine, actor: Actor, new: NewCentre) -> Centre:
    """Add a centre; raises Invalid, or Conflict when the organisation has its code."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    centre = Centre(
        id=CentreId(new_id("cen", now)),
        organisation_id=actor.organisation_id,
        code=new.code.strip(),
        name=new.name.strip(),
        name_hi=new.name_hi.strip(),
        address=new.address.strip(),
        address_hi=new.address_hi.strip(),
    )
    with engine.store.begin() as tx:
        tx.centres.add(centre)
        tx.audit.append("centre_added", subject=centre.id, actor=actor.person_id, now=now, payload={"code": centre.code})
    return centre


def add_room(engine: Engine, actor: Actor, centre_id: CentreId, new: NewRoom) -> Room:
    """Add a room to a centre; raises Invalid, or Conflict when the centre has one of its name."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    room = Room(
        id=RoomId(new_id("rom", now)),
        centre_id=centre_id,
        organisation_id=actor.organisation_id,
        name=new.name.strip(),
        capacity=new.capacity,
        invigilator_id=new.invigilator_id,
    )
    with engine.store.begin() as tx:
        tx.centres.of_actor(actor, centre_id)
        _check_invigilator(tx, actor, new.invigilator_id)
        tx.centres.add_room(room)
        about: Json = {"centre": centre_id, "seats": room.capacity}
        tx.audit.append("room_added", subject=room.id, actor=actor.person_id, now=now, payload=about)
    return room


def change_room(engine: Engine, actor: Actor, room_id: RoomId, capacity: int, invigilator_id: PersonId | None) -> Room:
    """Change a room's seats and who answers for it; raises Conflict when a session that is not over has more people in it."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        using = [session for session in tx.exams.sessions_of(actor) if session.closes_at > now]
        tx.registrations.lock_sessions([session.id for session in using])
        room = replace(tx.centres.lock_rooms(actor, [room_id])[0], capacity=capacity, invigilator_id=invigilator_id)
        _check_invigilator(tx, actor, invigilator_id)
        most = max((tx.registrations.in_rooms(session.id)[room_id] for session in using), default=0)
        if most > capacity:
            raise Conflict(f"{most} candidates have a seat in this room already", taken=most, problem="room_too_small")
        tx.centres.save_room(room)
        tx.audit.append("room_changed", subject=room_id, actor=actor.person_id, now=now, payload={"seats": capacity})
    return room


def _check_invigilator(tx: Transaction, actor: Actor, person_id: PersonId | None) -> None:
    if person_id is None:
        return
    person = tx.people.of(actor, person_id)
    if all(term.role is not Role.INVIGILATOR for term in tx.people.terms(person.id, actor.organisation_id)):
        raise Invalid("a room is answered for by an invigilator", problem="not_an_invigilator")


def centres(engine: Engine, actor: Actor) -> list[CentreSheet]:
    """Return the organisation's centres with their rooms, by code."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return _sheets(tx, actor)


def centre_of(engine: Engine, actor: Actor, centre_id: CentreId) -> CentreSheet:
    """Return one centre of the organisation; raises NotFound."""
    found = next((sheet for sheet in centres(engine, actor) if sheet.centre.id == centre_id), None)
    if found is None:
        raise NotFound("no such centre")
    return found


def _sheets(tx: Transaction, actor: Actor) -> list[CentreSheet]:
    rooms = tx.centres.rooms_of(actor)
    names = tx.people.names([room.invigilator_id for room in rooms if room.invigilator_id is not None])
    return [
        CentreSheet(centre=centre, rooms=tuple(room for room in rooms if room.centre_id == centre.id), invigilators=names)
        for centre in tx.centres.all_of(actor)
    ]
