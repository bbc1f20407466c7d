"""Draining: nobody says that nothing is left to look at while a worker still has pictures in hand."""

from datetime import timedelta

from assessment_engine.services import watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from tests.builders import World, a_world, steer


def handed_in(engine: Engine) -> World:
    world = a_world(engine)
    steer(engine).advance(600)
    with engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get(world.sitting_id).submit(engine.clock.now()))
    return world


def test_the_sweep_does_not_drain_what_a_worker_still_looks_at(engine: Engine) -> None:
    world = handed_in(engine)  # and its page still sends what it kept in a cut
    for _ in range(60):
        steer(engine).advance(5)
        watches.count(engine, [WatchRecord(sitting_id=world.sitting_id, frames_received=700)])

        assert watches.drain_forgotten(engine) == 0


def test_the_sweep_drains_what_a_worker_that_died_left(engine: Engine) -> None:
    world = handed_in(engine)
    watches.count(engine, [WatchRecord(sitting_id=world.sitting_id, frames_received=700)])
    steer(engine).moment += timedelta(minutes=2, seconds=1)

    assert watches.drain_forgotten(engine) == 1

    with engine.store.read() as tx:
        watch = tx.incidents.watch(world.sitting_id)
    assert watch is not None
    assert (watch.frames_received, watch.drained_at) == (700, engine.clock.now())
