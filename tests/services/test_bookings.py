"""Places that candidates take themselves: who may, the last seat, one place of an exam at a time, changing and giving back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import update

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.exams import EligibilityReason, ExamSession
from assessment_engine.kernel.errors import AssessmentError, Conflict, NotAllowed, NotFound, NotYet, SessionFull
from assessment_engine.kernel.ids import ExamId, SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services import bookings
from assessment_engine.services.bookings import change_slot, eligibility, give_back, offers
from assessment_engine.services.centres import NewCentre, NewRoom, add_centre, add_room, change_room
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewRegistration, NewSession, change_session, create_session, register
from assessment_engine.services.sessions import session_page
from assessment_engine.storage.exams import exams
from assessment_engine.storage.registrations import SeatQuery
from tests.builders import a_form, a_person, a_stored_sitting, an_exam, an_organisation, steer


@dataclass(frozen=True, kw_only=True)
class Hall:
    """An exam with an officer; sessions are added as a test needs them."""

    engine: Engine
    officer: Actor
    exam_id: ExamId

    def session(self, *, capacity: int | None = None, days: int = 3, bookable: bool = True, rooms: tuple[int, ...] = ()) -> ExamSession:
        """A slot some days ahead; each number is a room with so many seats."""
        used = []
        if rooms:
            new = NewCentre(code=f"C{days}", name="Centre", name_hi="केंद्र", address="Road")
            centre = add_centre(self.engine, self.officer, new)
            used = [add_room(self.engine, self.officer, centre.id, NewRoom(name=f"R{n}", capacity=size)) for n, size in enumerate(rooms)]
        return create_session(self.engine, self.officer, self.window(capacity, days, bookable, tuple(room.id for room in used)))

    def window(self, capacity: int | None, days: int, bookable: bool = True, rooms: tuple = ()) -> NewSession:  # type: ignore[type-arg]
        opens_at = self.engine.clock.now() + timedelta(days=days)
        return NewSession(
            exam_id=self.exam_id,
            title=f"Day {days}",
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=3),
            capacity=capacity,
            bookable=bookable,
            room_ids=rooms,
        )

    def candidate(self) -> Actor:
        return a_person(self.engine, self.officer.organisation_id)

    def book(self, who: Actor, session: ExamSession) -> SittingId:
        return register(self.engine, who, NewRegistration(session_id=session.id, candidate_id=who.person_id)).id

    def policy(self, **rules: object) -> None:
        """Change the exam's policy."""
        with self.engine.store.begin() as tx:
            changed = update(exams).where(exams.c.id == self.exam_id).values(policy={"pass_share": "0.5", **rules})
            tx.connection.execute(changed)

    def free(self, session: ExamSession) -> int | None:
        return session_page(self.engine, self.officer, session.id, SeatQuery()).free


@pytest.fixture
def hall(any_engine: Engine) -> Hall:
    organisation_id = an_organisation(any_engine)
    exam_id, _ = an_exam(any_engine, organisation_id, a_form(any_engine, organisation_id)[0])
    with any_engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE exam_sessions SET bookable = false")
    return Hall(engine=any_engine, officer=a_person(any_engine, organisation_id, Role.CELL_OFFICER), exam_id=exam_id)


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Do everything in the same moment; a refusal is a result."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        together.wait()
        try:
            return act()
        except AssessmentError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_the_last_seat_is_given_once_however_many_want_it_at_once(hall: Hall) -> None:
    session = hall.session(rooms=(2,))
    people = [hall.candidate() for _ in range(8)]

    results = at_once([lambda who=who: hall.book(who, session) for who in people])  # type: ignore[misc]

    assert sum(isinstance(result, str) for result in results) == 2
    assert sum(isinstance(result, SessionFull) for result in results) == 6
    assert hall.free(session) == 0


