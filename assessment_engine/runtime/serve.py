"""One machine, all of it: the embedded servers that no URL replaces, and the processes of the engine, until told to stop.

Every process is `python -m assessment_engine process NAME`, spawned, configured by its environment, restarted when it ends. What a process
does is its own module's matter (api, workers); what it is called is PROCESSES.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException

from assessment_engine.runtime import valkey
from assessment_engine.runtime.keys import load_signer
from assessment_engine.runtime.lock import owned
from assessment_engine.runtime.supervisor import Child, Stopping, Supervisor
from assessment_engine.settings import Settings
from assessment_engine.storage.database import open_database
from assessment_engine.storage.migrations import migrate

LOG = "engine.log"
CANDIDATES_WAIT_S = 0.5  # people in an exam wait for this process: however often it ended, it is started again at once
Prepare = Callable[[Settings], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """A running machine: the settings with every URL filled in, and who runs."""

    settings: Settings
    supervisor: Supervisor


def prepare(settings: Settings) -> None:
    """Bring the database to the newest schema, before any process opens it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database_url)
    migrate(database)
    database.dispose()


def serve(settings: Settings, *, before: Prepare = prepare, ready: Callable[[Services], None] = lambda _: None) -> None:
    """Run everything until SIGINT or SIGTERM; call it from the main thread.

    `before` is called with every URL filled in and no process running yet, `ready` once, when both doors answer. Raises AlreadyRunning
    when another process has the data folder.
    """
    stopping = Stopping()
    with running(settings, before) as services:
        services.supervisor.watch(lambda: stopping() or answers(services.settings))
        if not stopping():
            ready(services)
        services.supervisor.watch(stopping)


def answers(settings: Settings) -> bool:
    """Tell whether the delivery and the ingest process answer."""
    return all(_is_healthy(settings.host, port) for port in (settings.port, settings.ingest_port))


def _is_healthy(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def running(settings: Settings, before: Prepare = prepare) -> Iterator[Services]:
    """Hold the data folder and run everything inside the block; nothing is left after it."""
    with embedded(settings) as services:
        before(services.settings)
        for child in processes(services.settings):
            services.supervisor.start(child)
        yield services


@contextmanager
def embedded(settings: Settings) -> Iterator[Services]:
    """Hold the data folder and run only the embedded servers inside the block: for migrations, demo data, tests."""
    with owned(settings.data_dir):
        load_signer(settings.data_dir)  # made here, before several processes ask for them
        supervisor = Supervisor(settings.data_dir / LOG if settings.demo else None)  # a demonstration's screen is for its reader
        try:
            yield Services(settings=_with_servers(settings, supervisor), supervisor=supervisor)
        finally:
            supervisor.stop()


def processes(settings: Settings) -> Sequence[Child]:
    """Return the engine's own processes for settings in which every URL is filled in."""
    workers = [f"proctor-{number}" for number in range(1, settings.proctor_workers + 1)]
    return [process(name, settings) for name in ("delivery", "ingest", "jobs", "sweep", *workers)]


def process(name: str, settings: Settings) -> Child:
    """Return one process of the engine; `proctor-2` is the second of its kind."""
    command = [sys.executable, "-m", "assessment_engine", "process", name.partition("-")[0]]
    environ = settings.as_environ()
    if name == "delivery":
        return Child(name=name, command=command, environ=environ, longest_wait_s=CANDIDATES_WAIT_S)
    return Child(name=name, command=command, environ=environ)


def _with_servers(settings: Settings, supervisor: Supervisor) -> Settings:
    """Start the embedded servers that no URL replaces; returns the settings with their URLs."""
    if settings.frames_url is None:
        settings = replace(settings, frames_url=_start(supervisor, valkey.frames_server(settings.data_dir)))
    if settings.jobs_url is None:
        settings = replace(settings, jobs_url=_start(supervisor, valkey.jobs_server(settings.data_dir)))
    return settings


def _start(supervisor: Supervisor, server: tuple[Child, str]) -> str:
    child, url = server
    supervisor.start(child)
    valkey.wait_for_server(url, supervisor.look)
    return url
