"""What an author should look at in an item: the checks of item_bank/checks, and the items of the banks that are like it.

For a version that is kept, and for the text of an editor that is not. What keeps an item out of exams: services/items.py.
"""

from collections.abc import Mapping, Sequence

from assessment_engine.kernel.ids import ItemId, ItemVersionId
from assessment_engine.people import BANK_STAFF, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_likeness import alike
from item_bank.checks import Finding, check_item
from item_bank.imports import NewPart
from item_bank.items import ItemPart, plain_path
from item_bank.qti.reader import read_item


def check(engine: Engine, actor: Actor, version_id: ItemVersionId) -> tuple[Finding, ...]:
    """Return what to look at in a version of the actor's organisation; raises NotFound."""
    with engine.store.read() as tx:
        version = tx.items.of_actor(actor, version_id)
    variants = {lang: xml.encode() for lang, xml in version.variants.items()}
    return check_draft(engine, actor, variants, version.parts, version.item_id)


def check_draft(
    engine: Engine,
    actor: Actor,
    variants: Mapping[str, bytes],
    parts: Sequence[ItemPart | NewPart] = (),
    item_id: ItemId | None = None,
) -> tuple[Finding, ...]:
    """Return what to look at in a text that is not kept yet; `item_id` is the item that it will be a version of, if there is one."""
    require(actor, *BANK_STAFF)
    items = {lang: read_item(xml) for lang, xml in variants.items()}
    like = alike(engine, actor, {lang: xml.decode() for lang, xml in variants.items()}, item_id)
    return (*like, *check_item(items, _files(parts)))


def _files(parts: Sequence[ItemPart | NewPart]) -> dict[str, dict[str, str]]:
    files: dict[str, dict[str, str]] = {}
    for part in parts:
        files.setdefault(part.lang, {})[plain_path(part.path)] = part.media_type
    return files
