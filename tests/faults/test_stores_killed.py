"""Both Valkey servers are killed with SIGKILL in the middle of a sitting: answers go on being saved, and nothing acknowledged is lost."""

import os
import threading
import time
from pathlib import Path

import httpx

from assessment_engine.delivery.responses import Receipt, is_genuine
from assessment_engine.runtime import build_engine
from assessment_engine.services.seed_load import seed_load
from assessment_engine.settings import Settings
from tests.builders import a_sqlite_store, a_world
from tests.faults.test_delivery_killed import Candidate, delivery_process
from tests.running import a_valkey, free_port, until

A_WHILE = 40  # answers
SLOWEST_S = 2.0


def slowest_of(answers: int, candidate: Candidate) -> float:
    """Let so many more be acknowledged; returns the longest time between two of them, in seconds."""
    there, began, slowest = len(candidate.receipts), time.monotonic(), 0.0
    for count in range(there + 1, there + answers):
        assert until(lambda count=count: len(candidate.receipts) >= count)  # type: ignore[misc]
        slowest, began = max(slowest, time.monotonic() - began), time.monotonic()
    return slowest


def test_answers_go_on_being_saved_when_both_stores_are_killed(tmp_path: Path) -> None:
    with a_valkey() as frames, a_valkey() as jobs:
        a_sqlite_store(tmp_path).engine.dispose()
        place = {"DATA_DIR": str(tmp_path), "PORT": str(free_port()), "DEMO": "1", "JOBS_URL": jobs.url, "FRAMES_URL": frames.url}
        environ, enough = {**os.environ, **place}, threading.Event()
        engine = build_engine(Settings.from_environ(environ))
        a_world(engine)
        [seeded] = seed_load(engine, 1)
        candidate = Candidate(seeded, int(place["PORT"]), enough)
        with delivery_process(environ):
            candidate.start()
            before = slowest_of(A_WHILE, candidate)

            frames.kill()
            jobs.kill()
            slowest = slowest_of(A_WHILE, candidate)
            enough.set()
            candidate.join(60)

            submit = f"http://127.0.0.1:{place['PORT']}/api/v1/sittings/{seeded['sitting']}/submit"
            seal = httpx.post(submit, headers={"Authorization": f"Bearer {seeded['token']}"}, timeout=60).json()
            kept = candidate.kept()

    assert slowest < max(SLOWEST_S, 3 * before)  # a machine that does other things as well is slow in both
    assert kept == candidate.receipts
    assert seal["answers"] == len(kept)
    assert all(is_genuine(Receipt(**receipt), engine.signer.receipts.public_bytes) for receipt in kept)
    engine.store.engine.dispose()
