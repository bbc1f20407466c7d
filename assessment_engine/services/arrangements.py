"""Access arrangements: a candidate asks with documents, officers decide, the candidate may appeal; what is given becomes rules.

Documents and a scribe's face are encrypted with the sitting's key, so that they end with its evidence. The rules are arrangements.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.arrangements import OPEN_STATES, Adjustments, Arrangement, Scribe, Step, checked_text
from assessment_engine.delivery.sitting import BEFORE_START, Sitting
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, TooLarge, UnreadableFile
from assessment_engine.kernel.ids import ArrangementId, PersonId, RegistrationId, SittingId, new_id
from assessment_engine.people import SESSION_STAFF, Actor, Person, Role, require
from assessment_engine.services import evidence
from assessment_engine.services.engine import Engine
from assessment_engine.storage.arrangements import ArrangementDocument
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent

MOST_DOCUMENTS = 5
LARGEST_DOCUMENT = 5 * 1024 * 1024
LARGEST_FACE = 2 * 1024 * 1024
MEDIA_TYPES: Mapping[bytes, str] = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
"""What a document may be, by its first bytes: nobody believes its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArrangement:
    """What a candidate asks for, why, and the documents that show it: file names and bytes."""

    sitting_id: SittingId
    asked: Adjustments
    text: str
    documents: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementView:
    """A request with what a reader needs beside it."""

    arrangement: Arrangement
    exam: Exam
    session: ExamSession
    people: Mapping[PersonId, Person]
    documents: tuple[ArrangementDocument, ...]
    history: tuple[Step, ...]
    may_change: bool  # the sitting has not begun


def ask(engine: Engine, actor: Actor, new: NewArrangement) -> Arrangement:
    """Ask for an arrangement before the sitting begins; raises Conflict while another request is open, Invalid for nothing asked."""
    text, now = checked_text(new.text), engine.clock.now()
    if new.asked.is_nothing:
        raise Invalid("choose at least one arrangement", field="asked", problem="nothing_asked")
    kinds = [_media_type(name, data) for name, data in _checked(new.documents)]
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(new.sitting_id, actor.person_id)
        _check_open(tx, sitting)  # before anything is kept: what is refused leaves nothing behind
    request = Arrangement(
        id=ArrangementId(new_id("arr", now)),
        organisation_id=sitting.organisation_id,
        registration_id=sitting.registration_id,
        sitting_id=sitting.id,
        candidate_id=actor.person_id,
        requested_at=now,
        asked=new.asked,
        text=text,
    )
    kept = [_keep(engine, request, number, document) for number, document in enumerate(zip(new.documents, kinds, strict=True), start=1)]
    with engine.store.begin() as tx:
        _check_open(tx, tx.sittings.get_locked(sitting.id))  # again, held against other writers: two clicks are one
        tx.arrangements.add(request)
        for row in kept:
            tx.arrangements.add_document(row)
        _note(tx, request, "requested", actor, now)
    return request


