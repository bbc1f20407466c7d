"""Imports that are asked for on a page: kept with their files, carried out by a job (or at once, where they are small), found again with
their report.

What may be kept and how it is written: item_imports.py. Taking one back: import_withdrawals.py. Uploads lie in the blob store until they
are imported; after a check or a refusal for a day, so that the import can follow without sending the files again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from assessment_engine.kernel.errors import AssessmentError, Invalid, NotFound, NotYet, StorageUnavailable
from assessment_engine.kernel.ids import ImportId, PersonId, SittingId, new_id
from assessment_engine.people import Actor, Role, civil_date, require, roles_on
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, a_run, import_package, rules_of
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_imports import IMPORT, ImportRun
from item_bank.imports import ImportReport, Progress

T = TypeVar("T")

SMALL_BYTES = 64 * 1024
"""Files of so many bytes together are imported while the page waits."""

ON_A_PAGE = 50
FOLDER = "imports"
KEPT = timedelta(days=1)
_TOLD = 50
"""How often the progress of one import is written down."""


def ask(engine: Engine, actor: Actor, files: Mapping[str, bytes], rules: ImportRules) -> ImportId:
    """Take files to be imported, or only checked; returns where its progress and its report are found.

    Raises Invalid for files that do not go together, and for a bank without a name.
    """
    require(actor, Role.CELL_OFFICER)
    from_files(files, rules.form, rules.lang)
    if not (rules.dry_run or rules.bank_id or rules.new_bank.strip()):
        raise Invalid("a bank needs a name", problem="bank_unnamed")
    now = engine.clock.now()
    run_id = ImportId(new_id(IMPORT, now))
    for number, data in enumerate(files.values()):
        engine.blobs.put(f"{FOLDER}/{run_id}/{number}", data)
    job = _kept(engine, actor, run_id, tuple(files), rules)
    if sum(map(len, files.values())) <= SMALL_BYTES:
        carry_out(engine, run_id)
    else:
        engine.jobs.tell(job)
    return run_id


def ask_again(engine: Engine, actor: Actor, run_id: ImportId, rules: ImportRules) -> ImportId:
    """Import what was only checked, or refused, by other rules; raises NotFound when its files are no longer kept."""
    with engine.store.read() as tx:
        checked = tx.item_imports.of_actor(actor, run_id)
    said = rules_of(checked)
    return ask(engine, actor, _uploads(engine, checked), replace(rules, form=said.form, lang=said.lang))


def carry_out(engine: Engine, run_id: ImportId | SittingId) -> None:
    """Do an import that was asked for, once: the body of a job, safe to run twice. Raises NotYet while somebody else is at it."""

    def bring_in(actor: Actor, run: ImportRun) -> ImportReport:
        rules = replace(rules_of(run), run_id=run.id)
        source = from_files(_uploads(engine, run), rules.form, rules.lang)
        return import_package(engine, actor, source, rules, telling(engine, run.id))

    once(engine, ImportId(run_id), bring_in, lambda _, run, report: _ended(engine, run, report))


def once(engine: Engine, run_id: ImportId, work: Callable[[Actor, ImportRun], T], end: Callable[[Actor, ImportRun, T], None]) -> None:
    """Do the work of an import or export that nobody is at and that has not ended, and keep what came of it, or why nothing did.

    Raises NotYet while somebody else is at it, StorageUnavailable when the next try may do better.
    """
    now = engine.clock.now()
    with engine.store.begin() as tx:
        claimed = tx.item_imports.claim(run_id, now)
        run = tx.item_imports.get(run_id)
        actor = asker(tx, run, civil_date(now))
    if run.ended_at is not None:
        return
    if not claimed:
        raise NotYet("somebody is at this already")
    try:
        done = work(actor, run)
    except StorageUnavailable:
        raise
    except AssessmentError as error:
        _broken_off(engine, run.id, error)
    else:
        end(actor, run, done)


def _kept(engine: Engine, actor: Actor, run_id: ImportId, names: tuple[str, ...], rules: ImportRules) -> str:
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.item_imports.add(a_run(actor, run_id, names, rules, now=now))
        return tx.outbox.add(JobName.IMPORT_ITEMS, run_id, now)


def _uploads(engine: Engine, run: ImportRun) -> dict[str, bytes]:
    """Return the files of an import as they came; raises NotFound when they are no longer kept."""
    try:
        return {name: engine.blobs.get(f"{FOLDER}/{run.id}/{number}") for number, name in enumerate(run.files)}
    except NotFound as missing:
        raise NotFound("the files of this check are no longer kept; choose them again", problem="files_not_kept") from missing


def asker(tx: Transaction, run: ImportRun, day: date) -> Actor:
    """Return who asked, with the roles that they hold by now."""
    person = tx.people.get(PersonId(run.person_id))
    roles = roles_on(tx.people.terms(person.id, run.organisation_id), day)
    return Actor(person_id=person.id, organisation_id=run.organisation_id, name=person.name, roles=roles)


def telling(engine: Engine, run_id: ImportId) -> Progress:
    """Return what writes down how far an import or export is, now and then."""

    def tell(done: int, total: int) -> None:
        if done == total or done % max(1, total // _TOLD) == 0:
            with engine.store.begin() as tx:
                tx.item_imports.progress(run_id, done, total, engine.clock.now())

    return tell


def _broken_off(engine: Engine, run_id: ImportId, error: AssessmentError) -> None:
    """Keep why nothing came of an import or export: in a code, for which pages have words, and as it was said."""
    code = str(error.details.get("problem") or error.code)
    with engine.store.begin() as tx:
        tx.item_imports.break_off(run_id, engine.clock.now(), code, error.message)


def _ended(engine: Engine, run: ImportRun, report: ImportReport) -> None:
    """Keep the report of what changed nothing, and its files for a day; that of an import was kept together with its items."""
    if not report.imported:
        with engine.store.begin() as tx:
            tx.item_imports.end(run.id, engine.clock.now(), report=report.as_json())
        return
    for number in range(len(run.files)):
        engine.blobs.delete(f"{FOLDER}/{run.id}/{number}")


def runs(engine: Engine, actor: Actor, before: ImportId | None = None) -> list[ImportRun]:
    """Return a page of the organisation's imports and checks, newest first; one more than a page when there are more."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return tx.item_imports.page(actor, ON_A_PAGE + 1, before)


def shown_run(engine: Engine, actor: Actor, run_id: ImportId) -> tuple[ImportRun, ImportReport | None]:
    """Return one import or check, and its report when it has ended; raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        run = tx.item_imports.of_actor(actor, run_id)
    return run, None if run.report is None else ImportReport.from_json(run.report)


def forget_uploads(engine: Engine) -> int:
    """Let go of files that lie there for longer than a day; returns how many there were."""
    return forget_files(engine, FOLDER)


def forget_files(engine: Engine, folder: str) -> int:
    """Let go of what lies in a folder for longer than a day; returns how many files there were."""
    until = engine.clock.now() - KEPT
    old = [one.key for one in engine.blobs.under(folder) if one.written_at < until]
    for key in old:
        engine.blobs.delete(key)
    return len(old)
