"""How far a candidate has come in the paper: the record behind `sittings.progress`, and its JSON.

All moments are seconds of the sitting's own time (Sitting.elapsed_s), so that a pause or a credit moves no limit. Who writes what:
delivery/navigation.py the keys of OWN; the page's own (`marked`, `visited`, `languages`) and `breaks_used` are services/timekeeping's.
What this module does not know it keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import IntegrityViolation
from assessment_engine.kernel.ids import ItemVersionId

OWN = frozenset({"sections", "path", "item", "items", "route", "extra_minutes_per_hour"})
"""The keys that decide what a candidate may do; no page may write them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A candidate's time in one part: first entered, last left (None: they are in it)."""

    entered_s: float
    left_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a candidate is and was.

    `path` are the parts entered, in order of their first entry; `items` when each question was first reached; `item` the one they are at,
    None when their part is over and nothing has followed. `route` is the route's own document. `extra` is the arrangement's minutes an
    hour, frozen at the start as the deadline is.
    """

    sections: Mapping[str, Stay] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    item: ItemVersionId | None = None
    items: Mapping[ItemVersionId, float] = field(default_factory=dict)
    route: Mapping[str, Json] = field(default_factory=dict)
    extra: int = 0
    rest: Mapping[str, Json] = field(default_factory=dict)

    def entered(self, section_id: str, item_id: ItemVersionId, at: float) -> "Progress":
        """Go to an item of a part; coming back changes no first entry."""
        first = self.sections[section_id].entered_s if section_id in self.sections else at
        return replace(
            self,
            sections={**self.sections, section_id: Stay(entered_s=first)},
            path=self.path if section_id in self.path else (*self.path, section_id),
            item=item_id,
            items={item_id: at, **self.items},
        )

    def left(self, section_id: str, at: float) -> "Progress":
        """Leave a part."""
        return replace(self, sections={**self.sections, section_id: replace(self.sections[section_id], left_s=at)}, item=None)

    @property
    def document(self) -> dict[str, Json]:
        """The record as JSON; moments to the millisecond."""
        written: dict[str, Json] = {
            **self.rest,
            "sections": {key: {"entered_s": _ms(stay.entered_s), "left_s": _ms(stay.left_s)} for key, stay in self.sections.items()},
            "path": list(self.path),
            "item": self.item,
            "items": {str(item): {"entered_s": _ms(at)} for item, at in self.items.items()},
        }
        more: dict[str, Json] = {"route": dict(self.route), "extra_minutes_per_hour": self.extra}
        return {**written, **{key: value for key, value in more.items() if value}}


def progress_of(document: Mapping[str, Json]) -> Progress:
    """Read a sitting's progress; an empty document is a candidate who has not begun. Raises IntegrityViolation for what nobody wrote."""
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IntegrityViolation("a sitting's progress is not one that was written here") from error


def _read(document: Mapping[str, Json]) -> Progress:
    sections, items, path = _object(document.get("sections")), _object(document.get("items")), document.get("path", [])
    item, extra = document.get("item"), document.get("extra_minutes_per_hour", 0)
    if not isinstance(path, list) or not isinstance(extra, int):
        raise TypeError("a path is a list, extra time whole minutes")
    return Progress(
        sections={key: _stay(_object(stay)) for key, stay in sections.items()},
        path=tuple(str(each) for each in path),
        item=None if item is None else ItemVersionId(str(item)),
        items={ItemVersionId(key): _seconds(_object(at)["entered_s"]) for key, at in items.items()},
        route=_object(document.get("route")),
        extra=extra,
        rest={key: value for key, value in document.items() if key not in OWN},
    )


def _object(value: object) -> Mapping[str, Json]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError("an object was expected")
    return value


def _stay(document: Mapping[str, Json]) -> Stay:
    left = document.get("left_s")
    return Stay(entered_s=_seconds(document["entered_s"]), left_s=None if left is None else _seconds(left))


def _seconds(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a moment is a number of seconds")
    return float(value)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
