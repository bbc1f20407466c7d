"""What comes late: answers after the seal or for a closed part, and the answer file of a device that found no connection."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.auth import EngineDep, Viewer
from api.paths import ID, SittingPath
from api.routes import examples
from api.routes.sittings import LARGEST_REVISION, LedgerDep, ReceiptAnswer
from assessment_engine.delivery.late import MOST_AT_ONCE, LateAnswer
from assessment_engine.delivery.responses import Receipt, an_offer
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services import answer_files, late_answers

router = APIRouter(prefix="/api/v1/sittings", tags=["late answers"])

_GIVEN: JsonValue = {"item": examples.ITEM, "revision": 7, "response": {"RESPONSE": "B"}}
_EXAMPLE: JsonValue = {"answers": [_GIVEN], "nonce": "AZqvT2jL4m7Qw0c1pX9eRt2u"}


class GivenAnswer(BaseModel):
    """An answer as the page kept it."""

    item: Annotated[str, Field(pattern=ID)]
    revision: Annotated[int, Field(strict=True, ge=1, le=LARGEST_REVISION)]
    response: JsonValue


class LateRequest(BaseModel):
    """Answers that the ledger does not take any more, and the newest nonce that the page got from POST …/contact."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    answers: Annotated[list[GivenAnswer], Field(min_length=1, max_length=MOST_AT_ONCE)]
    nonce: Annotated[str, Field(max_length=200)] = ""


class LateAcknowledgement(BaseModel):
    """The server's signed word that it keeps a late answer: **not** an answer of the ledger; it counts if people say so.

    Ed25519 over the RFC 8785 form of everything but `signature`. `last_contact` is what the nonce proves, or null.
    """

    type: Literal["late_answer"]
    in_ledger: Literal[False]
    sitting: str
    item: str
    revision: int
    response_sha256: str
    server_time: str
    last_contact: str | None
    key_id: str
    signature: str


class LateKept(BaseModel):
    """What is kept for a decision; and the receipts of those that the ledger had acknowledged all along."""

    late_answers: list[LateAcknowledgement]
    receipts: list[ReceiptAnswer]


class RefusedAnswer(BaseModel):
    """One answer of a file that was not taken, and why."""

    item: str
    revision: int
    code: str
    message: str


class FileTaken(LateKept):
    """What became of a file's answers."""

    refused: list[RefusedAnswer]


async def raw_body(request: Request) -> bytes:
    """Return the body as it came."""
    return await request.body()


@router.post("/{sitting_id}/late-answers", status_code=202)
def keep(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath, body: LateRequest) -> LateKept:
    """Keep answers that came after the seal or for a closed part, all or nothing; the ledger does not change. Sending again is once.

    Refusals: 404 `not_found`; 409 `not_yet` (the sitting still takes the answer: save it), `sitting_paused`; 413 `too_large`; 422
    `unknown_item`, `wrong_response`, `revision_from_the_future`.
    """
    offers = [an_offer(sitting_id, viewer.person_id, ItemVersionId(one.item), one.revision, one.response) for one in body.answers]
    kept = late_answers.keep_late(engine, viewer, sitting_id, offers, body.nonce)
    return LateKept(late_answers=_acknowledged(kept.late), receipts=_receipts(kept.receipts))


@router.post("/{sitting_id}/answer-file")
def take_file(
    engine: EngineDep, ledger: LedgerDep, viewer: Viewer, sitting_id: SittingPath, body: Annotated[bytes, Depends(raw_body)]
) -> FileTaken:
    """Take an answer file in, from the candidate or an invigilator: saved while the sitting goes on, kept as late answers afterwards.

    Refusals: 404 `not_found`; 422 `foreign_file` (made for another sitting, or damaged: nothing is changed); 409 `not_yet`,
    `sitting_paused`, `sitting_sealed` (cancelled); 413 `too_large`.
    """
    taken = answer_files.take_file(engine, ledger, viewer, sitting_id, body)
    refused = [RefusedAnswer(item=one.item, revision=one.revision, code=one.code, message=one.message) for one in taken.refused]
    return FileTaken(late_answers=_acknowledged(taken.late), receipts=_receipts(taken.receipts), refused=refused)


def _acknowledged(late: tuple[LateAnswer, ...]) -> list[LateAcknowledgement]:
    return [LateAcknowledgement.model_validate({**one.document, "signature": one.signature}) for one in late]


def _receipts(receipts: tuple[Receipt, ...]) -> list[ReceiptAnswer]:
    return [ReceiptAnswer.model_validate(one, from_attributes=True) for one in receipts]
