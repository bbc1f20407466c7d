"""What an open wall learns: who needs whom, who watches which room, and that nobody watches whom they know."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.messages import MessageKind
from assessment_engine.invigilation import CaseState
from assessment_engine.invigilation.interests import ConflictOfInterest, Tie
from assessment_engine.invigilation.order import STEPS, weight
from assessment_engine.kernel.errors import NotAllowed, NotFound
from assessment_engine.people import Actor, Role
from assessment_engine.services import checkin, dismissals, duty, interests, messages, wall, wall_live
from assessment_engine.services.duty import RoomAct, RoomVerb
from assessment_engine.services.engine import Engine
from assessment_engine.services.messages import Said
from assessment_engine.services.wall import EVERY
from assessment_engine.services.wall_live import Live
from assessment_engine.storage.events import sitting_event
from tests.builders import a_person, an_organisation, steer
from tests.services.hall import Hall, a_found_thing, a_hall


def live(engine: Engine, hall: Hall, actor: Actor, room: int = 1) -> Live:
    return wall_live.live(engine, actor, hall.world.session_id, room)


def shown(engine: Engine, hall: Hall, actor: Actor, room: int = 1) -> list[str]:
    return [one.seat for one in wall.wall(engine, actor, hall.world.session_id, room).seats]


def take(engine: Engine, hall: Hall, actor: Actor, room: int = 1) -> None:
    duty.change(engine, actor, hall.world.session_id, room, RoomAct(verb=RoomVerb.TAKE, version=0))


def test_a_room_is_watched_while_its_page_asks_and_for_a_minute_more(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    take(any_engine, hall, hall.ravi)
    assert [one.unwatched for one in wall.rooms(any_engine, hall.officer)] == [1]
    live(any_engine, hall, hall.ravi)
    (room,) = live(any_engine, hall, hall.officer, EVERY).rooms
    assert (room.watched, room.answered_for) == (True, True)
    assert [one.unwatched for one in wall.rooms(any_engine, hall.officer)] == [0]

    steer(any_engine).advance(61)

    (room,) = live(any_engine, hall, hall.officer, EVERY).rooms
    assert (room.watched, room.answered_for) == (False, False)
    live(any_engine, hall, hall.noor)
    (room,) = live(any_engine, hall, hall.officer, EVERY).rooms
    assert (room.watched, room.answered_for) == (True, False)  # somebody is there, but not the one who answers for it


def test_two_people_on_one_room_see_each_other(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    live(any_engine, hall, hall.ravi)
    live(any_engine, hall, hall.noor)

    (room,) = live(any_engine, hall, hall.ravi).rooms

    assert sorted(room.people[one].name for one in room.here) == ["Noor Ali", "Ravi Nair"]


def test_what_goes_on_is_told_whoever_decides_about_it_and_only_where_one_may_watch(any_engine: Engine) -> None:
    hall = a_hall(any_engine, 40)
    open_one = a_found_thing(any_engine, hall.sittings[0], ended_at=None, end_s=None)
    a_found_thing(any_engine, hall.sittings[1])
    noted = a_found_thing(any_engine, hall.sittings[30], "book", tier="detection", severity="low", ended_at=None, end_s=None)
    a_found_thing(any_engine, hall.sittings[31], tier="telemetry", ended_at=None, end_s=None)

    def told(actor: Actor, room: int) -> list[str]:
        return [one.incident_id for one in live(any_engine, hall, actor, room).going_on]

    assert (told(hall.ravi, 1), told(hall.ravi, 2)) == ([open_one], [noted])
    assert sorted(told(hall.officer, EVERY)) == sorted([open_one, noted])

    interests.declare(any_engine, hall.officer, hall.sittings[0], Tie.KNOWS)
    wall_live.looked(any_engine, hall.ravi, hall.sittings[0])
    now = live(any_engine, hall, hall.officer, EVERY)
    assert told(hall.officer, EVERY) == [noted]
    assert hall.sittings[0] not in {*now.weights, *now.looked, *now.paused, *now.calls, *now.wrote, *now.to_look_at}
    assert hall.sittings[0] in live(any_engine, hall, hall.ravi).looked


def test_the_order_does_not_tell_how_sure_the_machine_is_of_what_one_has_still_to_judge(any_engine: Engine) -> None:
    hall = a_hall(any_engine, 2)
    for sitting_id, confidence in zip(hall.sittings, (0.3, 0.99), strict=True):
        a_found_thing(any_engine, sitting_id, confidence=confidence, severity="high")

    assert len(set(live(any_engine, hall, hall.ravi).weights.values())) == 1

    with any_engine.store.begin() as tx:
        for sitting_id in hall.sittings:
            (case,) = tx.invigilation.cases_of(sitting_id)
            tx.invigilation.save_case(replace(case, state=CaseState.UPHELD))
    low, high = (live(any_engine, hall, hall.ravi).weights[one] for one in hall.sittings)
    assert low < high


def test_forty_candidates_are_two_rooms_and_the_view_of_all(any_engine: Engine) -> None:
    hall = a_hall(any_engine, 40)

    assert (shown(any_engine, hall, hall.ravi, 1)[0], shown(any_engine, hall, hall.ravi, 2)[0]) == ("A001", "A021")
    assert len(shown(any_engine, hall, hall.officer, EVERY)) == 40
    assert [one.tiles for one in live(any_engine, hall, hall.officer, EVERY).rooms] == [20, 20]


def test_whoever_knows_a_candidate_neither_sees_nor_acts_and_the_next_room_does(any_engine: Engine) -> None:
    hall = a_hall(any_engine, 40)
    take(any_engine, hall, hall.ravi)
    incident = a_found_thing(any_engine, hall.sittings[0])

    interests.declare(any_engine, hall.ravi, hall.sittings[0], Tie.SAME_OFFICE, "We share a room.")

    assert "A001" not in shown(any_engine, hall, hall.ravi, 1) + shown(any_engine, hall, hall.ravi, EVERY)
    assert "A001" in shown(any_engine, hall, hall.noor, 2)
    assert "A001" not in shown(any_engine, hall, hall.noor, 1)
    for act in (
        lambda: wall.watching(any_engine, hall.ravi, hall.sittings[0]),
        lambda: wall_live.looked(any_engine, hall.ravi, hall.sittings[0]),
        lambda: messages.say(any_engine, hall.ravi, hall.sittings[0], Said(kind=MessageKind.CHAT, text="Hello")),
        lambda: dismissals.dismiss(any_engine, hall.ravi, incident),
    ):
        with pytest.raises(ConflictOfInterest):
            act()
    assert live(any_engine, hall, hall.officer, EVERY).unwatchable == 0


def test_with_one_room_a_conflict_is_said_to_whoever_sees_all(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    take(any_engine, hall, hall.ravi)
    interests.declare(any_engine, hall.ravi, hall.sittings[0], Tie.KNOWS)
    interests.declare(any_engine, hall.ravi, hall.sittings[0], Tie.KNOWS)  # twice is once

    assert wall.wall(any_engine, hall.ravi, hall.world.session_id).seats == ()
    assert live(any_engine, hall, hall.officer, EVERY).unwatchable == 1
    assert shown(any_engine, hall, hall.officer, EVERY) == ["A001"]


def test_nobody_watches_their_own_sitting(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    own = Actor(
        person_id=hall.world.candidate.person_id,
        organisation_id=hall.world.organisation_id,
        name="Asha Rao",
        roles=frozenset({Role.INVIGILATOR, Role.CANDIDATE}),
    )

    assert wall.wall(any_engine, own, hall.world.session_id).elsewhere == 1
    with pytest.raises(ConflictOfInterest):
        wall.watching(any_engine, own, hall.sittings[0])


def test_a_look_is_an_event_and_its_age_is_told(any_engine: Engine) -> None:
    hall = a_hall(any_engine, 2)
    wall_live.looked(any_engine, hall.ravi, hall.sittings[0])
    wall_live.looked(any_engine, hall.ravi, hall.sittings[0])  # the same look
    steer(any_engine).advance(30)

    now = live(any_engine, hall, hall.ravi)

    assert dict(now.looked) == {hall.sittings[0]: 30}
    assert now.rooms[0].unseen_s is None  # the other was never looked at
    with any_engine.store.read() as tx:
        assert [one.kind for one in tx.events.of_sitting(hall.sittings[0])] == ["candidate_looked_at"]


def test_what_was_found_orders_the_wall_and_fades(any_engine: Engine) -> None:
    hall = a_hall(any_engine, 2)
    a_found_thing(any_engine, hall.sittings[1])
    fresh = live(any_engine, hall, hall.ravi).weights
    steer(any_engine).advance(3600)

    assert fresh[hall.sittings[1]] > live(any_engine, hall, hall.ravi).weights[hall.sittings[1]]
    assert hall.sittings[0] not in fresh


def test_calls_and_words_that_wait_are_told_until_somebody_answers(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    messages.write(any_engine, hall.world.candidate, hall.sittings[0], "My screen went dark.")
    assert live(any_engine, hall, hall.ravi).wrote == (hall.sittings[0],)
    steer(any_engine).advance(1)

    messages.say(any_engine, hall.ravi, hall.sittings[0], Said(kind=MessageKind.CHAT, sentence="seen"))

    assert live(any_engine, hall, hall.ravi).wrote == ()


def test_who_a_camera_check_told_nothing_of_is_to_be_looked_at_until_somebody_has(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    with any_engine.store.begin() as tx:
        sitting = tx.sittings.get(hall.sittings[0])
        tx.events.record(
            sitting_event("challenge_for_person", sitting, any_engine.clock.now(), None, data={"number": 1, "why": "no_answer"})
        )
    before = live(any_engine, hall, hall.ravi).to_look_at
    steer(any_engine).advance(5)
    wall_live.looked(any_engine, hall.ravi, hall.sittings[0])

    assert before == (hall.sittings[0],)
    assert live(any_engine, hall, hall.ravi).to_look_at == ()


def test_whoever_called_is_answered_by_a_word(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    checkin.call_invigilator(any_engine, hall.world.candidate, hall.sittings[0], "camera")
    assert live(any_engine, hall, hall.ravi).calls == (hall.sittings[0],)

    messages.say(any_engine, hall.ravi, hall.sittings[0], Said(kind=MessageKind.CHAT, text="I am here."))

    assert live(any_engine, hall, hall.ravi).calls == ()


def test_only_staff_of_the_organisation_ask(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    stranger = a_person(any_engine, an_organisation(any_engine, "Other"), Role.INVIGILATOR)

    with pytest.raises(NotFound):
        live(any_engine, hall, stranger)
    with pytest.raises(NotAllowed):
        live(any_engine, hall, hall.world.candidate)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(-100, 10**6))
def test_the_order_is_of_steps_grows_with_risk_and_falls_with_time(less: float, more: float, seconds: int) -> None:
    low, high = sorted((less, more))
    since = timedelta(seconds=seconds)

    assert 0 <= weight(low, since) <= weight(high, since) <= STEPS
    assert weight(high, since + timedelta(minutes=30)) <= weight(high, since)
