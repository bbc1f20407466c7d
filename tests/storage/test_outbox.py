"""The outbox: rows are claimed once, finished once, and counted."""

from datetime import timedelta

from assessment_engine.services.engine import Engine
from tests.builders import NOON


def test_a_row_is_claimed_by_one_worker_only(any_engine: Engine) -> None:
    with any_engine.store.begin() as tx:
        job_id = tx.outbox.add("score_sitting", "sit_1", NOON)

        first, second = tx.outbox.claim(job_id, NOON), tx.outbox.claim(job_id, NOON)

    assert first is not None
    assert (first.name, first.argument, first.tries) == ("score_sitting", "sit_1", 1)
    assert second is None


def test_a_claim_that_outlived_its_worker_is_free_again(any_engine: Engine) -> None:
    with any_engine.store.begin() as tx:
        job_id = tx.outbox.add("score_sitting", "sit_1", NOON)
        tx.outbox.claim(job_id, NOON)

        assert tx.outbox.waiting(NOON + timedelta(minutes=4)) == []
        assert tx.outbox.waiting(NOON + timedelta(minutes=6)) == [job_id]


def test_jobs_are_counted_by_what_became_of_them(any_engine: Engine) -> None:
    with any_engine.store.begin() as tx:
        done, failing, _ = (tx.outbox.add("score_sitting", f"sit_{number}", NOON) for number in range(3))
        for job_id in (done, failing):
            tx.outbox.claim(job_id, NOON)
        tx.outbox.finish(done, NOON)
        tx.outbox.postpone(failing, NOON + timedelta(minutes=1), "later")

        assert tx.outbox.tally(NOON) == {"done": 1, "waiting": 1, "failing": 1}
