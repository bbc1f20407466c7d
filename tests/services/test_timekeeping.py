import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.delivery.timekeeping import LeftOut, TimeAct, TimeVerb
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AfterTime, Conflict, Invalid, NotAllowed, NotFound, SittingPaused, SittingSealed
from assessment_engine.kernel.ids import RoomId, SittingId, TimeActId
from assessment_engine.people import Actor, Role
from assessment_engine.services import closing, delivery, time_desk, timekeeping
from assessment_engine.services.engine import Engine
from assessment_engine.services.timekeeping import AT_ONCE, Wish
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.builders import World, a_person, a_stored_sitting, a_world, an_organisation, steer, told

V = TimeVerb
FIRST = TimeActId("tac_1")


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = delivery.open_ledger(any_engine)
    yield ledger
    ledger.stop()


def save(engine: Engine, ledger: AnswerLedger, world: World, revision: int) -> None:
    offer = an_offer(world.sitting_id, world.candidate.person_id, world.items[0], revision, {"RESPONSE": "A"})
    asyncio.run(delivery.save_answer(engine, ledger, offer))


def with_policy(engine: Engine, **policy: Json) -> None:
    with engine.store.begin() as tx:
        tx.connection.execute(update(metadata.tables["exams"]).values(policy=policy))


def a_world_where_a_person_decides(engine: Engine, duration_s: int = 3600) -> World:
    world = a_world(engine, duration_s=duration_s)
    with_policy(engine, outage="person_decides")
    return world


def an_invigilator(engine: Engine, world: World) -> Actor:
    return a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Inv One")


def a_neighbour(engine: Engine, world: World, *, state: SittingState = SittingState.IN_PROGRESS, room: str | None = None) -> SittingId:
    candidate = a_person(engine, world.organisation_id)
    sitting_id = a_stored_sitting(engine, candidate, world.exam_id, world.session_id, world.form_id, state=state)
    if room:
        into_room(engine, sitting_id, room)
    return sitting_id


def into_room(engine: Engine, sitting_id: SittingId, room: str) -> None:
    registrations = metadata.tables["registrations"]
    with engine.store.begin() as tx:
        registration_id = tx.sittings.get(sitting_id).registration_id
        tx.connection.execute(update(registrations).where(registrations.c.id == registration_id).values(room_id=room))


def sitting_of(engine: Engine, sitting_id: SittingId) -> Sitting:
    with engine.store.read() as tx:
        return tx.sittings.get(sitting_id)


def wish(world: World, verb: TimeVerb, *, seconds: int = 600, **fields: object) -> Wish:
    return Wish(session_id=world.session_id, act=TimeAct(verb=verb, seconds=seconds), reason="No power", **fields)  # type: ignore[arg-type]


def test_an_invigilator_gives_time_back_with_a_reason(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world_where_a_person_decides(any_engine, duration_s=60)
    before = sitting_of(any_engine, world.sitting_id).deadline_at

    longer = timekeeping.give_time(any_engine, an_invigilator(any_engine, world), world.sitting_id, 10, "No power")

    assert before is not None and longer.deadline_at == before + timedelta(minutes=10)
    steer(any_engine).advance(61)
    save(any_engine, ledger, world, 1)


def test_time_is_given_back_only_by_who_may_and_where_the_policy_says_so(any_engine: Engine) -> None:
    strict = a_world(any_engine)
    with pytest.raises(NotAllowed):
        timekeeping.give_time(any_engine, an_invigilator(any_engine, strict), strict.sitting_id, 10, "No power")

    world = a_world_where_a_person_decides(any_engine)
    stranger = a_person(any_engine, an_organisation(any_engine), Role.INVIGILATOR)
    own = an_invigilator(any_engine, world)
    with pytest.raises(NotFound):
        timekeeping.give_time(any_engine, stranger, world.sitting_id, 10, "No power")
    with pytest.raises(NotAllowed):
        timekeeping.give_time(any_engine, world.candidate, world.sitting_id, 10, "No power")
    for minutes, reason in ((0, "No power"), (121, "No power"), (10, " "), (10, "x" * 501)):
        with pytest.raises(Invalid):
            timekeeping.give_time(any_engine, own, world.sitting_id, minutes, reason)
    assert sitting_of(any_engine, world.sitting_id).stopped_s == 0


def test_where_time_runs_on_the_cell_may_still_give_some(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)

    assert timekeeping.give_time(any_engine, officer, world.sitting_id, 5, "The alarm rang").stopped_s == 300


def test_a_pause_refuses_answers_and_a_resume_gives_the_time_back(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=60)
    invigilator = an_invigilator(any_engine, world)

    timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.PAUSE, sittings=(world.sitting_id,)))
    steer(any_engine).advance(600)
    assert closing.time_up(any_engine) == 0
    with pytest.raises(SittingPaused):
        save(any_engine, ledger, world, 1)
    timekeeping.act(any_engine, ledger, invigilator, TimeActId("tac_2"), wish(world, V.RESUME, sittings=(world.sitting_id,)))

    save(any_engine, ledger, world, 1)
    steer(any_engine).advance(61)
    assert closing.time_up(any_engine) == 1


