"""The audit log for outsiders: its newest signed checkpoint, and the proof that an entry is under it. Public: hashes only."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from api.auth import EngineDep
from assessment_engine.services import audit

router = APIRouter(prefix="/api/v1/log", tags=["log"])


class ProofAnswer(BaseModel):
    """An RFC 6962 inclusion proof: the entry's hash, its index, the path to the root in hexadecimal, and the signed checkpoint."""

    entry_sha256: str
    leaf_index: int
    path: list[str]
    checkpoint: str


@router.get("/checkpoint", response_class=PlainTextResponse)
def checkpoint(engine: EngineDep) -> str:
    """Return the newest checkpoint as a signed note (C2SP tlog-checkpoint); 404 while the log is empty."""
    return audit.latest_checkpoint(engine).note


@router.get("/proofs/{sha256}")
def proof(engine: EngineDep, sha256: str) -> ProofAnswer:
    """Prove that the entry with this hash is in the log; 404 when there is none, or it has no place yet."""
    found = audit.prove(engine, sha256)
    return ProofAnswer(entry_sha256=found.entry.sha256, leaf_index=found.index, path=list(found.path), checkpoint=found.checkpoint.note)
