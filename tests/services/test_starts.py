"""Everybody's start of one moment, in one batch of the ledger's writer, on both databases."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.errors import AfterTime, IllegalTransition, NotFound, NotYet
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor
from assessment_engine.services import starts
from assessment_engine.services.engine import Engine
from assessment_engine.services.starts import Started
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.builders import World, a_person, a_stored_sitting, a_world, steer
from tests.fakes.ports import anything_fits

Place = tuple[Actor, SittingId]


@pytest.fixture
def world(any_engine: Engine) -> World:
    return a_world(any_engine, state=SittingState.ADMITTED)


def neighbours(engine: Engine, world: World, number: int) -> list[Place]:
    """More admitted candidates of the same session."""
    people = [a_person(engine, world.organisation_id) for _ in range(number)]
    place = (world.exam_id, world.session_id, world.form_id)
    return [(one, a_stored_sitting(engine, one, *place, state=SittingState.ADMITTED)) for one in people]


def all_at_once(engine: Engine, places: Sequence[Place]) -> list[Future[Started]]:
    """Press every button before the writer looks, so that all are one batch."""
    ledger = AnswerLedger(engine.store, engine.clock, engine.signer.receipts, fits=anything_fits)
    pressed = [starts.wished(ledger, actor, sitting_id) for actor, sitting_id in places]
    ledger.start().stop()
    return pressed


def stored(engine: Engine, sitting_id: SittingId) -> Sitting:
    with engine.store.read() as tx:
        return tx.sittings.get(sitting_id)


def test_a_double_click_in_one_batch_starts_once_and_gets_the_same_answer_twice(any_engine: Engine, world: World) -> None:
    me = (world.candidate, world.sitting_id)

    first, second = [pressed.result() for pressed in all_at_once(any_engine, [me, me])]

    assert first == second
    assert first.sitting == stored(any_engine, world.sitting_id)
    assert (first.sitting.state, first.sitting.started_at) == (SittingState.IN_PROGRESS, any_engine.clock.now())
    with any_engine.store.read() as tx:
        assert [one.kind for one in tx.events.of_sitting(world.sitting_id)] == ["sitting_started"]
        [entry] = tx.audit.about(world.sitting_id)
    assert (entry.kind, entry.actor_id, entry.payload) == ("sitting_started", world.candidate.person_id, {"form": world.form_id})
    assert entry.sha256 == entry.computed_sha256


def test_a_retry_later_gets_the_start_that_was(any_engine: Engine, world: World) -> None:
    me = (world.candidate, world.sitting_id)
    [first] = all_at_once(any_engine, [me])
    steer(any_engine).advance(60)

    [again] = all_at_once(any_engine, [me])

    assert again.result().sitting == first.result().sitting
    assert again.result().server_time - first.result().server_time == timedelta(seconds=60)


def test_each_start_that_is_refused_is_refused_alone(any_engine: Engine, world: World) -> None:
    stranger = a_person(any_engine, world.organisation_id)
    early = a_world(any_engine, state=SittingState.CONSENTED)
    done = a_world(any_engine, state=SittingState.SUBMITTED)
    unopened = a_world(any_engine, state=SittingState.ADMITTED)
    move_window(any_engine, unopened, opens_in_s=60)
    over = a_world(any_engine, state=SittingState.ADMITTED)
    move_window(any_engine, over, opens_in_s=-7200, closes_in_s=-1)
    refused = {
        NotFound: [(stranger, world.sitting_id), (world.candidate, SittingId("sit_none"))],
        IllegalTransition: [(early.candidate, early.sitting_id), (done.candidate, done.sitting_id)],
        NotYet: [(unopened.candidate, unopened.sitting_id)],
        AfterTime: [(over.candidate, over.sitting_id)],
    }
    places = [place for several in refused.values() for place in several]

    *others, mine = all_at_once(any_engine, [*places, (world.candidate, world.sitting_id)])

    assert mine.result().sitting.state is SittingState.IN_PROGRESS
    expected = [error for error, several in refused.items() for _ in several]
    assert [type(pressed.exception()) for pressed in others] == expected
    assert stored(any_engine, unopened.sitting_id).state is SittingState.ADMITTED


def test_where_all_start_together_the_time_counts_from_the_opening(any_engine: Engine, world: World) -> None:
    move_window(any_engine, world, opens_in_s=-600, starts_together=True)

    [late] = all_at_once(any_engine, [(world.candidate, world.sitting_id)])

    sitting, now = late.result().sitting, any_engine.clock.now()
    assert sitting.started_at == now - timedelta(seconds=600)
    assert sitting.deadline_at == now + timedelta(seconds=3000)
    assert (sitting.contact_at, sitting.elapsed_s(now)) == (now, 600)


def test_who_comes_when_everybodys_time_is_over_starts_nothing(any_engine: Engine, world: World) -> None:
    move_window(any_engine, world, opens_in_s=-3600, starts_together=True)

    [late] = all_at_once(any_engine, [(world.candidate, world.sitting_id)])

    with pytest.raises(AfterTime):
        late.result()
    assert stored(any_engine, world.sitting_id).state is SittingState.ADMITTED


def test_a_herd_costs_no_more_statements_than_a_pair(any_engine: Engine, world: World) -> None:
    pair, herd = neighbours(any_engine, world, 2), neighbours(any_engine, world, 30)
    statements: list[str] = []

    @event.listens_for(any_engine.store.engine, "before_cursor_execute")
    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    of_the_pair = [pressed.result() for pressed in all_at_once(any_engine, pair)]
    for_a_pair = len(statements)
    of_the_herd = [pressed.result() for pressed in all_at_once(any_engine, herd)]

    assert (len(of_the_pair), len(of_the_herd)) == (2, 30)
    assert len(statements) - for_a_pair == for_a_pair <= 12


def move_window(engine: Engine, world: World, *, opens_in_s: int, closes_in_s: int = 7200, starts_together: bool = False) -> None:
    now, sessions = engine.clock.now(), metadata.tables["exam_sessions"]
    window = {"opens_at": now + timedelta(seconds=opens_in_s), "closes_at": now + timedelta(seconds=closes_in_s)}
    with engine.store.begin() as tx:
        tx.connection.execute(
            update(sessions).where(sessions.c.id == world.session_id).values(**window, starts_together=starts_together)
        )  # fmt: skip
