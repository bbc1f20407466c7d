"""Identifiers in addresses, headers and bodies: what one looks like, and which thing it names. Whose it is, services ask."""

from typing import Annotated

from fastapi import Header, Path
from pydantic import Field

from api.routes import examples
from assessment_engine.kernel.ids import ItemVersionId, SessionId, SittingId

ID = r"^[A-Za-z0-9_.-]{1,40}$"

SittingPath = Annotated[SittingId, Path(pattern=ID, examples=[examples.SITTING])]
SessionPath = Annotated[SessionId, Path(pattern=ID)]
ItemPath = Annotated[ItemVersionId, Path(pattern=ID, examples=[examples.ITEM])]

Writer = Annotated[str, Field(pattern=ID)]
"""A window of a candidate, as it calls itself; which of them writes: delivery/lease.py."""
WriterHeader = Annotated[str | None, Header(alias="X-Writer", pattern=ID)]
