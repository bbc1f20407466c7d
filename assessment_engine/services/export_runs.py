"""Exports of all that a filter finds, however much: asked for on a page, written by a job, found again, and downloaded for a day.

What an export holds: item_exports.py. They stand in the room of imports (import_runs.py), and are claimed and begun again like these.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, NotFound
from assessment_engine.kernel.ids import ImportId, SittingId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services import item_cards
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.import_runs import ON_A_PAGE, forget_files, once, telling
from assessment_engine.services.item_exports import FORMS, Exported, OutForm, record, write
from assessment_engine.storage.item_imports import EXPORT, ImportRun
from item_bank.item_filters import ItemFilter, Order, filter_from
from item_bank.qti.package import as_record, from_record
from item_bank.qti.problems import Problem

FOLDER = "exports"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What an export wrote, what it could not say, and whether its file is still kept."""

    size: int
    left_out: tuple[str, ...]
    problems: tuple[Problem, ...]
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """A written export as it is downloaded."""

    name: str
    media_type: str
    data: bytes


def ask(engine: Engine, actor: Actor, asked: ItemFilter, *, form: str, lang: str = "") -> ImportId:
    """Ask for all items that a filter finds, in a form; returns where its progress is found. Raises Invalid for an unknown form."""
    require(actor, Role.CELL_OFFICER)
    if form not in FORMS:
        raise Invalid(f"choose one of {', '.join(each.title for each in FORMS.values())}")
    now = engine.clock.now()
    run_id = ImportId(new_id(EXPORT, now))
    rules: Mapping[str, Json] = {"filter": asked.document, "form": form, "lang": lang}
    run = ImportRun(
        id=run_id,
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        person=actor.name,
        asked_at=now,
        name=FORMS[form].title,
        files=(),
        rules=rules,
    )
    with engine.store.begin() as tx:
        tx.item_imports.add(run)
        job = tx.outbox.add(JobName.EXPORT_ITEMS, run_id, now)
    engine.jobs.tell(job)
    return run_id


def carry_out(engine: Engine, run_id: ImportId | SittingId) -> None:
    """Write an export that was asked for, once: the body of a job, safe to run twice. Raises NotYet while somebody else is at it."""
    once(
        engine,
        ImportId(run_id),
        lambda actor, run: _written(engine, actor, run),
        lambda actor, run, written: _ended(engine, actor, run, written),
    )


def _written(engine: Engine, actor: Actor, run: ImportRun) -> Exported:
    """Write what the filter finds by now; raises Invalid when that is nothing."""
    require(actor, Role.CELL_OFFICER)
    said: Any = run.rules
    cards = item_cards.every(engine, actor, filter_from(said["filter"]), Order())
    if not cards:
        raise Invalid("no item fits the filter any more", problem="nothing_to_export")
    return write(engine, actor, cards, form=said["form"], lang=said["lang"], progress=telling(engine, run.id))


def _ended(engine: Engine, actor: Actor, run: ImportRun, written: Exported) -> None:
    """Keep the file for a day, and its report; who took which keys out is in the log."""
    engine.blobs.put(_key(run.id), written.package)
    now = engine.clock.now()
    problems: list[Json] = [as_record(each) for each in written.problems]
    report: Json = {"size": len(written.package), "left_out": [*written.left_out], "problems": problems}
    with engine.store.begin() as tx:
        tx.item_imports.end(run.id, now, report=report, imported=written.items)
        record(tx, actor, run.id, form_of(run), written, now)


def runs(engine: Engine, actor: Actor, before: ImportId | None = None) -> list[ImportRun]:
    """Return a page of the organisation's exports, newest first; one more than a page when there are more."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return tx.item_imports.page(actor, ON_A_PAGE + 1, before, EXPORT)


def shown_run(engine: Engine, actor: Actor, run_id: ImportId) -> tuple[ImportRun, ExportReport | None]:
    """Return one export, and its report when it has ended; raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        run = tx.item_imports.of_actor(actor, run_id, EXPORT)
    if run.report is None:
        return run, None
    said: Any = run.report
    kept = any(one.key == _key(run.id) for one in engine.blobs.under(FOLDER))
    problems = tuple(from_record(each) for each in said["problems"])
    return run, ExportReport(size=said["size"], left_out=tuple(said["left_out"]), problems=problems, kept=kept)


def take(engine: Engine, actor: Actor, run_id: ImportId) -> ExportFile:
    """Return the file of an export, and say in the log who took it; raises NotFound when it is not written, or no longer kept."""
    run, report = shown_run(engine, actor, run_id)
    if report is None or not report.kept:
        raise NotFound("the file of this export is no longer kept; write it again")
    data = engine.blobs.get(_key(run.id))
    now = engine.clock.now()
    about: Json = {"sha256": hashlib.sha256(data).hexdigest()}
    with engine.store.begin() as tx:
        tx.audit.append("export_taken", subject=run.id, actor=actor.person_id, now=now, payload=about)
    name, form = form_of(run), out_form(run)
    return ExportFile(name=f"items-{name}{form.ending}", media_type=form.media_type, data=data)


def form_of(run: ImportRun) -> str:
    """Return the name of the form that an export was asked for in."""
    return str(run.rules["form"])


def out_form(run: ImportRun) -> OutForm:
    """Return that form."""
    return FORMS[form_of(run)]


def forget_exports(engine: Engine) -> int:
    """Let go of written exports after a day: they hold the keys. Returns how many there were."""
    return forget_files(engine, FOLDER)


def _key(run_id: ImportId) -> str:
    return f"{FOLDER}/{run_id}"
