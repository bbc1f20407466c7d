"""One sitting's desk with the real networks: before the start, from the start on, and after a change of hands."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.services import checkin, watches
from assessment_engine.services.engine import Engine
from proctoring.channel import Frame
from proctoring.vision import demo_footage
from proctoring.vision.demo_footage import Script
from proctoring.vision.eyes import Networks
from tests.builders import World, a_world, steer
from workers.frames import Entry, Tally
from workers.proctor.desk import Desk

SITTING_STILL = Script(length_s=60, leaves_s=100, back_s=110)
ABSENT = Script(length_s=60, leaves_s=2, back_s=100)


def a_desk(engine: Engine, world: World, networks: Networks) -> Desk:
    return Desk(engine, watches.orders(engine, world.sitting_id), networks, {})


def entries(engine: Engine, world: World, script: Script, count: int, first: int = 0) -> Iterator[Entry]:
    """Frames of the demo's candidate, two a second from now on; the clock goes with them."""
    for seq, (_, jpeg) in islice(enumerate(demo_footage.jpegs(demo_footage.scene(script), fps=2)), first, first + count):
        at = steer(engine).advance(0.5)
        frame = Frame(seq=seq, at=at, kept=False, jpeg=jpeg, nonce=bytes(16), head=bytes([seq]) * 32)
        yield Entry(sitting_id=world.sitting_id, happened=frame, tally=Tally(received=seq + 1), id=str(seq))


def said(desk: Desk, channel: str) -> list[object]:
    return [one.message for one in desk.said() if one.channel.startswith(channel)]


def test_before_the_start_a_desk_coaches_and_finds_nothing(engine: Engine, networks: Networks) -> None:
    world = a_world(engine, state=SittingState.ADMITTED)
    desk = a_desk(engine, world, networks)

    for entry in entries(engine, world, ABSENT, 30):  # she walks away for twelve seconds
        desk.receive(entry)

    assert not desk.watching
    coached = said(desk, "page:")
    assert {"type": "seen", "observable": True, "reason": None, "faces": 1, "sound": None} in coached
    with engine.store.read() as tx:
        assert tx.incidents.of_sitting(world.sitting_id) == []


def test_from_the_start_on_an_absence_is_an_incident(engine: Engine, networks: Networks) -> None:
    world = a_world(engine, state=SittingState.ADMITTED)
    checkin.keep_roster_pictures(engine, world.sitting_id, demo_footage.portrait(), None)
    desk = a_desk(engine, world, networks)
    for entry in entries(engine, world, ABSENT, 4):
        desk.receive(entry)
    with engine.store.begin() as tx:
        started = replace(tx.sittings.get(world.sitting_id), state=SittingState.IN_PROGRESS, started_at=engine.clock.now())
        tx.sittings.save(started)
    desk.begin(watches.orders(engine, world.sitting_id))
    desk.said()

    for entry in entries(engine, world, ABSENT, 30, first=4):
        desk.receive(entry)

    raised = [one for one in said(desk, "wall:") if isinstance(one, dict) and one["type"] == "incident"]
    assert [(one["kind"], one["tier"], one["state"]) for one in raised] == [("nobody", "alert", "opened")]


