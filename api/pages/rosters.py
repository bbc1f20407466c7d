"""The cell's page for a roster: a file comes in, a report comes out. All of it or nothing; a check changes nothing.

What is decided: services/rosters.py. First passwords are shown on the page that answers the import, and nowhere else.
"""

import csv
import io
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.auth import EngineDep, Officer
from api.bounds import LARGEST_BODY
from api.errors import status_of
from api.pages import page
from api.words import N_
from assessment_engine.exams.roster import COLUMNS
from assessment_engine.kernel.errors import RosterRefused
from assessment_engine.kernel.ids import SessionId
from assessment_engine.people import Actor
from assessment_engine.services import sessions
from assessment_engine.services.engine import Engine
from assessment_engine.services.roster_files import RosterSource, from_bytes
from assessment_engine.services.rosters import NewAccount, RosterReport, import_roster
from assessment_engine.storage.registrations import SeatQuery

router = APIRouter(include_in_schema=False)

MAX_SHOWN = 200

MEANINGS: Mapping[str, str] = {
    "empty_file": N_("The file is empty."),
    "wrong_encoding": N_("The letters of the file cannot be read. Save it as “CSV UTF-8”."),
    "not_text": N_("This is not a text file. Save the sheet as “CSV UTF-8”."),
    "unreadable_file": N_("The file cannot be read."),
    "too_many_rows": N_("The file has too many rows. Split it."),
    "broken_row": N_("The row cannot be read. Look at its quotation marks."),
    "too_many_cells": N_("The row has more cells than the first row."),
    "column_twice": N_("A column is there twice."),
    "unknown_column": N_("This column is not known here."),
    "missing_column": N_("A column is missing."),
    "no_rows": N_("There is no candidate in it."),
    "formula": N_("The cell would be a formula in an office program."),
    "too_long": N_("The cell is too long."),
    "login_missing": N_("The candidate needs a log-in without spaces."),
    "name_missing": N_("The candidate needs a name."),
    "unknown_language": N_("The language is en or hi."),
    "room_missing": N_("A centre or a seat needs a room."),
    "login_twice": N_("The candidate is in the file twice."),
    "seat_twice": N_("The seat is in the file twice."),
    "photo_twice": N_("The photograph is in the file twice."),
    "photo_missing": N_("The photograph is not there."),
    "photo_unreadable": N_("The photograph is not a JPEG of at most 256 KiB."),
    "unknown_room": N_("The session does not use this room."),
    "room_full": N_("Every seat of the room is taken."),
    "session_full": N_("Every seat of the session is taken."),
    "seat_taken": N_("The seat is taken."),
    "login_taken": N_("The log-in belongs to somebody outside your organisation."),
    "not_a_candidate": N_("This person is not a candidate of your organisation today."),
    "session_over": N_("The session takes nobody any more."),
    "unknown_version": N_("This version of OneRoster is not read here."),
    "delta": N_("The export holds changes only. Export everything (bulk)."),
    "name_differs": N_("The known name is another one. Look whether it is the same person."),
    "course_not_completed": N_("The exam asks for a course that they have not completed yet."),
    "competency_missing": N_("The exam asks for a certified competency that they do not hold."),
    "sittings_used_up": N_("They have had every sitting that the exam allows."),
    "too_soon": N_("Too few days have passed since their last sitting."),
    "place_held": N_("They have a place of this exam already."),
    "exam_closed": N_("The exam is closed. Open it again first."),
}

