"""Who answers for a room of the wall: its named invigilator, who covers a break, and a hand-over that waits to be accepted.

A Duty is a frozen record; its verbs return a new one. Every step names a person, so that there is never a room that everybody thought
somebody else had. Stored by storage/duty.py, driven by services/duty.py. See docs/adr/0044-a-room-has-a-name.md.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed
from assessment_engine.kernel.ids import OrganisationId, PersonId, SessionId

ROOM = 30
"""Most tiles that one invigilator watches at a time."""

GONE_AFTER = timedelta(seconds=60)
"""After this silence of their page nobody counts as watching."""

LONGEST_NOTE = 500


class RoomTaken(Conflict):
    """Somebody else answers for this room, or covers it already."""

    code = "room_taken"


class HandOverWaits(Conflict):
    """The room is being handed over: the one it was offered to has not answered."""

    code = "hand_over_waits"


class RoomChanged(Conflict):
    """Somebody changed who answers for this room since the page was made."""

    code = "room_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A hand-over that waits: to whom, by whom, and what the next one should know."""

    to: PersonId
    by: PersonId
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One room of one session; `version` grows with every change."""

    organisation_id: OrganisationId
    session_id: SessionId
    room: int
    named: PersonId | None = None
    cover: PersonId | None = None
    offer: Offer | None = None
    version: int = 0

    @property
    def answering(self) -> PersonId | None:
        """Who watches now: the one who covers, else the named one."""
        return self.cover or self.named

    @property
    def people(self) -> frozenset[PersonId]:
        """Everybody whom the room depends on: who is named, who covers, whom it is offered to."""
        everybody = (self.named, self.cover, self.offer.to if self.offer else None)
        return frozenset(one for one in everybody if one is not None)

    def among(self, serving: Set[PersonId]) -> "Duty":
        """Return it without whoever no longer runs sessions: nobody waits for them, and who covers goes on. No step, so no new version."""
        offer = self.offer if self.offer is not None and self.offer.to in serving else None
        named, cover = (one if one in serving else None for one in (self.named, self.cover))
        return replace(self, named=named, cover=cover, offer=offer)

    def seen_as(self, version: int) -> "Duty":
        """Return it if it is as the actor saw it; raises RoomChanged, so that of two who act at once one is told."""
        if version != self.version:
            raise RoomChanged("somebody else changed this room meanwhile")
        return self

    def take(self, by: PersonId) -> "Duty":
        """Answer for a room that nobody answers for; raises RoomTaken."""
        if self.named not in (None, by):
            raise RoomTaken("this room has a named invigilator; cover it, or have it handed over")
        return self._changed(named=by, cover=None if self.cover == by else self.cover)

    def assign(self, to: PersonId) -> "Duty":
        """Name somebody for the room: the cell's act."""
        return self._changed(named=to, cover=None, offer=None)

    def hand_over(self, offer: Offer, *, for_the_cell: bool = False) -> "Duty":
        """Offer the room to somebody, with a note; raises NotAllowed, HandOverWaits, Invalid."""
        if offer.by not in (self.named, self.cover) and not for_the_cell:
            raise NotAllowed("only whoever answers for a room can hand it over")
        if self.offer is not None:
            raise HandOverWaits("this room is being handed over already")
        if offer.to == self.named:
            raise Invalid("this person answers for the room already", field="to")
        if not 0 < len(offer.note.strip()) <= LONGEST_NOTE:
            raise Invalid(f"write what the next one should know, at most {LONGEST_NOTE} characters", field="note")
        return self._changed(offer=replace(offer, note=offer.note.strip()))

    def accept(self, by: PersonId) -> "Duty":
        """Take the room that was offered; raises NotAllowed for anybody else."""
        if self.offer is None or self.offer.to != by:
            raise NotAllowed("this room was not offered to you")
        return self._changed(named=by, cover=None, offer=None)

    def decline(self, by: PersonId) -> "Duty":
        """Say no to an offer, or take one's own back; everything else stays."""
        if self.offer is None or by not in (self.offer.to, self.offer.by):
            raise NotAllowed("this is not your hand-over")
        return self._changed(offer=None)

    def cover_for(self, by: PersonId) -> "Duty":
        """Watch for the named one, who stays named; raises RoomTaken while somebody else covers, Invalid where there is nobody to cover."""
        if self.named is None or self.named == by:
            raise Invalid("there is nobody to cover for: take the room", field="room")
        if self.cover not in (None, by):
            raise RoomTaken("somebody covers this room already")
        return self._changed(cover=by)

    def end_cover(self, by: PersonId, *, for_the_cell: bool = False) -> "Duty":
        """Give the room back to the named one."""
        if self.cover is None or (by not in (self.named, self.cover) and not for_the_cell):
            raise NotAllowed("this is not your break to end")
        return self._changed(cover=None)

    def leave(self, by: PersonId) -> "Duty":
        """Answer for the room no more; raises NotAllowed for anybody but the named one."""
        if self.named != by:
            raise NotAllowed("you do not answer for this room")
        return self._changed(named=None, cover=None, offer=None)

    def _changed(self, **fields: PersonId | Offer | None) -> "Duty":
        return replace(self, version=self.version + 1, **fields)  # type: ignore[arg-type]


def rooms_of(places: int) -> int:
    """Return how many rooms so many places make; of none, one."""
    return max(1, -(-places // ROOM))


def next_room(room: int, rooms: int) -> int | None:
    """Return the room that takes a tile which its own invigilator may not watch; None where there is no other."""
    return None if rooms < 2 else room % rooms + 1
