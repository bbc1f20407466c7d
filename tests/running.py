"""Real parts for tests, started and stopped: a Valkey server, an ingest process's app under uvicorn."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from api.ingest import LARGEST_MESSAGE, create_ingest
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.kernel.lifeline import die_with_parent
from assessment_engine.runtime.keys import load_signer
from assessment_engine.runtime.valkey import frames_server, wait_for_server
from assessment_engine.services.engine import Engine
from assessment_engine.storage.blobs import Blobs
from tests.builders import an_engine

_SERVERS = range(12_000, 32_000)  # below the ports that connections are given


class Valkey:
    """A real server without persistence; `kill` and `start` as often as a test wants."""

    def __init__(self, folder: Path) -> None:
        self._child, self.url = frames_server(folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty."""
        self._process = subprocess.Popen(list(self._child.command), preexec_fn=_with_us)
        wait_for_server(self.url)

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


@contextmanager
def a_valkey() -> Iterator[Valkey]:
    """A server for one test."""
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        server = Valkey(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[None]:
    """An app under uvicorn, as the ingest process runs it, in a thread."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, ws="websockets-sansio", ws_max_size=LARGEST_MESSAGE, ws_per_message_deflate=False,
        log_level="warning", timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    assert until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def an_ingest(engine: Engine, frames_url: str) -> Iterator[Engine]:
    """The ingest app on a free port; yields the engine that knows its URL and the real time."""
    port = free_port()
    known = replace(engine, ingest_url=f"ws://127.0.0.1:{port}", clock=SystemClock())
    with served(create_ingest(known, frames_url), port):
        yield known


class Proctor:
    """A proctor worker in a process of its own, as `serve` starts it, with the real networks."""

    def __init__(self, engine: Engine, data_dir: Path, frames_url: str) -> None:
        program = "import os; from assessment_engine.settings import Settings; from workers.proctor import main; "
        command = [sys.executable, "-c", program + "main(Settings.from_environ(os.environ))"]
        place = {"DATA_DIR": str(data_dir), "DATABASE_URL": engine.store.engine.url.render_as_string(hide_password=False)}
        place |= {"FRAMES_URL": frames_url, "EVIDENCE_URL": f"file://{data_dir}/evidence"}
        self.process = subprocess.Popen(command, env={**os.environ, **place}, preexec_fn=_with_us)

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it politely; returns its exit code."""
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def a_proctor(engine: Engine, data_dir: Path, frames_url: str) -> Iterator[Proctor]:
    """A worker for the length of the block."""
    worker = Proctor(engine, data_dir, frames_url)
    try:
        yield worker
    finally:
        worker.kill()


def a_live_engine(folder: Path) -> Engine:
    """An engine that other processes share: a database file, a folder of evidence, keys on disk, the real time."""
    engine = an_engine(folder, now=SystemClock().now())
    return replace(engine, clock=SystemClock(), signer=load_signer(folder), blobs=Blobs(f"file://{folder}/evidence"))


_US = os.getpid()


def _with_us() -> None:
    """Let a child end with the tests, also when they are killed."""
    die_with_parent(_US)


def free_port() -> int:
    """A port that nobody has and no connection is given as its own: a server that was killed must find it free again."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            port = secrets.choice(_SERVERS)
            probe.bind(("127.0.0.1", port))
            return port


def until(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    """Wait until a condition holds, however long a machine takes that does other things as well; False when it never did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False
