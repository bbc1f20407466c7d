"""Late answers: what arrived after the seal, or for a part that was closed (ADR 0027). Never an answer of the ledger by itself.

A late answer is an attachment that people decide on. What bounds it is the server's own word: it did not exist when the page was last in
touch (its nonce), and it did when it arrived; the client's clock says nothing. One officer accepts; refusing hurts somebody, so it needs
two different people. Stored by storage/late_answers.py, driven by services/late_answers.py and services/late_decisions.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assessment_engine.delivery.navigation import check_answerable
from assessment_engine.delivery.responses import MAX_REVISION_LEAP, Answer, Offer, Response
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.canonical import Json, canonical_json, digest
from assessment_engine.kernel.clock import iso, iso_or_none
from assessment_engine.kernel.errors import (
    Conflict,
    Invalid,
    NotYet,
    RevisionFromTheFuture,
    SecondPersonNeeded,
    SectionClosed,
    SittingPaused,
    SittingSealed,
)
from assessment_engine.kernel.ids import ItemVersionId, LateAnswerId, PersonId, SittingId
from assessment_engine.kernel.signing import SigningKey, verify
from item_bank.forms import Form

MOST_AT_ONCE = 200
MOST_OF_SITTING = 500
MOST_BYTES_OF_SITTING = 16 * 1024 * 1024
MIN_REASON = 10


class LateReason(StrEnum):
    """Why the ledger did not take an answer."""

    SEALED = "sealed"
    SECTION_CLOSED = "section_closed"  # the sitting goes on; its part or question was left, or its time is over


class Verdict(StrEnum):
    """What a person says to a late answer."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class LateState(StrEnum):
    """Where a late answer stands."""

    OPEN = "open"
    AWAITING_SECOND = "awaiting_second"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswer:
    """One late answer and the server's signed word on when it came; `nonce_at` and `contact_at` say when the sitting was last in touch."""

    id: LateAnswerId
    sitting_id: SittingId
    item_id: ItemVersionId
    revision: int
    response: Response
    response_sha256: str
    size: int
    reason: LateReason
    received_at: datetime
    nonce_at: datetime | None  # what the page could prove
    contact_at: datetime | None  # what the server knew when it came
    brought_by: PersonId
    key_id: str
    signature: str

    @property
    def document(self) -> dict[str, Json]:
        """The signed acknowledgement, its signature left out. It says plainly that this is no answer of the ledger."""
        return {
            "type": "late_answer",
            "in_ledger": False,
            "sitting": self.sitting_id,
            "item": self.item_id,
            "revision": self.revision,
            "response_sha256": self.response_sha256,
            "server_time": iso(self.received_at),
            "last_contact": iso_or_none(self.nonce_at),
            "key_id": self.key_id,
        }

    @property
    def last_contact(self) -> datetime | None:
        """When the sitting was last in touch before this came: the later of what the page proves and what the server knew."""
        known = [moment for moment in (self.nonce_at, self.contact_at) if moment is not None]
        return max(known, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateDecision:
    """What one person said to one late answer; `ordinal` is 1 for the first and 2 for the second person."""

    late_answer_id: LateAnswerId
    ordinal: int
    person_id: PersonId
    verdict: Verdict
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a late answer came: when, by whose hand, and when the sitting was last in touch."""

    received_at: datetime
    nonce_at: datetime | None
    contact_at: datetime | None
    brought_by: PersonId


def why_late(sitting: Sitting, form: Form, offer: Offer, now: datetime) -> LateReason:
    """Return why the ledger does not take this answer; raises NotYet while it still does, and the refusals of a plain answer."""
    form.check_has(offer.item_id)
    if offer.revision > sitting.revision + MAX_REVISION_LEAP:
        raise RevisionFromTheFuture("the revision is too far ahead", newest=sitting.revision)
    if sitting.state is SittingState.SUBMITTED:
        return LateReason.SEALED
    if sitting.state is SittingState.VOIDED:
        raise SittingSealed("the sitting was cancelled; it takes nothing any more")
    if sitting.state is SittingState.PAUSED:
        raise SittingPaused("the sitting is paused; this answer is taken when it goes on")
    if sitting.state is not SittingState.IN_PROGRESS:
        raise NotYet("the sitting has not started")
    try:
        check_answerable(form, sitting, offer.item_id, now)
    except SectionClosed as closed:
        if closed.details.get("reason") == "not_yet":
            raise
        return LateReason.SECTION_CLOSED
    raise NotYet("the sitting still takes this answer; save it as any other")


def sign_late(late_id: LateAnswerId, offer: Offer, reason: LateReason, arrival: Arrival, key: SigningKey) -> LateAnswer:
    """Make the late answer and its signed acknowledgement."""
    unsigned = LateAnswer(
        id=late_id,
        sitting_id=offer.sitting_id,
        item_id=offer.item_id,
        revision=offer.revision,
        response=offer.response,
        response_sha256=offer.response_sha256,
        size=len(canonical_json(dict(offer.response))),
        reason=reason,
        received_at=arrival.received_at,
        nonce_at=arrival.nonce_at,
        contact_at=arrival.contact_at,
        brought_by=arrival.brought_by,
        key_id=key.key_id,
        signature="",
    )
    return replace(unsigned, signature=key.sign(canonical_json(unsigned.document)))


def is_genuine_late(late: LateAnswer, public_key: bytes) -> bool:
    """Tell whether the key signed exactly this acknowledgement."""
    return verify(public_key, canonical_json(late.document), late.signature)


def late_sha256(accepted: Iterable[LateAnswer]) -> str:
    """Name a set of late answers: the digest of what was acknowledged, in the order of revision, content and arrival."""
    return late_documents_sha256([late.document for late in accepted])


def late_documents_sha256(documents: Iterable[Mapping[str, Json]]) -> str:
    """Name the same set by its acknowledgements."""
    ordered = sorted(documents, key=_order)
    return digest([{name: row[name] for name in ("item", "revision", "response_sha256", "server_time")} for row in ordered])


def _order(row: Mapping[str, Json]) -> tuple[int, str, str, str]:
    return int(str(row["revision"])), str(row["item"]), str(row["response_sha256"]), str(row["server_time"])


def counting_answers(ledger: Iterable[Answer], accepted: Iterable[LateAnswer]) -> dict[ItemVersionId, Response]:
    """Return what counts: each item's answer with the highest revision; at the same one, what a person accepted."""
    given = [(answer.receipt.revision, "", answer.receipt.item, answer.response) for answer in ledger]
    late = [(one.revision, iso(one.received_at), one.item_id, one.response) for one in accepted]
    return {item: response for _, _, item, response in sorted([*given, *late], key=lambda row: row[:2])}


def state_of(decisions: Sequence[LateDecision]) -> LateState:
    """Return where a late answer stands after what people said to it, the first one first."""
    if not decisions:
        return LateState.OPEN
    if decisions[-1].verdict is Verdict.ACCEPT:
        return LateState.ACCEPTED
    return LateState.REFUSED if len(decisions) > 1 else LateState.AWAITING_SECOND


UNDECIDED = frozenset({LateState.OPEN, LateState.AWAITING_SECOND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says to late answers, and why."""

    verdict: Verdict
    reason: str


def decided(late: LateAnswer, earlier: Sequence[LateDecision], said: Said, by: PersonId, now: datetime) -> LateDecision:
    """Return the next decision on a late answer; raises SecondPersonNeeded, Conflict when it is decided, Invalid without a reason."""
    if len(said.reason.strip()) < MIN_REASON:
        raise Invalid(f"say why, in at least {MIN_REASON} letters", field="reason")
    if state_of(earlier) not in UNDECIDED:
        raise Conflict("this late answer is decided already")
    if any(one.person_id == by for one in earlier):
        raise SecondPersonNeeded("you have said what you think; a second, different person decides")
    return LateDecision(
        late_answer_id=late.id, ordinal=len(earlier) + 1, person_id=by, verdict=said.verdict, reason=said.reason.strip(), at=now
    )
