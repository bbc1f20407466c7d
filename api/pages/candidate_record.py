"""The candidate's competency record and the result of a sitting; a certificate's files, for its holder and the cell."""

import json
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Candidate, EngineDep, Viewer
from api.pages import page
from api.pages.holds import HOLDERS, REASONS
from api.paths import SittingPath
from assessment_engine.services import certification, competency, standing

router = APIRouter(include_in_schema=False)

Number = Annotated[str, Path(pattern=r"^[0-9A-Z-]{1,20}$")]


@router.get("/candidate/record")
def record(request: Request, engine: EngineDep, actor: Candidate) -> HTMLResponse:
    """Show what the candidate holds, since when and by which certificate."""
    held = competency.my_record(engine, actor)
    return page(request, "candidate/record.html", held=held, certificates=standing.my_certificates(engine, actor))


@router.get("/candidate/sittings/{sitting_id}/result")
def result(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> HTMLResponse:
    """Show the result, or why there is none yet and who has it in hand."""
    mine = standing.my_result(engine, actor, sitting_id)
    return page(request, "candidate/result.html", mine=mine, reasons=REASONS, holders=HOLDERS)


@router.get("/certificates/{number}/certificate.pdf")
def pdf(engine: EngineDep, actor: Viewer, number: Number) -> Response:
    """Give the certificate to print or to pass on; the credential is inside."""
    content = certification.certificate_pdf(engine, actor, number)
    headers = {"Content-Disposition": f'inline; filename="certificate-{number}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/certificates/{number}/credential.json")
def credential(engine: EngineDep, actor: Viewer, number: Number) -> Response:
    """Give the signed Open Badges 3.0 credential for a wallet."""
    document = certification.certificate_for(engine, actor, number).certificate.credential
    headers = {"Content-Disposition": f'attachment; filename="credential-{number}.json"'}
    return Response(json.dumps(document, ensure_ascii=False, indent=1), media_type="application/ld+json", headers=headers)
