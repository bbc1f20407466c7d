"""Rooms of the wall have a name: taken, handed over with a note, covered, left; who acts second on what they saw is told."""

from collections.abc import Mapping

import pytest
from sqlalchemy import update

from assessment_engine.invigilation.duty import Duty, HandOverWaits, RoomChanged, RoomTaken, next_room, rooms_of
from assessment_engine.kernel.errors import Invalid, NotAllowed, NotFound
from assessment_engine.people import Actor, Role
from assessment_engine.services import duty, wall_live
from assessment_engine.services.duty import RoomAct, RoomVerb
from assessment_engine.services.engine import Engine
from assessment_engine.storage.people import people
from tests.builders import a_person, an_organisation
from tests.services.hall import Hall, a_hall


@pytest.fixture
def hall(any_engine: Engine) -> Hall:
    return a_hall(any_engine)


def step(engine: Engine, hall: Hall, actor: Actor, verb: RoomVerb, version: int, to: Actor | None = None, note: str = "") -> Duty:
    act = RoomAct(verb=verb, version=version, to=None if to is None else to.person_id, note=note)
    return duty.change(engine, actor, hall.world.session_id, 1, act)


def leaves(engine: Engine, hall: Hall) -> list[str]:
    with engine.store.read() as tx:
        return [one.kind for one in tx.audit.about(hall.world.session_id)]


def test_a_room_is_handed_over_by_name_with_a_note_and_accepted(any_engine: Engine, hall: Hall) -> None:
    taken = step(any_engine, hall, hall.ravi, RoomVerb.TAKE, 0)
    offered = step(any_engine, hall, hall.ravi, RoomVerb.HAND_OVER, taken.version, hall.noor, " A012 has a weak line. ")

    assert offered.named == hall.ravi.person_id  # until it is accepted nothing changes
    assert offered.offer is not None and offered.offer.note == "A012 has a weak line."
    with pytest.raises(NotAllowed):
        step(any_engine, hall, hall.ravi, RoomVerb.ACCEPT, offered.version)
    accepted = step(any_engine, hall, hall.noor, RoomVerb.ACCEPT, offered.version)
    assert (accepted.named, accepted.offer) == (hall.noor.person_id, None)
    assert leaves(any_engine, hall) == ["room_duty"] * 3


def test_of_two_who_hand_over_the_same_room_the_second_is_told(any_engine: Engine, hall: Hall) -> None:
    taken = step(any_engine, hall, hall.ravi, RoomVerb.TAKE, 0)
    offered = step(any_engine, hall, hall.officer, RoomVerb.HAND_OVER, taken.version, hall.noor, "Ravi's shift ends.")

    with pytest.raises(RoomChanged):
        step(any_engine, hall, hall.ravi, RoomVerb.HAND_OVER, taken.version, hall.officer, "My shift ends.")
    with pytest.raises(HandOverWaits):
        step(any_engine, hall, hall.ravi, RoomVerb.HAND_OVER, offered.version, hall.officer, "My shift ends.")
    declined = step(any_engine, hall, hall.noor, RoomVerb.DECLINE, offered.version)
    assert (declined.named, declined.offer) == (hall.ravi.person_id, None)


def test_a_break_is_covered_and_the_named_one_stays_named(any_engine: Engine, hall: Hall) -> None:
    taken = step(any_engine, hall, hall.ravi, RoomVerb.TAKE, 0)
    covered = step(any_engine, hall, hall.noor, RoomVerb.COVER, taken.version)
    assert (covered.named, covered.answering) == (hall.ravi.person_id, hall.noor.person_id)

    with pytest.raises(RoomTaken):
        step(any_engine, hall, hall.officer, RoomVerb.COVER, covered.version)
    back = step(any_engine, hall, hall.ravi, RoomVerb.END_COVER, covered.version)
    assert back.answering == hall.ravi.person_id


