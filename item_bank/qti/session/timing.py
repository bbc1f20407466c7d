"""Time limits of a test, its parts, sections and items: what is over, what is too early (QTI 3.0, "TimeLimits").

Seconds come in; nothing here reads a clock. Exactly the maximum is still in time, exactly the minimum is enough. Instances of one section
share its time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from item_bank.qti.model.assessment import AssessmentTest, Section, TimeLimits
from item_bank.qti.session.plan import PlannedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds spent in the test, and in parts and sections by identifier."""

    test: float = 0.0
    places: Mapping[str, float] = field(default_factory=dict)

    def more(self, seconds: float, places: Iterable[str]) -> "Spent":
        """Add time that was spent in these places at once."""
        return Spent(test=self.test + seconds, places={**self.places, **{name: self.places.get(name, 0.0) + seconds for name in places}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit that holds for an item, and what has been spent of it."""

    place: str
    limits: TimeLimits
    spent: float

    @property
    def is_exceeded(self) -> bool:
        """Whether more was spent than there is."""
        return self.limits.maximum is not None and self.spent > self.limits.maximum

    @property
    def is_closed(self) -> bool:
        """Whether nothing is accepted any more (QTI 3.0, "allow-late-submission")."""
        return self.is_exceeded and not self.limits.allow_late


def limits_of(test: AssessmentTest, item: PlannedItem, spent: Spent, on_item: float) -> Iterator[Limit]:
    """Yield every limit that holds for an item, the innermost first."""
    yield Limit(place=item.key, limits=item.ref.time_limits, spent=on_item)
    for section in reversed(item.sections):
        yield Limit(place=section.identifier, limits=section.section.time_limits, spent=spent.places.get(section.identifier, 0.0))
    yield Limit(place=item.part.identifier, limits=item.part.time_limits, spent=spent.places.get(item.part.identifier, 0.0))
    yield Limit(place=test.identifier, limits=test.time_limits, spent=spent.test)


def closed_by(limits: Iterable[Limit]) -> Limit | None:
    """Return the innermost limit that is over and accepts nothing late."""
    return next((limit for limit in limits if limit.is_closed), None)


def too_early(item: PlannedItem, on_item: float, left: Iterable[Section], spent: Spent) -> str:
    """Name the item, or one of the sections that are left with it, whose minimum is not reached; "" where there is none.

    Minimum times hold for items and sections of linear parts (QTI 3.0, "min-time").
    """
    if on_item < (item.ref.time_limits.minimum or 0.0):
        return item.key
    early = (each.identifier for each in left if spent.places.get(each.identifier, 0.0) < (each.time_limits.minimum or 0.0))
    return next(early, "")
