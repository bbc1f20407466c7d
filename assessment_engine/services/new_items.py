"""Writing checked items into a bank in many short transactions, yet all or nothing: what is staged is found once the import is finished.

Nothing here judges: item_bank/imports.py and services/items.py have, before they come here (docs/adr/0019-files-beside-an-item.md).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from assessment_engine.kernel.canonical import Json, digest, sha256_hex
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import BankId, ImportId, ItemId, ItemVersionId, PersonId, new_id
from assessment_engine.people import Actor
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_likeness import index
from assessment_engine.storage import statistics
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.items import NewVersion
from item_bank.facts import tidy
from item_bank.gist import gist_of
from item_bank.imports import CheckedItem, NewPart
from item_bank.items import LONGEST_MEDIA_TYPE, LONGEST_TITLE, Item, ItemPart, ItemState, ItemVerb, ItemVersion, content_digest

LARGE = 1000
"""From so many items on an import changes a table so much that the database counts it anew."""

STAGED_AT_ONCE = 200
BYTES_AT_ONCE = 4 * 1024 * 1024
"""Items and bytes a transaction: few enough that no save of an answer waits for an import (docs/adr/0019-files-beside-an-item.md)."""

Staged = tuple[CheckedItem, tuple[ItemPart, ...]]
"""A checked item, and the files beside it as they are kept."""


Seal = Callable[[Transaction, ImportId, Sequence[ItemVersion]], None]
"""What is written in the same transaction by which an import is found."""


def keep(
    engine: Engine, actor: Actor, bank_id: BankId, checked: Sequence[CheckedItem], seal: Seal = lambda tx, import_id, versions: None
) -> list[ItemVersion]:
    """Keep items as drafts, all or none; a known identifier becomes its next version. Raises NotFound for another's bank or competency."""
    with engine.store.read() as tx:
        tx.items.bank(actor, bank_id)
        check_competencies(tx, actor, checked)
    import_id = ImportId(new_id("imp", engine.clock.now()))
    with engine.store.begin() as tx:
        tx.items.begin_import(import_id, bank_id, engine.clock.now())
    versions = [version for some in _some(checked) for version in _staged(engine, actor, bank_id, import_id, some)]
    about: Json = {"bank": bank_id, "versions": len(versions), "sha256": digest([[each.id, each.sha256] for each in versions])}
    with engine.store.begin() as tx:
        tx.items.finish_import(import_id, engine.clock.now())
        for overtaken in tx.items.to_move(actor, tx.item_imports.overtaken(import_id)):
            take_back(tx, actor, overtaken, engine.clock.now())
        seal(tx, import_id, versions)
        tx.audit.append("items_imported", subject=import_id, actor=actor.person_id, now=engine.clock.now(), payload=about)
    if len(versions) >= LARGE:
        statistics.renew(engine.store)
    return versions


def _some(checked: Sequence[CheckedItem]) -> Iterator[Sequence[CheckedItem]]:
    return (checked[first : first + STAGED_AT_ONCE] for first in range(0, len(checked), STAGED_AT_ONCE))


def _staged(engine: Engine, actor: Actor, bank_id: BankId, import_id: ImportId, checked: Sequence[CheckedItem]) -> list[ItemVersion]:
    """Write some of an import's items, which nobody finds yet."""
    new = [(each, tuple(map(part_of, each.new.parts))) for each in checked]
    stage_bytes(engine, new)
    with engine.store.begin() as tx:
        tx.items.lock_bank(bank_id)
        versions = _versions(tx, actor, bank_id, new, import_id, engine.clock.now())
        about: dict[str, Json] = {version.id: {**told(version), "import": import_id} for version in versions}
        tx.audit.append_all("item_staged", about, actor=actor.person_id, now=engine.clock.now())
    return versions


def part_of(part: NewPart) -> ItemPart:
    """Return a file as it is kept beside an item."""
    return ItemPart(
        lang=part.lang,
        path=part.path,
        kind=part.kind,
        sha256=sha256_hex(part.data),
        media_type=part.media_type[:LONGEST_MEDIA_TYPE],
        size=len(part.data),
    )


