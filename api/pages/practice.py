"""Practising for an exam: begins with one press, and ends on a page that says what was tried. The way in between is the exam's own."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.auth import Candidate, EngineDep
from api.pages import goto
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import practice

router = APIRouter(include_in_schema=False)


@router.post("/candidate/sittings/{sitting_id}/practice")
def practise(engine: EngineDep, actor: Candidate, sitting_id: SittingId) -> Response:
    """Lead to the open practice sitting, or to a new one."""
    return goto(f"/candidate/sittings/{practice.begin(engine, actor, sitting_id).id}")
