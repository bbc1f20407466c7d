"""What a list of items can be asked for: the filter of its columns, its orders, and the place where a page goes on.

Pure words and their checks; the queries are storage/item_cards.py.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid

PAGE = 50


class Rights(StrEnum):
    """How the right to use an item stands today."""

    LAPSED = "lapsed"
    ENDING = "ending"  # within ninety days
    LASTING = "lasting"


class Exposure(StrEnum):
    """Whether candidates have seen an item."""

    NEVER = "never"
    SEEN = "seen"
    OFTEN = "often"  # by a hundred or more


EQUAL = ("bank_id", "state", "competency_id", "level", "subject", "topic", "bloom", "difficulty", "kind", "origin", "author_id")
"""What is asked of a column of the same name."""

_TEXTS = frozenset({"identifier", "title", "saved"})
"""Orders by something that is text; the others are by small numbers."""

_MOST = 2**31 - 1

SORTS = ("identifier", "title", "state", "level", "difficulty", "saved", "exposures")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which of an organisation's newest versions are meant; what is not said is not asked."""

    words: str = ""
    equal: Mapping[str, str | int] = field(default_factory=dict)  # by the names of EQUAL
    lang: str = ""
    lacks_lang: str = ""
    rights: Rights | None = None
    exposure: Exposure | None = None
    calibrated: bool | None = None
    stimulus: str = ""  # SHA-256 of a shared text
    enemies: str = ""  # id of a set

    @property
    def document(self) -> dict[str, Json]:
        """Return the filter as JSON, for something that is done with it later."""
        said: dict[str, Json] = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "equal"}
        return {**said, "equal": dict(self.equal)}

    def __post_init__(self) -> None:
        if unknown := set(self.equal) - set(EQUAL):
            raise Invalid(f"no such column: {', '.join(sorted(unknown))}", problem="no_such_filter")


def filter_from(document: Mapping[str, Any]) -> ItemFilter:
    """Read a filter as `document` writes it."""
    rights, exposure = document["rights"], document["exposure"]
    return ItemFilter(**{**document, "rights": rights and Rights(rights), "exposure": exposure and Exposure(exposure)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By what a list is sorted, and which way."""

    key: str = "identifier"
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page begins: after a row, or (`back`) before it. A row is told by what it is sorted by, and its id."""

    order: Order
    value: str | int
    id: str
    back: bool = False

    def __str__(self) -> str:
        return _written([self.order.key, self.order.down, self.value, self.id])


def _written(said: list[str | int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).decode().rstrip("=")


def _read(text: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _no_such_place() -> Invalid:
    return Invalid("this page of the list is not there; begin at its first", problem="no_such_place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """Where a page of what waits begins: after a row, or (`back`) before it. A row is told by since when it waits, and its id."""

    since: datetime
    id: str
    back: bool = False

    def __str__(self) -> str:
        return _written([self.since.isoformat(), self.id])


def waited_of(text: str, *, back: bool = False) -> Waited | None:
    """Read what `str(waited)` wrote; None for "". Raises Invalid for anything else."""
    if not text:
        return None
    try:
        since, row_id = _read(text)
        at = datetime.fromisoformat(since)
        if at.tzinfo is None or not isinstance(row_id, str) or "\0" in row_id:
            raise ValueError("no row of a list has this")
        return Waited(since=at.astimezone(UTC), id=row_id, back=back)
    except (ValueError, TypeError, OverflowError):
        raise _no_such_place() from None


def order_of(text: str) -> Order:
    """Read `key` or `-key`; raises Invalid for a key that lists do not know."""
    key = text.removeprefix("-") or "identifier"
    if key not in SORTS:
        raise Invalid(f"a list of items is not sorted by {key}", problem="no_such_order")
    return Order(key=key, down=text.startswith("-"))


def place_of(text: str, order: Order, *, back: bool = False) -> Place | None:
    """Read what `str(place)` wrote; None for "", and for a place in another order. Raises Invalid for anything else."""
    if not text:
        return None
    try:
        key, down, value, row_id = _read(text)
        known = type(value) is str if key in _TEXTS else type(value) is int and 0 <= value <= _MOST
        if not known or not isinstance(row_id, str) or b"\0" in f"{value}{row_id}".encode():
            raise ValueError("no row of a list has this")
    except (ValueError, TypeError):
        raise _no_such_place() from None
    return Place(order=order, value=value, id=row_id, back=back) if (key, down) == (order.key, order.down) else None
