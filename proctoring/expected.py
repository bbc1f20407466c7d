"""What is expected in one sitting's picture: things that an arrangement declares, and things that a person looked at and dismissed.

Asked by signals.py for every thing that is seen. What is expected is counted, never alerted; the same thing at another place, or another
thing at the same place, is not expected. See docs/adr/0044-a-room-has-a-name.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from assessment_engine.kernel.errors import Invalid
from proctoring.observations import Box
from proctoring.policy import Kind

THINGS = frozenset({Kind.PHONE, Kind.BOOK, Kind.SCREEN})
SAME_PLACE = 0.2
"""Overlap of two boxes from which they may be one thing, held in a hand or lying there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """One thing that a person dismissed, at its place; no place means that the finding had none, so that it is expected everywhere."""

    kind: Kind
    place: Box | None = None

    def __post_init__(self) -> None:
        if self.kind not in THINGS:
            raise Invalid(f"{self.kind} is no thing that can be dismissed", kind=self.kind.value)

    def as_json(self) -> dict[str, Any]:
        """Return plain values for a row."""
        place = self.place
        return {"kind": self.kind.value, "place": None if place is None else [place.x, place.y, place.width, place.height]}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(kind=Kind(given["kind"]), place=box_of(given["place"]))


def box_of(given: Any) -> Box | None:
    """Read a box from its four numbers; nothing is no box."""
    return None if given is None else Box(**dict(zip(("x", "y", "width", "height"), map(float, given), strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is no finding in one sitting; `kinds` are declared and expected anywhere."""

    kinds: frozenset[Kind] = frozenset()
    dismissed: tuple[Dismissed, ...] = field(default=())

    def __post_init__(self) -> None:
        if unknown := sorted(self.kinds - THINGS):
            raise Invalid(f"only things can be declared, not {', '.join(unknown)}")

    def holds(self, kind: Kind, box: Box) -> bool:
        """Tell whether a thing of this kind is expected at this place."""
        if kind in self.kinds:
            return True
        return any(one.kind is kind and (one.place is None or one.place.overlap(box) >= SAME_PLACE) for one in self.dismissed)


NOTHING = Expected()
