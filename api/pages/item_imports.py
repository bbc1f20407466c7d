"""The cell's pages for importing items: files come in, a report comes out; all imports, each with its report; taking one back.

All files or none; a check changes nothing. What is decided: services/item_imports.py, import_runs.py, import_withdrawals.py. How findings
are put together: findings.py.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.bounds import LARGEST_BODY
from api.pages import goto, page
from api.pages.findings import grouped
from api.pages.import_words import MEANINGS, why_broken, why_refused
from api.pages.template_words import COLUMN_MEANINGS
from assessment_engine.kernel.errors import AssessmentError, Conflict, ImportInUse, Invalid, NotFound, TooLarge
from assessment_engine.kernel.ids import BankId, CompetencyId, ImportId
from assessment_engine.people import Actor
from assessment_engine.services import import_runs, import_withdrawals, items
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import FORMS, template
from assessment_engine.services.item_imports import ImportRules, rules_of
from item_bank.facts import LONGEST_SUBJECT, ItemFacts

router = APIRouter(prefix="/cell/items", include_in_schema=False)

MAX_FILES = 400
MAX_SHOWN = 200


@router.get("/import")
def ask_for_files(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask for files."""
    return _form(request, engine, actor, ImportRules())


@router.get("/import/template.{form}")
def give_template(actor: Officer, form: Literal["csv", "xlsx"]) -> Response:
    """Give the template of a spreadsheet, with an example of each type of question."""
    file = template(form)
    return Response(file.data, media_type=file.media_type, headers={"Content-Disposition": f'attachment; filename="{file.name}"'})


@router.post("/import")
def import_files(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    files: Annotated[list[UploadFile] | None, File()] = None,
    bank: Annotated[str, Form()] = "",
    new_bank: Annotated[str, Form(max_length=200)] = "",
    competency: Annotated[str, Form()] = "",
    level: Annotated[str, Form(max_length=1)] = "",
    reading: Annotated[Literal["strict", "lenient"], Form()] = "strict",
    check_only: Annotated[bool, Form()] = False,
    form: Annotated[str, Form()] = "auto",
    lang: Annotated[str, Form(max_length=20)] = "",
    subject: Annotated[str, Form(max_length=LONGEST_SUBJECT)] = "",
) -> Response:
    """Import everything or nothing; the report, or how far it is, is on the page of the import."""
    rules = ImportRules(
        bank_id=BankId(bank) if bank else None,
        new_bank=new_bank,
        lenient=reading == "lenient",
        dry_run=check_only,
        competency_id=CompetencyId(competency) if competency else None,
        level=int(level) if level.isdecimal() else None,
        form=form if form in FORMS else "auto",
        lang=lang.strip(),
        facts=ItemFacts(subject=subject.strip()),
    )
    try:
        run_id = import_runs.ask(engine, actor, _named(files or []), rules)
    except (Invalid, TooLarge) as error:
        return _form(request, engine, actor, rules, error)
    return goto(f"/cell/items/imports/{run_id}", request=request)


def _named(files: list[UploadFile]) -> Mapping[str, bytes]:
    chosen = [file for file in files if file.filename]
    if len(chosen) > MAX_FILES:
        raise TooLarge(f"at most {MAX_FILES} files at once", problem="too_many_files")
    named = {str(file.filename): file.file.read() for file in chosen}
    if len(named) < len(chosen):
        raise Invalid("two of the files have the same name", problem="same_name_twice")
    return named


def _form(request: Request, engine: Engine, actor: Actor, asked: ImportRules, error: AssessmentError | None = None) -> HTMLResponse:
    return page(
        request,
        "cell/item_import.html",
        status=422 if error else 200,
        banks=items.banks_of(engine, actor),
        competencies=competencies(engine, actor),
        problem=why_refused(error),
        asked=asked,
        forms=FORMS,
        columns=COLUMN_MEANINGS,
        largest_mib=LARGEST_BODY // 2**20,
    )


@router.get("/imports")
def list_imports(request: Request, engine: EngineDep, actor: Officer, before: str = "") -> HTMLResponse:
    """Show every import and check, newest first."""
    found = import_runs.runs(engine, actor, ImportId(before) if before else None)
    more = len(found) > import_runs.ON_A_PAGE
    shown = found[: import_runs.ON_A_PAGE]
    return page(request, "cell/item_imports.html", runs=shown, before=before, next_before=shown[-1].id if more else "")


