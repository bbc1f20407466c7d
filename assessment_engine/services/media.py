"""Media of items, served by us: where a page finds a file, and who may have it.

Officers, invigilators and grievance officers of the organisation may see what belongs to its items; a candidate only what belongs to a
question that a sitting of their own would show them at this moment (services/delivery.py, `item_of`): not before the exam or after it,
not from a part that they have not reached or that is closed, and not while their time stands still. Stimuli and originals are never
served: they may say the key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from assessment_engine.delivery.navigation import readable
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import BANK_STAFF, Actor, Role
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from item_bank.items import ItemPart, ItemVersion, PartKind, plain_path
from item_bank.qti.model import QtiItem, Stimulus
from item_bank.qti.reader import read_stimulus

ADDRESS = "/api/v1/media/"
_STAFF = frozenset({*BANK_STAFF, Role.INVIGILATOR, Role.GRIEVANCE_OFFICER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that may be served, before its bytes are fetched."""

    sha256: str
    media_type: str
    size: int


def media_of(engine: Engine, actor: Actor, sha256: str) -> Media:
    """Return what a file is, to somebody who may have it; raises NotFound."""
    with engine.store.read() as tx:
        uses = [(version_id, part) for version_id, part in tx.items.parts.with_digest(sha256) if part.kind is PartKind.MEDIA]
        open_to = _open_to(tx, actor, [version_id for version_id, _ in uses], engine.clock.now())
    found = next((part for version_id, part in uses if version_id in open_to), None)
    if found is None:
        raise NotFound("no such file")
    return Media(sha256=sha256, media_type=found.media_type, size=found.size)


def media_bytes(engine: Engine, media: Media, start: int = 0, length: int | None = None) -> bytes:
    """Return the bytes of a file that `media_of` gave, or a piece of them."""
    with engine.store.read() as tx:
        return tx.items.parts.contents(media.sha256, start, length)


def _open_to(tx: Transaction, actor: Actor, version_ids: list[ItemVersionId], now: datetime) -> set[ItemVersionId]:
    """Return those of the versions whose files the actor may see now."""
    if not version_ids:
        return set()
    if actor.roles & _STAFF:
        return {card.id for card in tx.item_cards.some(actor, version_ids)}
    # while paused none: the page covers its question then, and time that stands still is no time to look at a picture of it
    sittings = [each for each in tx.sittings.all_of_candidate(actor.person_id) if each.state is SittingState.IN_PROGRESS]
    return {item for each in sittings for item in readable(tx.forms.get(each.form_id), each, version_ids, now)}


def address_of(version: ItemVersion, lang: str) -> Callable[[str], str | None]:
    """Return what tells a page where a file of this version and language is, by the path that its XML says."""
    known = {plain_path(part.path): part for part in version.parts_in(lang, PartKind.MEDIA)}

    def address(path: str) -> str | None:
        """Return the file's address, or None for one that did not come with the item."""
        part = known.get(plain_path(path))
        return None if part is None else f"{ADDRESS}{part.sha256}"

    return address


def stimuli_of(tx: Transaction, version: ItemVersion, lang: str, item: QtiItem) -> tuple[Stimulus, ...]:
    """Return the stimuli that an item stands beside and that came with it, in its order."""
    parts = {plain_path(part.path): part for part in version.parts_in(lang, PartKind.STIMULUS)} if item.stimuli else {}
    wanted = [parts[plain_path(each.href)] for each in item.stimuli if plain_path(each.href) in parts]
    return tuple(_stimulus(tx, part) for part in wanted)


def _stimulus(tx: Transaction, part: ItemPart) -> Stimulus:
    return _read(tx.items.parts.contents(part.sha256))


@lru_cache(maxsize=256)
def _read(xml: bytes) -> Stimulus:
    return read_stimulus(xml)