def test_a_room_that_somebody_answers_for_is_not_taken(any_engine: Engine, hall: Hall) -> None:
    taken = step(any_engine, hall, hall.ravi, RoomVerb.TAKE, 0)

    with pytest.raises(RoomTaken):
        step(any_engine, hall, hall.noor, RoomVerb.TAKE, taken.version)
    with pytest.raises(NotAllowed):
        step(any_engine, hall, hall.noor, RoomVerb.LEAVE, taken.version)
    with pytest.raises(NotAllowed):
        step(any_engine, hall, hall.noor, RoomVerb.ASSIGN, taken.version, hall.noor)
    assigned = step(any_engine, hall, hall.officer, RoomVerb.ASSIGN, taken.version, hall.noor)
    assert assigned.named == hall.noor.person_id


def test_nobody_waits_for_who_runs_no_sessions_any_more(any_engine: Engine, hall: Hall) -> None:
    taken = step(any_engine, hall, hall.ravi, RoomVerb.TAKE, 0)
    covered = step(any_engine, hall, hall.noor, RoomVerb.COVER, taken.version)
    offered = step(any_engine, hall, hall.ravi, RoomVerb.HAND_OVER, covered.version, hall.officer, "My shift ends.")
    closed(any_engine, hall.ravi)

    (shown,) = wall_live.live(any_engine, hall.noor, hall.world.session_id, 1).rooms
    assert (shown.duty.named, shown.duty.cover, shown.duty.answering) == (None, hall.noor.person_id, hall.noor.person_id)
    mine = step(any_engine, hall, hall.noor, RoomVerb.TAKE, offered.version)

    assert (mine.named, mine.cover) == (hall.noor.person_id, None)
    assert mine.offer is not None, "whom it was offered to is still there"
    with any_engine.store.read() as tx:
        payloads = [one.payload for one in tx.audit.about(hall.world.session_id)]
    assert [one["left"] for one in payloads if isinstance(one, Mapping) and "left" in one] == [[hall.ravi.person_id]]
    closed(any_engine, hall.officer)
    again = step(any_engine, hall, hall.noor, RoomVerb.HAND_OVER, mine.version, a_watcher(any_engine, hall), "Mine ends too.")
    assert again.offer is not None and again.offer.by == hall.noor.person_id


def closed(engine: Engine, person: Actor) -> None:
    with engine.store.begin() as tx:
        tx.connection.execute(update(people).where(people.c.id == person.person_id).values(active=False))


def a_watcher(engine: Engine, hall: Hall) -> Actor:
    return a_person(engine, hall.world.organisation_id, Role.INVIGILATOR, name="Usha Rao")


def test_what_names_nobody_who_could_watch_changes_nothing(any_engine: Engine, hall: Hall) -> None:
    taken = step(any_engine, hall, hall.ravi, RoomVerb.TAKE, 0)
    stranger = a_person(any_engine, an_organisation(any_engine, "Other"))

    with pytest.raises(Invalid):
        step(any_engine, hall, hall.ravi, RoomVerb.HAND_OVER, taken.version, hall.world.candidate, "Please.")
    with pytest.raises(NotFound):
        step(any_engine, hall, hall.ravi, RoomVerb.HAND_OVER, taken.version, stranger, "Please.")
    with pytest.raises(Invalid):
        step(any_engine, hall, hall.ravi, RoomVerb.HAND_OVER, taken.version, hall.noor, "  ")
    with pytest.raises(Invalid):
        step(any_engine, hall, hall.ravi, RoomVerb.HAND_OVER, taken.version)
    with pytest.raises(NotFound):
        duty.change(any_engine, hall.ravi, hall.world.session_id, 2, RoomAct(verb=RoomVerb.TAKE, version=0))
    with pytest.raises(NotAllowed):
        duty.change(any_engine, hall.world.candidate, hall.world.session_id, 1, RoomAct(verb=RoomVerb.TAKE, version=1))


def test_rooms_are_of_at_most_thirty_and_a_tile_goes_to_the_next() -> None:
    assert [rooms_of(places) for places in (0, 1, 30, 31, 200)] == [1, 1, 1, 2, 7]
    assert [next_room(room, 3) for room in (1, 2, 3)] == [2, 3, 1]
    assert next_room(1, 1) is None
