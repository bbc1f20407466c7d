"""The public keys that check receipts, seals, the log and evidence, with their history, at an address that stays. Public: no log-in."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.auth import EngineDep
from api.routes import examples
from assessment_engine.services import keys

router = APIRouter(tags=["keys"])


class KeyAnswer(BaseModel):
    """An Ed25519 key; `since` is when it was announced in the log, `until` when another one took its place."""

    purpose: Literal["receipts", "log", "evidence"] = "receipts"
    key_id: str
    ed25519_hex: str
    since: datetime | None
    until: datetime | None


class KeysAnswer(BaseModel):
    """Every key that ever signed here for outsiders: those of receipts first, and of each purpose the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.KEYS]})

    keys: list[KeyAnswer]


@router.get("/api/v1/keys")
def published(engine: EngineDep) -> KeysAnswer:
    """Return the public keys; `receipts verify` and `evidence verify` take this answer as the file of their `--trust`."""
    return KeysAnswer(keys=[KeyAnswer.model_validate(one, from_attributes=True) for one in keys.public_keys(engine)])
