"""The answer file of a sitting: its key for the page, and taking a file in that the candidate or an invigilator brings.

While the sitting goes on each answer is saved as the page would have saved it, in order, and past the lease: whoever brings the file
has the only copy. What the ledger does not take any more is kept as a late answer. See delivery/answer_file.py for the file itself.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from assessment_engine.delivery.answer_file import AnswerFile, file_key, open_file
from assessment_engine.delivery.late import MOST_OF_SITTING, LateAnswer
from assessment_engine.delivery.nonce import nonce_time
from assessment_engine.delivery.responses import Offer, Receipt, an_offer
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.exams import Exam
from assessment_engine.kernel.canonical import Json, sha256_hex
from assessment_engine.kernel.errors import (
    AfterTime,
    AssessmentError,
    Invalid,
    NotYet,
    RevisionReused,
    SectionClosed,
    SittingPaused,
    SittingSealed,
    TooLarge,
    Unavailable,
)
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.kernel.signing import b64url
from assessment_engine.people import Actor, Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.late_answers import check_fit, store_late
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.ledger_writer import AnswerLedger

_LATE = (AfterTime, SittingSealed, SectionClosed)
_LARGEST_REVISION = 2**31 - 1

Saved = Receipt | LateAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One answer of a file that was not taken, and why; the others are not touched by it."""

    item: str
    revision: int
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """What became of a file's answers."""

    receipts: tuple[Receipt, ...]
    late: tuple[LateAnswer, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlace:
    """Whose sitting a file is brought for, in the words a room uses."""

    sitting: Sitting
    exam: Exam
    name: str
    name_hi: str
    seat: str


def file_place(engine: Engine, actor: Actor, sitting_id: SittingId) -> FilePlace:
    """Return the sitting that a file is for: one's own, or one of the organisation for an invigilator; raises NotFound."""
    with engine.store.read() as tx:
        sitting = _found(tx, actor, sitting_id)
        registration = tx.exams.registration(sitting.registration_id)
        exam, candidate = tx.exams.get(sitting.exam_id), tx.people.get(sitting.candidate_id)
        seat = registration.seat or ""
        return FilePlace(sitting=sitting, exam=exam, name=candidate.name, name_hi=candidate.name_hi, seat=seat)


def answer_file_key(engine: Engine, sitting_id: SittingId) -> str:
    """Return the sitting's own key as base64url; whoever asks must have been found to be its candidate."""
    return b64url(file_key(engine.signer.tickets, sitting_id))


def take_file(engine: Engine, ledger: AnswerLedger, actor: Actor, sitting_id: SittingId, data: bytes) -> TakenFile:
    """Take a file in, for its candidate or by an invigilator of the organisation.

    Raises NotFound for another's sitting, ForeignFile for another's file or a damaged one (nothing is changed then), NotYet before the
    start, SittingPaused while the sitting's time stands still.
    """
    sitting = _sitting(engine, actor, sitting_id)
    opened = open_file(engine.signer.tickets, sitting_id, data)
    if len(opened.answers) > MOST_OF_SITTING:
        raise TooLarge(f"an answer file has at most {MOST_OF_SITTING} answers", limit=MOST_OF_SITTING)
    offers, refused = _offers(sitting, opened)
    nonce_at = nonce_time(engine.signer.tickets, sitting_id, opened.nonce)
    taken = [_take(engine, ledger, actor, sitting, offer, nonce_at) for offer in offers]
    done = TakenFile(
        receipts=tuple(one for one in taken if isinstance(one, Receipt)),
        late=tuple(one for one in taken if isinstance(one, LateAnswer)),
        refused=(*refused, *(one for one in taken if isinstance(one, Refused))),
    )
    _record(engine, actor, sitting, sha256_hex(data), done)
    return done


def _sitting(engine: Engine, actor: Actor, sitting_id: SittingId) -> Sitting:
    with engine.store.read() as tx:
        sitting = _found(tx, actor, sitting_id)
    if sitting.state is SittingState.VOIDED:
        raise SittingSealed("the sitting was cancelled; it takes nothing any more")
    if sitting.state is SittingState.PAUSED:
        raise SittingPaused("the sitting is paused; bring the file when it goes on")
    if sitting.state not in (SittingState.IN_PROGRESS, SittingState.SUBMITTED):
        raise NotYet("the sitting has not started")
    return sitting


def _found(tx: Transaction, actor: Actor, sitting_id: SittingId) -> Sitting:
    if Role.INVIGILATOR in actor.roles:
        return tx.sittings.of_organisation(sitting_id, actor.organisation_id)
    return tx.sittings.of_candidate(sitting_id, actor.person_id)


def _offers(sitting: Sitting, opened: AnswerFile) -> tuple[list[Offer], list[Refused]]:
    """Return the file's answers in the order of their revisions, and what is none."""
    offers, refused = [], []
    for row in opened.answers:
        item, revision = row.get("item"), row.get("revision")
        if not isinstance(item, str) or type(revision) is not int or not 1 <= revision <= _LARGEST_REVISION:
            refused.append(_refused(str(item)[:40], 0, Invalid("this is no answer")))
            continue
        try:
            # past the lease: the window that holds it has not seen these answers
            offer = an_offer(sitting.id, sitting.candidate_id, ItemVersionId(item), revision, row.get("response"), writer=sitting.writer)
        except AssessmentError as refusal:
            refused.append(_refused(item, revision, refusal))
        else:
            offers.append(offer)
    return sorted(offers, key=lambda offer: offer.revision), refused


def _take(
    engine: Engine, ledger: AnswerLedger, actor: Actor, sitting: Sitting, offer: Offer, nonce_at: datetime | None
) -> Receipt | LateAnswer | Refused:
    try:
        return _save(engine, ledger, offer)
    except _LATE:
        try:
            return _keep(engine, actor, sitting, offer, nonce_at)
        except Unavailable:
            raise
        except AssessmentError as refusal:
            return _refused(offer.item_id, offer.revision, refusal)
    except Unavailable:
        raise  # the whole file can be brought again; what was saved has its receipt then
    except AssessmentError as refusal:
        return _refused(offer.item_id, offer.revision, refusal)


def _save(engine: Engine, ledger: AnswerLedger, offer: Offer) -> Receipt:
    """Save one answer; a revision that another device used meanwhile gets a new number, where the question has no newer answer."""
    try:
        return ledger.save(offer).result()
    except RevisionReused as reused:
        with engine.store.read() as tx:
            newest = {answer.receipt.item: answer.receipt.revision for answer in tx.answers.newest(offer.sitting_id)}
        if newest.get(offer.item_id, 0) >= offer.revision:
            raise
        return ledger.save(replace(offer, revision=int(str(reused.details["newest"])) + 1)).result()


def _keep(engine: Engine, actor: Actor, sitting: Sitting, offer: Offer, nonce_at: datetime | None) -> Saved:
    with engine.store.read() as tx:
        check_fit(tx, sitting, [offer])
    kept = store_late(engine, actor, sitting, [offer], nonce_at)
    return kept.late[0] if kept.late else kept.receipts[0]


def _refused(item: str, revision: int, refusal: AssessmentError) -> Refused:
    return Refused(item=item, revision=revision, code=refusal.code, message=refusal.message)


def _record(engine: Engine, actor: Actor, sitting: Sitting, sha256: str, done: TakenFile) -> None:
    about: Json = {"sha256": sha256, "saved": len(done.receipts), "late": len(done.late), "refused": len(done.refused)}
    with engine.store.begin() as tx:
        tx.audit.append("answer_file_taken", subject=sitting.id, actor=actor.person_id, now=engine.clock.now(), payload=about)
