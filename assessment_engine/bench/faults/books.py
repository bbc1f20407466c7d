"""What a simulated candidate writes down: every answer ever sent, every receipt that came back, and how the sitting ended for them.

The books are the candidates' own; nothing of the database is in them. judge.py compares the two.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from assessment_engine.delivery.responses import Receipt
from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.services.seed_load import Seeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One answer as it was sent."""

    item: ItemVersionId
    revision: int
    response: dict[str, Json]

    @property
    def body(self) -> dict[str, Json]:
        """The request's body."""
        return {"revision": self.revision, "response": self.response}


@dataclass(slots=True)
class Book:
    """One candidate's own record of a sitting."""

    seeded: Seeded
    sent: dict[int, list[Sent]] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    left: list[Sent] = field(default_factory=list)  # what no receipt came for until the end of the run
    deadline: datetime | None = None  # as the server told it first
    closed_at: datetime | None = None  # when the server first said that the sitting is closed
    handed_in_at: datetime | None = None  # when the candidate first asked to submit
    seal: dict[str, Json] | None = None

    @property
    def sitting_id(self) -> SittingId:
        """Whose book it is."""
        return self.seeded["sitting"]

    def sends(self, one: Sent) -> None:
        """Note an answer before it goes out."""
        known = self.sent.setdefault(one.revision, [])
        if one not in known:
            known.append(one)

    def acknowledged(self, document: dict[str, Json]) -> Receipt:
        """Keep a receipt."""
        receipt = Receipt(**document)  # type: ignore[arg-type]  # seven texts and numbers; what is false in them the judge finds
        self.receipts.append(receipt)
        return receipt

    def has_sent(self, item: str, revision: int, sha256: str) -> bool:
        """Tell whether this candidate ever sent such an answer."""
        return any(one.item == item and digest(one.response) == sha256 for one in self.sent.get(revision, []))

    def is_told(self, deadline: Json) -> None:
        """Note the deadline that the server named, the first time."""
        if self.deadline is None and isinstance(deadline, str):
            self.deadline = parse_iso(deadline)
