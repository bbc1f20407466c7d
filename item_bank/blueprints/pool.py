"""What a blueprint knows of an item, the pool of them, and which of them a paper of some day may have.

A pool is named by the hash of its document, so that a drawn paper can be drawn again from exactly what there was.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.errors import Invalid, UnreadableFile

_LIST = ";"
_SETS = ("enemies", "languages")


class LeftOut(StrEnum):
    """Why an item of the pool may not be in a paper."""

    NOT_APPROVED = "not_approved"
    OLDER_VERSION = "older_version"
    LAPSED = "lapsed"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolItem:
    """One item version; `id` names it, `item` the question that it is a version of. `enemies` names the sets that it is in."""

    id: str
    item: str
    sha256: str = ""
    version: int = 1
    approved: bool = True
    competency: str = ""
    level: int | None = None
    subject: str = ""
    topic: str = ""
    kind: str = ""
    bloom: str = ""
    difficulty: str = ""
    seconds: int | None = None
    words: int | None = None
    marks: Decimal = Decimal(1)
    stimulus: str = ""
    enemies: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    licence_ends: date | None = None

    @property
    def document(self) -> dict[str, Json]:
        """The item as JSON; what is empty is left out."""
        said: dict[str, Json] = {"id": self.id, "item": self.item, "version": self.version, "approved": self.approved}
        for name in ("sha256", "competency", "level", "subject", "topic", "kind", "bloom", "difficulty", "seconds", "words", "stimulus"):
            said[name] = getattr(self, name)
        said |= {"marks": str(self.marks), "enemies": sorted(self.enemies), "languages": sorted(self.languages)}
        said["licence_ends"] = self.licence_ends.isoformat() if self.licence_ends else None
        return {name: value for name, value in said.items() if value not in (None, "", [])}


@dataclass(frozen=True)
class Pool:
    """Items that a paper may be drawn from, in the order of their ids."""

    items: tuple[PoolItem, ...]

    @property
    def document(self) -> list[Json]:
        """The pool as JSON."""
        return [item.document for item in self.items]

    @cached_property
    def sha256(self) -> str:
        """The hash that a draw names its pool by; worked out once."""
        return digest(self.document)

    def usable(self, languages: Iterable[str], on: date) -> tuple["Pool", Counter[LeftOut]]:
        """Return what a paper in these languages may have on a day, and how many are left out for which reason."""
        newest = {item.item: item.version for item in sorted(self.items, key=lambda one: one.version) if item.approved}
        asked, left_out, kept = frozenset(languages), Counter[LeftOut](), []
        for item in self.items:
            reason = _reason(item, newest, asked, on)
            if reason is None:
                kept.append(item)
            else:
                left_out[reason] += 1
        return Pool(tuple(kept)), left_out

    def without(self, items: Iterable[str]) -> "Pool":
        """Return the pool without these questions, in whichever version."""
        barred = set(items)
        return Pool(tuple(one for one in self.items if one.item not in barred))


def _reason(item: PoolItem, newest: Mapping[str, int], languages: frozenset[str], on: date) -> LeftOut | None:
    if not item.approved:
        return LeftOut.NOT_APPROVED
    if item.version != newest[item.item]:
        return LeftOut.OLDER_VERSION
    if item.licence_ends is not None and item.licence_ends < on:
        return LeftOut.LAPSED
    return None if languages <= item.languages else LeftOut.LANGUAGE


def pool_from(items: Iterable[PoolItem]) -> Pool:
    """Make a pool; raises Invalid where two items have the same id."""
    ordered = sorted(items, key=lambda item: item.id)
    for name in ("id", "question and version"):
        named = Counter(item.id if name == "id" else f"{item.item} {item.version}" for item in ordered)
        twice = next((each for each, count in named.items() if count > 1), None)
        if twice is not None:
            raise Invalid(f"two items of the pool have the same {name}: {twice}", problem="twice_in_pool", other=twice)
    return Pool(tuple(ordered))


def pool_of(document: Sequence[Mapping[str, object]] | str) -> Pool:
    """Read a pool: the JSON of one, or the text of a CSV file with a heading; raises UnreadableFile or Invalid."""
    rows = _rows(document) if isinstance(document, str) else document
    return pool_from(_item(row, place) for place, row in enumerate(rows, 2))


def _rows(text: str) -> list[Mapping[str, object]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    known, named = {field.name for field in fields(PoolItem)}, [name.strip() for name in reader.fieldnames or ()]
    if "id" not in named:
        raise UnreadableFile(f"the pool needs a column id; known columns: {', '.join(sorted(known))}")
    if strange := sorted(set(named) - known):
        raise UnreadableFile(f"no such column: {', '.join(strange)}; known columns: {', '.join(sorted(known))}")
    reader.fieldnames = named
    return [{name: _list(name, value) for name, value in row.items() if name is not None and value and value.strip()} for row in reader]


def _list(name: str, value: str) -> object:
    return [each.strip() for each in value.split(_LIST) if each.strip()] if name in _SETS else value.strip()


def _item(row: Mapping[str, object], place: int) -> PoolItem:
    try:
        return _read(row)
    except KeyError:
        raise UnreadableFile(f"row {place} of the pool has no id", row=place) from None
    except (ValueError, InvalidOperation) as error:
        raise UnreadableFile(f"row {place} of the pool: {error}", row=place) from None


def _read(row: Mapping[str, object]) -> PoolItem:
    ends = row.get("licence_ends")
    return PoolItem(
        id=str(row["id"]),
        item=str(row.get("item", row["id"])),
        sha256=str(row.get("sha256", "")),
        version=int(str(row.get("version", 1))),
        approved=str(row.get("approved", True)).lower() in ("true", "yes", "1"),
        competency=str(row.get("competency", "")),
        level=_number(row.get("level")),
        subject=str(row.get("subject", "")),
        topic=str(row.get("topic", "")),
        kind=str(row.get("kind", "")),
        bloom=str(row.get("bloom", "")),
        difficulty=str(row.get("difficulty", "")),
        seconds=_number(row.get("seconds")),
        words=_number(row.get("words")),
        marks=Decimal(str(row.get("marks", 1))),
        stimulus=str(row.get("stimulus", "")),
        enemies=_strings(row.get("enemies")),
        languages=_strings(row.get("languages")),
        licence_ends=date.fromisoformat(str(ends)) if ends else None,
    )


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _strings(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list | tuple) else frozenset()
