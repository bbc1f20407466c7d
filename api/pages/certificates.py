"""The cell's Certificates pages: "why not yet" for a session, and one certificate with what happened to it."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.pages import goto, page
from api.pages.holds import CELL_HOLDERS, CELL_REASONS
from api.pages.tables import csv_file, in_order
from assessment_engine.certification.summary import summarise
from assessment_engine.kernel.errors import Conflict, Invalid, SecondPersonNeeded
from assessment_engine.kernel.ids import SessionId
from assessment_engine.services import certification, exams, standing
from assessment_engine.services.standing import SeatStanding

router = APIRouter(prefix="/cell/certificates", include_in_schema=False)

Number = Annotated[str, Path(pattern=r"^[0-9A-Z-]{1,20}$")]

_SORTS: Mapping[str, Callable[[SeatStanding], Any]] = {
    "seat": lambda line: line.seat,
    "name": lambda line: line.name.lower(),
    "state": lambda line: (line.standing is None, str(line.standing.state) if line.standing else ""),
    "holder": lambda line: line.holds[0].holder if line.holds else "",
}
_VERBS = {"suspend": certification.suspend, "reinstate": certification.reinstate, "revoke": certification.revoke}


@router.get("")
def show(request: Request, engine: EngineDep, actor: Officer, session: str = "", sort: str = "seat") -> HTMLResponse:
    """Show one session's sittings: a certificate, or what holds it, who holds it and since when."""
    sessions = exams.sessions(engine, actor)
    chosen = session or (sessions[0].session.id if sessions else "")
    lines = in_order(standing.session_standing(engine, actor, SessionId(chosen)), sort, _SORTS) if chosen else []
    return page(
        request,
        "cell/certificates.html",
        sessions=sessions,
        chosen=chosen,
        lines=lines,
        sort=sort,
        reasons=CELL_REASONS,
        holders=CELL_HOLDERS,
    )


@router.get("/session.csv")
def session_csv(engine: EngineDep, actor: Officer, session: SessionId) -> Response:
    """Give the same table as a file."""
    rows = [
        (
            line.seat,
            line.name,
            line.standing.certificate.number if line.standing else "",
            line.standing.state if line.standing else "",
            "; ".join(CELL_REASONS[hold.reason] for hold in line.holds),
            line.holds[0].holder if line.holds else "",
        )
        for line in standing.session_standing(engine, actor, session)
    ]
    return csv_file("certificates", ("seat", "name", "number", "state", "why not yet", "held by"), rows)


@router.get("/{number}")
def show_one(request: Request, engine: EngineDep, actor: Officer, number: Number) -> HTMLResponse:
    """Show one certificate of the organisation."""
    return _one(request, engine, actor, number, problem="")


@router.post("/{number}/{verb}")
def change(
    request: Request, engine: EngineDep, actor: Officer, number: Number, verb: str, reason: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Suspend, reinstate or, by another officer, revoke it."""
    try:
        if verb not in _VERBS:
            raise Invalid(f"nothing called {verb} can be done to a certificate")
        _VERBS[verb](engine, actor, number, reason)
    except (SecondPersonNeeded, Conflict, Invalid) as error:
        return _one(request, engine, actor, number, problem=error.code, status=409 if isinstance(error, Conflict) else 422)
    return goto(f"/cell/certificates/{number}", done=verb)


def _one(request: Request, engine: EngineDep, actor: Officer, number: str, *, problem: str, status: int = 200) -> HTMLResponse:
    found = certification.certificate_for(engine, actor, number)
    summary = summarise(found.certificate.credential)
    return page(request, "cell/certificate.html", status=status, standing=found, summary=summary, problem=problem)
