"""Forms: build a fixed paper from approved items, look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessment_engine.kernel.errors import Invalid, NotFound, RightsLapsed
from assessment_engine.kernel.ids import FormId, ItemVersionId, new_id
from assessment_engine.people import Actor, Role, civil_date, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import scored_variant
from assessment_engine.storage.database import Transaction
from item_bank.blueprints import Counts, PoolItem, counts_of
from item_bank.forms import Form, FormSection, FormState, check_sections, document_of, form_digest
from item_bank.items import ItemState, ItemVersion
from item_bank.qti.processing import max_score


@dataclass(frozen=True, slots=True, kw_only=True)
class NewForm:
    """What a form is made of."""

    title: str
    title_hi: str
    sections: tuple[FormSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSheet:
    """A form with the versions in it and what each is worth."""

    form: Form
    versions: Mapping[ItemVersionId, ItemVersion]
    marks: Mapping[ItemVersionId, float]
    counts: Counts

    @property
    def total(self) -> float:
        """The best total there is."""
        return sum(self.marks.values())


def build_form(engine: Engine, actor: Actor, new: NewForm) -> Form:
    """Make a form; every item must be approved, of the actor's organisation, and in the same languages.

    Raises Invalid, NotFound, or RightsLapsed for an item whose licence has ended.
    """
    require(actor, Role.CELL_OFFICER)
    if not new.title.strip() or not new.title_hi.strip():
        raise Invalid("a form needs its title in English and in Hindi")
    check_sections(new.sections)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        return _kept(tx, actor, new, _approved(tx, actor, new, now), FormState.APPROVED, now)


def sample_form(engine: Engine, actor: Actor, new: NewForm) -> Form:
    """Make a form of questions that nobody approved, for practising: it is retired from the start, so that no exam can take it up."""
    require(actor, Role.CELL_OFFICER)
    check_sections(new.sections)
    with engine.store.begin() as tx:
        versions = tx.items.many([item for section in new.sections for item in section.items])
        return _kept(tx, actor, new, versions, FormState.RETIRED, engine.clock.now())


def _kept(
    tx: Transaction, actor: Actor, new: NewForm, versions: Mapping[ItemVersionId, ItemVersion], state: FormState, now: datetime
) -> Form:
    document = document_of(new.sections, {version.id: version.sha256 for version in versions.values()})
    form = Form(
        id=FormId(new_id("for", now)),
        organisation_id=actor.organisation_id,
        title=new.title.strip(),
        title_hi=new.title_hi.strip(),
        sections=new.sections,
        sha256=form_digest(document),
        state=state,
    )
    tx.forms.add(form, document)
    tx.audit.append("form_built", subject=form.id, actor=actor.person_id, now=now, payload={"sha256": form.sha256})
    return form


def _approved(tx: Transaction, actor: Actor, new: NewForm, now: datetime) -> Mapping[ItemVersionId, ItemVersion]:
    wanted = [item for section in new.sections for item in section.items]
    versions = tx.items.many(wanted)
    if len(versions) != len(wanted) or any(version.organisation_id != actor.organisation_id for version in versions.values()):
        raise NotFound("no such item")
    today = civil_date(now)
    if lapsed := sorted(version.title for version in versions.values() if version.facts.is_lapsed(today)):
        raise RightsLapsed(f"the right to use these items has ended: {', '.join(lapsed)}", items=len(lapsed))
    unready = sorted(version.title for version in versions.values() if version.state is not ItemState.APPROVED)
    if unready:
        raise Invalid(f"not approved: {', '.join(unready)}")
    _check_enemies(tx, versions)
    if len({frozenset(version.variants) for version in versions.values()}) > 1:
        raise Invalid("the items of one form must all be in the same languages")
    return versions


def _check_enemies(tx: Transaction, versions: Mapping[ItemVersionId, ItemVersion]) -> None:
    """Refuse a paper in which one item gives another away."""
    items = {version.item_id for version in versions.values()}
    for enemies in tx.enemies.of_items(items):
        if len(items.intersection(enemies.items)) > 1:
            raise Invalid(f"these items may not be in one form, by the set of enemies {enemies.name}", problem="enemies", name=enemies.name)


def forms(engine: Engine, actor: Actor) -> list[FormSheet]:
    """Return the organisation's forms, newest first."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return [_sheet(tx, form) for form in tx.forms.all_of(actor)]


def form_of(engine: Engine, actor: Actor, form_id: FormId) -> FormSheet:
    """Return one form of the actor's organisation."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return _sheet(tx, tx.forms.of_actor(actor, form_id))


def _sheet(tx: Transaction, form: Form) -> FormSheet:
    versions = tx.items.many(form.items)
    marks = {version.id: max_score(scored_variant(version)) or 0.0 for version in versions.values()}
    counts = counts_of(pool_item(versions[item], marks[item]) for item in form.items)
    return FormSheet(form=form, versions=versions, marks=marks, counts=counts)


def pool_item(version: ItemVersion, marks: float) -> PoolItem:
    """Return a version as blueprints know it."""
    facts = version.facts
    return PoolItem(
        id=version.id,
        item=version.item_id,
        competency=version.competency_id or "",
        level=version.level,
        subject=facts.subject,
        topic=facts.topic,
        kind=facts.kind,
        bloom=facts.bloom or "",
        difficulty=facts.difficulty or "",
        seconds=facts.seconds,
        words=facts.words,
        marks=Decimal(str(marks)),
    )
