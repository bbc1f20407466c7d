"""Which window of a candidate writes: taking the lease, and an invigilator's freeing it (ADR 23)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.auth import Invigilator, Viewer
from api.paths import SittingPath, Writer
from api.routes.sittings import LedgerDep
from assessment_engine.services import leases

router = APIRouter(prefix="/api/v1/sittings", tags=["sittings"])


class LeaseRequest(BaseModel):
    """`writer` names the window that asks; `from` who has the lease as far as it knows."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"writer": "win-4f1d2c9a7be0", "from": None}]}, populate_by_name=True)

    writer: Writer
    known: Annotated[Writer | None, Field(alias="from")] = None


class LeaseAnswer(BaseModel):
    """Who writes now; `moved` when it was another window before."""

    writer: str
    moved: bool


class ReleaseRequest(BaseModel):
    """Why the exam moves to another window."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The computer at seat A4 broke."}]})

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ReleaseAnswer(BaseModel):
    """Whether any window had the lease."""

    freed: bool


@router.post("/{sitting_id}/lease")
def take(ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath, body: LeaseRequest) -> LeaseAnswer:
    """Take the lease; asking twice is once. 409 `lease_moved` (with `writer`) when another window has it and `from` does not name it,

    or when by the exam's policy only an invigilator can free it (`by`).
    """
    lease = leases.take_lease(ledger, viewer, sitting_id, body.writer, body.known)
    return LeaseAnswer(writer=lease.writer, moved=lease.moved)


@router.post("/{sitting_id}/lease/release")
def release(ledger: LedgerDep, invigilator: Invigilator, sitting_id: SittingPath, body: ReleaseRequest) -> ReleaseAnswer:
    """Free a sitting's lease, as an invigilator; it is in the log with its reason."""
    return ReleaseAnswer(freed=leases.release_lease(ledger, invigilator, sitting_id, body.reason))
