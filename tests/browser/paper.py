"""A paper of the gallery's samples, with their pictures and in both languages, for a candidate who is about to start."""

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import update

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.ids import BankId, FormId, ItemVersionId, new_id
from assessment_engine.people import Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.new_items import keep
from assessment_engine.services.samples import FOLDER, LANGUAGES
from assessment_engine.storage.schema import metadata
from item_bank.forms import FormState
from item_bank.imports import CheckedItem, NewItem, NewPart
from item_bank.items import PartKind
from item_bank.qti.package.media import ENDINGS
from tests.builders import World, a_person, a_world, add_row


def an_exam_of(engine: Engine, names: Sequence[str]) -> tuple[World, tuple[ItemVersionId, ...]]:
    """A world whose paper is made of these samples, all in one section."""
    world = a_world(engine, state=SittingState.ADMITTED)
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER)
    now = engine.clock.now()
    bank_id = BankId(new_id("bnk", now))
    add_row(engine, "banks", id=bank_id, organisation_id=world.organisation_id, name="Samples")
    versions = keep(engine, officer, bank_id, [_checked(name) for name in names])
    items = tuple(version.id for version in versions)
    document: Json = {"sections": [{"id": "A", "title": "Kinds of questions", "title_hi": "प्रश्नों के प्रकार", "items": list(items)}]}
    form_id = FormId(new_id("for", now))
    form = {"id": form_id, "organisation_id": world.organisation_id, "title": "Form", "title_hi": "प्रश्नपत्र", "document": document}
    add_row(engine, "forms", **form, sha256=digest(document), state=FormState.APPROVED)
    _give(engine, world, form_id)
    return replace(world, form_id=form_id, items=items), items


def _give(engine: Engine, world: World, form_id: FormId) -> None:
    """Put the paper in front of the candidate."""
    with engine.store.begin() as tx:
        sittings = metadata.tables["sittings"]
        tx.connection.execute(update(sittings).where(sittings.c.id == world.sitting_id).values(form_id=form_id))


def _checked(name: str) -> CheckedItem:
    variants = {lang: (FOLDER / f"{name}.{lang}.xml").read_bytes() for lang in LANGUAGES}
    parts = tuple(part for lang, xml in variants.items() for part in _parts(lang, xml.decode()))
    return CheckedItem(new=NewItem(variants=variants, parts=parts), identifier=f"interaction-{name}", title=name)


def _parts(lang: str, xml: str) -> list[NewPart]:
    media = [_part(lang, path, PartKind.MEDIA, ENDINGS[path[path.rfind(".") :]]) for path in _named(r'"(media/[^"]+)"', xml)]
    return media + [_part(lang, path, PartKind.STIMULUS, "application/xml") for path in _named(r'href="([\w.-]+\.xml)"', xml)]


def _named(pattern: str, xml: str) -> list[str]:
    return sorted(set(re.findall(pattern, xml)))


def _part(lang: str, path: str, kind: PartKind, media_type: str) -> NewPart:
    return NewPart(lang=lang, path=path, kind=kind, data=(FOLDER / path).read_bytes(), media_type=media_type)
