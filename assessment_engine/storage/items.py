"""Tables and queries of items. A version's content never changes; only its state does."""

from collections.abc import Collection
from dataclasses import dataclass

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
from assessment_engine.kernel.ids import BankId, CompetencyId, ItemId, ItemVersionId, OrganisationId
from assessment_engine.people import Actor
from assessment_engine.storage.schema import metadata
from item_bank.items import Bank, Item, ItemState, ItemVersion

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
    Column("identifier", String(255), nullable=False),
    UniqueConstraint("bank_id", "identifier"),
    Index("ix_items_organisation_id", "organisation_id"),
)

item_versions = Table(
    "item_versions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_id", String(40), ForeignKey("items.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("title", String(300), nullable=False),
    Column("competency_id", String(40), ForeignKey("competencies.id")),
    Column("level", Integer),
    Column("variants", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
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

    def add_item(self, item: Item) -> None:
        """Insert an item that has no version yet."""
        values = {"id": item.id, "bank_id": item.bank_id, "organisation_id": item.organisation_id, "identifier": item.identifier}
        self._connection.execute(insert(items).values(**values))

    def find(self, bank_id: BankId, identifier: str) -> Item | None:
        """Return the item of a bank with this identifier."""
        row = self._connection.execute(select(items).where(items.c.bank_id == bank_id, items.c.identifier == identifier)).one_or_none()
        if row is None:
            return None
        return Item(id=ItemId(row.id), bank_id=bank_id, organisation_id=OrganisationId(row.organisation_id), identifier=row.identifier)

    def newest_number(self, item_id: ItemId) -> int:
        """Return the number of an item's newest version, 0 when it has none."""
        newest = select(func.coalesce(func.max(item_versions.c.version), 0)).where(item_versions.c.item_id == item_id)
        return int(self._connection.execute(newest).scalar_one())

    def add_version(self, version: ItemVersion) -> None:
        """Insert a version; its number must be free."""
        self._connection.execute(
            insert(item_versions).values(
                id=version.id,
                item_id=version.item_id,
                version=version.version,
                state=str(version.state),
                title=version.title,
                competency_id=version.competency_id,
                level=version.level,
                variants=dict(version.variants),
                sha256=version.sha256,
            )
        )

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
        rows = self._connection.execute(_versions().where(item_versions.c.id.in_(version_ids)))
        return {version.id: version for version in map(_version, rows)}

    def cards(self, actor: Actor) -> list[ItemCard]:
        """Return every version of the organisation's items, by identifier, newest version first."""
        query = _versions().add_columns(items.c.identifier, items.c.bank_id).where(items.c.organisation_id == actor.organisation_id)
        rows = self._connection.execute(query.order_by(items.c.identifier, items.c.id, item_versions.c.version.desc())).all()
        seen: set[str] = set()
        cards = []
        for row in rows:
            newest = row.item_id not in seen
            seen.add(row.item_id)
            cards.append(ItemCard(version=_version(row), identifier=row.identifier, bank_id=BankId(row.bank_id), newest=newest))
        return cards

    def _one(self, condition: ColumnElement[bool]) -> ItemVersion:
        row = self._connection.execute(_versions().where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such item")
        return _version(row)


def _versions() -> Select[tuple[object, ...]]:
    return select(item_versions, items.c.organisation_id).join(items, items.c.id == item_versions.c.item_id)


def _version(row: Row[tuple[object, ...]]) -> ItemVersion:
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
    )
