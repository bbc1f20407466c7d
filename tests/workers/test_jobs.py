"""Outbox rows, told by RQ on a real Valkey and done by its spawned worker; and what heals a word that was lost."""

import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text

from assessment_engine.kernel.clock import SystemClock
from assessment_engine.runtime.keys import load_signer
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.watches import drain_forgotten
from tests.builders import a_world, an_engine, steer, told
from tests.running import Valkey, a_valkey, until
from workers import jobs
from workers.queue import JobWorker, RqJobs, work
from workers.sweep import Chore, sweep, tell_again


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    with a_valkey() as server:
        yield server


def a_job(engine: Engine, name: str = JobName.SETTLE_SITTING, argument: str = "sit_none") -> str:
    with engine.store.begin() as tx:
        return tx.outbox.add(name, argument, engine.clock.now())


def row_of(engine: Engine, job_id: str) -> tuple[object, int, str | None]:
    with engine.store.read() as tx:
        row = tx.connection.execute(text("SELECT done_at, tries, error FROM outbox WHERE id = :id"), {"id": job_id}).one()
    return row.done_at, row.tries, row.error


def test_every_job_name_has_one_body() -> None:
    assert set(jobs.BODIES) == set(JobName)


def test_a_job_that_is_done_is_marked_and_not_done_again(any_engine: Engine) -> None:
    world = a_world(any_engine)
    job_id = a_job(any_engine, argument=world.sitting_id)

    assert jobs.do(any_engine, job_id)
    assert not jobs.do(any_engine, job_id)

    done_at, tries, _ = row_of(any_engine, job_id)
    assert done_at is not None
    assert tries == 1


def test_a_job_that_fails_is_given_back_for_ever_later(any_engine: Engine) -> None:
    job_id = a_job(any_engine, argument="sit_nobody")

    assert not jobs.do(any_engine, job_id)
    assert not jobs.do(any_engine, job_id)  # not due yet
    steer(any_engine).moment += jobs.FIRST_WAIT
    assert not jobs.do(any_engine, job_id)

    done_at, tries, error = row_of(any_engine, job_id)
    assert done_at is None
    assert tries == 2
    assert error == "NotFound: no such sitting"


def test_an_unknown_job_is_an_error_that_is_kept_with_the_row(any_engine: Engine) -> None:
    job_id = a_job(any_engine, name="make_tea")

    jobs.do(any_engine, job_id)

    assert row_of(any_engine, job_id)[2] == "Invalid: no such job: make_tea"


def test_the_sweep_tells_rows_that_nobody_has(any_engine: Engine) -> None:
    job_id = a_job(any_engine)

    assert tell_again(any_engine) == 1
    assert told(any_engine) == [job_id]


def test_a_chore_that_fails_does_not_stop_the_others() -> None:
    done: list[str] = []

    def fail() -> None:
        raise RuntimeError("no")

    todo = [Chore(name="bad", every_s=1, do=fail), Chore(name="good", every_s=1, do=lambda: done.append("good"))]
    for now in (0.0, 0.5, 1.0):
        sweep(todo, now)

    assert done == ["good", "good"]
    assert (todo[0].failed, todo[1].done) == (2, 2)


def test_a_sitting_that_no_camera_ever_saw_is_drained_and_all_of_it_was_unwatched(any_engine: Engine) -> None:
    world = a_world(any_engine)
    submitted_at = steer(any_engine).advance(600)
    with any_engine.store.begin() as tx:
        tx.sittings.save(tx.sittings.get(world.sitting_id).submit(submitted_at))
    steer(any_engine).advance(600)

    assert drain_forgotten(any_engine) == 1
    assert drain_forgotten(any_engine) == 0

    with any_engine.store.read() as tx:
        watch, sitting = tx.incidents.watch(world.sitting_id), tx.sittings.get(world.sitting_id)
    assert watch is not None
    assert watch.observable_share == 0
    assert sitting.started_at is not None
    assert watch.unobservable == {"feed_gap": (submitted_at - sitting.started_at).total_seconds()}


def test_telling_never_raises_while_the_queue_is_away(tmp_path: Path) -> None:
    RqJobs(f"unix://{tmp_path}/nobody.sock").tell("job_1")


def test_a_row_that_waits_is_not_queued_twice_and_one_that_was_done_is_taken_out(valkey: Valkey) -> None:
    queue = RqJobs(valkey.url)

    queue.tell("job_1")
    queue.tell("job_1")
    assert queue.waiting() == 1

    queue.forget("job_1")
    assert queue.waiting() == 0


def test_a_row_whose_worker_died_is_queued_anew(valkey: Valkey) -> None:
    queue, store = RqJobs(valkey.url), Redis.from_url(valkey.url)
    queue.tell("job_1")
    store.delete("rq:queue:engine")
    store.hset("rq:job:job_1", "status", "started")

    queue.tell("job_1")

    assert queue.waiting() == 1
    store.close()


def test_what_travels_through_the_queue_is_json_and_no_pickle(valkey: Valkey) -> None:
    RqJobs(valkey.url).tell("job_1")

    store = Redis.from_url(valkey.url)
    data = store.hget("rq:job:job_1", "data")
    store.close()
    assert isinstance(data, bytes)
    assert json.loads(zlib.decompress(data)) == ["workers.jobs.run", None, ["job_1"], {}]


def test_a_told_row_is_done_by_a_spawned_worker_together_with_others_that_wait(
    valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = replace(an_engine(tmp_path), clock=SystemClock(), jobs=RqJobs(valkey.url), signer=load_signer(tmp_path))
    world = a_world(engine)
    first, second = (a_job(engine, argument=world.sitting_id) for _ in range(2))
    settings = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": str(engine.store.engine.url),
        "JOBS_URL": valkey.url,
        "EVIDENCE_URL": "memory:///",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    engine.jobs.tell(first)
    engine.jobs.tell(second)

    burst = subprocess.run(
        [sys.executable, "-c", f"from workers.queue import work; work({valkey.url!r}, burst=True)"], timeout=180, capture_output=True
    )

    assert burst.returncode == 0, burst.stderr
    assert row_of(engine, first)[0] is not None
    assert row_of(engine, second)[0] is not None
    engine.store.engine.dispose()


def test_a_worker_that_is_killed_takes_the_process_of_its_job_with_it(valkey: Valkey, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    (tmp_path / "sleepy.py").write_text(
        f"import os, time\nfrom pathlib import Path\ndef nap():\n    Path({str(note)!r}).write_text(str(os.getpid()))\n    time.sleep(60)\n"
    )
    program = (
        "from redis import Redis; from rq import Queue; from rq.serializers import JSONSerializer; from workers.queue import work\n"
        f"Queue('engine', connection=Redis.from_url({valkey.url!r}), serializer=JSONSerializer).enqueue_call('sleepy.nap')\n"
        f"work({valkey.url!r})"
    )
    root = Path(__file__).parents[2]
    worker = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": f"{tmp_path}:{root}"})
    assert until(lambda: note.exists() and note.read_text())
    horse = int(note.read_text())

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert until(lambda: not Path(f"/proc/{horse}").exists() or " Z " in Path(f"/proc/{horse}/stat").read_text())


def test_the_worker_is_rqs_own_but_for_its_lifeline() -> None:
    assert JobWorker.__mro__[1].__name__ == "SpawnWorker"
    assert callable(work)
