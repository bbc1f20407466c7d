"""A worker says which networks it lacks; whoever is promised a watch is told what nobody looks for, and nothing while all are there."""

from datetime import timedelta

from assessment_engine.services import eyes
from assessment_engine.services.engine import Engine
from proctoring.policy import Kind
from proctoring.sight import LOST, lost
from proctoring.vision.models import ROLES
from tests.builders import a_world, steer


def test_every_role_takes_something_away() -> None:
    assert set(LOST) == set(ROLES)
    assert all(LOST.values())
    assert lost(()) == frozenset()


def test_what_a_machine_lacks_is_known_until_it_says_otherwise(engine: Engine) -> None:
    before = eyes.missing_roles(engine)
    eyes.report(engine, "one", ["objects"])
    lacking = eyes.missing_roles(engine)
    eyes.report(engine, "one", [])

    assert (before, lacking, eyes.missing_roles(engine)) == ((), ("objects",), ())


def test_one_machine_of_many_that_cannot_see_is_enough(engine: Engine) -> None:
    eyes.report(engine, "one", ["objects"])
    eyes.report(engine, "two", ["identity"])

    assert eyes.missing_roles(engine) == ("identity", "objects")


def test_a_machine_that_went_is_not_believed_any_more_unless_it_was_the_last(engine: Engine) -> None:
    eyes.report(engine, "gone", ["objects"])
    steer(engine).advance(timedelta(minutes=10).total_seconds())
    alone = eyes.missing_roles(engine)
    eyes.report(engine, "here", [])

    assert alone == ("objects",)
    assert eyes.missing_roles(engine) == ()


def test_a_candidate_is_promised_only_what_can_be_seen(engine: Engine) -> None:
    world = a_world(engine)
    before = eyes.looked_for(engine, world.candidate, world.sitting_id)

    eyes.report(engine, "one", ["objects"])
    after = eyes.looked_for(engine, world.candidate, world.sitting_id)

    assert before.unseen == ()
    assert set(after.unseen) == {Kind.NOBODY, Kind.PHONE, Kind.BOOK, Kind.SCREEN}
    assert {*after.kinds, *after.unseen} == set(before.kinds)
    assert Kind.TALKING not in before.kinds  # this exam does not listen


def test_a_sitting_watched_without_a_network_says_so_for_ever(engine: Engine) -> None:
    world = a_world(engine)
    eyes.watched_without(engine, world.sitting_id, ["identity"])
    eyes.watched_without(engine, world.sitting_id, ["identity", "iris"])
    eyes.watched_without(engine, world.sitting_id, [])

    with engine.store.read() as tx:
        assert tx.eyes.blind_in([world.sitting_id]) == {world.sitting_id: ("identity", "iris")}
