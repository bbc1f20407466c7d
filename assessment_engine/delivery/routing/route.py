"""What a route is asked and what it answers: the one interface of all ways through a paper.

A route is deterministic: the same footing gives the same step, today and in an audit. What it must remember between two steps (an adaptive
engine its estimate and the items it drew) goes into `state`, a JSON document that is kept with the sitting's progress and handed back with
the next question. It is told marks, never keys or answers, and it is asked on the server only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import ItemVersionId

ShareOf = Callable[[str], Decimal]
"""The share of a part's marks that a candidate has reached so far."""

MarkOf = Callable[[ItemVersionId], Decimal]
"""The mark of one answered question so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What is known when a route is asked: the parts entered, and marks where somebody may look at them (None: not here)."""

    path: tuple[str, ...]
    share: ShareOf | None = None
    mark: MarkOf | None = None
    state: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which part comes next; `to` None with `known` is the end of the paper, without it marks are needed to say."""

    to: str | None
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NextItem:
    """Which question comes next in a part, None at its end, and what the route wants to remember."""

    item: ItemVersionId | None
    state: Mapping[str, Json] = field(default_factory=dict)


class Route(Protocol):
    """A way through a form for one candidate."""

    def items(self, section_id: str) -> tuple[ItemVersionId, ...]:
        """Return a part's items in this candidate's order, as far as they are fixed beforehand."""
        ...

    def next_item(self, section_id: str, item: ItemVersionId | None, footing: Footing) -> NextItem:
        """Return what comes after an item of a part; after None, the part's first."""
        ...

    def next_part(self, footing: Footing) -> Turn:
        """Return which part comes after the path; after an empty one, the first."""
        ...