def test_a_room_is_one_act_that_names_everybody_and_whom_it_left_out(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world_where_a_person_decides(any_engine)
    into_room(any_engine, world.sitting_id, "roo_1")
    second, ended = a_neighbour(any_engine, world, room="roo_1"), a_neighbour(any_engine, world, state=SittingState.SUBMITTED, room="roo_1")
    elsewhere = a_neighbour(any_engine, world, room="roo_2")
    invigilator = an_invigilator(any_engine, world)
    asked = wish(world, V.GIVE_TIME, room_id=RoomId("roo_1"))

    shown = timekeeping.preview(any_engine, invigilator, asked)
    done = timekeeping.act(any_engine, ledger, invigilator, FIRST, asked)

    assert {one.sitting.id for one in shown.fitting} == {world.sitting_id, second}
    assert [(one.sitting.id, one.why) for one in shown.left_out] == [(ended, LeftOut.ENDED)]
    assert set(done.fitting) == {world.sitting_id, second} and done.left_out == {ended: LeftOut.ENDED}
    assert [sitting_of(any_engine, one).stopped_s for one in (world.sitting_id, second, ended, elsewhere)] == [600, 600, 0, 0]
    with any_engine.store.read() as tx:
        (entry,) = tx.audit.about(FIRST)
        (event,) = tx.events.of_sitting(second)
    assert entry.kind == "time_act" and entry.actor_id == invigilator.person_id
    assert isinstance(entry.payload, dict)
    assert (entry.payload["reason"], entry.payload["sittings"], entry.payload["left_out"]) == (
        "No power",
        [*sorted([world.sitting_id, second])],
        {ended: "ended"},
    )
    assert (event.kind, event.subject, event.data) == ("time_given", FIRST, {"seconds": 600})


def test_a_preview_says_the_deadline_now_and_then_and_changes_nothing(any_engine: Engine) -> None:
    world = a_world_where_a_person_decides(any_engine)

    (one,) = timekeeping.preview(any_engine, an_invigilator(any_engine, world), wish(world, V.GIVE_TIME)).fitting

    assert one.after and one.after.deadline_at and one.sitting.deadline_at
    assert one.after.deadline_at - one.sitting.deadline_at == timedelta(minutes=10)
    assert sitting_of(any_engine, world.sitting_id) == one.sitting


def test_the_same_form_sent_twice_is_done_once(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world_where_a_person_decides(any_engine)
    invigilator = an_invigilator(any_engine, world)

    first = timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.GIVE_TIME))
    again = timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.GIVE_TIME))

    assert first == again
    assert sitting_of(any_engine, world.sitting_id).stopped_s == 600
    with pytest.raises(Conflict):
        timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.TERMINATE))
    with any_engine.store.read() as tx:
        assert len(tx.audit.about(FIRST)) == 1


def test_an_act_that_was_interrupted_is_finished_by_the_sweep_and_nobody_gets_twice(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world_where_a_person_decides(any_engine)
    sittings = [world.sitting_id, *(a_neighbour(any_engine, world) for _ in range(AT_ONCE))]
    invigilator = an_invigilator(any_engine, world)
    done = timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.GIVE_TIME))
    late = a_neighbour(any_engine, world)
    with any_engine.store.begin() as tx:  # as if the process had ended after the first portion, and before the last
        tx.time_acts.save(replace(done, fitting=(*done.fitting, late), done_at=None))
    steer(any_engine).advance(10)

    assert (timekeeping.finish_forgotten(any_engine), timekeeping.finish_forgotten(any_engine)) == (1, 0)

    assert {sitting_of(any_engine, one).stopped_s for one in [*sittings, late]} == {600}


