"""Two processes at one row of a PostgreSQL, where SQLite lets one write at a time anyway: whoever was quicker is kept, whole."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assessment_engine.delivery.late import Said, Verdict, decided
from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sealing import supersede
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import CaseState
from assessment_engine.kernel.errors import Conflict, NotYet
from assessment_engine.kernel.ids import BatchId, new_id
from assessment_engine.scoring.results import BatchEntry, BatchState, ResultBatch, batch_digest
from assessment_engine.services import invigilation, judgements
from assessment_engine.services.engine import Engine
from assessment_engine.services.late_answers import keep_late
from assessment_engine.services.results import approve_batch, batches, draft_batch
from assessment_engine.storage.database import Store, Transaction, open_database
from item_bank.blueprints import Pool, PoolItem
from tests.builders import a_world, an_engine, steer
from tests.running import until
from tests.services.paper import a_key
from tests.services.test_invigilation import DISMISS, a_flag, finished, judges
from tests.services.test_judgements import kinds_about, state_of
from tests.services.test_results import a_scored_paper, give_password

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


def test_of_two_drafts_at_once_the_second_finds_everybody_taken(engine: Engine) -> None:
    paper, _, sitting_id = a_scored_paper(engine)
    now = engine.clock.now()
    with engine.store.read() as tx:
        report = tx.scoring.newest_of([sitting_id])[sitting_id]
    first = ResultBatch(
        id=BatchId(new_id("bat", now)),
        session_id=paper.session.id,
        organisation_id=paper.officer.organisation_id,
        state=BatchState.DRAFT,
        created_at=now,
        created_by=paper.officer.person_id,
        sha256=batch_digest([(sitting_id, report.sha256)]),
    )

    def second() -> int:
        try:
            draft_batch(engine, paper.second, paper.session.id)
        except NotYet:
            return 0
        return 1

    drafted = while_it_waits(
        engine,
        lambda tx: tx.registrations.lock_sessions([paper.session.id]),
        lambda tx: tx.results.add(first, [BatchEntry(sitting_id=sitting_id, score_report_id=report.id)]),
        second,
    )

    assert drafted == 0
    assert [one.batch.id for one in batches(engine, paper.officer)] == [first.id]


def test_a_late_answer_that_is_accepted_while_somebody_signs_stops_the_signature(engine: Engine) -> None:
    paper, candidate, sitting_id = a_scored_paper(engine)
    give_password(engine, paper.officer, paper.second)
    batch = draft_batch(engine, paper.officer, paper.session.id)
    item = next(iter(a_key(engine, paper)))
    late = keep_late(engine, candidate, sitting_id, [an_offer(sitting_id, candidate.person_id, item, 99, {"RESPONSE": None})], "").late

    def sign() -> int:
        try:
            approve_batch(engine, paper.officer, batch.id)
        except Conflict:
            return 0
        return 1

    def accept(tx: Transaction) -> None:
        now = engine.clock.now()
        yes = Said(verdict=Verdict.ACCEPT, reason="The line of the centre was cut.")
        tx.late_answers.decide([decided(late[0], (), yes, paper.second.person_id, now)])
        before = tx.sittings.seal(sitting_id)
        assert before is not None
        tx.sittings.add_seal(supersede(before, tx.late_answers.accepted(sitting_id), now, engine.signer.receipts))

    assert while_it_waits(engine, lambda tx: tx.registrations.lock_sessions([paper.session.id]), accept, sign) == 0
