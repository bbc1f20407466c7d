"""Writing a question in the console: open one, look at it as a candidate would, save it as the next version.

What fields mean is decided in item_bank/authoring/; who may save, and that nobody overwrites another unseen, in item_versions.py; what
becomes of two who wrote at once, in meanwhile.py. A look changes nothing: it is made of what was sent, and forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import BankId, ItemId, ItemVersionId, new_id
from assessment_engine.people import WRITERS, Actor, require
from assessment_engine.services import item_checks, item_versions
from assessment_engine.services.engine import Engine
from assessment_engine.services.media import ADDRESS
from assessment_engine.services.tryout import Tryout, tryout
from assessment_engine.storage.database import Transaction
from item_bank.authoring.beside import competency_of, facts_read, facts_shown, level_of
from item_bank.authoring.fields import Values
from item_bank.authoring.fitness import Lack, opened
from item_bank.authoring.pictures import shown_in
from item_bank.authoring.reading import Read, Trouble, read
from item_bank.authoring.showing import shown
from item_bank.checks import Finding
from item_bank.formats.questions import Medium, Question
from item_bank.formats.reading import plain_name
from item_bank.formats.to_qti import to_xml
from item_bank.imports import NewItem, NewPart
from item_bank.items import ItemPart, ItemVersion, PartKind, plain_path
from item_bank.qti.model import QtiItem
from item_bank.qti.processing import copy_of
from item_bank.qti.reader import read_item
from item_bank.qti.render import Page
from item_bank.qti.session import opening_values
from item_bank.readiness import Shortfall, shortfalls

LANGUAGES = ("en", "hi")
"""The languages that a form has columns for, whatever the item speaks so far."""

PENDING = "/cell/items/pictures/"
"""Where a page finds a picture that is not saved yet: nowhere; its script and its page put the picture itself there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in an author's form, and the pictures that came with it. `base` is the version it began from.

    Where somebody saved that one meanwhile, `since` is the version before, and `mine` how the form stood then (meanwhile.py).
    """

    values: Values
    pictures: tuple[Medium, ...] = ()
    base: ItemVersionId | None = None
    since: ItemVersionId | None = None
    mine: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An item as the form says it. What it cannot say is in `lacks`: then the item is only looked at."""

    version: ItemVersion
    values: Mapping[str, str]
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A question as the candidate would see it now, with what is wrong with the form and what an exam would still ask.

    `findings` are what the checks saw in it; none are looked for while the form is not whole.
    """

    tried: Tryout
    languages: tuple[str, ...]
    troubles: tuple[Trouble, ...]
    doubts: tuple[Trouble, ...]
    shortfalls: tuple[Shortfall, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A form as it was read: its questions, their items and files."""

    read: Read
    questions: Mapping[str, Question]
    items: Mapping[str, QtiItem]
    known: Mapping[str, ItemPart] = field(default_factory=dict)
    item_id: ItemId | None = None


def open_item(engine: Engine, actor: Actor, version_id: ItemVersionId) -> Opened:
    """Open the newest version of the item that a version belongs to; raises NotFound."""
    require(actor, *WRITERS)
    with engine.store.read() as tx:
        version = tx.items.of_actor(actor, version_id)
        version = tx.items.newest_of(version.item_id) or version
    return opened_version(version)


def opened_version(version: ItemVersion) -> Opened:
    """Show a version as the form says it, with what of it the form cannot say."""
    questions, lacks = opened({lang: read_item(xml.encode()) for lang, xml in version.variants.items()})
    if lacks:
        return Opened(version=version, values={}, lacks=lacks)
    langs = (*LANGUAGES, *(lang for lang in version.variants if lang not in LANGUAGES))
    values = {**shown(questions, langs), **facts_shown(version)}
    return Opened(version=version, values={name: value for name, value in values.items() if value})


def look(engine: Engine, actor: Actor, draft: Draft, lang: str, response: Json = None) -> Look:
    """Show a form's question as a candidate would see it, and what the engine makes of an answer to it. Nothing is stored."""
    require(actor, *WRITERS)
    made = _made(engine, actor, draft)
    spoken = lang if lang in made.items else next(iter(made.items))
    item = made.items[spoken]
    files = dict.fromkeys(made.items, frozenset(made.known) | {plain_path(each.path) for each in draft.pictures})
    _, beside = facts_read(draft.values)
    troubles = (*made.read.troubles, *beside)
    return Look(
        tried=tryout(item, _page(item, spoken, made.known, draft), () if response is None else (response,)),
        languages=tuple(made.items),
        troubles=troubles,
        doubts=made.read.doubts,
        shortfalls=shortfalls(made.items, files),
        findings=() if troubles else _findings(engine, actor, made, draft),
    )


