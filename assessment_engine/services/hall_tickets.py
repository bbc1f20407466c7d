"""Hall tickets: one candidate's own, or all of a session or a room as one PDF for the cell. What is on one: exams/hall_ticket.py."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessment_engine.certification.document import qr_svg
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.delivery.timing import time_policy
from assessment_engine.exams.hall_ticket import HallTicket, ticket_number, tickets_source
from assessment_engine.exams.rooms import Centre
from assessment_engine.kernel.errors import Conflict, HashMismatch, NotFound
from assessment_engine.kernel.ids import SessionId, SittingId
from assessment_engine.people import Actor, Role, require
from assessment_engine.services import evidence
from assessment_engine.services.engine import Engine
from assessment_engine.services.roster_files import is_jpeg
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.registrations import SeatQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A ticket with what its pictures are made of."""

    ticket: HallTicket
    sitting_id: SittingId
    portrait_blob: str | None


def hall_ticket(engine: Engine, actor: Actor, sitting_id: SittingId) -> HallTicket:
    """Return what stands on the candidate's own ticket; raises NotFound, or Conflict when the place was given back."""
    return _own(engine, actor, sitting_id).ticket


def ticket_pdf(engine: Engine, actor: Actor, sitting_id: SittingId) -> bytes:
    """Set the candidate's own ticket."""
    return _pdf(engine, [_own(engine, actor, sitting_id)])


def session_pdf(engine: Engine, actor: Actor, session_id: SessionId, room: str = "") -> bytes:
    """Set the tickets of everybody in a session (or one room of it), by room and seat; raises NotFound when there is nobody."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
        lines = tx.registrations.lines(actor, session_id, SeatQuery(room=room), (0, None))
        drawn = [_draw(engine, tx, tx.sittings.get(line.sitting_id)) for line in lines if line.state is not SittingState.VOIDED]
    if not drawn:
        raise NotFound("nobody has a place here yet")
    return _pdf(engine, drawn)


def _own(engine: Engine, actor: Actor, sitting_id: SittingId) -> _Drawn:
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.state is SittingState.VOIDED:
            raise Conflict("this place was given back; there is no hall ticket for it")
        return _draw(engine, tx, sitting)


def _draw(engine: Engine, tx: Transaction, sitting: Sitting) -> _Drawn:
    registration, session = tx.exams.registration(sitting.registration_id), tx.exams.session(sitting.session_id)
    exam, person = tx.exams.get(sitting.exam_id), tx.people.get(sitting.candidate_id)
    organisation = tx.people.organisation(sitting.organisation_id)
    room = tx.centres.room(registration.room_id) if registration.room_id else None
    centre: Centre | None = tx.centres.get(room.centre_id) if room else None
    ticket = HallTicket(
        number=ticket_number(registration.id),
        language=person.language,
        organisation=(organisation.name, organisation.name_hi),
        name=(person.name, person.name_hi),
        login=person.login,
        exam=(exam.title, exam.title_hi),
        exam_code=exam.code,
        minutes=time_policy(exam.duration_s, exam.policy.document, registration.arrangements).seconds // 60,
        session=(session.title, session.title_hi),
        opens_at=session.opens_at,
        closes_at=session.closes_at,
        starts_together=session.starts_together,
        centre=(centre.name, centre.name_hi) if centre else None,
        address=(centre.address, centre.address_hi) if centre else ("", ""),
        room=room.name if room else "",
        seat=registration.seat or "",
        address_of_sitting=f"{engine.public_url}/candidate/sittings/{sitting.id}",
        photo=registration.portrait_blob is not None,
    )
    return _Drawn(ticket=ticket, sitting_id=sitting.id, portrait_blob=registration.portrait_blob)


def _pdf(engine: Engine, drawn: Sequence[_Drawn]) -> bytes:
    photos = {f"photo-{number}.jpg": photo for number, one in enumerate(drawn) if (photo := _photo(engine, one)) is not None}
    tickets = [one.ticket for one in drawn]
    source = tickets_source(tickets, [qr_svg(ticket.address_of_sitting) for ticket in tickets], frozenset(photos))
    return engine.typesetter.pdf(source, photos)


def _photo(engine: Engine, one: _Drawn) -> bytes | None:
    """Return the photograph, or None where there is none that can be printed: a ticket is never refused for its picture."""
    if one.portrait_blob is None:
        return None
    try:
        jpeg = evidence.data_key(engine, one.sitting_id).decrypt(one.portrait_blob, engine.blobs.get(one.portrait_blob))
    except (NotFound, HashMismatch):
        return None
    return jpeg if is_jpeg(jpeg) else None
