"""Writing items out of a bank: as a QTI package, in the version that the other system reads, or in another format.

What another format cannot say with the same scores is left out and named (item_bank/formats/exports.py).
All that a list shows, however much, is written by a job: export_runs.py.

A package holds the keys: taking one is in the log, looking at what it would say is not.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_cards import ItemCard
from assessment_engine.storage.item_imports import EXPORT
from item_bank.facts import Aim
from item_bank.formats import FORMATS, export_as
from item_bank.imports import Progress
from item_bank.items import ItemVersion, PartKind
from item_bank.parity import NO_LANGUAGE
from item_bank.qti.model import Version
from item_bank.qti.package import ExportedItem, ExportedPart, export_package
from item_bank.qti.problems import Problem

READ_AT_ONCE = 100
VERSIONS = {"qti3": Version.QTI_30, "qti21": Version.QTI_21}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutForm:
    """A form that an export may have; `one_language` where a question has one language in it."""

    title: str
    ending: str
    media_type: str
    one_language: bool = False


FORMS: Mapping[str, OutForm] = {
    "qti3": OutForm(title="QTI 3.0", ending=".zip", media_type="application/zip"),
    "qti21": OutForm(title="QTI 2.1", ending=".zip", media_type="application/zip"),
    **{
        name: OutForm(title=form.title, ending=form.ending, media_type=form.media_type, one_language=not form.has_languages)
        for name, form in FORMATS.items()
    },
}
"""Every form by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A written package or file, the versions that are in it, what it could not say, and the identifiers of what is not in it."""

    package: bytes
    versions: tuple[ItemVersionId, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...] = ()

    @property
    def items(self) -> int:
        """Return how many items are in it."""
        return len(self.versions)


def export_items(
    engine: Engine, actor: Actor, chosen: Sequence[str], *, bank: str | None = None, form: str = "qti3", lang: str = ""
) -> Exported:
    """Write the chosen items (identifiers, or ids of versions), or the newest of every item; raises NotFound for one that is not there."""
    written = look_at_export(engine, actor, chosen, bank=bank, form=form, lang=lang)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        record(tx, actor, new_id(EXPORT, now), form, written, now)
    return written


def record(tx: Transaction, actor: Actor, subject: str, form: str, written: Exported, now: datetime) -> None:
    """Say in the log who took which keys out."""
    versions: list[Json] = [*written.versions]
    about: Json = {"format": form, "sha256": hashlib.sha256(written.package).hexdigest(), "versions": versions}
    tx.audit.append("items_exported", subject=subject, actor=actor.person_id, now=now, payload=about)


def look_at_export(
    engine: Engine, actor: Actor, chosen: Sequence[str], *, bank: str | None = None, form: str = "qti3", lang: str = ""
) -> Exported:
    """Return what an export would write, for a page that says so first; nobody gets the package by this."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        cards = _chosen(tx, actor, bank, chosen)
    return write(engine, actor, cards, form=form, lang=lang)


def write(
    engine: Engine, actor: Actor, cards: Sequence[ItemCard], *, form: str, lang: str = "", progress: Progress | None = None
) -> Exported:
    """Write versions in a form, reading some at a time. Who may have them, and the log, are the caller's business."""
    packed = _packed(engine, actor, [card.id for card in cards], progress)
    if form in FORMATS:
        said = export_as(FORMATS[form], packed, lang)
        kept = tuple(card.id for card in cards if card.identifier not in said.left_out)
        return Exported(package=said.data, versions=kept, problems=said.problems, left_out=said.left_out)
    written = export_package(packed, VERSIONS[form])
    return Exported(package=written.data, versions=tuple(card.id for card in cards), problems=written.problems)


def _chosen(tx: Transaction, actor: Actor, bank: str | None, chosen: Sequence[str]) -> list[ItemCard]:
    """Return the chosen versions, or the newest of every item, of one bank or of all."""
    banks = {each.id for each in tx.items.banks(actor) if bank in (None, each.name, each.id)}
    if bank is not None and not banks:
        raise NotFound(f"there is no bank {bank}")
    if not chosen:
        return [card for card in tx.item_cards.every(actor) if card.bank_id in banks]
    named = {name: card for name, card in tx.item_cards.named(actor, chosen).items() if card.bank_id in banks}
    if unknown := [name for name in chosen if name not in named]:
        raise NotFound(f"there is no item {', '.join(unknown)}")
    return list({named[name].id: named[name] for name in chosen}.values())


def _packed(engine: Engine, actor: Actor, ids: Sequence[ItemVersionId], progress: Progress | None) -> Iterator[ExportedItem]:
    """Yield every language of versions, which never change: each portion is a read of its own, and no long one holds the database."""
    with engine.store.read() as tx:
        codes = {one.id: one.code for one in tx.competency.all_of(actor.organisation_id)}
    for start in range(0, len(ids), READ_AT_ONCE):
        portion = ids[start : start + READ_AT_ONCE]
        with engine.store.read() as tx:
            found = tx.items.many(portion)
            packed = [item for version_id in portion for item in _languages(tx, found[version_id], codes)]
        yield from packed
        if progress is not None:
            progress(start + len(portion), len(ids))


def _languages(tx: Transaction, version: ItemVersion, codes: Mapping[CompetencyId, str]) -> list[ExportedItem]:
    aim = Aim(competency=codes[version.competency_id] if version.competency_id else "", level=version.level)
    stated = {name: str(value) for name, value in {**version.facts.document, **aim.document}.items()}
    return [
        ExportedItem(
            identifier=version.identifier,
            lang=lang.replace(NO_LANGUAGE, ""),
            xml=xml.encode(),
            parts=_parts(tx, version, lang),
            facts=stated,
        )
        for lang, xml in sorted(version.variants.items())
    ]


def _parts(tx: Transaction, version: ItemVersion, lang: str) -> tuple[ExportedPart, ...]:
    kept = (*version.parts_in(lang, PartKind.MEDIA), *version.parts_in(lang, PartKind.STIMULUS))
    return tuple(
        ExportedPart(path=part.path, kind=str(part.kind), data=tx.items.parts.contents(part.sha256), media_type=part.media_type)
        for part in kept
    )