def test_nobody_holds_two_places_of_one_exam_however_quick_they_are(hall: Hall) -> None:
    slots, who = [hall.session(days=days) for days in (3, 4, 5, 6)], hall.candidate()

    results = at_once([lambda slot=slot: hall.book(who, slot) for slot in slots])  # type: ignore[misc]

    assert sum(isinstance(result, str) for result in results) == 1
    assert sum(isinstance(result, NotYet) for result in results) == 3


def test_changing_to_the_last_seat_at_once_is_one_change_and_nobody_loses_their_place(hall: Hall) -> None:
    old, new = hall.session(days=3), hall.session(days=4, capacity=1)
    people = [hall.candidate() for _ in range(5)]
    places = {who: hall.book(who, old) for who in people}

    results = at_once([lambda who=who: change_slot(hall.engine, who, places[who], new.id) for who in people])  # type: ignore[misc]

    assert sum(isinstance(result, SessionFull) for result in results) == 4
    with hall.engine.store.read() as tx:
        sessions = [tx.sittings.get(place).session_id for place in places.values()]
    assert (sessions.count(new.id), sessions.count(old.id)) == (1, 4)


def test_seats_are_given_by_room_and_order_and_a_freed_one_again(hall: Hall) -> None:
    session, people = hall.session(rooms=(1, 2)), [hall.candidate() for _ in range(3)]
    places = [hall.book(who, session) for who in people]

    give_back(hall.engine, people[0], places[0])
    hall.book(hall.candidate(), session)

    lines = session_page(hall.engine, hall.officer, session.id, SeatQuery()).lines
    held = [(line.room, line.registration.seat) for line in lines if line.state is not SittingState.VOIDED]
    assert sorted(held) == [("R0", "01"), ("R1", "01"), ("R1", "02")]


def test_who_gave_a_place_back_gets_the_same_one_again(hall: Hall) -> None:
    session, who = hall.session(), hall.candidate()
    place = hall.book(who, session)

    assert give_back(hall.engine, who, place).state is SittingState.VOIDED
    assert hall.book(who, session) == place

    other = hall.session(days=5)
    assert change_slot(hall.engine, who, place, other.id).session_id == other.id
    assert change_slot(hall.engine, who, place, session.id).state is SittingState.REGISTERED


def test_a_place_is_changed_or_given_back_until_the_stated_time_only(hall: Hall) -> None:
    session, other, who = hall.session(days=2), hall.session(days=5), hall.candidate()
    place = hall.book(who, session)
    steer(hall.engine).advance(86_400)

    with pytest.raises(Conflict):
        give_back(hall.engine, who, place)
    with pytest.raises(Conflict):
        change_slot(hall.engine, who, place, other.id)
    assert not bookings.booking(hall.engine, who, place).may_change


def test_the_cells_own_sessions_are_not_booked_and_its_places_not_given_back(hall: Hall) -> None:
    session, who = hall.session(bookable=False), hall.candidate()

    with pytest.raises(Conflict):
        hall.book(who, session)
    new = NewRegistration(session_id=session.id, candidate_id=who.person_id)
    place = register(hall.engine, hall.officer, new).id
    with pytest.raises(Conflict):
        give_back(hall.engine, who, place)


def test_a_candidate_touches_nobody_elses_place(hall: Hall) -> None:
    session = hall.session()
    place = hall.book(hall.candidate(), session)

    for who in (hall.candidate(), a_person(hall.engine, an_organisation(hall.engine))):
        with pytest.raises(NotFound):
            give_back(hall.engine, who, place)
    with pytest.raises(NotAllowed):
        who = hall.candidate()
        register(hall.engine, who, NewRegistration(session_id=session.id, candidate_id=who.person_id, seat="A1"))


