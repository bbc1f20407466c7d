"""Before and after a session: who is not ready yet, and the signed report of who came and what happened."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page, wording
from api.pages.tables import csv_file
from assessment_engine.kernel.errors import NotYet
from assessment_engine.kernel.ids import SessionId
from assessment_engine.people import Actor
from assessment_engine.services import readiness, session_reports
from assessment_engine.services.engine import Engine
from assessment_engine.services.readiness import Lack, ReadyLine

router = APIRouter(prefix="/cell/sessions/{session_id}", include_in_schema=False)

MOST_SHOWN = 200


def _wanted(lines: tuple[ReadyLine, ...], show: str) -> list[ReadyLine]:
    if show in set(Lack):
        return [line for line in lines if Lack(show) in line.lacks]
    return [line for line in lines if show == "all" or not line.is_ready]


@router.get("/readiness")
def who_is_ready(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId, show: str = "") -> HTMLResponse:
    """Show who lacks what; the filter is in the address."""
    found = readiness.readiness(engine, actor, session_id)
    wanted = _wanted(found.lines, show)
    return page(request, "cell/readiness.html", found=found, show=show, lines=wanted[:MOST_SHOWN], matching=len(wanted))


@router.get("/readiness.csv")
def readiness_csv(engine: EngineDep, actor: Officer, session_id: SessionId, show: str = "") -> Response:
    """Answer with what the list shows, as CSV."""
    lines = _wanted(readiness.readiness(engine, actor, session_id).lines, show)
    rows = [(one.seat.login, one.seat.name, one.seat.registration.seat, one.practised, " ".join(one.lacks)) for one in lines]
    return csv_file("readiness", ("login", "name", "seat", "practised", "lacks"), rows)


@router.get("/report")
def reports(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId) -> HTMLResponse:
    """Show the session's reports, or what is still to happen before there is one."""
    return _reports(request, engine, actor, session_id)


@router.post("/report")
def make_report(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId) -> Response:
    """Make and sign the report."""
    try:
        session_reports.make_report(engine, actor, session_id)
    except NotYet as error:
        return _reports(request, engine, actor, session_id, problem=error.message)
    return goto(f"/cell/sessions/{session_id}/report", done="made")


def _reports(request: Request, engine: Engine, actor: Actor, session_id: SessionId, *, problem: str = "") -> HTMLResponse:
    found = session_reports.session_reports(engine, actor, session_id)
    return page(request, "cell/session_report.html", status=422 if problem else 200, found=found, problem=problem, wording=wording)


@router.get("/report-{report_number}.pdf")
def report_pdf(engine: EngineDep, actor: Officer, session_id: SessionId, report_number: int) -> Response:
    """Give a report to print and sign by hand beside the machine's signature."""
    content = session_reports.report_pdf(engine, actor, session_id, report_number)
    headers = {"Content-Disposition": f'inline; filename="session-report-{session_id}-{report_number}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/report-{report_number}.json")
def report_file(engine: EngineDep, actor: Officer, session_id: SessionId, report_number: int) -> Response:
    """Give a report with its signature and the public key that checks it."""
    report, key = session_reports.report_of(engine, actor, session_id, report_number), engine.signer.receipts
    public = {"key_id": key.key_id, "ed25519_hex": key.public_bytes.hex()}
    content = {"report": dict(report.document), "signature": report.signature, "public_key": public}
    headers = {"Content-Disposition": f'attachment; filename="session-report-{session_id}-{report_number}.json"'}
    return Response(json.dumps(content, ensure_ascii=False, indent=1), media_type="application/json", headers=headers)
