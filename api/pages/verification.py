"""The public verify page: hand in a file, a text or a number; one answer in words with its date, then the details and the chain."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse

from api.auth import EngineDep, Visitor
from api.pages import page
from assessment_engine.certification.summary import summarise
from assessment_engine.kernel.errors import Invalid, NotFound
from assessment_engine.services import verification
from assessment_engine.services.verification import Check

router = APIRouter(include_in_schema=False)


@router.get("/verify")
def ask(request: Request, visitor: Visitor) -> HTMLResponse:
    """Ask for a certificate."""
    return page(request, "public/verify.html", problem="", text="")


@router.post("/verify")
def verify(
    request: Request,
    engine: EngineDep,
    visitor: Visitor,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Check what was handed in; what cannot be read is said beside the form."""
    try:
        data = file.file.read(verification.LARGEST_FILE + 1) if file is not None and file.size else b""
        if not data and not text.strip():
            return page(request, "public/verify.html", status=422, problem="nothing", text="")
        check = verification.check_file(engine, data) if data else verification.check_text(engine, text)
    except NotFound:
        return page(request, "public/verify.html", status=404, problem="unreadable" if data else "not_found", text=text)
    except Invalid as error:
        return page(request, "public/verify.html", status=422, problem=error.code, text=text)
    return _answer(request, engine, check)


@router.get("/verify/{number}")
def verify_number(request: Request, engine: EngineDep, visitor: Visitor, number: str) -> HTMLResponse:
    """Check one of our own certificates: where a QR code leads."""
    try:
        check = verification.check_number(engine, number)
    except NotFound:
        return page(request, "public/verify.html", status=404, problem="not_found", text=number)
    return _answer(request, engine, check)


def _answer(request: Request, engine: EngineDep, check: Check) -> HTMLResponse:
    summary = summarise(check.document) if check.document else None
    keys = verification.published_keys(engine)
    return page(request, "public/verified.html", check=check, verdict=check.verdict, summary=summary, keys=keys)