def test_whoever_leaves_in_a_break_is_not_missing(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    for entry in entries(engine, world, ABSENT, 4):
        desk.receive(entry)
    desk.sitting = replace(desk.sitting, state=SittingState.PAUSED)

    for entry in entries(engine, world, ABSENT, 26, first=4):  # she walks away for eleven seconds
        desk.receive(entry)
    steer(engine).advance(60)  # and the page sends nothing
    desk.tick(engine.clock.now())

    with engine.store.read() as tx:
        assert tx.incidents.of_sitting(world.sitting_id) == []
    assert (desk.counts().frames_analysed, desk.counts().unobservable) == (4, {})


def test_silence_is_a_gap_while_it_lasts_and_ends_with_the_next_frame(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    for entry in entries(engine, world, SITTING_STILL, 4):
        desk.receive(entry)

    for _ in range(12):
        desk.tick(steer(engine).advance(1))
    with engine.store.read() as tx:
        assert [(one.kind, one.tier, one.ended_at) for one in tx.incidents.of_sitting(world.sitting_id)] == [
            ("feed_gap", "could_not_watch", None)
        ]
    for entry in entries(engine, world, SITTING_STILL, 16, first=4):
        desk.receive(entry)

    with engine.store.read() as tx:
        (gap,) = tx.incidents.of_sitting(world.sitting_id)
    assert gap.ended_at is not None
    assert gap.start_s == 2.0
    assert gap.end_s == pytest.approx(14.5, abs=0.6)


def test_a_new_owner_counts_nothing_twice_and_forgets_nothing(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    first, seen = a_desk(engine, world, networks), list(entries(engine, world, SITTING_STILL, 20))
    for entry in seen[:12]:
        first.receive(entry)
    watches.count(engine, [first.counts()])
    for entry in seen[12:16]:
        first.receive(entry)  # and then it is killed: these four were never counted

    second = a_desk(engine, world, networks)
    second.replay(seen[:16])
    for entry in seen[16:]:
        second.receive(entry)

    counts = second.counts()
    assert (counts.frames_received, counts.frames_analysed, counts.frames_dropped) == (20, 20, 0)
    assert counts.observable_s == pytest.approx(9.5)
    assert counts.last_seq == 19


def test_a_new_owner_knows_when_the_face_was_last_compared(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)  # nobody enrolled: the face is never compared
    for entry in entries(engine, world, SITTING_STILL, 4):
        desk.receive(entry)
    started_at = desk.sitting.started_at
    assert started_at is not None
    compared_at = started_at + timedelta(seconds=1)
    watches.count(engine, [replace(desk.counts(), recognised_at=compared_at)])
    steer(engine).advance(360)

    second = a_desk(engine, world, networks)
    for entry in entries(engine, world, SITTING_STILL, 6, first=4):
        second.receive(entry)

    counts = second.counts()
    assert (counts.recognised_at, counts.unrecognised_since, counts.unrecognised_s) == (compared_at, compared_at, 0)


def test_what_a_page_sends_that_is_no_picture_accuses_nobody(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)

    for seq in range(60):
        at = steer(engine).advance(0.5)
        frame = Frame(seq=seq, at=at, kept=False, jpeg=b"\xff\xd8\xff\xe0junk", nonce=bytes(16), head=bytes(32))
        desk.receive(Entry(sitting_id=world.sitting_id, happened=frame, tally=Tally(received=seq + 1)))
        desk.tick(at)

    assert desk.unreadable == 60
    with engine.store.read() as tx:
        assert {one.tier for one in tx.incidents.of_sitting(world.sitting_id)} == {"could_not_watch"}


def test_a_drained_sitting_has_every_second_accounted_for(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    for entry in entries(engine, world, SITTING_STILL, 20):
        desk.receive(entry)
    submitted_at = steer(engine).advance(30)
    with engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get(world.sitting_id).submit(submitted_at))
        sitting = tx.sittings.get(world.sitting_id)

    desk.end(sitting)

    with engine.store.read() as tx:
        watch = tx.incidents.watch(world.sitting_id)
    assert watch is not None
    assert watch.drained_at is not None
    assert watch.observable_s + sum(watch.unobservable.values()) == pytest.approx(40.0)
    assert timedelta(seconds=watch.unobservable["feed_gap"]) == timedelta(seconds=30.5)


def test_what_seeing_costs_is_handed_out_once_by_stage(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk = a_desk(engine, world, networks)
    for entry in entries(engine, world, SITTING_STILL, 6):
        desk.receive(entry)

    spent = desk.costs()

    assert {"decode", "quality", "mesh", "iris", "others", "objects"} <= set(spent)
    assert all(seconds > 0 for seconds in spent.values())
    assert desk.costs() == {}