def test_sittings_are_counted_but_voided_ones_are_not(hall: Hall) -> None:
    hall.policy(most_sittings=1)
    who, other = hall.candidate(), hall.candidate()
    sat(hall, who, SittingState.SUBMITTED)
    sat(hall, other, SittingState.VOIDED)

    assert eligibility(hall.engine, who, hall.exam_id).reason is EligibilityReason.SITTINGS_USED_UP
    assert eligibility(hall.engine, other, hall.exam_id).eligible
    with pytest.raises(NotYet) as refused:
        hall.book(who, hall.session())
    assert refused.value.details["reason"] == "sittings_used_up"


def sat(hall: Hall, who: Actor, state: SittingState, session: ExamSession | None = None) -> None:
    """A sitting that began today."""
    with hall.engine.store.read() as tx:
        exam = tx.exams.get(hall.exam_id)
        session = session or next(one for one in tx.exams.sessions_of(who))
    a_stored_sitting(hall.engine, who, exam.id, session.id, exam.form_id, state=state)


def test_days_between_sittings_are_asked_of_the_slot_and_said(hall: Hall) -> None:
    hall.policy(days_between=4)
    who = hall.candidate()
    sat(hall, who, SittingState.SUBMITTED)
    soon, late = hall.session(days=3), hall.session(days=4)

    assert eligibility(hall.engine, who, hall.exam_id).free_on == date(2026, 11, 27)
    (offer,) = offers(hall.engine, who)
    assert [slot.session.id for slot in offer.slots] == [late.id]
    with pytest.raises(NotYet):
        hall.book(who, soon)
    hall.book(who, late)


def test_a_competency_that_is_asked_for_and_not_held_keeps_out(hall: Hall) -> None:
    hall.policy(needs_competency="RTI", needs_level=2)

    assert eligibility(hall.engine, hall.candidate(), hall.exam_id).reason is EligibilityReason.COMPETENCY_MISSING


def test_an_offer_tells_free_seats_and_is_gone_once_a_place_is_held(hall: Hall) -> None:
    full, roomy, who = hall.session(days=3, capacity=1), hall.session(days=4, capacity=7), hall.candidate()
    hall.book(hall.candidate(), full)

    (offer,) = offers(hall.engine, who)
    assert [(slot.free, slot.is_full) for slot in offer.slots] == [(0, True), (7, False)]
    hall.book(who, roomy)
    assert offers(hall.engine, who) == []


def test_a_slot_in_which_one_sat_is_not_offered_again(hall: Hall) -> None:
    slot, who = hall.session(), hall.candidate()
    sat(hall, who, SittingState.SUBMITTED, slot)

    assert offers(hall.engine, who) == []
    assert [one.session.id for one in offers(hall.engine, hall.candidate())[0].slots] == [slot.id]


def test_a_room_serves_one_session_at_a_time_and_never_shrinks_below_its_people(hall: Hall) -> None:
    session = hall.session(rooms=(2,))
    hall.book(hall.candidate(), session)
    hall.book(hall.candidate(), session)
    (use,) = session_page(hall.engine, hall.officer, session.id, SeatQuery()).rooms

    with pytest.raises(Conflict):
        create_session(hall.engine, hall.officer, hall.window(None, 3, rooms=(use.room.id,)))
    with pytest.raises(Conflict):
        change_room(hall.engine, hall.officer, use.room.id, 1, None)
    for window in (hall.window(1, 3, rooms=(use.room.id,)), hall.window(None, 3)):
        with pytest.raises(Conflict):
            change_session(hall.engine, hall.officer, session.id, window)
    with pytest.raises(NotFound):
        change_session(hall.engine, a_person(hall.engine, an_organisation(hall.engine), Role.CELL_OFFICER), session.id, hall.window(9, 3))
    assert change_session(hall.engine, hall.officer, session.id, hall.window(2, 3, rooms=(use.room.id,))).capacity == 2


def test_a_session_that_starts_together_takes_nobody_after_its_opening(hall: Hall) -> None:
    session = hall.session(days=0)
    with hall.engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE exam_sessions SET starts_together = true")

    with pytest.raises(Conflict):
        hall.book(hall.candidate(), session)