def check_competencies(tx: Transaction, actor: Actor, checked: Sequence[CheckedItem]) -> None:
    """Refuse another organisation's competency; raises NotFound."""
    for competency_id in {each.new.competency_id for each in checked if each.new.competency_id is not None}:
        if tx.competency.get(competency_id).organisation_id != actor.organisation_id:
            raise NotFound("no such competency", problem="no_such_competency")


def stage_bytes(engine: Engine, new: Sequence[Staged]) -> None:
    """Keep the bytes of files before the versions that name them, some at a time."""
    contents = {kept.sha256: came.data for each, parts in new for kept, came in zip(parts, each.new.parts, strict=True)}
    for portion in _portions(contents):
        with engine.store.begin() as tx:
            tx.items.parts.keep(portion)


def _portions(contents: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    portion: dict[str, bytes] = {}
    size = 0
    for sha256, data in contents.items():
        if portion and size + len(data) > BYTES_AT_ONCE:
            yield portion
            portion, size = {}, 0
        portion[sha256] = data
        size += len(data)
    if portion:
        yield portion


def _versions(
    tx: Transaction, actor: Actor, bank_id: BankId, new: Sequence[Staged], import_id: ImportId, now: datetime
) -> list[ItemVersion]:
    known = tx.items.known(bank_id, [each.identifier for each, _ in new])
    first = {each.identifier: an_item(actor, bank_id, each.identifier, now) for each, _ in new if each.identifier not in known}
    tx.items.add_items(first.values())
    standing = {**known, **{identifier: (item, 0) for identifier, item in first.items()}}
    made = [a_version(*standing[each.identifier], each, parts, Saved(actor.person_id, now)) for each, parts in new]
    tx.items.add_versions(made, {item.id: item for item, _ in standing.values()}, import_id)
    versions = [version for version, _ in made]
    index(tx, versions)
    return versions


def an_item(actor: Actor, bank_id: BankId, identifier: str, now: datetime) -> Item:
    """Return an item that has no version yet."""
    return Item(id=ItemId(new_id("itm", now)), bank_id=bank_id, organisation_id=actor.organisation_id, identifier=identifier)


class Saved(NamedTuple):
    """Who saves, and when."""

    author_id: PersonId
    at: datetime


def a_version(item: Item, last: int, checked: CheckedItem, parts: tuple[ItemPart, ...], saved: Saved) -> NewVersion:
    """Return an item's next draft, after the last number that was given, with what follows from its text."""
    variants = {lang: xml.decode() for lang, xml in checked.new.variants.items()}
    gist = gist_of(item.identifier, variants)
    ordered = tuple(sorted(parts, key=lambda part: (part.lang, part.path)))
    version = ItemVersion(
        id=ItemVersionId(new_id("itv", saved.at)),
        item_id=item.id,
        organisation_id=item.organisation_id,
        version=last + 1,
        state=ItemState.DRAFT,
        title=checked.title[:LONGEST_TITLE],
        competency_id=checked.new.competency_id,
        level=checked.new.level,
        variants=variants,
        sha256=content_digest(variants, ordered),
        parts=ordered,
        facts=replace(tidy(checked.new.facts), words=gist.words, kind=gist.kind),
        identifier=item.identifier,
        bank_id=item.bank_id,
        author_id=saved.author_id,
        saved_at=saved.at,
    )
    return version, gist


def take_back(tx: Transaction, actor: Actor, overtaken: ItemVersion, now: datetime) -> None:
    """Take a version out of review because its item has a newer one: nobody reviews what is overtaken."""
    back = overtaken.advance(ItemVerb.RETURN)
    tx.item_states.move([back.id], overtaken.state, back.state, now)
    about: Json = {"verb": str(ItemVerb.RETURN), "state": str(back.state), "why": "overtaken"}
    tx.audit.append("item_moved", subject=back.id, actor=actor.person_id, now=now, payload=about)


def told(version: ItemVersion) -> dict[str, Json]:
    """Return what the log says of a version that was saved."""
    return {"sha256": version.sha256, "facts": digest(version.facts.document)}