_TWICE, _FULL = N_("Leave one of the two rows."), N_("Use another room, add one to the session, or leave the row out.")
_SEE_TO_IT = N_("Leave the row out, or see to it first.")
ADVICE: Mapping[str, str] = {  # where MEANINGS does not say what to do
    "column_twice": N_("Name each column once, in the first row."),
    "unknown_column": N_("Remove the column, or give it a name of the list below."),
    "missing_column": N_("Write the columns' names into the first row."),
    "no_rows": N_("Write one candidate a row, below the row with the columns' names."),
    "too_many_cells": N_("Put a cell that has a comma into quotation marks."),
    "formula": N_("Begin the cell with a letter or a digit."),
    "too_long": N_("Shorten it."),
    "login_missing": N_("Fill in “login”, or “email”."),
    "name_missing": N_("Fill in “name”."),
    "unknown_language": N_("Write en or hi."),
    "room_missing": N_("Fill in “room”, or leave “centre” and “seat” empty too."),
    "login_twice": _TWICE,
    "seat_twice": _TWICE,
    "photo_twice": _TWICE,
    "photo_missing": N_("Put it into the zip of photographs under this name, or leave the cell empty."),
    "photo_unreadable": N_("Save it as a smaller JPEG."),
    "unknown_room": N_("Write the centre's code and the room's name as the session has them, or add the room to the session."),
    "room_full": _FULL,
    "session_full": _FULL,
    "seat_taken": N_("Name another seat, or leave the cell empty."),
    "login_taken": N_("Give the candidate another log-in, or leave the row out."),
    "not_a_candidate": N_("Look at this person under People."),
    "session_over": N_("Choose a session that still takes candidates."),
    "course_not_completed": _SEE_TO_IT,
    "competency_missing": _SEE_TO_IT,
    "sittings_used_up": _SEE_TO_IT,
    "too_soon": _SEE_TO_IT,
    "place_held": _SEE_TO_IT,
}
"""What to do, in words of the page: the report's own sentence is English, and shown to those who read it."""


@router.get("/cell/sessions/{session_id}/roster")
def ask_for_roster(request: Request, engine: EngineDep, actor: Officer, session_id: SessionId) -> HTMLResponse:
    """Ask for a roster."""
    return _page(request, engine, actor, session_id)


@router.post("/cell/sessions/{session_id}/roster")
def take_roster(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    session_id: SessionId,
    roster: Annotated[UploadFile | None, File()] = None,
    photos: Annotated[UploadFile | None, File()] = None,
    check_only: Annotated[bool, Form()] = False,
) -> Response:
    """Import a roster, or only check it; what is wrong is said with line, column and what to do."""
    found = import_roster(engine, actor, session_id, _source(roster, photos), dry_run=check_only)
    return _page(request, engine, actor, session_id, found)


@router.post("/api/v1/sessions/{session_id}/roster")
def take_roster_as_json(
    engine: EngineDep,
    actor: Officer,
    session_id: SessionId,
    roster: Annotated[UploadFile | None, File()] = None,
    photos: Annotated[UploadFile | None, File()] = None,
    check_only: Annotated[bool, Form()] = False,
) -> JSONResponse:
    """Import a roster, or only check it, and answer with the report as JSON."""
    found = import_roster(engine, actor, session_id, _source(roster, photos), dry_run=check_only)
    return JSONResponse(found.as_json(), status_code=status_of(RosterRefused) if found.refused else 200)


def _source(roster: UploadFile | None, photos: UploadFile | None) -> RosterSource:
    data = roster.file.read() if roster is not None else b""
    return from_bytes((roster.filename if roster else "") or "roster.csv", data, photos.file.read() if photos is not None else b"")


def _page(request: Request, engine: Engine, actor: Actor, session_id: SessionId, found: RosterReport | None = None) -> HTMLResponse:
    response = page(
        request,
        "cell/roster.html",
        status=422 if found and found.refused else 200,
        sheet=sessions.session_page(engine, actor, session_id, SeatQuery()),
        found=found,
        shown=found.seats[:MAX_SHOWN] if found else (),
        accounts=found.accounts[:MAX_SHOWN] if found else (),
        passwords=_as_csv(found.accounts) if found and found.accounts else "",
        columns=COLUMNS,
        meanings=MEANINGS,
        advice=ADVICE,
        largest_mib=LARGEST_BODY // 2**20,
    )
    response.headers["Cache-Control"] = "no-store"  # it may show first passwords
    return response


def _as_csv(accounts: Sequence[NewAccount]) -> str:
    """Return the first passwords as a file inside an address: it is saved from the page, and the server keeps none."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("login", "name", "password"))
    writer.writerows((one.login, one.name, one.password) for one in accounts)
    return "data:text/csv;base64," + b64encode(text.getvalue().encode("utf-8-sig")).decode()
