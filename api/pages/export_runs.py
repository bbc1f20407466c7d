"""The cell's pages for exports of a whole list: asked for, their progress, the report, the download; all of them, newest first.

What is small is written while its page waits: item_exports.py. What is decided: services/export_runs.py.
"""

import json
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.findings import grouped
from api.pages.import_words import why_broken
from api.pages.item_cards import asked_for
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ImportId
from assessment_engine.people import Actor
from assessment_engine.services import export_runs
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_runs import ON_A_PAGE

router = APIRouter(prefix="/cell/items/exports", include_in_schema=False)


@router.post("")
def ask(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    every: Annotated[str, Form(max_length=4000)] = "",
    form: Annotated[str, Form()] = "qti3",
    lang: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Have everything written that a filter (the query of an address) finds."""
    asked = asked_for(dict(parse_qsl(every.removeprefix("?"))), actor)
    run_id = export_runs.ask(engine, actor, asked, form=form, lang=lang)
    return goto(f"/cell/items/exports/{run_id}", request=request)


@router.get("")
def list_exports(request: Request, engine: EngineDep, actor: Officer, before: str = "") -> HTMLResponse:
    """Show every export of a whole list, newest first."""
    found = export_runs.runs(engine, actor, ImportId(before) if before else None)
    shown = found[:ON_A_PAGE]
    return page(request, "cell/export_runs.html", runs=shown, before=before, next_before=shown[-1].id if len(found) > ON_A_PAGE else "")


@router.get("/{run_id}.json")
def export_as_json(engine: EngineDep, actor: Officer, run_id: ImportId) -> Response:
    """Answer with how far an export is and, once it has ended, what it could not say."""
    run, _ = export_runs.shown_run(engine, actor, run_id)
    said = {
        "id": run.id,
        "format": export_runs.form_of(run),
        "asked_at": run.asked_at.isoformat(),
        "by": run.person,
        "done": run.done,
        "total": run.total,
        "ended": run.ended_at is not None,
        "problem": run.problem,
        "problem_code": run.problem_code,
        "exported": run.imported,
        "report": run.report,
    }
    return Response(json.dumps(said, ensure_ascii=False), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/{run_id}")
def show_export(request: Request, engine: EngineDep, actor: Officer, run_id: ImportId) -> HTMLResponse:
    """Show how far an export is, or what it wrote."""
    return _shown(request, engine, actor, run_id)


@router.post("/{run_id}/file")
def download(request: Request, engine: EngineDep, actor: Officer, run_id: ImportId) -> Response:
    """Give the file, or say that it is no longer kept."""
    run, _ = export_runs.shown_run(engine, actor, run_id)
    try:
        file = export_runs.take(engine, actor, run.id)
    except NotFound:
        return _shown(request, engine, actor, run_id, status=404)  # its page says so
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.data, media_type=file.media_type, headers=headers)


def _shown(request: Request, engine: Engine, actor: Actor, run_id: ImportId, *, status: int = 200) -> HTMLResponse:
    run, report = export_runs.shown_run(engine, actor, run_id)
    return page(
        request,
        "cell/export_run.html",
        status=status,
        run=run,
        why=why_broken(run.problem_code),
        report=report,
        form=export_runs.out_form(run),
        groups=grouped(report.problems) if report else [],
    )
