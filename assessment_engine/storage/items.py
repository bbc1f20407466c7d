"""Tables and queries of items. What a version says never changes (triggers hold that); only its state does, and which one is the newest.

A version's row is narrow and has all that lists ask for (item_cards.py); its XML is in a table of its own, the files beside it are in
item_parts.py. An import writes its versions in many short transactions; they are found from the moment that its row says it is finished,
or never.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    insert,
    select,
    text,
    update,
)

from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import BankId, CompetencyId, ImportId, ItemId, ItemVersionId, OrganisationId, PersonId
from assessment_engine.people import Actor
from assessment_engine.storage.item_parts import ItemParts, chunks
from assessment_engine.storage.schema import Instant, metadata
from item_bank.facts import LONGEST_NAME, LONGEST_SUBJECT, Bloom, Difficulty, ItemFacts, Origin
from item_bank.gist import Gist
from item_bank.item_reviews import Step
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

_NEWEST = text("newest")
_IN_REVIEW = text("state = 'in_review'")

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
    Column("sha256", String(64), nullable=False),
    Column("import_id", String(40), ForeignKey("item_imports.id")),
    # the item's, repeated so that a list reads one table
    Column("organisation_id", String(40), nullable=False, server_default=""),
    Column("bank_id", String(40), nullable=False, server_default=""),
    Column("identifier", String(LONGEST_IDENTIFIER), nullable=False, server_default=""),
    Column("newest", Boolean, nullable=False, server_default=false()),
    Column("titles", JSON, nullable=False, server_default="{}"),
    Column("languages", Text, nullable=False, server_default=""),  # as ",en,hi,"
    Column("author_id", String(40)),
    Column("saved_at", Instant),
    Column("moved_at", Instant),  # when its state changed last
    Column("subject", String(LONGEST_SUBJECT), nullable=False, server_default=""),
    Column("topic", String(LONGEST_SUBJECT), nullable=False, server_default=""),
    Column("bloom", String(12)),
    Column("difficulty", String(8)),
    Column("seconds", Integer),
    Column("words", Integer, nullable=False, server_default="0"),
    Column("kind", String(40), nullable=False, server_default=""),
    Column("origin", String(8)),
    Column("author", String(LONGEST_NAME), nullable=False, server_default=""),
    Column("owner", String(LONGEST_NAME), nullable=False, server_default=""),
    Column("licence", String(LONGEST_NAME), nullable=False, server_default=""),
    Column("licence_ends", Date),
    Column("contract", String(LONGEST_NAME), nullable=False, server_default=""),
    Column("ready", Boolean, nullable=False, server_default=false()),  # in review: two accept and nobody objects
    UniqueConstraint("item_id", "version"),
    Index("uq_item_versions_newest", "item_id", unique=True, sqlite_where=_NEWEST, postgresql_where=_NEWEST),
    Index("ix_item_versions_listed", "organisation_id", "identifier", "id", sqlite_where=_NEWEST, postgresql_where=_NEWEST),
    Index("ix_item_versions_import_id", "import_id"),
    Index(
        "ix_item_versions_in_review",
        *("organisation_id", "moved_at", "id", "subject", "ready"),
        sqlite_where=_IN_REVIEW,
        postgresql_where=_IN_REVIEW,
    ),
)

item_contents = Table(
    "item_contents",
    metadata,
    Column("version_id", String(40), ForeignKey("item_versions.id"), primary_key=True),
    Column("variants", JSON, nullable=False),
)

item_words = Table(
    "item_words",  # apart from the XML, so that looking through all of it reads little
    metadata,
    Column("version_id", String(40), ForeignKey("item_versions.id"), primary_key=True),
    Column("search", Text, nullable=False),
)


_imported = item_versions.alias()

NewVersion = tuple[ItemVersion, Gist]
"""A version that is to be kept, and what follows from its text."""


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
            raise NotFound("no such bank", problem="no_such_bank")
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

    def last_numbers(self, item_ids: Collection[ItemId]) -> dict[ItemId, int]:
        """Return the last number that was given to a version of each item, one that is not found included: none is given twice."""
        found: dict[ItemId, int] = {}
        for chunk in chunks(item_ids):
            query = select(item_versions.c.item_id, func.max(item_versions.c.version).label("last"))
            rows = self._connection.execute(query.where(item_versions.c.item_id.in_(chunk)).group_by(item_versions.c.item_id))
            found |= {ItemId(row.item_id): row.last for row in rows}
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
        self._mark_newest(item_versions.c.item_id.in_(select(_imported.c.item_id).where(_imported.c.import_id == import_id)))

    def unfinish_import(self, import_id: ImportId) -> None:
        """Let no version of an import be found any more; what its items had before is their newest again."""
        self._connection.execute(update(item_imports).where(item_imports.c.id == import_id).values(finished_at=None))
        self._mark_newest(item_versions.c.item_id.in_(select(_imported.c.item_id).where(_imported.c.import_id == import_id)))

    def item(self, actor: Actor, item_id: ItemId) -> Item:
        """Return an item of the actor's organisation, and keep everybody else from saving it until this transaction ends."""
        return self.held(actor, [item_id])[item_id]

    def held(self, actor: Actor, item_ids: Collection[ItemId]) -> dict[ItemId, Item]:
        """Return items of the actor's organisation, and keep everybody else from saving them until this transaction ends.

        Raises NotFound when one of them is not there.
        """
        found: dict[ItemId, Item] = {}
        for chunk in chunks(sorted(item_ids)):
            ours = items.c.id.in_(chunk) & (items.c.organisation_id == actor.organisation_id)
            rows = self._connection.execute(select(items).where(ours).order_by(items.c.id).with_for_update())
            found |= {ItemId(row.id): _item(row) for row in rows}
        if len(found) != len(item_ids):
            raise NotFound("no such item")
        return found

    def save(self, new: Sequence[NewVersion], of: Mapping[ItemId, Item]) -> None:
        """Insert the next versions of items, one each, as their newest."""
        self.add_versions(new, of, None)
        for chunk in chunks([version.item_id for version, _ in new]):
            self._mark_newest(item_versions.c.item_id.in_(chunk))

    def newest_of(self, item_id: ItemId) -> ItemVersion | None:
        """Return the newest version of an item; None for one without any."""
        row = self._connection.execute(_versions().where(item_versions.c.item_id == item_id, item_versions.c.newest)).one_or_none()
        return None if row is None else _version(row, self.parts.of([row.id]).get(row.id, ()))

    def versions_of(self, item_id: ItemId) -> list[ItemVersion]:
        """Return every version of an item, newest first."""
        rows = self._connection.execute(
            _versions().where(item_versions.c.item_id == item_id).order_by(item_versions.c.version.desc())
        ).all()
        parts = self.parts.of([row.id for row in rows])
        return [_version(row, parts.get(row.id, ())) for row in rows]

    def _mark_newest(self, chosen: ColumnElement[bool]) -> None:
        """Find anew which version of each of these items is the newest that can be found."""
        self._connection.execute(update(item_versions).where(chosen, item_versions.c.newest).values(newest=False))
        latest = select(item_versions.c.item_id, func.max(item_versions.c.version).label("version")).where(chosen, ~begun())
        last = latest.group_by(item_versions.c.item_id).subquery()
        ids = select(_imported.c.id).join(last, (last.c.item_id == _imported.c.item_id) & (last.c.version == _imported.c.version))
        self._connection.execute(update(item_versions).where(item_versions.c.id.in_(ids)).values(newest=True))

    def add_versions(self, new: Sequence[NewVersion], of: Mapping[ItemId, Item], import_id: ImportId | None) -> None:
        """Insert versions, whose numbers must be free, with the files they need, whose bytes must be kept already."""
        rows = [_row(version, of[version.item_id], gist, import_id) for version, gist in new]
        if rows:
            self._connection.execute(insert(item_versions), rows)
            contents = [{"version_id": version.id, "variants": dict(version.variants)} for version, _ in new]
            self._connection.execute(insert(item_contents), contents)
            self._connection.execute(insert(item_words), [{"version_id": version.id, "search": gist.search} for version, gist in new])
        self.parts.add({version.id: version.parts for version, _ in new})

    def to_move(self, actor: Actor, version_ids: Collection[ItemVersionId]) -> list[ItemVersion]:
        """Return versions of the actor's organisation, and keep everybody else from moving them until this transaction ends.

        Raises NotFound when one of them is not there.
        """
        ours = item_versions.c.organisation_id == actor.organisation_id
        for chunk in chunks(sorted(version_ids)):
            locked = select(item_versions.c.id).where(item_versions.c.id.in_(chunk), ours).order_by(item_versions.c.id).with_for_update()
            if len(self._connection.execute(locked).all()) != len(chunk):
                raise NotFound("no such item")
        found = self.many(version_ids)
        if len(found) != len(version_ids):
            raise NotFound("no such item")
        return [found[version_id] for version_id in version_ids]

    def steps_of(self, item_ids: Collection[ItemId]) -> dict[ItemId, list[Step]]:
        """Return how several items came about: every version, oldest first."""
        found: dict[ItemId, list[Step]] = {}
        for chunk in chunks(item_ids):
            columns = (item_versions.c.item_id, item_versions.c.version, item_versions.c.state, item_versions.c.author_id)
            query = select(*columns).where(item_versions.c.item_id.in_(chunk), ~begun()).order_by(item_versions.c.version)
            for row in self._connection.execute(query):
                author = None if row.author_id is None else PersonId(row.author_id)
                found.setdefault(ItemId(row.item_id), []).append(Step(version=row.version, state=ItemState(row.state), author_id=author))
        return found

    def get(self, version_id: ItemVersionId) -> ItemVersion:
        """Return a version, for the engine's own acts; raises NotFound."""
        return self._one(item_versions.c.id == version_id)

    def of_actor(self, actor: Actor, version_id: ItemVersionId) -> ItemVersion:
        """Return a version of the actor's organisation; raises NotFound."""
        return self._one((item_versions.c.id == version_id) & (item_versions.c.organisation_id == actor.organisation_id))

    def many(self, version_ids: Collection[ItemVersionId]) -> dict[ItemVersionId, ItemVersion]:
        """Return those of the versions that exist."""
        rows = [row for chunk in chunks(version_ids) for row in self._connection.execute(_versions().where(item_versions.c.id.in_(chunk)))]
        parts = self.parts.of([row.id for row in rows])
        return {row.id: _version(row, parts.get(row.id, ())) for row in rows}

    def _one(self, condition: ColumnElement[bool]) -> ItemVersion:
        row = self._connection.execute(_versions().where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such item")
        return _version(row, self.parts.of([row.id]).get(row.id, ()))


def begun() -> ColumnElement[bool]:
    """Tell of a version that its import is unfinished."""
    return select(item_imports.c.id).where(item_imports.c.id == item_versions.c.import_id, item_imports.c.finished_at.is_(None)).exists()


def _versions() -> Select[tuple[object, ...]]:
    """Select versions with their XML, those of an unfinished import left out."""
    query = select(item_versions, item_contents.c.variants)
    return query.join(item_contents, item_contents.c.version_id == item_versions.c.id).where(~begun())


def _item(row: Row[tuple[object, ...]]) -> Item:
    return Item(
        id=ItemId(row.id), bank_id=BankId(row.bank_id), organisation_id=OrganisationId(row.organisation_id), identifier=row.identifier
    )


def _row(version: ItemVersion, item: Item, gist: Gist, import_id: ImportId | None) -> dict[str, object]:
    facts = {each.name: getattr(version.facts, each.name) for each in fields(ItemFacts)}
    return {
        "id": version.id,
        "item_id": version.item_id,
        "version": version.version,
        "state": str(version.state),
        "title": version.title,
        "competency_id": version.competency_id,
        "level": version.level,
        "sha256": version.sha256,
        "import_id": import_id,
        "organisation_id": item.organisation_id,
        "bank_id": item.bank_id,
        "identifier": item.identifier,
        "titles": dict(gist.titles),
        "languages": f",{','.join(gist.titles)},",
        "author_id": version.author_id,
        "saved_at": version.saved_at,
        **{name: None if value is None else str(value) if isinstance(value, StrEnum) else value for name, value in facts.items()},
    }


def facts_of(row: Row[tuple[object, ...]]) -> ItemFacts:
    """Read the facts of a version's row."""
    return ItemFacts(
        subject=row.subject,
        topic=row.topic,
        bloom=None if row.bloom is None else Bloom(row.bloom),
        difficulty=None if row.difficulty is None else Difficulty(row.difficulty),
        seconds=row.seconds,
        origin=None if row.origin is None else Origin(row.origin),
        author=row.author,
        owner=row.owner,
        licence=row.licence,
        licence_ends=row.licence_ends,
        contract=row.contract,
        words=row.words,
        kind=row.kind,
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
        facts=facts_of(row),
        identifier=row.identifier,
        bank_id=BankId(row.bank_id),
        author_id=None if row.author_id is None else PersonId(row.author_id),
        saved_at=row.saved_at,
    )