@router.get("/imports/{run_id}.json")
def import_as_json(engine: EngineDep, actor: Officer, run_id: ImportId) -> Response:
    """Answer with how far an import is and, once it has ended, its report as the console prints it."""
    run, _ = import_runs.shown_run(engine, actor, run_id)
    said = {
        "id": run.id,
        "files": list(run.files),
        "asked_at": run.asked_at.isoformat(),
        "by": run.person,
        "dry_run": run.check_only,
        "done": run.done,
        "total": run.total,
        "ended": run.ended_at is not None,
        "problem": run.problem,
        "problem_code": run.problem_code,
        "withdrawn": run.withdrawn_at is not None,
        "report": run.report,
    }
    headers = {"Content-Disposition": f'inline; filename="{run.id}.json"', "Cache-Control": "no-store"}
    return Response(json.dumps(said, ensure_ascii=False), media_type="application/json", headers=headers)


@router.get("/imports/{run_id}")
def show_import(request: Request, engine: EngineDep, actor: Officer, run_id: ImportId) -> HTMLResponse:
    """Show how far an import is, or its report."""
    return _shown(request, engine, actor, run_id)


def _shown(request: Request, engine: Engine, actor: Actor, run_id: ImportId, error: AssessmentError | None = None) -> HTMLResponse:
    run, found = import_runs.shown_run(engine, actor, run_id)
    groups = grouped(found.problems) if found else []
    return page(
        request,
        "cell/item_import_run.html",
        status=422 if error else 200,
        run=run,
        why=why_broken(run.problem_code),
        asked=rules_of(run),
        problem=why_refused(error),
        found=found,
        groups=groups,
        wrong=sum(each.count for each in groups if each.wrong),
        shown=found.items[:MAX_SHOWN] if found else (),
        needs={code: meaning for code, (meaning, _) in MEANINGS.items()},
        banks=items.banks_of(engine, actor),
        forms=FORMS,
    )


@router.post("/imports/{run_id}/import")
def import_kept(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    run_id: ImportId,
    bank: Annotated[str, Form()] = "",
    new_bank: Annotated[str, Form(max_length=200)] = "",
    reading: Annotated[Literal["strict", "lenient"], Form()] = "strict",
) -> Response:
    """Import the files of a check, or of what was refused, which are still there."""
    run, _ = import_runs.shown_run(engine, actor, run_id)
    said = rules_of(run)
    rules = ImportRules(
        bank_id=BankId(bank) if bank else None,
        new_bank=new_bank,
        lenient=reading == "lenient",
        competency_id=said.competency_id,
        level=said.level,
        facts=said.facts,
    )
    try:
        next_id = import_runs.ask_again(engine, actor, run_id, rules)
    except (Invalid, NotFound) as error:
        return _shown(request, engine, actor, run_id, error)
    return goto(f"/cell/items/imports/{next_id}", request=request)


@router.get("/imports/{run_id}/withdraw")
def look_at_withdrawal(request: Request, engine: EngineDep, actor: Officer, run_id: ImportId) -> Response:
    """Show what taking an import back would do."""
    try:
        looked = import_withdrawals.look_at_withdrawal(engine, actor, run_id)
    except Conflict:
        return goto(f"/cell/items/imports/{run_id}", request=request)  # its page says why
    return page(request, "cell/item_withdrawal.html", looked=looked, run=looked.run, refused=False)


@router.post("/imports/{run_id}/withdraw")
def withdraw(request: Request, engine: EngineDep, actor: Officer, run_id: ImportId) -> Response:
    """Take an import back as a whole, or say why that is too late."""
    try:
        import_withdrawals.withdraw(engine, actor, run_id)
    except ImportInUse:
        looked = import_withdrawals.look_at_withdrawal(engine, actor, run_id)
        return page(request, "cell/item_withdrawal.html", status=409, looked=looked, run=looked.run, refused=True)
    return goto(f"/cell/items/imports/{run_id}", done="withdrawn", request=request)
