"""What staff say to candidates during an exam: to a whole session, to one room of it, or about one question, always in both languages.

Records and rules only. Stored by storage/announcements.py, driven by services/announcements.py; the exam page shows them beside the work.
"""

from dataclasses import dataclass
from datetime import datetime

from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import AnnouncementId, ItemVersionId, OrganisationId, PersonId, RoomId, SessionId
from item_bank.forms import Form

LONGEST_TEXT = 500
MOST_OF_SESSION = 200
"""So many announcements fit a session: each page of a candidate carries them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of an announcement and whom they are for; without a room everybody in the session, without an item the whole paper."""

    text: str
    text_hi: str
    room_id: RoomId | None = None
    item_id: ItemVersionId | None = None

    def __post_init__(self) -> None:
        for name, text in (("text", self.text), ("text_hi", self.text_hi)):
            if not text.strip():
                raise Invalid("an announcement is written in both languages", field=name)
            if len(text) > LONGEST_TEXT:
                raise Invalid(f"an announcement has at most {LONGEST_TEXT} characters in each language", field=name, most=LONGEST_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One thing that was said; it is never changed or taken back, a later one corrects it."""

    id: AnnouncementId
    organisation_id: OrganisationId
    session_id: SessionId
    room_id: RoomId | None
    item_id: ItemVersionId | None
    text: str
    text_hi: str
    said_by: PersonId
    said_at: datetime

    def concerns(self, room_id: RoomId | None, form: Form) -> bool:
        """Tell whether somebody in this room, with this paper, has to hear it."""
        return self.room_id in (None, room_id) and (self.item_id is None or self.item_id in form.items)

    @property
    def document(self) -> dict[str, str | None]:
        """What a candidate's page gets."""
        return {"id": self.id, "at": iso(self.said_at), "text": self.text, "text_hi": self.text_hi, "item": self.item_id}
