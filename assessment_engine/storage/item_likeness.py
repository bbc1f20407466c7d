"""Tables and queries of the index by which near-duplicates are found: the words of each version, and the buckets that they fall into.

What follows from the text alone can be made again (services/item_likeness.py); so rows are only ever added. A bucket's number holds the
organisation and the language (item_bank/checks/likeness.py makes the rest), so that one look-up is enough.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, String, Table, Text, func, insert, select

from assessment_engine.kernel.ids import BankId, ItemId, ItemVersionId
from assessment_engine.storage.item_parts import chunks
from assessment_engine.storage.items import begun, item_versions
from assessment_engine.storage.many import insert_all
from assessment_engine.storage.schema import metadata
from item_bank.items import LONGEST_LANGUAGE

item_texts = Table(
    "item_texts",
    metadata,
    Column("version_id", String(40), ForeignKey("item_versions.id"), primary_key=True),
    Column("lang", String(LONGEST_LANGUAGE), primary_key=True),
    Column("words", Text, nullable=False),
)

item_buckets = Table(
    "item_buckets",
    metadata,
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("version_id", String(40), primary_key=True),
    Column("lang", String(LONGEST_LANGUAGE), primary_key=True),
    sqlite_with_rowid=False,
)

_BUCKETS_AT_ONCE = 500
_MOST_FOUND = 5_000
"""Rows of one look-up of many buckets: where a bank is full of like items, not each of them is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """The words of one version in one language, segment by segment, and its buckets."""

    version_id: ItemVersionId
    lang: str
    segments: tuple[str, ...]
    buckets: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeText:
    """A text of the newest version of an item."""

    version_id: ItemVersionId
    item_id: ItemId
    bank_id: BankId
    identifier: str
    lang: str
    segments: tuple[str, ...]


class ItemLikeness:
    """The index of near-duplicates in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, indexed: Sequence[Indexed]) -> None:
        """Index texts of versions that are not indexed yet."""
        texts = [{"version_id": each.version_id, "lang": each.lang, "words": "\n".join(each.segments)} for each in indexed]
        rows = [
            {"bucket": bucket, "version_id": each.version_id, "lang": each.lang} for each in indexed for bucket in sorted(set(each.buckets))
        ]
        if texts:
            self._connection.execute(insert(item_texts), texts)
        insert_all(self._connection, item_buckets, rows)

    def nearest(self, buckets: Collection[int], limit: int) -> list[ItemVersionId]:
        """Return the versions that share most buckets with a text, at most `limit`."""
        shared = func.count().label("shared")
        query = select(item_buckets.c.version_id, shared).where(item_buckets.c.bucket.in_(list(buckets)))
        ordered = query.group_by(item_buckets.c.version_id).order_by(shared.desc(), item_buckets.c.version_id.desc())
        return [ItemVersionId(row.version_id) for row in self._connection.execute(ordered.limit(limit))]

    def holders(self, buckets: Iterable[int]) -> dict[int, list[ItemVersionId]]:
        """Return which versions are in each of many buckets, as far as they are not too many."""
        found: dict[int, list[ItemVersionId]] = {}
        rest = sorted(set(buckets))
        for first in range(0, len(rest), _BUCKETS_AT_ONCE):
            some = item_buckets.c.bucket.in_(rest[first : first + _BUCKETS_AT_ONCE])
            query = select(item_buckets.c.bucket, item_buckets.c.version_id).where(some).limit(_MOST_FOUND)
            for row in self._connection.execute(query):
                found.setdefault(row.bucket, []).append(ItemVersionId(row.version_id))
        return found

    def texts(self, version_ids: Collection[ItemVersionId]) -> list[LikeText]:
        """Return the texts of those of the versions that are the newest of their items."""
        columns = (item_versions.c.item_id, item_versions.c.bank_id, item_versions.c.identifier)
        query = select(item_texts, *columns).join(item_versions, item_versions.c.id == item_texts.c.version_id)
        newest = item_versions.c.newest & ~begun()
        rows = [
            row
            for chunk in chunks(version_ids)
            for row in self._connection.execute(query.where(item_texts.c.version_id.in_(chunk), newest))
        ]
        return [
            LikeText(
                version_id=ItemVersionId(row.version_id),
                item_id=ItemId(row.item_id),
                bank_id=BankId(row.bank_id),
                identifier=row.identifier,
                lang=row.lang,
                segments=tuple(row.words.split("\n")) if row.words else (),
            )
            for row in rows
        ]

    def unindexed(self, limit: int) -> list[ItemVersionId]:
        """Return versions that can be found and are not in the index: those that were there before it was."""
        known = select(item_texts.c.version_id).where(item_texts.c.version_id == item_versions.c.id).exists()
        query = select(item_versions.c.id).where(~known, ~begun()).order_by(item_versions.c.id).limit(limit)
        return [ItemVersionId(each) for each in self._connection.execute(query).scalars()]
