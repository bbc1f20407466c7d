"""A candidate's moves through the parts of a paper, and how the parts are told to the page (ADR 25)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.auth import EngineDep, Viewer
from api.paths import ID, SittingPath, WriterHeader
from api.routes import examples
from api.routes.sittings import LedgerDep
from api.safe_browser import SafeBrowser
from assessment_engine.delivery.navigation import Move, PartState, PartView
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services import navigation

router = APIRouter(prefix="/api/v1/sittings", tags=["sittings"])

_EXAMPLES: list[JsonValue] = [{"to": examples.ITEM}, {"to": None}, {"to": None, "leave": True}]


class MoveRequest(BaseModel):
    """`to` is the question to go to, null the next one (after a part's last, the next part); `leave` ends the part now."""

    model_config = ConfigDict(json_schema_extra={"examples": _EXAMPLES}, extra="forbid")

    to: Annotated[ItemVersionId | None, Field(pattern=ID)] = None
    leave: Annotated[bool, Field(strict=True)] = False


class PartAnswer(BaseModel):
    """What the candidate can do with a part now, and for how long."""

    id: str
    state: PartState
    seconds_left: float | None


class MoveAnswer(BaseModel):
    """Where the candidate is; `item` null: this part is over and nothing follows. `items` are the part's, in the candidate's order."""

    item: str | None
    section: str | None
    items: list[str]
    sections: list[PartAnswer]
    item_seconds_left: float | None


@router.post("/{sitting_id}/moves", dependencies=[SafeBrowser])
def move(
    engine: EngineDep, ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath, body: MoveRequest, writer: WriterHeader = None
) -> MoveAnswer:
    """Go to a question, or on; going where one is changes nothing. 409 `section_closed` with `reason` and where the candidate is."""
    reached = navigation.move(engine, ledger, viewer, sitting_id, Move(to=body.to, leave=body.leave, writer=writer))
    items = next((part.items for part in reached.parts if part.section.id == reached.section), ())
    return MoveAnswer(
        item=reached.item,
        section=reached.section,
        items=list(items),
        sections=[_part(part) for part in reached.parts],
        item_seconds_left=reached.item_seconds_left,
    )


def _part(part: PartView) -> PartAnswer:
    return PartAnswer(id=part.section.id, state=part.state, seconds_left=part.seconds_left)
