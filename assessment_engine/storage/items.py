"""Tables and queries of items. A version's content never changes; only its state does. The files beside it are in item_parts.py.

An import writes its versions in many short transactions; they are found from the moment that its row says it is finished, or never.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)

from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import BankId, CompetencyId, ImportId, ItemId, ItemVersionId, OrganisationId
from assessment_engine.people import Actor
from assessment_engine.storage.item_parts import ItemParts, chunks
from assessment_engine.storage.schema import Instant, metadata
from item_bank.items import LONGEST_IDENTIFIER, LONGEST_TITLE, Bank, Item, ItemPart, ItemState, ItemVersion

banks = Table(
    "banks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("bank_id", String(40), ForeignKey("banks.id"), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("identifier", String(LONGEST_IDENTIFIER), nullable=False),
    UniqueConstraint("bank_id", "identifier"),
    Index("ix_items_organisation_id", "organisation_id"),
)

item_imports = Table(
    "item_imports",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("bank_id", String(40), ForeignKey("banks.id"), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("finished_at", Instant),
)

item_versions = Table(
    "item_versions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_id", String(40), ForeignKey("items.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("title", String(LONGEST_TITLE), nullable=False),
    Column("competency_id", String(40), ForeignKey("competencies.id")),
    Column("level", Integer),
    Column("variants", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("import_id", String(40), ForeignKey("item_imports.id")),
    UniqueConstraint("item_id", "version"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """A version with what a list shows beside it."""

    version: ItemVersion
    identifier: str
    bank_id: BankId
    newest: bool


class Items:
    """Banks, items and versions in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.parts = ItemParts(connection)

    def add_bank(self, bank: Bank) -> None:
        """Insert a bank."""
        self._connection.execute(insert(banks).values(id=bank.id, organisation_id=bank.organisation_id, name=bank.name))

    def banks(self, actor: Actor) -> list[Bank]:
        """Return the organisation's banks, oldest first."""
        rows = self._connection.execute(select(banks).where(banks.c.organisation_id == actor.organisation_id).order_by(banks.c.id))
        return [Bank(id=BankId(row.id), organisation_id=OrganisationId(row.organisation_id), name=row.name) for row in rows]

    def bank(self, actor: Actor, bank_id: BankId) -> Bank:
        """Return one bank of the organisation; raises NotFound."""
        found = next((bank for bank in self.banks(actor) if bank.id == bank_id), None)
        if found is None:
            raise NotFound("no such bank")
        return found

    def lock_bank(self, bank_id: BankId) -> None:
        """Keep every other import into the bank out until this transaction ends; SQLite's writing transactions are alone already."""
        self._connection.execute(select(banks.c.id).where(banks.c.id == bank_id).with_for_update())

    def known(self, bank_id: BankId, identifiers: Sequence[str]) -> dict[str, tuple[Item, int]]:
        """Return those of the items that are in the bank, by identifier, each with the number of its newest version (0: none)."""
        found: dict[str, tuple[Item, int]] = {}
        for chunk in chunks(identifiers):
            chosen = items.c.identifier.in_(chunk)
            newest = func.coalesce(func.max(item_versions.c.version), 0).label("newest")
            query = select(items, newest).outerjoin(item_versions, item_versions.c.item_id == items.c.id)
            for row in self._connection.execute(query.where(items.c.bank_id == bank_id, chosen).group_by(*items.c)):
                found[row.identifier] = (_item(row), row.newest)
        return found

    def add_items(self, new: Iterable[Item]) -> None:
        """Insert items that have no version yet."""
        rows = [
            {"id": each.id, "bank_id": each.bank_id, "organisation_id": each.organisation_id, "identifier": each.identifier} for each in new
        ]
        if rows:
            self._connection.execute(insert(items), rows)

    def begin_import(self, import_id: ImportId, bank_id: BankId, now: datetime) -> None:
        """Open an import into a bank; until it is finished, nobody finds the versions that it adds."""
        self._connection.execute(insert(item_imports).values(id=import_id, bank_id=bank_id, begun_at=now))

    def finish_import(self, import_id: ImportId, now: datetime) -> None:
        """Let all versions of an import be found, at once."""
        self._connection.execute(update(item_imports).where(item_imports.c.id == import_id).values(finished_at=now))

    def add_versions(self, new: Sequence[ItemVersion], import_id: ImportId) -> None:
        """Insert versions, whose numbers must be free, with the files they need, whose bytes must be kept already."""
        rows = [
            {
                "id": version.id,
                "item_id": version.item_id,
                "version": version.version,
                "state": str(version.state),
                "title": version.title,
                "competency_id": version.competency_id,
                "level": version.level,
                "variants": dict(version.variants),
                "sha256": version.sha256,
                "import_id": import_id,
            }
            for version in new
        ]
        if rows:
            self._connection.execute(insert(item_versions), rows)
        self.parts.add({version.id: version.parts for version in new})

    def move(self, version: ItemVersion, was: ItemState) -> None:
        """Store a version's new state; raises Conflict when somebody else moved it meanwhile."""
        moved = self._connection.execute(
            update(item_versions)
            .where(item_versions.c.id == version.id, item_versions.c.state == str(was))
            .values(state=str(version.state))
        )
        if moved.rowcount != 1:
            raise Conflict("somebody else changed this item meanwhile; look again")

    def get(self, version_id: ItemVersionId) -> ItemVersion:
        """Return a version, for the engine's own acts; raises NotFound."""
        return self._one(item_versions.c.id == version_id)

    def of_actor(self, actor: Actor, version_id: ItemVersionId) -> ItemVersion:
        """Return a version of the actor's organisation; raises NotFound."""
        return self._one((item_versions.c.id == version_id) & (items.c.organisation_id == actor.organisation_id))

    def many(self, version_ids: Collection[ItemVersionId]) -> dict[ItemVersionId, ItemVersion]:
        """Return those of the versions that exist."""
        rows = self._connection.execute(_versions().where(item_versions.c.id.in_(version_ids))).all()
        parts = self.parts.of([row.id for row in rows])
        return {row.id: _version(row, parts.get(row.id, ())) for row in rows}

    def cards(self, actor: Actor) -> list[ItemCard]:
        """Return every version of the organisation's items, by identifier, newest version first."""
        query = _versions().add_columns(items.c.identifier, items.c.bank_id).where(items.c.organisation_id == actor.organisation_id)
        rows = self._connection.execute(query.order_by(items.c.identifier, items.c.id, item_versions.c.version.desc())).all()
        seen: set[str] = set()
        cards = []
        parts = self.parts.of([row.id for row in rows])
        for row in rows:
            newest = row.item_id not in seen
            seen.add(row.item_id)
            version = _version(row, parts.get(row.id, ()))
            cards.append(ItemCard(version=version, identifier=row.identifier, bank_id=BankId(row.bank_id), newest=newest))
        return cards

    def _one(self, condition: ColumnElement[bool]) -> ItemVersion:
        row = self._connection.execute(_versions().where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such item")
        return _version(row, self.parts.of([row.id]).get(row.id, ()))


def _versions() -> Select[tuple[object, ...]]:
    """Select versions, those of an unfinished import left out."""
    begun = select(item_imports.c.id).where(item_imports.c.id == item_versions.c.import_id, item_imports.c.finished_at.is_(None)).exists()
    return select(item_versions, items.c.organisation_id).join(items, items.c.id == item_versions.c.item_id).where(~begun)


def _item(row: Row[tuple[object, ...]]) -> Item:
    return Item(
        id=ItemId(row.id), bank_id=BankId(row.bank_id), organisation_id=OrganisationId(row.organisation_id), identifier=row.identifier
    )


def _version(row: Row[tuple[object, ...]], parts: tuple[ItemPart, ...]) -> ItemVersion:
    return ItemVersion(
        id=ItemVersionId(row.id),
        item_id=ItemId(row.item_id),
        organisation_id=OrganisationId(row.organisation_id),
        version=row.version,
        state=ItemState(row.state),
        title=row.title,
        competency_id=None if row.competency_id is None else CompetencyId(row.competency_id),
        level=row.level,
        variants=row.variants,
        sha256=row.sha256,
        parts=parts,
    )
