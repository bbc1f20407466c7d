"""Checking credentials as JSON, and the issuer's DID document. Public: no log-in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse
from pydantic import BaseModel, JsonValue

from api.auth import EngineDep
from assessment_engine.certification.issuer import did_document
from assessment_engine.certification.summary import summarise
from assessment_engine.kernel.errors import NotFound
from assessment_engine.services import verification

router = APIRouter(tags=["credentials"])


class VerdictAnswer(BaseModel):
    """The answer in words, its stable reason code, and the moment it is true for."""

    answer: str
    code: str
    reason: str
    valid: bool
    as_of: datetime
    issuer: str | None
    number: str | None


@router.post("/api/v1/credentials/verify")
def verify(engine: EngineDep, credential: Annotated[dict[str, JsonValue], Body()]) -> VerdictAnswer:
    """Check an Open Badges 3.0 credential; whatever is wrong with it is in the answer, which is always 200."""
    check = verification.check_document(engine, credential)
    verdict = check.verdict
    return VerdictAnswer(
        answer=verdict.answer,
        code=verdict.code,
        reason=verdict.reason,
        valid=verdict.is_valid,
        as_of=verdict.as_of,
        issuer=verdict.issuer,
        number=summarise(verdict.document).number or None if verdict.document else None,
    )


@router.get("/.well-known/did.json", include_in_schema=False)
def did(engine: EngineDep) -> JSONResponse:
    """Publish the issuer's key as did:web asks; a demo signs as did:key, which needs no document."""
    if engine.demo:
        raise NotFound("a demonstration has no did:web document")
    return JSONResponse(did_document(verification.issuer_of(engine)), media_type="application/did+json")