def _findings(engine: Engine, actor: Actor, made: _Made, draft: Draft) -> tuple[Finding, ...]:
    """Return what the checks say of a form that is whole; other items that are like it among it."""
    new = {plain_path(each.path): each for each in draft.pictures}
    media = {**{path: part.media_type for path, part in made.known.items()}, **{path: each.media_type for path, each in new.items()}}
    shown = [(lang, path) for lang, question in made.questions.items() for path in shown_in(question) if path in media]
    parts = [NewPart(lang=lang, path=path, kind=PartKind.MEDIA, data=b"", media_type=media[path]) for lang, path in shown]
    variants = {lang: to_xml(question) for lang, question in made.questions.items()}
    return item_checks.check_draft(engine, actor, variants, parts, made.item_id)


def _made(engine: Engine, actor: Actor, draft: Draft) -> _Made:
    with engine.store.read() as tx:
        known = _known(tx, actor, draft)
        item_id = tx.items.of_actor(actor, draft.base).item_id if draft.base else None
    found = read(draft.values, frozenset(known) | {plain_path(each.path) for each in draft.pictures})
    name = plain_name(draft.values.get("identifier", "")) if draft.values.get("identifier", "").strip() else "question"
    questions = {lang: replace(question, name=name) for lang, question in found.questions.items()}
    items = {lang: read_item(to_xml(question)) for lang, question in questions.items()}
    return _Made(read=found, questions=questions, items=items, known=known, item_id=item_id)


def _known(tx: Transaction, actor: Actor, draft: Draft) -> dict[str, ItemPart]:
    """Return the pictures of the versions that a form began from, by their paths."""
    versions = [tx.items.of_actor(actor, version_id) for version_id in (draft.since, draft.base) if version_id]
    return {plain_path(part.path): part for version in versions for part in version.parts if part.kind is PartKind.MEDIA}


def _page(item: QtiItem, lang: str, known: Mapping[str, ItemPart], draft: Draft) -> Page:
    pending = {plain_path(each.path) for each in draft.pictures}

    def address(path: str) -> str | None:
        """Return where a picture is, or will be."""
        plain = plain_path(path)
        if plain in pending:
            return f"{PENDING}{plain}"
        return f"{ADDRESS}{known[plain].sha256}" if plain in known else None

    values = opening_values(item, copy_of(item, 0))
    return Page(lang=lang, prefix="look-", order_seed=str(draft.base or "look"), values=values, address=address)


def save(engine: Engine, actor: Actor, draft: Draft, bank_id: BankId | None = None) -> ItemVersion:
    """Save a form as the next version of its item, or as a new item of a bank, as a draft.

    Raises Invalid for a form that has troubles, EditedMeanwhile when somebody saved another version since the form's own base.
    """
    require(actor, *WRITERS)
    draft = replace(draft, pictures=tuple(each for each in draft.pictures if each.data))  # a path alone is enough for a look only
    made, (facts, beside) = _made(engine, actor, draft), facts_read(draft.values)
    if made.read.troubles or beside:
        raise Invalid("the question is not whole yet", problem=(*made.read.troubles, *beside)[0].code)
    with engine.store.read() as tx:
        base = tx.items.of_actor(actor, draft.base) if draft.base else None
        known_item = tx.items.item(actor, base.item_id) if base else None
        parts = _parts(tx, made, draft)
    if known_item is None and bank_id is None:
        raise Invalid("a new question needs a bank")
    name = known_item.identifier if known_item else _name(engine, draft)
    new = NewItem(
        variants={lang: to_xml(replace(question, name=name)) for lang, question in made.questions.items()},
        competency_id=competency_of(draft.values),
        level=level_of(draft.values),
        parts=parts,
        facts=facts,
    )
    based_on = base.version if base else 0
    where = known_item.bank_id if known_item else bank_id or BankId("")
    return item_versions.save(engine, actor, bank_id=where, item_id=known_item.id if known_item else None, based_on=based_on, new=new)


def _name(engine: Engine, draft: Draft) -> str:
    """Return the identifier of a new item: the author's, or one that nobody has."""
    typed = draft.values.get("identifier", "").strip()
    if not typed:
        return new_id("q", engine.clock.now())
    if plain_name(typed) != typed:
        raise Invalid("an identifier begins with a letter and has letters, digits, points and hyphens", problem="not_a_name")
    return typed


def _parts(tx: Transaction, made: _Made, draft: Draft) -> tuple[NewPart, ...]:
    """Return the pictures that each language shows: those of the version before, and new ones."""
    new = {plain_path(each.path): each for each in draft.pictures}
    parts: list[NewPart] = []
    for lang, question in made.questions.items():
        for path in sorted(shown_in(question)):
            if path in new:
                data, media_type = new[path].data, new[path].media_type
            elif path in made.known:
                data, media_type = tx.items.parts.contents(made.known[path].sha256), made.known[path].media_type
            else:
                continue
            parts.append(NewPart(lang=lang, path=path, kind=PartKind.MEDIA, data=data, media_type=media_type))
    return tuple(parts)