def test_ending_seals_every_sitting_with_what_was_acknowledged(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    second = a_neighbour(any_engine, world)
    save(any_engine, ledger, world, 1)
    invigilator = an_invigilator(any_engine, world)

    timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.TERMINATE))

    for sitting_id, answers in ((world.sitting_id, 1), (second, 0)):
        with any_engine.store.read() as tx:
            seal, sitting = tx.sittings.seal(sitting_id), tx.sittings.get(sitting_id)
        assert seal is not None and seal.answers == answers
        assert (sitting.state, sitting.closed_by) == (SittingState.SUBMITTED, "terminate")
    assert len(told(any_engine)) == 4
    assert timekeeping.why_ended(any_engine, world.candidate, world.sitting_id) == "No power"
    with pytest.raises(NotFound):
        timekeeping.why_ended(any_engine, world.candidate, second)
    with pytest.raises(SittingSealed):
        save(any_engine, ledger, world, 2)


def test_what_fits_nobody_is_refused_with_the_reason(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, state=SittingState.SUBMITTED)
    invigilator = an_invigilator(any_engine, world)

    with pytest.raises(SittingSealed):
        timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.PAUSE))
    a_neighbour(any_engine, world, state=SittingState.SUBMITTED)
    with pytest.raises(Conflict):
        timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.PAUSE))
    over = a_world(any_engine, duration_s=60)
    steer(any_engine).advance(61)
    with pytest.raises(AfterTime):
        timekeeping.act(any_engine, ledger, an_invigilator(any_engine, over), FIRST, wish(over, V.PAUSE))


