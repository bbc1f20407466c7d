"""What is known of an item version beside its text: what it is about, how hard its author thinks it is, whose it is and until when.

A record that is kept with each version and never changes, as the version itself does not. Not here: what follows from the text (gist.py),
how candidates did (item_calibrations.py), who may approve it (item_reviews.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import CompetencyId

MAX_LEVEL = 4
LONGEST_SUBJECT = 120
LONGEST_NAME = 200
LONGEST_TIME_S = 4 * 3600


class Bloom(StrEnum):
    """What a question asks of the mind: the six levels of Bloom's taxonomy as Anderson and Krathwohl revised it in 2001."""

    REMEMBER = "remember"
    UNDERSTAND = "understand"
    APPLY = "apply"
    ANALYSE = "analyse"
    EVALUATE = "evaluate"
    CREATE = "create"


class Difficulty(StrEnum):
    """The author's estimate, until candidates have been measured."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Origin(StrEnum):
    """Where an item comes from."""

    CREATED = "created"
    BOUGHT = "bought"
    SOURCED = "sourced"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """The facts of one version. `words` and `kind` follow from its text and are filled in when it is kept; nobody says them."""

    subject: str = ""
    topic: str = ""
    bloom: Bloom | None = None
    difficulty: Difficulty | None = None
    seconds: int | None = None  # that a candidate is expected to need
    origin: Origin | None = None
    author: str = ""
    owner: str = ""
    licence: str = ""
    licence_ends: date | None = None  # the last day on which it may be used
    contract: str = ""
    words: int = 0
    kind: str = ""

    def is_lapsed(self, on: date) -> bool:
        """Tell whether the right to use the item has ended by that day."""
        return self.licence_ends is not None and on > self.licence_ends

    @property
    def document(self) -> dict[str, Json]:
        """Return what is said of the item as JSON, without what is not said and what follows from its text."""
        said = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("words", "kind")}
        return {name: value if isinstance(value, int) else str(value) for name, value in said.items() if value not in ("", None)}


Told = tuple[ItemFacts, CompetencyId | None, int | None]
"""What is said of an item: its facts, its competency and its level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFacts:
    """What several items are told at once; what is empty stays as each of them has it."""

    subject: str = ""
    topic: str = ""
    competency_id: CompetencyId | None = None
    level: int | None = None

    def tidy(self) -> "GivenFacts":
        """Return it without spaces at the ends or twice; raises Invalid for a text that is too long."""
        told = tidy(ItemFacts(subject=self.subject, topic=self.topic))
        return replace(self, subject=told.subject, topic=told.topic)

    def upon(self, facts: ItemFacts, competency_id: CompetencyId | None, level: int | None) -> Told:
        """Return the facts, the competency and the level of an item that was told this."""
        told = replace(facts, subject=self.subject or facts.subject, topic=self.topic or facts.topic)
        return told, self.competency_id or competency_id, self.level or level


def facts_from(document: Mapping[str, Json]) -> ItemFacts:
    """Read facts as `document` writes them, every one perhaps as text; raises Invalid for a word or a day that there is not."""
    try:
        read: dict[str, Any] = {name: _READ.get(name, str)(document[name]) for name in FACTS if document.get(name) not in ("", None)}
        return tidy(ItemFacts(**read))
    except ValueError as error:
        raise Invalid(f"a fact of the item cannot be read: {error}", problem="wrong_fact") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What an item examines, as a file says it: a competency by its code or name, and a level. Which competency that is, only an
    organisation knows (services/item_imports.py)."""

    competency: str = ""
    level: int | None = None

    @property
    def document(self) -> dict[str, Json]:
        """Return what is said as JSON, without what is not said."""
        said: dict[str, Json] = {"competency": self.competency, "level": self.level}
        return {name: value for name, value in said.items() if value not in ("", None)}


def aim_from(document: Mapping[str, Json]) -> Aim:
    """Read an aim as `document` writes it, the level perhaps as text; raises Invalid for a level that there is not."""
    code = " ".join(str(document.get("competency") or "").split())
    said = str(document.get("level") or "").strip()
    if len(code) > LONGEST_NAME:
        raise Invalid(f"competency: at most {LONGEST_NAME} characters", problem="fact_too_long", fact="competency")
    if said and said not in {str(level) for level in range(1, MAX_LEVEL + 1)}:
        raise Invalid(f"a level is between 1 and {MAX_LEVEL}, not {said[:20]}", problem="wrong_fact")
    return Aim(competency=code, level=int(said) if said else None)


FACTS = tuple(each.name for each in fields(ItemFacts) if each.name not in ("words", "kind"))
"""What an author says of an item, in the order of every list, file and page."""

STATED = (*FACTS, *(each.name for each in fields(Aim)))
"""What a file says of an item beside its text."""

_READ: Mapping[str, Callable[[Any], object]] = {
    "bloom": lambda said: Bloom(str(said).strip().lower()),
    "difficulty": lambda said: Difficulty(str(said).strip().lower()),
    "origin": lambda said: Origin(str(said).strip().lower()),
    "seconds": lambda said: int(str(said)),
    "licence_ends": lambda said: date.fromisoformat(str(said).strip()),
}


def tidy(facts: ItemFacts) -> ItemFacts:
    """Return facts without spaces at the ends or twice; raises Invalid for a text or a time that is too long."""
    said: dict[str, Any] = {name: " ".join(getattr(facts, name).split()) for name in _TEXTS}
    for name, value in said.items():
        if len(value) > _TEXTS[name]:
            raise Invalid(f"{name}: at most {_TEXTS[name]} characters", problem="fact_too_long", fact=name)
    if facts.seconds is not None and not 1 <= facts.seconds <= LONGEST_TIME_S:
        raise Invalid(f"the expected time is between 1 and {LONGEST_TIME_S} seconds", problem="time_out_of_range")
    return replace(facts, **said)


_TEXTS: Mapping[str, int] = {
    "subject": LONGEST_SUBJECT,
    "topic": LONGEST_SUBJECT,
    **dict.fromkeys(("author", "owner", "licence", "contract"), LONGEST_NAME),
}
