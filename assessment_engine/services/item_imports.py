"""Importing a package of items: check, store as drafts, report. All or nothing; a refused package changes nothing.

What may be kept is decided by item_bank/imports.py, where a package comes from by import_sources.py, how it is written by new_items.py.
"""

from dataclasses import dataclass, field, replace

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import BankId, CompetencyId, PersonId
from assessment_engine.people import Actor, Organisation, OrganisationKind, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import create_bank
from assessment_engine.services.new_items import keep
from item_bank.facts import ItemFacts
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
    """How to import, and where: into a bank, or a new one of a name. `most` bounds the items, so that a page answers in time."""

    bank_id: BankId | None = None
    new_bank: str = ""
    lenient: bool = False
    dry_run: bool = False
    competency_id: CompetencyId | None = None
    level: int | None = None
    facts: ItemFacts = field(default_factory=ItemFacts)
    most: int | None = None


def import_package(engine: Engine, actor: Actor, source: Source, rules: ImportRules, progress: Progress | None = None) -> ImportReport:
    """Import a package and report; bad files are a report that says `refused`.

    Raises NotFound for another's bank, Invalid for a name or level that cannot be.
    """
    require(actor, Role.CELL_OFFICER)
    check_level(rules.level)
    checked = check_import(source, lenient=rules.lenient, check_only=rules.dry_run, progress=progress)
    if rules.most is not None and len(checked.report.items) > rules.most:
        raise Invalid(f"at most {rules.most} items at once here; this package has {len(checked.report.items)}: import it at the console")
    if rules.dry_run or checked.report.refused or not checked.items:
        return checked.report
    into = rules.bank_id or create_bank(engine, actor, rules.new_bank).id
    return _stored(checked, keep(engine, actor, into, [_placed(each, rules) for each in checked.items]))


def _placed(checked: CheckedItem, rules: ImportRules) -> CheckedItem:
    """Say what an item is for and whose it is; no file says it."""
    return replace(checked, new=replace(checked.new, competency_id=rules.competency_id, level=rules.level, facts=rules.facts))


def _stored(checked: CheckedImport, versions: list[ItemVersion]) -> ImportReport:
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
