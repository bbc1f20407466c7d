"""What may be saved as an answer, and what the server signs in return.

A revision is one increasing number per sitting, chosen by the client. Saving is idempotent: the same revision with the same content
gives the same receipt, however often and in whatever order it arrives. Stored by storage/answer_ledger.py, written by
storage/ledger_writer.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from assessment_engine.delivery.navigation import check_answerable
from assessment_engine.delivery.sitting import ENDED, Sitting, SittingState
from assessment_engine.kernel.canonical import Json, canonical_json, digest, sha256_hex
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import (
    AfterTime,
    LeaseMoved,
    NotFound,
    NotYet,
    RevisionFromTheFuture,
    RevisionReused,
    SittingPaused,
    SittingSealed,
    StaleRevision,
    TooLarge,
    WrongResponse,
)
from assessment_engine.kernel.ids import ItemVersionId, PersonId, SittingId
from assessment_engine.kernel.signing import SigningKey, verify
from item_bank.forms import Form

MAX_RESPONSE_BYTES = 64 * 1024
MAX_RESPONSE_BYTES_WITH_FILE = 3 * 1024 * 1024  # a file of 2 MiB in base64, and what stands beside it
FILE_KEYS = frozenset({"name", "media_type", "data"})
MAX_REVISION_LEAP = 1000

Response = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An answer as a candidate offers it."""

    sitting_id: SittingId
    candidate_id: PersonId
    item_id: ItemVersionId
    revision: int
    response: Response
    response_sha256: str
    writer: str | None = None  # the window that sends it, where one holds a lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The server's signed word that it holds an answer."""

    sitting: SittingId
    item: ItemVersionId
    revision: int
    response_sha256: str
    server_time: str
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One row of the ledger: a response and the receipt that was given for it."""

    response: Response
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the server knows when an offer arrives."""

    sitting: Sitting | None
    form: Form | None
    same_revision: Receipt | None  # the receipt that this revision already has
    newest_of_item: int  # 0 when the item has no answer newer than the offer


def an_offer(
    sitting_id: SittingId, candidate_id: PersonId, item_id: ItemVersionId, revision: int, response: object, *, writer: str | None = None
) -> Offer:
    """Check an answer's shape and name its content; raises WrongResponse or TooLarge."""
    if not isinstance(response, dict) or not all(map(_is_value, response.values())):
        raise WrongResponse("a response is an object: response identifier to text, number, file, null or a list of texts")
    limit = MAX_RESPONSE_BYTES_WITH_FILE if any(map(_is_file, response.values())) else MAX_RESPONSE_BYTES
    if _letters(response) > limit:  # before the canonical form, which costs a second for what is far too large
        raise TooLarge(f"a response has at most {limit} bytes", limit=limit)
    try:
        data = canonical_json(response)
    except (TypeError, ValueError, RecursionError) as error:  # a number that JSON cannot say, half a character
        raise WrongResponse("the response is not JSON") from error
    if len(data) > limit:
        raise TooLarge(f"a response has at most {limit} bytes", limit=limit)
    return Offer(
        sitting_id=sitting_id,
        candidate_id=candidate_id,
        item_id=item_id,
        revision=revision,
        response=response,
        response_sha256=sha256_hex(data),
        writer=writer,
    )


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(entry, str) for entry in value)
    return value is None or _is_file(value) or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _letters(value: object) -> int:
    """Return the least that a value of a response can measure: its letters."""
    if isinstance(value, dict):
        return sum(len(str(key)) + _letters(entry) for key, entry in value.items())
    if isinstance(value, list):
        return sum(map(_letters, value))
    return len(value) if isinstance(value, str) else 1


def _is_file(value: object) -> bool:
    """Tell whether a value is a file that was handed in: its name, its media type and its bytes in base64."""
    return isinstance(value, dict) and value.keys() == FILE_KEYS and all(isinstance(part, str) for part in value.values())


