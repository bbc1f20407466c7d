"""What was announced to a candidate's sitting. The exam page gets the same with each contact; this is for other clients."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.auth import EngineDep, Viewer
from api.paths import SittingPath
from assessment_engine.services import announcements

router = APIRouter(prefix="/api/v1/sittings/{sitting_id}/announcements", tags=["sittings"])


class AnnouncementAnswer(BaseModel):
    """One announcement in both languages; `item` is the question that it is about, if it is about one."""

    id: str
    at: datetime
    text: str
    text_hi: str
    item: str | None


@router.get("")
def read(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath) -> list[AnnouncementAnswer]:
    """Return what was announced, oldest first; 404 `not_found` for another's sitting."""
    return [AnnouncementAnswer.model_validate(one) for one in announcements.mine(engine, viewer, sitting_id)]
