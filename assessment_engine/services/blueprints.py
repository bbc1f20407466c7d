"""Blueprints: keep them, hold them against what the bank has, and make a fixed form by one. Candidates' own papers: drawn_forms.py."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from assessment_engine.competency import Competency
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, Invalid, MarksDiffer
from assessment_engine.kernel.ids import BlueprintId, FormId, ItemVersionId, OrganisationId, PersonId, new_id
from assessment_engine.people import Actor, Role, civil_date, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import best_score
from assessment_engine.storage.blueprints import KeptBlueprint
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_parts import chunks
from item_bank.blueprints import Blueprint, Drawing, DrawnSection, PoolItem, Survey, survey
from item_bank.blueprints.assembly import COUNTED
from item_bank.forms import Form, FormOrigin, FormState, document_of, form_digest

LONGEST_TITLE = 200
CHOSEN_BY = (*COUNTED, "subject", "bloom", "languages", "marks")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueprintSheet:
    """A blueprint held against the bank as it is now, for an exam of some day."""

    kept: KeptBlueprint
    survey: Survey
    on: date
    maker: str
    used: int  # forms and draws that follow it


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a blueprint may ask for: every value that approved items have, with how many have it."""

    values: Mapping[str, Mapping[str, int]]
    competencies: Mapping[str, Competency]
    approved: int


def save(engine: Engine, actor: Actor, blueprint: Blueprint, replaces: BlueprintId | None = None) -> KeptBlueprint:
    """Keep a blueprint; a changed one replaces the one before, which its forms keep leading to.

    Raises Invalid for rules that no paper could follow, Conflict where somebody else changed it meanwhile.
    """
    require(actor, Role.CELL_OFFICER)
    blueprint.check()
    if not blueprint.title.strip() or not blueprint.title_hi.strip():
        raise Invalid("a blueprint needs its title in English and in Hindi", problem="titles")
    if not blueprint.languages:
        raise Invalid("say in which languages every question must be", problem="languages")
    now = engine.clock.now()
    kept = KeptBlueprint(
        id=BlueprintId(new_id("blu", now)),
        organisation_id=actor.organisation_id,
        blueprint=blueprint,
        made_by=actor.person_id,
        made_at=now,
        replaces=replaces,
    )
    with engine.store.begin() as tx:
        if replaces is not None:
            tx.blueprints.of_actor(actor, replaces)
        tx.blueprints.add(kept)
        about: Json = {"sha256": blueprint.sha256, "replaces": replaces}
        tx.audit.append("blueprint_saved", subject=kept.id, actor=actor.person_id, now=now, payload=about)
    return kept


def give_up(engine: Engine, actor: Actor, blueprint_id: BlueprintId) -> None:
    """Let no new form follow a blueprint; those that do stay."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.begin() as tx:
        tx.blueprints.of_actor(actor, blueprint_id)
        tx.blueprints.give_up(blueprint_id)
        tx.audit.append("blueprint_given_up", subject=blueprint_id, actor=actor.person_id, now=engine.clock.now())


def blueprints(engine: Engine, actor: Actor) -> list[KeptBlueprint]:
    """Return the organisation's standing blueprints, newest first."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return tx.blueprints.all_of(actor)


