"""How a candidate was watched: what was seen and decided in plain words, what is kept, the pictures, and the file to take home."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.auth import Candidate, EngineDep
from api.pages import goto
from api.paths import SittingPath
from assessment_engine.kernel.errors import Invalid, NotYet
from assessment_engine.services import evidence_packages, package_pictures

router = APIRouter(prefix="/candidate/sittings/{sitting_id}", include_in_schema=False)


@router.get("/pictures/{seq}")
def picture(engine: EngineDep, actor: Candidate, sitting_id: SittingPath, seq: int) -> Response:
    """Give one picture of the candidate's own package, in which others are covered."""
    jpeg = package_pictures.picture(engine, actor, sitting_id, seq)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@router.post("/package")
def ask(engine: EngineDep, actor: Candidate, sitting_id: SittingPath, back: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Have the candidate's package made, and go back to where they asked for it."""
    if not back.startswith("/candidate/"):
        raise Invalid("there is no such page", field="back")
    try:
        evidence_packages.ask(engine, actor, sitting_id)
    except NotYet:
        return goto(back, done="package_later")
    return goto(back, done="asked")
