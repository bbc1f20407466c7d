"""Two processes at one row of a PostgreSQL, where SQLite lets one write at a time anyway: whoever was quicker is kept, whole."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState
from assessment_engine.services import invigilation, judgements
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Store, Transaction, open_database
from item_bank.blueprints import Pool, PoolItem
from tests.builders import a_world, an_engine, steer
from tests.running import until
from tests.services.test_invigilation import DISMISS, a_flag, finished, judges
from tests.services.test_judgements import kinds_about, state_of

Step = Callable[[Transaction], object]
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def engine(postgres_url: str, tmp_path: Path) -> Iterator[Engine]:
    store = Store(open_database(postgres_url))
    yield an_engine(tmp_path, store=store)
    store.engine.dispose()


def while_it_waits(engine: Engine, hold: Step, then: Step, work: Callable[[], int]) -> int:
    """Hold rows in one transaction, begin the work in another, go on in the first once the other waits; return what the work says."""
    with ThreadPoolExecutor(1) as pool:
        with engine.store.begin() as tx:
            hold(tx)
            waits = pool.submit(work)
            assert until(lambda: waits.done() or _somebody_waits(engine))
            then(tx)
        return waits.result()


def _somebody_waits(engine: Engine) -> bool:
    with engine.store.read() as tx:
        return bool(tx.connection.execute(_WAITING).scalar_one())


def test_what_was_taken_back_at_the_last_moment_has_no_effect(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.SUBMITTED)
    finished(engine, world)
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    given = judgements.give(engine, ravi, incident, DISMISS)
    steer(engine).advance(60)

    undone = given.undo(by=ravi.person_id, now=given.effective_at - timedelta(seconds=1))
    done = while_it_waits(
        engine,
        lambda tx: tx.invigilation.case_locked(incident, world.organisation_id),
        lambda tx: tx.pending.end(undone),
        lambda: judgements.take_effect(engine),
    )

    assert done == 0
    assert state_of(engine, world, incident) is CaseState.OPEN
    assert kinds_about(engine, incident) == []


def test_of_two_sweeps_the_second_does_not_say_that_a_judgement_lapsed(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.SUBMITTED)
    finished(engine, world)
    incident, (ravi, _) = a_flag(engine, world), judges(engine, world)
    given = judgements.give(engine, ravi, incident, DISMISS)
    steer(engine).advance(60)

    def first_sweep(tx: Transaction) -> None:
        found = tx.invigilation.case(incident, world.organisation_id)
        invigilation.record(tx, found, given.judgement, given.person_id, given.effective_at)
        tx.pending.end(replace(given, effected_at=given.effective_at))

    done = while_it_waits(
        engine,
        lambda tx: tx.invigilation.case_locked(incident, world.organisation_id),
        first_sweep,
        lambda: judgements.take_effect(engine),
    )

    assert done == 0
    assert kinds_about(engine, incident) == ["case_judged"]


def test_two_who_draw_from_the_same_questions_keep_them_once(engine: Engine) -> None:
    pool = Pool((PoolItem(id="itv_1", item="itm_1"),))

    def keep() -> int:
        with engine.store.begin() as tx:
            tx.drawn_forms.keep_pool(pool)
            return len(tx.drawn_forms.pool(pool.sha256).items)

    assert while_it_waits(engine, lambda tx: tx.drawn_forms.keep_pool(pool), lambda tx: None, keep) == 1
