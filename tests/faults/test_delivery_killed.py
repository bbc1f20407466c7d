"""The delivery process is killed with SIGKILL while candidates answer: whatever was acknowledged is there afterwards (DESIGN promise 1)."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assessment_engine.delivery.responses import Receipt, is_genuine
from assessment_engine.runtime import build_engine
from assessment_engine.services.engine import Engine
from assessment_engine.services.seed_load import Seeded, seed_load
from assessment_engine.settings import Settings
from tests.builders import a_sqlite_store, a_world
from tests.running import free_port

KILLS = 3
CANDIDATES = 4
PATIENCE_S = 90  # machines are noisy


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    a_sqlite_store(tmp_path).engine.dispose()
    nowhere = "redis://127.0.0.1:1/0"  # neither store answers: no answer may need one
    return {**os.environ, "DATA_DIR": str(tmp_path), "PORT": str(free_port()), "DEMO": "1", "JOBS_URL": nowhere, "FRAMES_URL": nowhere}


@pytest.fixture
def engine(environ: dict[str, str]) -> Engine:
    engine = build_engine(Settings.from_environ(environ))
    a_world(engine)
    return engine


@contextmanager
def delivery_process(environ: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "-m", "assessment_engine", "process", "delivery"], env=environ, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(process, int(environ["PORT"]))
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(60)


def wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the delivery process did not come up")


class Candidate(threading.Thread):
    """Answers one question after the other; tries each again until it has the receipt."""

    def __init__(self, seeded: Seeded, port: int, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.receipts: list[dict[str, Any]] = []
        self._seeded, self._enough = seeded, enough
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1/sittings/{seeded['sitting']}",
            headers={"Authorization": f"Bearer {seeded['token']}"},
            timeout=30,
        )

    def run(self) -> None:
        for revision in itertools.count(1):
            while not self._answer(revision):
                if self._enough.is_set():
                    return
                time.sleep(0.02)
            if self._enough.is_set():
                return

    def _answer(self, revision: int) -> bool:
        item = self._seeded["items"][revision % len(self._seeded["items"])]
        body = {"revision": revision, "response": {"RESPONSE": "AB"[revision % 2]}}
        try:
            answer = self._client.put(f"/answers/{item}", json=body)
        except httpx.TransportError:
            return False
        assert answer.status_code == 200, answer.text
        self.receipts.append(answer.json())
        return True

    def kept(self) -> list[dict[str, Any]]:
        receipts: list[dict[str, Any]] = self._client.get("/receipts").json()["receipts"]
        self._client.close()
        return receipts


def test_every_acknowledged_answer_survives_the_killing_of_the_process(engine: Engine, environ: dict[str, str]) -> None:
    port, enough = int(environ["PORT"]), threading.Event()
    candidates = [Candidate(seeded, port, enough) for seeded in seed_load(engine, CANDIDATES)]

    for number in range(KILLS):
        with delivery_process(environ):
            if number == 0:
                for candidate in candidates:
                    candidate.start()
            before = sum(len(candidate.receipts) for candidate in candidates)
            end = time.monotonic() + PATIENCE_S
            while sum(len(candidate.receipts) for candidate in candidates) < before + 40 and time.monotonic() < end:
                time.sleep(0.01)
    enough.set()
    with delivery_process(environ):
        for candidate in candidates:
            candidate.join(PATIENCE_S)

        for candidate in candidates:
            kept = {receipt["revision"]: receipt for receipt in candidate.kept()}
            assert len(candidate.receipts) >= KILLS
            assert [kept[receipt["revision"]] for receipt in candidate.receipts] == candidate.receipts
            assert len(kept) - len(candidate.receipts) <= 1  # at most the answer that nobody was left to acknowledge
            assert all(is_genuine(Receipt(**receipt), engine.signer.receipts.public_bytes) for receipt in kept.values())
    assert sum(len(candidate.receipts) for candidate in candidates) >= 40 * KILLS
    engine.store.engine.dispose()


def test_submitting_without_the_queue_seals_and_leaves_the_jobs_to_the_sweep(engine: Engine, environ: dict[str, str]) -> None:
    [seeded] = seed_load(engine, 1)

    with delivery_process(environ):
        headers = {"Authorization": f"Bearer {seeded['token']}"}
        sitting = f"http://127.0.0.1:{environ['PORT']}/api/v1/sittings/{seeded['sitting']}"
        answer = httpx.post(f"{sitting}/submit", headers=headers, timeout=PATIENCE_S)

    assert answer.status_code == 200
    assert (answer.json()["type"], answer.json()["sitting"]) == ("seal", seeded["sitting"])
    with engine.store.read() as tx:
        assert len(tx.outbox.waiting(engine.clock.now())) == 2
    engine.store.engine.dispose()
