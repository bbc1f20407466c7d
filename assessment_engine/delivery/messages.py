"""Words between one candidate and whoever watches: chat both ways, and warnings, which are always one of our sentences.

A warning asks for something and accuses nobody; that it was given is a formal record. Records and rules only: stored by
storage/messages.py, driven by services/messages.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import OrganisationId, PersonId, SessionId, SittingId

LONGEST_TEXT = 500
MOST_OF_SITTING = 200


class MessageKind(StrEnum):
    """What a message is."""

    CHAT = "chat"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of ours, in both languages."""

    text: str
    text_hi: str


CHAT: Mapping[str, Sentence] = MappingProxyType(
    {
        "seen": Sentence(text="I have read your message and am looking into it.", text_hi="मैंने आपका संदेश पढ़ लिया है और देख रहा/रही हूँ।"),
        "go_on": Sentence(text="All is well. Please go on with your exam.", text_hi="सब ठीक है। कृपया अपनी परीक्षा जारी रखें।"),
        "face": Sentence(
            text="Please turn the camera so that your whole face can be seen.", text_hi="कृपया कैमरा इस तरह घुमाएँ कि आपका पूरा चेहरा दिखे।"
        ),
        "light": Sentence(text="Please turn towards the light, or switch one on.", text_hi="कृपया रोशनी की ओर मुड़ें, या बत्ती जला लें।"),
        "line": Sentence(
            text="Your connection is weak. Go on answering: nothing is lost.",
            text_hi="आपका कनेक्शन कमज़ोर है। उत्तर देते रहें: कुछ भी नहीं खोएगा।",
        ),
    }
)
WARNINGS: Mapping[str, Sentence] = MappingProxyType(
    {
        "in_picture": Sentence(text="Please stay in the picture until your exam ends.", text_hi="कृपया परीक्षा समाप्त होने तक कैमरे के सामने रहें।"),
        "alone": Sentence(
            text="Please make sure that nobody else is with you while you answer.",
            text_hi="कृपया सुनिश्चित करें कि उत्तर देते समय आपके साथ कोई और न हो।",
        ),
        "desk": Sentence(
            text="Please put everything that the rules do not allow out of reach.",
            text_hi="जिन वस्तुओं की नियमों में अनुमति नहीं है, कृपया उन्हें अपनी पहुँच से दूर रख दें।",
        ),
        "quiet": Sentence(
            text="Please do not speak during the exam. If you need help, write here.",
            text_hi="कृपया परीक्षा के दौरान न बोलें। सहायता चाहिए तो यहाँ लिखें।",
        ),
        "camera": Sentence(text="Please leave the camera uncovered and switched on.", text_hi="कृपया कैमरा ढकें नहीं और उसे चालू रखें।"),
    }
)
SENTENCES: Mapping[MessageKind, Mapping[str, Sentence]] = MappingProxyType({MessageKind.CHAT: CHAT, MessageKind.WARNING: WARNINGS})


def sentence(kind: MessageKind, key: str) -> Sentence:
    """Return a sentence of ours; raises Invalid for one that we do not have."""
    found = SENTENCES[kind].get(key)
    if found is None:
        raise Invalid("choose one of the sentences", field="sentence")
    return found


def checked(text: str) -> str:
    """Return what was typed, trimmed; raises Invalid for nothing or too much."""
    trimmed = text.strip()
    if not 0 < len(trimmed) <= LONGEST_TEXT:
        raise Invalid(f"write between 1 and {LONGEST_TEXT} characters", field="text", most=LONGEST_TEXT)
    return trimmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `sentence` names one of ours, `text_hi` is empty where somebody typed in their own language."""

    id: str
    organisation_id: OrganisationId
    session_id: SessionId
    sitting_id: SittingId
    at: datetime
    person_id: PersonId
    from_candidate: bool
    kind: MessageKind
    text: str
    text_hi: str = ""
    sentence: str = ""

    @property
    def document(self) -> dict[str, str | None]:
        """What a candidate's page gets: an announcement's fields, and who it is from."""
        return {
            "id": self.id,
            "at": iso(self.at),
            "text": self.text,
            "text_hi": self.text_hi or self.text,
            "item": None,
            "from": "candidate" if self.from_candidate else "invigilator",
            "kind": str(self.kind),
        }
