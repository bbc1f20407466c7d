"""What an author says of a question beside its words: the facts of a version as a form's fields. Not here: what they mean (facts.py)."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import CompetencyId
from item_bank.authoring.fields import Values
from item_bank.authoring.reading import Trouble
from item_bank.facts import LONGEST_TIME_S, MAX_LEVEL, Bloom, Difficulty, ItemFacts, Origin, tidy
from item_bank.items import ItemVersion

T = TypeVar("T")

TEXTS = ("subject", "topic", "author", "owner", "licence", "contract")
FACTS = (*TEXTS[:2], "competency", "level", "bloom", "difficulty", "seconds", "origin", *TEXTS[2:], "licence_ends")
"""The fields of the facts, as a form shows them one after the other."""


def facts_shown(version: ItemVersion) -> dict[str, str]:
    """Return the fields that say a version's facts."""
    said = version.facts.document
    values = {name: str(said.get(name, "")) for name in FACTS}
    return values | {"competency": version.competency_id or "", "level": f"{version.level or ''}"}


def facts_read(values: Values) -> tuple[ItemFacts, tuple[Trouble, ...]]:
    """Read the facts of a form, with what does not fit."""
    troubles: list[Trouble] = []

    def read(name: str, make: Callable[[str], T], code: str) -> T | None:
        typed = values.get(name, "").strip()
        try:
            return make(typed) if typed else None
        except ValueError:
            troubles.append(Trouble(field=name, code=code, details={"most": f"{LONGEST_TIME_S}"}))
            return None

    said = {name: values.get(name, "") for name in TEXTS}
    facts = ItemFacts(
        subject=said["subject"],
        topic=said["topic"],
        bloom=read("bloom", Bloom, "unknown"),
        difficulty=read("difficulty", Difficulty, "unknown"),
        seconds=read("seconds", _seconds, "time_out_of_range"),
        origin=read("origin", Origin, "unknown"),
        author=said["author"],
        owner=said["owner"],
        licence=said["licence"],
        contract=said["contract"],
        licence_ends=read("licence_ends", date.fromisoformat, "not_a_day"),
    )
    read("level", _level, "unknown")
    try:
        return tidy(facts), tuple(troubles)
    except Invalid as error:
        return facts, (*troubles, Trouble(field=str(error.details.get("fact", "subject")), code="too_long", details={"most": "120"}))


def level_of(values: Values) -> int | None:
    """Return the level that is chosen."""
    typed = values.get("level", "").strip()
    return int(typed) if typed in {f"{level}" for level in range(1, MAX_LEVEL + 1)} else None


def competency_of(values: Values) -> CompetencyId | None:
    """Return the competency that is chosen."""
    return CompetencyId(values["competency"]) if values.get("competency") else None


def _level(typed: str) -> int:
    found = level_of({"level": typed})
    if found is None:
        raise ValueError
    return found


def _seconds(typed: str) -> int:
    seconds = int(typed)
    if not 1 <= seconds <= LONGEST_TIME_S:
        raise ValueError
    return seconds
