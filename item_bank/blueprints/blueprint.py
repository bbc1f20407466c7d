"""A blueprint: what a paper is to hold. Sections of strata, a stratum being so many items that are alike; and bounds of the whole paper.

Its JSON is what `forms assemble` reads and what the exam cell keeps. Who may be drawn is pool.py; drawing is drawing.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.errors import Invalid
from item_bank.blueprints.pool import PoolItem
from item_bank.form_sections import LONGEST_LIMIT_S, Navigation

MOST_ITEMS = 500
_TEXTS = ("competency", "subject", "topic", "kind", "bloom", "difficulty")


class Passages(StrEnum):
    """What happens to the questions of one passage (a stimulus that several items share)."""

    FREE = "free"  # they are drawn and placed like all others
    TOGETHER = "together"  # those that are drawn stand one after another
    WHOLE = "whole"  # all of them are drawn, or none, and stand one after another


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """At least and at most; None is no bound."""

    least: int | None = None
    most: int | None = None

    def holds(self, number: int | None) -> bool:
        """Tell whether a number lies within; an unknown one lies in an open span only."""
        if number is None:
            return self.is_open
        return (self.least is None or self.least <= number) and (self.most is None or number <= self.most)

    def miss(self, number: int) -> int:
        """Return how far a number lies outside."""
        below = 0 if self.least is None else max(0, self.least - number)
        return below or (0 if self.most is None else max(0, number - self.most))

    @property
    def is_right(self) -> bool:
        """Whether there is anything within."""
        return (self.least or 0) >= 0 and (self.most is None or self.most >= (self.least or 0))

    @property
    def is_open(self) -> bool:
        """Whether everything lies within."""
        return self.least is None and self.most is None

    @property
    def document(self) -> dict[str, Json] | None:
        """The span as JSON, None where it is open."""
        said = {"least": self.least, "most": self.most}
        return {name: value for name, value in said.items() if value is not None} or None


OPEN = Span()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What items of a stratum have in common; empty is anything."""

    competency: str = ""
    level: int | None = None
    subject: str = ""
    topic: str = ""
    kind: str = ""
    bloom: str = ""
    difficulty: str = ""
    marks: Decimal | None = None
    seconds: Span = OPEN
    words: Span = OPEN

    def fits(self, item: PoolItem) -> bool:
        """Tell whether an item is of this kind."""
        if (self.level is not None and item.level != self.level) or (self.marks is not None and item.marks != self.marks):
            return False
        alike = all(not (asked := getattr(self, name)) or getattr(item, name) == asked for name in _TEXTS)
        return alike and self.seconds.holds(item.seconds) and self.words.holds(item.words)

    @property
    def document(self) -> dict[str, Json]:
        """What is asked for as JSON."""
        said: dict[str, Json] = {name: getattr(self, name) for name in _TEXTS}
        said |= {
            "level": self.level,
            "marks": None if self.marks is None else str(self.marks),
            "seconds": self.seconds.document,
            "words": self.words.document,
        }
        return {name: value for name, value in said.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """So many items of one kind; or, by `weight`, its part of what the section's count leaves over."""

    wanted: Wanted
    count: int | None = None
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueprintSection:
    """One part of the paper. `mixed`: its items stand in an order by chance, else stratum by stratum. `count` is for weights."""

    id: str
    title: str
    title_hi: str
    strata: tuple[Stratum, ...]
    count: int | None = None
    mixed: bool = True
    navigation: Navigation = Navigation.FREE
    time_limit_s: int | None = None
    locked: bool = False

    @property
    def counts(self) -> tuple[int, ...]:
        """How many items each stratum gives: its count, or by weight, the largest remainders rounded up, the earlier first."""
        fixed = sum(one.count or 0 for one in self.strata)
        shared, whole = (self.count or fixed) - fixed, sum((one.weight or Decimal(0) for one in self.strata), Decimal(0))
        exact = [shared * one.weight / whole if one.weight else Decimal(0) for one in self.strata]
        rounded = [int(share) for share in exact]
        left = sorted((place for place, one in enumerate(self.strata) if one.weight), key=lambda place: rounded[place] - exact[place])
        for place in left[: shared - sum(rounded)]:
            rounded[place] += 1
        return tuple(rounded[place] if one.count is None else one.count for place, one in enumerate(self.strata))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """The rules of a paper."""

    title: str
    title_hi: str
    sections: tuple[BlueprintSection, ...]
    passages: Passages = Passages.TOGETHER
    languages: tuple[str, ...] = ()
    seconds: Span = OPEN
    words: Span = OPEN

    @property
    def document(self) -> dict[str, Json]:
        """The blueprint as JSON."""
        bounds: dict[str, Json] = {"seconds": self.seconds.document, "words": self.words.document}
        return {
            "title": self.title,
            "title_hi": self.title_hi,
            "passages": str(self.passages),
            "languages": sorted(self.languages),
            "sections": [_section_document(section) for section in self.sections],
            **{name: value for name, value in bounds.items() if value is not None},
        }

    @property
    def sha256(self) -> str:
        """The hash that names the blueprint."""
        return digest(self.document)

    @property
    def size(self) -> int:
        """How many items a paper has."""
        return sum(sum(section.counts) for section in self.sections)

    def check(self) -> "Blueprint":
        """Refuse what no paper could follow; raises Invalid with the section and the row that is wrong."""
        if not self.sections:
            raise Invalid("a blueprint needs at least one section", problem="no_section")
        ids = [section.id for section in self.sections]
        if len(set(ids)) != len(ids):
            raise Invalid("two sections have the same id", problem="same_section")
        for section in self.sections:
            _check_section(section)
        if self.size > MOST_ITEMS:
            raise Invalid(f"a paper has at most {MOST_ITEMS} questions", problem="too_many", most=MOST_ITEMS)
        if not (self.seconds.is_right and self.words.is_right):
            raise Invalid("at least is never above at most", problem="span")
        return self


def _section_document(section: BlueprintSection) -> dict[str, Json]:
    said: dict[str, Json] = {
        "count": section.count,
        "mixed": None if section.mixed else False,
        "navigation": None if section.navigation is Navigation.FREE else str(section.navigation),
        "time_limit_s": section.time_limit_s,
        "locked": section.locked or None,
    }
    strata: list[Json] = [
        {**one.wanted.document, **({"count": one.count} if one.count is not None else {"weight": str(one.weight)})}
        for one in section.strata
    ]
    named: dict[str, Json] = {"id": section.id, "title": section.title, "title_hi": section.title_hi}
    return {**named, "strata": strata, **{name: value for name, value in said.items() if value is not None}}


def _check_section(section: BlueprintSection) -> None:
    if not section.strata:
        raise _wrong(section, "no_strata", "it has no rows")
    for row, one in enumerate(section.strata, 1):
        if (one.count is None) == (one.weight is None):
            raise _wrong(section, "count_or_weight", "give each row a count or a weight", row)
        if (one.count is not None and one.count < 1) or (one.weight is not None and not (one.weight.is_finite() and one.weight > 0)):
            raise _wrong(section, "count_or_weight", "a count or a weight is above zero", row)
        if not (one.wanted.seconds.is_right and one.wanted.words.is_right):
            raise _wrong(section, "span", "at least is never above at most", row)
    weighted, fixed = [one for one in section.strata if one.weight is not None], sum(one.count or 0 for one in section.strata)
    if weighted and (section.count is None or section.count < fixed + len(weighted)):
        raise _wrong(section, "count_for_weights", "rows share its questions by weight: say how many questions it has")
    if not weighted and section.count not in (None, fixed):
        raise _wrong(section, "count_differs", f"its rows ask for {fixed} questions")
    if not 1 <= (1 if section.time_limit_s is None else section.time_limit_s) <= LONGEST_LIMIT_S:
        raise _wrong(section, "limit_out_of_range", "a limit is at most a day")


def _wrong(section: BlueprintSection, problem: str, message: str, row: int | None = None) -> Invalid:
    place = f"section {section.id}" if row is None else f"section {section.id}, row {row}"
    return Invalid(f"{place}: {message}", problem=problem, section=section.id, row=row)


def blueprint_of(document: object) -> Blueprint:
    """Read a blueprint's JSON; raises Invalid for what is none."""
    try:
        said = _mapping(document)
        return Blueprint(
            title=str(said.get("title", "")),
            title_hi=str(said.get("title_hi", "")),
            sections=tuple(_section(_mapping(one)) for one in _sequence(said["sections"])),
            passages=Passages(str(said.get("passages", Passages.TOGETHER))),
            languages=tuple(sorted(map(str, _sequence(said.get("languages", []))))),
            seconds=_span(said.get("seconds")),
            words=_span(said.get("words")),
        ).check()
    except KeyError as error:
        raise Invalid(f"the blueprint does not say {error}", problem="not_a_blueprint") from None
    except (ValueError, TypeError, InvalidOperation) as error:
        raise Invalid(f"this is no blueprint: {error}", problem="not_a_blueprint") from None


def _section(said: Mapping[str, object]) -> BlueprintSection:
    limit = said.get("time_limit_s")
    return BlueprintSection(
        id=str(said["id"]),
        title=str(said.get("title", said["id"])),
        title_hi=str(said.get("title_hi", said.get("title", said["id"]))),
        strata=tuple(_stratum(_mapping(one)) for one in _sequence(said["strata"])),
        count=_number(said.get("count")),
        mixed=said.get("mixed") is not False,
        navigation=Navigation(str(said.get("navigation", Navigation.FREE))),
        time_limit_s=_number(limit),
        locked=said.get("locked") is True,
    )


def _stratum(said: Mapping[str, object]) -> Stratum:
    if strange := sorted(set(said) - {*_TEXTS, "level", "marks", "seconds", "words", "count", "weight"}):
        raise ValueError(f"a row cannot ask for {strange[0]}")
    texts = {name: str(said.get(name, "")) for name in _TEXTS}
    wanted = Wanted(
        **texts,
        level=_number(said.get("level")),
        marks=Decimal(str(said["marks"])) if "marks" in said else None,
        seconds=_span(said.get("seconds")),
        words=_span(said.get("words")),
    )
    return Stratum(wanted=wanted, count=_number(said.get("count")), weight=Decimal(str(said["weight"])) if "weight" in said else None)


def _span(said: object) -> Span:
    return OPEN if said is None else Span(least=_number(_mapping(said).get("least")), most=_number(_mapping(said).get("most")))


def _number(said: object) -> int | None:
    return None if said is None else int(str(said))


def _mapping(said: object) -> Mapping[str, object]:
    if not isinstance(said, Mapping):
        raise ValueError("an object is missing")
    return said


def _sequence(said: object) -> Sequence[object]:
    if not isinstance(said, list | tuple):
        raise ValueError("a list is missing")
    return said