def kept_of(engine: Engine, actor: Actor, blueprint_id: BlueprintId) -> KeptBlueprint:
    """Return a blueprint of the actor's organisation as it was kept; raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return tx.blueprints.of_actor(actor, blueprint_id)


def blueprint_of(engine: Engine, actor: Actor, blueprint_id: BlueprintId, on: date | None = None) -> BlueprintSheet:
    """Return a blueprint with what the bank has for it on a day, today unless told otherwise."""
    require(actor, Role.CELL_OFFICER)
    work_out_marks(engine, actor.organisation_id)
    day = on or civil_date(engine.clock.now())
    with engine.store.read() as tx:
        kept = tx.blueprints.of_actor(actor, blueprint_id)
        found = survey(kept.blueprint, tx.blueprints.pool(actor.organisation_id), day)
        maker = tx.people.get(PersonId(kept.made_by)).name
        return BlueprintSheet(kept=kept, survey=found, on=day, maker=maker, used=tx.blueprints.used(blueprint_id))


def check(engine: Engine, actor: Actor, blueprint: Blueprint, on: date | None = None) -> Survey:
    """Hold a blueprint that is not kept yet against the bank; raises Invalid for rules that no paper could follow."""
    require(actor, Role.CELL_OFFICER)
    blueprint.check()
    work_out_marks(engine, actor.organisation_id)
    with engine.store.read() as tx:
        return survey(blueprint, tx.blueprints.pool(actor.organisation_id), on or civil_date(engine.clock.now()))


def offer(engine: Engine, actor: Actor) -> Offer:
    """Return what a blueprint may ask for."""
    require(actor, Role.CELL_OFFICER)
    work_out_marks(engine, actor.organisation_id)
    with engine.store.read() as tx:
        pool = tx.blueprints.pool(actor.organisation_id)
        skills = {str(one.id): one for one in tx.competency.all_of(actor.organisation_id)}
    values = {name: dict(sorted(Counter(_said(pool.items, name)).items())) for name in CHOSEN_BY}
    return Offer(values=values, competencies=skills, approved=len({item.item for item in pool.items}))


def _said(items: Iterable[PoolItem], name: str) -> Iterable[str]:
    for item in items:
        value = getattr(item, name)
        yield from map(str, value if isinstance(value, frozenset) else (value,) if value not in ("", None) else ())


def build_form(engine: Engine, actor: Actor, blueprint_id: BlueprintId, on: date | None = None) -> Form:
    """Make a fixed form by a blueprint, drawn from a fresh seed that it keeps, for exams until a day (today).

    Raises BlueprintCannotBeMet with the row that fails and how many items are missing, Conflict for a blueprint that stands no more.
    """
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    work_out_marks(engine, actor.organisation_id)
    with engine.store.read() as tx:
        kept, pool = standing(tx, actor, blueprint_id), tx.blueprints.pool(actor.organisation_id)
    seed = secrets.token_hex(16)
    usable, _ = pool.usable(kept.blueprint.languages, max(on or civil_date(now), civil_date(now)))
    paper = Drawing(kept.blueprint, usable).draw(seed)
    origin = FormOrigin(blueprint_id=kept.id, seed=seed, pool_sha256=usable.sha256)
    form, document = form_from(kept, paper, origin, now)
    with engine.store.begin() as tx:
        form = _numbered(form, tx.blueprints.used(kept.id) + 1)
        tx.drawn_forms.keep_pool(usable)
        tx.forms.add(form, document)
        about: Json = {"sha256": form.sha256, "blueprint": kept.id, "pool_sha256": origin.pool_sha256}
        tx.audit.append("form_built", subject=form.id, actor=actor.person_id, now=now, payload=about)
    return form


def _numbered(form: Form, number: int) -> Form:
    """Give a fixed form a title of its own among those that follow the blueprint."""
    longest = LONGEST_TITLE - len(f" · {number}")
    title, title_hi = (f"{one[:longest]} · {number}" for one in (form.title, form.title_hi))
    return replace(form, title=title, title_hi=title_hi)


def check_marks(blueprint: Blueprint, found: Survey) -> None:
    """Refuse rows whose items differ in marks: two candidates could not reach the same. Raises MarksDiffer with the first of them."""
    for row in found.uneven:
        section, worth = blueprint.sections[row.section].id, ", ".join(str(marks) for marks in row.marks)
        message = f"section {section}, row {row.row + 1}: its questions are worth {worth}; papers would not be worth the same"
        raise MarksDiffer(message, section=section, row=row.row + 1, marks=worth)


def work_out_marks(engine: Engine, organisation_id: OrganisationId) -> None:
    """Work out the marks of versions that were approved before approval did that; each text is read for it once, some at a time."""
    with engine.store.read() as tx:
        missing = tx.blueprints.without_marks(organisation_id)
    for some in chunks(missing):
        with engine.store.read() as tx:
            versions = tx.items.many([ItemVersionId(one) for one in some])
        best = {version_id: best_score(version) for version_id, version in versions.items()}
        with engine.store.begin() as tx:
            tx.blueprints.keep_marks(best)


def standing(tx: Transaction, actor: Actor, blueprint_id: BlueprintId) -> KeptBlueprint:
    """Return a blueprint that new forms may follow; raises Conflict for another."""
    kept = tx.blueprints.of_actor(actor, blueprint_id)
    if not kept.standing:
        raise Conflict("this blueprint was changed or given up; take the one that stands now", problem="blueprint_changed")
    return kept


def form_from(kept: KeptBlueprint, paper: Sequence[DrawnSection], origin: FormOrigin, now: datetime) -> tuple[Form, Json]:
    """Return a drawn paper as a form, with the document that its hash is of."""
    sections = tuple(part.form_section for part in paper)
    document = document_of(sections, {ItemVersionId(item.id): item.sha256 for part in paper for item in part.items})
    form = Form(
        id=FormId(new_id("for", now)),
        organisation_id=kept.organisation_id,
        title=kept.blueprint.title,
        title_hi=kept.blueprint.title_hi,
        sections=sections,
        sha256=form_digest(document),
        state=FormState.APPROVED,
        origin=origin,
    )
    return form, document
