"""Importing a package of items: check, store as drafts, report. All or nothing; a refused package changes nothing.

What may be kept is decided by item_bank/imports.py, where a package comes from by import_sources.py, how it is written by new_items.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import BankId, CompetencyId, ImportId, PersonId, new_id
from assessment_engine.people import Actor, Organisation, OrganisationKind, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import AUTO
from assessment_engine.services.item_likeness import alike_in_import
from assessment_engine.services.items import create_bank
from assessment_engine.services.new_items import keep
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_imports import IMPORT, ImportRun
from item_bank.facts import Aim, ItemFacts, facts_from
from item_bank.imports import CheckedImport, CheckedItem, ImportReport, Progress, Source, check_import
from item_bank.items import ItemVersion, check_level
from item_bank.qti.problems import Problem, Severity

__all__ = ["Problem", "Severity"]  # for pages, which import nothing of item_bank.qti

IMPORTED = "Imported items"
"""The bank that an import at the console goes to when none is named."""

CONSOLE = PersonId("console")
"""Who acted, in the log, when somebody with the machine in their hands did and nobody was signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRules:
    """How to import, and where: into a bank, or a new one of a name.

    `name` is what the list of imports calls it, `run_id` the import that was asked for (services/import_runs.py), if one was.
    """

    bank_id: BankId | None = None
    new_bank: str = ""
    lenient: bool = False
    dry_run: bool = False
    competency_id: CompetencyId | None = None
    level: int | None = None
    facts: ItemFacts = field(default_factory=ItemFacts)
    form: str = AUTO
    lang: str = ""
    name: str = ""
    run_id: ImportId | None = None


def import_package(engine: Engine, actor: Actor, source: Source, rules: ImportRules, progress: Progress | None = None) -> ImportReport:
    """Import a package and report; bad files are a report that says `refused`.

    Raises NotFound for another's bank, Invalid for a name or level that cannot be.
    """
    require(actor, Role.CELL_OFFICER)
    check_level(rules.level)
    checked = check_import(source, lenient=rules.lenient, check_only=rules.dry_run, progress=progress)
    like = alike_in_import(engine, actor, checked, rules.bank_id)
    known = _competencies(engine, actor)
    found = (*checked.report.problems, *like, *_unknown(checked, known))
    checked = replace(checked, report=replace(checked.report, problems=found))
    if rules.dry_run or checked.report.refused or not checked.items:
        return checked.report
    into = rules.bank_id or create_bank(engine, actor, rules.new_bank).id

    def seal(tx: Transaction, import_id: ImportId, versions: Sequence[ItemVersion]) -> None:
        report = _stored(checked, versions)
        run_id = rules.run_id or _unasked(tx, actor, rules, engine.clock.now())
        tx.item_imports.end(run_id, engine.clock.now(), report=report.as_json(), imported=report.imported, import_id=import_id)

    new = [_placed(each, _aimed(rules, checked.aims.get(each.identifier, Aim()), known)) for each in checked.items]
    return _stored(checked, keep(engine, actor, into, new, seal))


def _competencies(engine: Engine, actor: Actor) -> Mapping[str, CompetencyId]:
    """Return the organisation's competencies by what a file may call them: their codes, and the names that only one of them has."""
    with engine.store.read() as tx:
        known = tx.competency.all_of(actor.organisation_id)
    bearers: dict[str, set[CompetencyId]] = {}
    for one in known:
        for name in (one.name, one.name_hi):
            bearers.setdefault(" ".join(name.split()), set()).add(one.id)
    named = {name: next(iter(ids)) for name, ids in bearers.items() if len(ids) == 1}
    return named | {one.code: one.id for one in known}


def _unknown(checked: CheckedImport, known: Mapping[str, CompetencyId]) -> list[Problem]:
    """Note the items whose file names a competency that the organisation has not: they come in without it."""
    return [
        Problem(
            code="unknown_competency",
            message=f"there is no competency {aim.competency[:80]!r} here; the item comes in without it",
            severity=Severity.NOTE,
            file=line.files[0],
            advice="Write the code of a competency that the examination cell has, or choose one once the item is in the bank.",
        )
        for line in checked.report.items
        if (aim := checked.aims.get(line.identifier, Aim())).competency and aim.competency not in known
    ]


def _unasked(tx: Transaction, actor: Actor, rules: ImportRules, now: datetime) -> ImportId:
    """List an import that nobody asked for on a page: one at the console."""
    run = a_run(actor, ImportId(new_id(IMPORT, now)), (rules.name or CONSOLE,), rules, now=now)
    tx.item_imports.add(run)
    return run.id


def a_run(actor: Actor, run_id: ImportId, names: Sequence[str], rules: ImportRules, *, now: datetime) -> ImportRun:
    """Return an import as it is listed, before anything came of it."""
    said = {
        "bank_id": rules.bank_id,
        "new_bank": rules.new_bank,
        "lenient": rules.lenient,
        "dry_run": rules.dry_run,
        "competency_id": rules.competency_id,
        "level": rules.level,
        "facts": rules.facts.document,
        "form": rules.form,
        "lang": rules.lang,
    }
    return ImportRun(
        id=run_id,
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        person=actor.name,
        asked_at=now,
        name=names[0],
        files=tuple(names),
        rules=said,
    )


def rules_of(run: ImportRun) -> ImportRules:
    """Return by which rules an import was asked for."""
    said: Any = run.rules
    return ImportRules(**{**said, "facts": facts_from(said["facts"])})


def _placed(checked: CheckedItem, rules: ImportRules) -> CheckedItem:
    """Say what an item is for and whose it is, as far as its file has not said it."""
    facts = facts_from({**rules.facts.document, **checked.new.facts.document})
    return replace(checked, new=replace(checked.new, competency_id=rules.competency_id, level=rules.level, facts=facts))


def _aimed(rules: ImportRules, aim: Aim, known: Mapping[str, CompetencyId]) -> ImportRules:
    """Return the rules for an item whose file says what it examines; a competency that is not known here is none, not the import's."""
    competency_id = known.get(aim.competency) if aim.competency else rules.competency_id
    return replace(rules, competency_id=competency_id, level=rules.level if aim.level is None else aim.level)


def _stored(checked: CheckedImport, versions: Sequence[ItemVersion]) -> ImportReport:
    lines = [
        replace(line, version_id=version.id, version=version.version) for line, version in zip(checked.report.items, versions, strict=True)
    ]
    return replace(checked.report, items=tuple(lines), imported=len(versions))


def at_the_console(engine: Engine, organisation: str = "") -> Actor:
    """Return the actor for an import or export at the console, for an organisation by its id or exact name.

    Without a name, the only organisation or the only assessing agency is meant; raises Invalid when that is not clear.
    """
    with engine.store.read() as tx:
        known = tx.people.organisations()
    agencies = [each for each in known if each.kind is OrganisationKind.AGENCY]
    meant = [each for each in known if organisation in (each.id, each.name)] if organisation else agencies if len(known) > 1 else known
    if len(meant) != 1:
        raise Invalid(f"say which organisation: {', '.join(each.name for each in known) or 'there is none yet'}")
    return _console_of(meant[0])


def _console_of(organisation: Organisation) -> Actor:
    return Actor(person_id=CONSOLE, organisation_id=organisation.id, name="Console", roles=frozenset({Role.CELL_OFFICER}))


def bank_named(engine: Engine, actor: Actor, name: str) -> BankId | None:
    """Return the actor's bank of this name, or None when there is none yet."""
    with engine.store.read() as tx:
        return next((bank.id for bank in tx.items.banks(actor) if bank.name == name), None)