def _checked(documents: Sequence[tuple[str, bytes]]) -> Sequence[tuple[str, bytes]]:
    if len(documents) > MOST_DOCUMENTS:
        raise TooLarge(f"at most {MOST_DOCUMENTS} documents", limit=MOST_DOCUMENTS, problem="too_many_documents")
    if any(len(data) > LARGEST_DOCUMENT for _, data in documents):
        raise TooLarge("a document has at most 5 MiB", limit=LARGEST_DOCUMENT, mib=LARGEST_DOCUMENT // 2**20, problem="document_too_large")
    return documents


def _media_type(name: str, data: bytes) -> str:
    for start, media_type in MEDIA_TYPES.items():
        if data.startswith(start):
            return media_type
    raise UnreadableFile(f"{name} is no PDF, JPEG or PNG", file=name, problem="document_unreadable")


def _keep(engine: Engine, request: Arrangement, number: int, document: tuple[tuple[str, bytes], str]) -> ArrangementDocument:
    (name, data), media_type = document
    blob = f"arrangements/{request.sitting_id}/{request.id}-{number}"
    engine.blobs.put(blob, evidence.data_key(engine, request.sitting_id).encrypt(blob, data))
    return ArrangementDocument(
        arrangement_id=request.id, number=number, name=name[:200], media_type=media_type, sha256=sha256_hex(data), blob=blob
    )


def _check_open(tx: Transaction, sitting: Sitting) -> None:
    """Refuse a request beside an open one, or for a sitting that has begun."""
    if sitting.state not in BEFORE_START:
        raise Conflict("the exam has begun; an invigilator can give time now", problem="exam_begun")
    if any(one.state in OPEN_STATES for one in tx.arrangements.of_registration(sitting.registration_id)):
        raise Conflict("a request for this exam is open already", problem="request_open")


def decide(engine: Engine, actor: Actor, arrangement_id: ArrangementId, gives: Adjustments, reason: str) -> Arrangement:
    """Decide as a cell officer: all that was asked at once, less only with a second officer and a reason. Raises SecondPersonNeeded."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    with engine.store.begin() as tx:
        before = tx.arrangements.of_organisation(arrangement_id, actor.organisation_id)
        _check_begun(tx, before)
        text = reason.strip() if gives.covers(before.asked) else checked_text(reason)
        after = before.decide(gives, by=actor.person_id, earlier=_earlier(tx.arrangements.history(arrangement_id)))
        tx.arrangements.save(after)
        decided = not after.is_open
        _note(tx, after, "decided" if decided else "proposed", actor, now, text=text, gives=gives)
        if decided:
            tx.exams.arrange(after.registration_id, after.rules())
    return after


def _check_begun(tx: Transaction, one: Arrangement) -> None:
    if tx.sittings.get_locked(one.sitting_id).state not in BEFORE_START:
        raise Conflict("the exam has begun; its rules no longer change. Give time on the running sitting instead", problem="exam_begun")


def _earlier(history: Sequence[Step]) -> frozenset[PersonId]:
    """Return who decided before the appeal; nobody while there is none."""
    appeals = [number for number, step in enumerate(history) if step.what == "appealed"]
    return frozenset(step.person_id for step in history[: appeals[-1]] if step.what in ("proposed", "decided")) if appeals else frozenset()


def appeal(engine: Engine, actor: Actor, arrangement_id: ArrangementId, text: str) -> Arrangement:
    """Appeal against having been given less than asked; other officers decide, and what they decide is final."""
    said, now = checked_text(text), engine.clock.now()
    with engine.store.begin() as tx:
        before = tx.arrangements.of_candidate(arrangement_id, actor.person_id)
        _check_begun(tx, before)
        after = before.appeal(actor.person_id)
        tx.arrangements.save(after)
        _note(tx, after, "appealed", actor, now, text=said)
    return after


def sitting_of(engine: Engine, actor: Actor, arrangement_id: ArrangementId) -> SittingId:
    """Return the sitting that the candidate's own request is for; raises NotFound for another's."""
    with engine.store.read() as tx:
        return tx.arrangements.of_candidate(arrangement_id, actor.person_id).sitting_id


def withdraw(engine: Engine, actor: Actor, arrangement_id: ArrangementId) -> Arrangement:
    """Take one's own request, or the appeal, back."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        after = tx.arrangements.of_candidate(arrangement_id, actor.person_id).withdraw(actor.person_id)
        tx.arrangements.save(after)
        _note(tx, after, "withdrawn", actor, now)
    return after


def enrol_scribe(engine: Engine, actor: Actor, arrangement_id: ArrangementId, name: str, face_jpeg: bytes) -> Arrangement:
    """Enrol the scribe whom a granted request allows: name, face, and the declaration that both gave. Raises UnreadableFile or TooLarge."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        known = tx.arrangements.of_candidate(arrangement_id, actor.person_id)
    if len(face_jpeg) > LARGEST_FACE:
        raise TooLarge("the picture is larger than 2 MiB", limit=LARGEST_FACE, problem="face_too_large")
    if not face_jpeg.startswith(b"\xff\xd8\xff"):
        raise UnreadableFile("this is not a JPEG picture", problem="face_unreadable")
    blob = f"arrangements/{known.sitting_id}/{new_id('scribe', now)}"
    scribe = Scribe(name=name.strip(), face_blob=blob, declared_at=now)
    known.enrol(scribe)  # refuses before anything is kept
    engine.blobs.put(blob, evidence.data_key(engine, known.sitting_id).encrypt(blob, face_jpeg))
    with engine.store.begin() as tx:
        before = tx.arrangements.of_candidate(arrangement_id, actor.person_id)
        _check_begun(tx, before)
        after = before.enrol(scribe)
        tx.arrangements.save(after)
        tx.exams.arrange(after.registration_id, after.rules())
        _note(tx, after, "scribe_enrolled", actor, now)
    if before.scribe is not None:
        engine.blobs.delete(before.scribe.face_blob)  # somebody else's face, who does not come
    return after


def mine(engine: Engine, actor: Actor, sitting_id: SittingId) -> tuple[Sitting, list[ArrangementView]]:
    """Return the candidate's own sitting and its requests, newest first."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        views = [_view(tx, one) for one in tx.arrangements.of_registration(sitting.registration_id)]
    return sitting, views[::-1]


def desk(engine: Engine, actor: Actor, *, open_only: bool) -> list[ArrangementView]:
    """Return the organisation's requests, the longest waiting first; for the cell."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return [_view(tx, one) for one in tx.arrangements.all_of_organisation(actor.organisation_id, open_only=open_only)]


def arrangement(engine: Engine, actor: Actor, arrangement_id: ArrangementId) -> ArrangementView:
    """Return one request of the organisation with its documents and history; for the cell."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return _view(tx, tx.arrangements.of_organisation(arrangement_id, actor.organisation_id))


def document(engine: Engine, actor: Actor, arrangement_id: ArrangementId, number: int) -> tuple[ArrangementDocument, bytes]:
    """Return a document to the cell or to the candidate who gave it; raises NotFound otherwise, or once it is erased."""
    with engine.store.read() as tx:
        one = (
            tx.arrangements.of_organisation(arrangement_id, actor.organisation_id)
            if Role.CELL_OFFICER in actor.roles
            else tx.arrangements.of_candidate(arrangement_id, actor.person_id)
        )
        row = next((each for each in tx.arrangements.documents(arrangement_id) if each.number == number), None)
    if row is None:
        raise NotFound("no such document")
    return row, evidence.data_key(engine, one.sitting_id).decrypt(row.blob, engine.blobs.get(row.blob))


def scribe_face(engine: Engine, actor: Actor, registration_id: RegistrationId) -> bytes:
    """Return an enrolled scribe's face to those who let candidates in; raises NotFound when there is none."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        requests = tx.arrangements.of_registration(registration_id)
    enrolled = [one for one in requests if one.scribe and one.organisation_id == actor.organisation_id]
    if not enrolled or enrolled[-1].scribe is None:
        raise NotFound("no scribe is enrolled")
    blob = enrolled[-1].scribe.face_blob
    return evidence.data_key(engine, enrolled[-1].sitting_id).decrypt(blob, engine.blobs.get(blob))


def _view(tx: Transaction, one: Arrangement) -> ArrangementView:
    sitting, history = tx.sittings.get(one.sitting_id), tuple(tx.arrangements.history(one.id))
    return ArrangementView(
        arrangement=one,
        exam=tx.exams.get(sitting.exam_id),
        session=tx.exams.session(sitting.session_id),
        people=tx.people.many([one.candidate_id, *(step.person_id for step in history)]),
        documents=tuple(tx.arrangements.documents(one.id)),
        history=history,
        may_change=sitting.state in BEFORE_START,
    )


_EVENTS: Mapping[str, str] = {
    "requested": "arrangement_requested",
    "decided": "arrangement_decided",
    "appealed": "arrangement_appealed",
    "scribe_enrolled": "scribe_enrolled",
}


def _note(
    tx: Transaction, one: Arrangement, what: str, actor: Actor, now: datetime, *, text: str = "", gives: Adjustments | None = None
) -> None:
    tx.arrangements.append(Step(arrangement_id=one.id, at=now, person_id=actor.person_id, what=what, text=text, gives=gives))
    rules = gives.rules if gives is not None else {}
    tx.audit.append(
        f"arrangement_{what}", subject=one.id, actor=actor.person_id, now=now, payload={"sitting": one.sitting_id, "gives": rules}
    )
    if what in _EVENTS:
        event = ExamEvent(
            at=now,
            kind=_EVENTS[what],
            organisation_id=one.organisation_id,
            actor_id=actor.person_id,
            sitting_id=one.sitting_id,
            subject=one.id,
            data={"state": str(one.state)},
        )
        tx.events.record(event)
