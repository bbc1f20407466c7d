"""Centres, their rooms, and who sits where. A seating is fed wishes and gives places; it never gives one twice, nor more than a room has.

Records and rules only. Stored by storage/centres.py and storage/registrations.py, driven by services/centres.py and services/places.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, SessionFull
from assessment_engine.kernel.ids import CentreId, OrganisationId, PersonId, RoomId

MOST_SEATS = 2000
LONGEST_SEAT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A building where candidates sit; its address stands on the hall ticket."""

    id: CentreId
    organisation_id: OrganisationId
    code: str
    name: str
    name_hi: str
    address: str
    address_hi: str = ""

    def __post_init__(self) -> None:
        if not all(text.strip() for text in (self.code, self.name, self.name_hi, self.address)):
            raise Invalid("a centre has a code, its name in English and in Hindi, and an address")
        if len(self.code) > 40 or len(self.name) > 200 or len(self.name_hi) > 200 or max(len(self.address), len(self.address_hi)) > 400:
            raise Invalid("a centre's code has at most 40 characters, its name 200 and its address 400")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of a centre with its seats; one invigilator may answer for it."""

    id: RoomId
    centre_id: CentreId
    organisation_id: OrganisationId
    name: str
    capacity: int
    invigilator_id: PersonId | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 60 or not 1 <= self.capacity <= MOST_SEATS:
            raise Invalid(f"a room has a name of at most 60 characters and 1 to {MOST_SEATS} seats")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a candidate sits; no room means at home."""

    room_id: RoomId | None = None
    seat: str | None = None


class Seating:
    """Who sits where in one session. Without rooms everybody sits at home, and a seat is only a label."""

    def __init__(self, rooms: Sequence[Room], taken: Iterable[Place], capacity: int | None = None) -> None:
        self._rooms = {room.id: room for room in rooms}
        self._capacity = capacity
        self._count = 0
        self._seats: dict[RoomId, set[str]] = {room.id: set() for room in rooms}
        self._people: dict[RoomId, int] = dict.fromkeys(self._rooms, 0)
        self._next: dict[RoomId, int] = dict.fromkeys(self._rooms, 1)
        for place in taken:
            self._note(place)

    @property
    def free(self) -> int | None:
        """How many more may come; None is no limit."""
        in_rooms = sum(room.capacity - self._people[room.id] for room in self._rooms.values()) if self._rooms else None
        in_session = None if self._capacity is None else self._capacity - self._count
        limits = [max(0, limit) for limit in (in_rooms, in_session) if limit is not None]
        return min(limits) if limits else None

    def give(self, wish: Place) -> Place:
        """Give a place: the wished one, or the next free one in the order of the rooms.

        Raises SessionFull, NotFound for a room that the session does not use, Conflict for a seat that is taken.
        """
        if self.free == 0:
            raise SessionFull("every seat of this session is taken", problem="session_full")
        place = Place(seat=wish.seat) if not self._rooms and wish.room_id is None else self._in_a_room(wish)
        self._note(place)
        return place

    def _in_a_room(self, wish: Place) -> Place:
        room = self._room(wish.room_id)
        if wish.seat is None:
            return Place(room_id=room.id, seat=self._free_seat(room))
        if len(wish.seat) > LONGEST_SEAT:
            raise Invalid(f"a seat has at most {LONGEST_SEAT} characters")
        if wish.seat.casefold() in self._seats[room.id]:
            raise Conflict(f"the seat {wish.seat} is taken", seat=wish.seat, problem="seat_taken")
        return Place(room_id=room.id, seat=wish.seat)

    def _room(self, room_id: RoomId | None) -> Room:
        if room_id is None:
            return next(room for room in self._rooms.values() if self._people[room.id] < room.capacity)
        room = self._rooms.get(room_id)
        if room is None:
            raise NotFound("this session does not use this room")
        if self._people[room.id] >= room.capacity:
            raise SessionFull(f"every seat of {room.name} is taken", room=room.name, problem="room_full")
        return room

    def _free_seat(self, room: Room) -> str:
        digits = max(2, len(str(room.capacity)))
        while (seat := f"{self._next[room.id]:0{digits}d}") in self._seats[room.id]:
            self._next[room.id] += 1
        return seat

    def _note(self, place: Place) -> None:
        self._count += 1
        if place.room_id in self._rooms:
            self._people[place.room_id] += 1
            self._seats[place.room_id].add((place.seat or "").casefold())
