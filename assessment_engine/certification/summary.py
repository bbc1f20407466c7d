"""What a credential says, read tolerantly for a page: ours, or any other issuer's Open Badge. Judging it is verification.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from assessment_engine.certification.credential import Document
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import parse_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The credential in the words of its own document; empty where it says nothing."""

    holder: str
    title: str
    issuer: str
    number: str
    held_on: date | None
    valid_from: datetime | None
    valid_until: datetime | None
    score: str
    competencies: tuple[tuple[str, str], ...]  # name and level


def summarise(document: Document) -> Summary:
    """Read the credential; never raises, whatever the document holds."""
    subject, issuer = _first(document.get("credentialSubject")), document.get("issuer")
    achievement = _first(subject.get("achievement"))
    return Summary(
        holder=_holder(subject),
        title=_text(achievement.get("name")) or _text(document.get("name")),
        issuer=(_text(issuer.get("name")) or _text(issuer.get("id"))) if isinstance(issuer, Mapping) else _text(issuer),
        number=_text(subject.get("licenseNumber")),
        held_on=_day(subject.get("activityEndDate")),
        valid_from=_moment(document.get("validFrom")),
        valid_until=_moment(document.get("validUntil")),
        score=_score(subject),
        competencies=tuple(
            (_text(part.get("targetName")), _text(part.get("targetDescription")).removeprefix("Level "))
            for part in _records(achievement.get("alignment"))
        ),
    )


def _holder(subject: Document) -> str:
    named = (part for part in _records(subject.get("identifier")) if part.get("identityType") == "name" and part.get("hashed") is False)
    return next((_text(part.get("identityHash")) for part in named), "") or _text(subject.get("id"))


def _score(subject: Document) -> str:
    scores = (part for part in _records(subject.get("result")) if _text(part.get("resultDescription")).endswith("#score"))
    return next((_text(part.get("value")) for part in scores), "")


def _records(value: Json) -> list[Document]:
    """Return the JSON objects in a value that may be one, many or none."""
    if isinstance(value, Mapping):
        return [value]
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list | tuple) else []


def _first(value: Json) -> Document:
    return next(iter(_records(value)), {})


def _day(value: Json) -> date | None:
    try:
        return date.fromisoformat(_text(value)[:10])
    except ValueError:
        return None


def _moment(value: Json) -> datetime | None:
    try:
        return parse_iso(_text(value))
    except ValueError:
        return None


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
