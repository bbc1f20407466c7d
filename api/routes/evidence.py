"""A sitting's evidence to take home: asked for, fetched as a zip, with its certificate. For the candidate and for staff alike."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.auth import EngineDep, Viewer
from api.paths import SittingPath
from assessment_engine.services import evidence_packages
from assessment_engine.storage.evidence import PackageRecord

router = APIRouter(prefix="/api/v1/sittings/{sitting_id}", tags=["evidence"])


class PackageAnswer(BaseModel):
    """Where a package stands: being made until `made_at` is there; `sha256` and `length` (bytes) are those of the zip."""

    asked_at: datetime
    made_at: datetime | None
    sha256: str | None = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    length: int | None


@router.post("/evidence-package", status_code=202)
def ask(engine: EngineDep, actor: Viewer, sitting_id: SittingPath) -> PackageAnswer:
    """Have a package of a sitting's evidence made; asking again while one is made changes nothing."""
    return _answer(evidence_packages.ask(engine, actor, sitting_id))


@router.get("/evidence-package", response_class=Response, responses={200: {"content": {"application/zip": {}}}})
def fetch(engine: EngineDep, actor: Viewer, sitting_id: SittingPath) -> Response:
    """Return the newest package; `assessment-engine evidence verify` checks it without any server.

    Refusals: 403 `judge_first` for staff while a case of the sitting waits that they have not judged; 409 `not_yet` while one is made.
    """
    made = evidence_packages.package(engine, actor, sitting_id)
    headers = {"Content-Disposition": f'attachment; filename="{evidence_packages.file_name(made.record)}"'}
    return Response(made.data, media_type="application/zip", headers=headers)


@router.get("/evidence-certificate", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
def certificate(engine: EngineDep, actor: Viewer, sitting_id: SittingPath) -> Response:
    """Return the certificate of section 63 for the newest package, to be completed and signed by hand."""
    pdf = evidence_packages.certificate_pdf(engine, actor, sitting_id)
    headers = {"Content-Disposition": f'inline; filename="certificate-{sitting_id}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _answer(record: PackageRecord) -> PackageAnswer:
    return PackageAnswer(asked_at=record.asked_at, made_at=record.made_at, sha256=record.sha256, length=record.length)