def test_another_organisations_session_is_not_there_and_candidates_may_nothing(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    stranger = a_person(any_engine, an_organisation(any_engine), Role.INVIGILATOR)
    asked = wish(world, V.PAUSE)
    acts: list[Callable[[Actor], object]] = [
        lambda actor: timekeeping.preview(any_engine, actor, asked),
        lambda actor: timekeeping.act(any_engine, ledger, actor, FIRST, asked),
        lambda actor: time_desk.silences(any_engine, actor, world.session_id),
        lambda actor: time_desk.history(any_engine, actor, world.session_id),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act(stranger)
        with pytest.raises(NotAllowed):
            act(world.candidate)
    with pytest.raises(NotFound):
        other = a_world(any_engine)
        timekeeping.preview(any_engine, an_invigilator(any_engine, world), wish(world, V.PAUSE, sittings=(other.sitting_id,)))


def test_nobody_gives_themselves_time(any_engine: Engine) -> None:
    world = a_world_where_a_person_decides(any_engine)
    both = replace(world.candidate, roles=frozenset({Role.INVIGILATOR}))

    (one,) = timekeeping.preview(any_engine, both, wish(world, V.GIVE_TIME)).candidates

    assert one.why is LeftOut.ONES_OWN


def test_time_without_contact_is_given_back_by_rule_with_an_event_and_an_entry(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=3600)
    with_policy(any_engine, outage="time_stops", most_stopped_s=900)
    save(any_engine, ledger, world, 1)
    steer(any_engine).advance(700)

    save(any_engine, ledger, world, 2)

    back = sitting_of(any_engine, world.sitting_id)
    assert (back.stopped_s, back.given_back_s, back.contact_at) == (700, 700, any_engine.clock.now())
    with any_engine.store.read() as tx:
        kinds = {one.kind: one.data for one in tx.events.of_sitting(world.sitting_id)}
        (entry,) = [one for one in tx.audit.about(world.sitting_id) if one.kind == "time_given_back"]
    assert kinds["time_given_back"] == {"seconds": 700} and kinds["contact_back"]["seconds"] == 700
    assert entry.payload == {"seconds": 700, "rule": "time_stops"}


def test_a_person_sees_what_the_rule_gave_back_before_it_is_given_twice(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=3600)
    with_policy(any_engine, outage="time_stops", most_stopped_s=900)
    invigilator, began = an_invigilator(any_engine, world), any_engine.clock.now()
    save(any_engine, ledger, world, 1)
    steer(any_engine).advance(700)
    save(any_engine, ledger, world, 2)
    outage = TimeAct(verb=V.GIVE_TIME, since=began + timedelta(seconds=100), until=any_engine.clock.now())

    (silence,) = time_desk.silences(any_engine, invigilator, world.session_id)
    (shown,) = timekeeping.preview(any_engine, invigilator, replace(wish(world, V.GIVE_TIME), act=outage)).fitting

    assert (silence.given_s, silence.given_whole, shown.twice_s) == (700, True, 600)


def test_a_person_sees_what_a_pause_or_another_person_gave_before_it_is_given_twice(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=3600)
    with_policy(any_engine, outage="person_decides")
    invigilator, began = an_invigilator(any_engine, world), any_engine.clock.now()
    steer(any_engine).advance(100)
    timekeeping.act(any_engine, ledger, invigilator, TimeActId("tac_pause"), wish(world, V.PAUSE))
    steer(any_engine).advance(400)
    timekeeping.act(any_engine, ledger, invigilator, TimeActId("tac_resume"), wish(world, V.RESUME))
    steer(any_engine).advance(500)

    def twice(since: int, until: int) -> int:
        outage = TimeAct(verb=V.GIVE_TIME, since=began + timedelta(seconds=since), until=began + timedelta(seconds=until))
        (shown,) = timekeeping.preview(any_engine, invigilator, replace(wish(world, V.GIVE_TIME), act=outage)).fitting
        return shown.twice_s

    assert (twice(0, 600), twice(500, 900)) == (400, 0)
    earlier = TimeAct(verb=V.GIVE_TIME, since=began + timedelta(seconds=500), until=began + timedelta(seconds=700))
    timekeeping.act(any_engine, ledger, invigilator, TimeActId("tac_first"), replace(wish(world, V.GIVE_TIME), act=earlier))
    assert twice(500, 900) == 200


def test_a_deadline_in_an_outage_waits_until_the_limit_is_used_up(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=600)
    with_policy(any_engine, outage="time_stops", most_stopped_s=900)
    save(any_engine, ledger, world, 1)
    steer(any_engine).advance(1400)
    assert closing.time_up(any_engine) == 0
    save(any_engine, ledger, world, 2)
    steer(any_engine).advance(700)

    assert closing.time_up(any_engine) == 1

    ended = sitting_of(any_engine, world.sitting_id)
    assert (ended.given_back_s, ended.closed_by) == (900, "time_up")


def test_who_comes_back_to_submit_has_their_time_back_first(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=600)
    with_policy(any_engine, outage="time_stops", most_stopped_s=900)
    save(any_engine, ledger, world, 1)
    steer(any_engine).advance(800)

    delivery.submit(any_engine, ledger, world.candidate, world.sitting_id)

    ended = sitting_of(any_engine, world.sitting_id)
    assert (ended.closed_by, ended.given_back_s) == ("submit", 800)


def test_an_answer_in_the_grace_says_how_late_it_was(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine, duration_s=60)
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), grace_s=1800))
    save(any_engine, ledger, world, 1)
    steer(any_engine).advance(90)

    save(any_engine, ledger, world, 2)

    with any_engine.store.read() as tx:
        assert [one.data for one in tx.events.saves_of(world.sitting_id)] == [{"revision": 1}, {"revision": 2, "after_deadline_s": 30}]
    assert closing.time_up(any_engine) == 0
    steer(any_engine).advance(1771)
    assert closing.time_up(any_engine) == 1


def test_silences_are_listed_for_whoever_credits_an_outage(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world_where_a_person_decides(any_engine)
    invigilator = an_invigilator(any_engine, world)
    began = any_engine.clock.now()
    save(any_engine, ledger, world, 1)
    steer(any_engine).advance(300)

    (lasting,) = time_desk.silences(any_engine, invigilator, world.session_id)
    save(any_engine, ledger, world, 2)
    (over,) = time_desk.silences(any_engine, invigilator, world.session_id)

    assert (lasting.since, lasting.until) == (began, None)
    assert (over.since, over.until, over.name) == (began, any_engine.clock.now(), "Asha Rao")


def test_the_history_names_who_did_what(any_engine: Engine, ledger: AnswerLedger) -> None:
    world = a_world(any_engine)
    invigilator = an_invigilator(any_engine, world)
    timekeeping.act(any_engine, ledger, invigilator, FIRST, wish(world, V.PAUSE))

    (past,) = time_desk.history(any_engine, invigilator, world.session_id)

    assert (past.by, past.recorded.act.verb, past.recorded.reason) == ("Inv One", V.PAUSE, "No power")