def known_receipt(offer: Offer, standing: Standing, now: datetime) -> Receipt | None:
    """Return the receipt that a retry already has, None when the offer is new and may be saved; raises the refusal otherwise.

    A retry is answered even after the seal: the answer was acknowledged in time, only the acknowledgement was lost.
    """
    sitting = standing.sitting
    if sitting is None or standing.form is None or sitting.candidate_id != offer.candidate_id:
        raise NotFound("no such sitting")
    standing.form.check_has(offer.item_id)
    if standing.same_revision is not None:
        return _retried(offer, standing.same_revision, sitting.revision)
    check_open(sitting, now)
    check_lease(sitting, offer.writer)
    check_answerable(standing.form, sitting, offer.item_id, now)
    _check_revision(offer, sitting.revision, standing.newest_of_item)
    return None


def _retried(offer: Offer, receipt: Receipt, newest: int) -> Receipt:
    if (receipt.item, receipt.response_sha256) != (offer.item_id, offer.response_sha256):
        raise RevisionReused("this revision was acknowledged with another content", newest=newest)
    return receipt


def check_open(sitting: Sitting, now: datetime) -> None:
    """Refuse what comes before the start, after the end or while the time stands still."""
    if sitting.state in ENDED:
        raise SittingSealed("the sitting is closed; its answers are final")
    if sitting.state is SittingState.PAUSED:
        raise SittingPaused("the sitting is paused; this answer is taken when it goes on")
    if sitting.state is not SittingState.IN_PROGRESS:
        raise NotYet("the sitting has not started")
    if sitting.is_over(now):
        raise AfterTime("the time of the sitting is over")


def check_lease(sitting: Sitting, writer: str | None) -> None:
    """Refuse what another window than the one with the lease sends."""
    if sitting.writer is not None and writer != sitting.writer:
        raise LeaseMoved("the exam goes on in another window or on another device")


def _check_revision(offer: Offer, newest: int, newest_of_item: int) -> None:
    if offer.revision < newest_of_item:
        raise StaleRevision("a newer answer to this item is already acknowledged", newest=newest)
    if offer.revision > newest + MAX_REVISION_LEAP:
        raise RevisionFromTheFuture("the revision is too far ahead", newest=newest)


def sign_receipt(offer: Offer, now: datetime, key: SigningKey) -> Receipt:
    """Make the receipt of an offer that is being saved at `now`."""
    unsigned = Receipt(
        sitting=offer.sitting_id,
        item=offer.item_id,
        revision=offer.revision,
        response_sha256=offer.response_sha256,
        server_time=iso(now),
        key_id=key.key_id,
        signature="",
    )
    return replace(unsigned, signature=key.sign(_signed_bytes(unsigned)))


def is_genuine(receipt: Receipt, public_key: bytes) -> bool:
    """Tell whether the key signed exactly this receipt."""
    return verify(public_key, _signed_bytes(receipt), receipt.signature)


def _signed_bytes(receipt: Receipt) -> bytes:
    return canonical_json(
        {
            "sitting": receipt.sitting,
            "item": receipt.item,
            "revision": receipt.revision,
            "response_sha256": receipt.response_sha256,
            "server_time": receipt.server_time,
            "key_id": receipt.key_id,
        }
    )


def ledger_sha256(receipts: Iterable[Receipt]) -> str:
    """Name a sitting's whole ledger: the digest of its receipts' content in the order of their revisions."""
    rows = sorted(receipts, key=lambda receipt: receipt.revision)
    return digest(
        [
            {"item": row.item, "revision": row.revision, "response_sha256": row.response_sha256, "server_time": row.server_time}
            for row in rows
        ]
    )


def final_answers(answers: Iterable[Answer]) -> dict[ItemVersionId, Response]:
    """Return what counts: each item's answer with the highest revision."""
    return {answer.receipt.item: answer.response for answer in sorted(answers, key=lambda answer: answer.receipt.revision)}


def is_answered(response: Response) -> bool:
    """Tell whether a response says anything: null, blank text and empty lists are no answer."""
    return any(value is not None and str(value).strip() != "" and value != [] for value in response.values())
