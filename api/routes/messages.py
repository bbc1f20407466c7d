"""Messages between a candidate and whoever watches, for the candidate's page; what comes is fetched with the contact."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.auth import EngineDep, Viewer
from api.paths import SittingPath
from assessment_engine.services import messages

router = APIRouter(prefix="/api/v1/sittings/{sitting_id}/messages", tags=["sittings"])


class MessageRequest(BaseModel):
    """What a candidate writes to whoever watches."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "May I drink some water?"}]})

    text: Annotated[str, Field(max_length=4000)]


@router.get("")
def read(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath) -> list[dict[str, JsonValue]]:
    """Return the messages of one's own sitting, oldest first."""
    return [dict(one.document) for one in messages.mine(engine, viewer, sitting_id)]


@router.post("", status_code=201)
def write(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath, body: MessageRequest) -> dict[str, JsonValue]:
    """Write to whoever watches; the same words again within ten seconds are the same message.

    Refusals: 404 `not_found`; 409 `not_yet` outside the exam, `conflict` for too many; 422 `invalid`.
    """
    return dict(messages.write(engine, viewer, sitting_id, body.text).document)
