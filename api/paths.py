"""Identifiers in addresses and bodies: what one looks like, and which thing it names. Whose it is, services ask."""

from typing import Annotated

from fastapi import Path

from api.routes import examples
from assessment_engine.kernel.ids import ItemVersionId, SessionId, SittingId

ID = r"^[A-Za-z0-9_.-]{1,40}$"

SittingPath = Annotated[SittingId, Path(pattern=ID, examples=[examples.SITTING])]
SessionPath = Annotated[SessionId, Path(pattern=ID)]
ItemPath = Annotated[ItemVersionId, Path(pattern=ID, examples=[examples.ITEM])]
