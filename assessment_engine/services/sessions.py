"""One session as the cell sees it: its seats by room, and a page of its list. Changing it is services/exams.py's."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.exams.rooms import Centre, Room
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import PersonId, SessionId
from assessment_engine.people import SESSION_STAFF, Actor, Role, require
from assessment_engine.services.engine import Engine
from assessment_engine.services.places import free_seats
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.registrations import TERMINATED, SeatLine, SeatQuery

PAGE = 200
"""Lines of a list on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomUse:
    """A room of a session and how many sit in it."""

    room: Room
    centre: Centre
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """A session with one page of its list.

    `matching` is how many lines the list has, `free` how many seats (None: no limit), `terminated` how many sittings a person ended.
    """

    session: ExamSession
    exam: Exam
    counts: Mapping[SittingState, int]
    terminated: int
    rooms: tuple[RoomUse, ...]
    free: int | None
    lines: tuple[SeatLine, ...]
    matching: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.matching // PAGE))

    @property
    def places(self) -> int:
        """How many candidates have a place."""
        return sum(count for state, count in self.counts.items() if state is not SittingState.VOIDED)


def session_page(engine: Engine, actor: Actor, session_id: SessionId, asked: SeatQuery, page: int = 1) -> SessionPage:
    """Return one session of the organisation with a page of its list; raises NotFound."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        matching = tx.registrations.count(actor, session_id, asked)
        page = min(max(page, 1), max(1, -(-matching // PAGE)))
        return SessionPage(
            session=session,
            exam=tx.exams.get(session.exam_id),
            counts=tx.registrations.counts([session_id])[session_id],
            terminated=tx.registrations.count(actor, session_id, SeatQuery(state=TERMINATED)),
            rooms=rooms_of(tx, session),
            free=free_seats(tx, [session])[session_id],
            lines=tuple(tx.registrations.lines(actor, session_id, asked, ((page - 1) * PAGE, PAGE))),
            matching=matching,
            page=page,
        )


def rooms_of(tx: Transaction, session: ExamSession) -> tuple[RoomUse, ...]:
    """Return the rooms that a session uses, with how many sit in each."""
    taken, rooms = tx.registrations.in_rooms(session.id), tx.centres.used_by(session.id)
    centres = {centre_id: tx.centres.get(centre_id) for centre_id in {room.centre_id for room in rooms}}
    return tuple(RoomUse(room=room, centre=centres[room.centre_id], taken=taken[room.id]) for room in rooms)


def session_list(engine: Engine, actor: Actor, session_id: SessionId, asked: SeatQuery) -> list[SeatLine]:
    """Return a session's whole list, for a file."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        tx.exams.session_of(actor, session_id)
        return tx.registrations.lines(actor, session_id, asked, (0, None))


def candidate_called(engine: Engine, actor: Actor, login: str) -> PersonId:
    """Return who of the actor's organisation has a log-in; raises Invalid, in the same words for nobody and for somebody elsewhere."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        found = tx.people.by_login(login.strip().lower())
    if found is None or found[0].organisation_id != actor.organisation_id:
        raise Invalid("nobody in your organisation has this log-in; add the candidate under People first", problem="nobody_called")
    return found[0].id
