"""A real deployment to break: the delivery process as `serve` starts it and starts it again, on a database of its own."""

import asyncio
import os
import signal
import socket
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from assessment_engine.bench.faults.world import a_form, an_exam, an_officer
from assessment_engine.kernel.errors import Unavailable
from assessment_engine.kernel.ids import ExamId
from assessment_engine.runtime import build_engine
from assessment_engine.runtime.serve import LOG, prepare, process
from assessment_engine.runtime.supervisor import Child, Supervisor
from assessment_engine.services.engine import Engine
from assessment_engine.settings import Settings

NOWHERE = "redis://127.0.0.1:1/0"  # neither store is there: no answer may need one
LOOK_EVERY_S = 0.05
READY_WITHIN_S = 90.0
LONG_S = 3 * 3600


@dataclass(slots=True)
class Deployment:
    """One stage's deployment; `back_s` are the times from a fault to the next receipt of anybody."""

    settings: Settings
    engine: Engine
    supervisor: Supervisor
    exams: Mapping[int, ExamId]  # by their seconds
    back_s: list[float] = field(default_factory=list)

    async def tend(self) -> None:
        """Start again what ended, as `serve` does, until cancelled."""
        while True:
            self.supervisor.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def kill(self, name: str) -> bool:
        """End a child of the supervisor with SIGKILL; False when it does not run."""
        return _killed(self.supervisor.pids().get(name))

    def kill_the_serving(self) -> bool:
        """End the process that serves candidates, which its keeper forks again; False when none does."""
        return _killed(self.serving_pid)

    @property
    def serving_pid(self) -> int | None:
        """The process that serves candidates."""
        keeper = self.supervisor.pids().get("delivery")
        return _only_child(keeper) if keeper else None

    @property
    def back_median_s(self) -> float:
        """The median of the times from a fault to the next receipt."""
        return statistics.median(self.back_s) if self.back_s else 0.0


def _only_child(pid: int) -> int | None:
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0]) if children else None
    return None


def _killed(pid: int | None) -> bool:
    if pid is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


@contextmanager
def a_deployment(
    folder: Path, short_s: int, *, environ: Mapping[str, str] | None = None, children: tuple[Child, ...] = ()
) -> Iterator[Deployment]:
    """Make a deployment in `folder` with two exams, one of `short_s` seconds, and run its delivery process (after `children`)."""
    settings = _settings(folder, environ or {})
    prepare(settings)
    engine = build_engine(settings)
    officer = an_officer(engine)
    form_id = a_form(engine, officer)
    exams = {seconds: an_exam(engine, officer, form_id, seconds) for seconds in (short_s, LONG_S)}
    supervisor = Supervisor(folder / LOG)
    try:
        for child in (*children, process("delivery", settings)):
            supervisor.start(child)
        _wait_until_ready(settings, supervisor)
        yield Deployment(settings=settings, engine=engine, supervisor=supervisor, exams=exams)
    finally:
        supervisor.stop()
        engine.store.engine.dispose()


def _settings(folder: Path, environ: Mapping[str, str]) -> Settings:
    place = {"DATA_DIR": str(folder), "PORT": str(free_port()), "DEMO": "1", "FRAMES_URL": NOWHERE, "JOBS_URL": NOWHERE, **environ}
    kept = {name: os.environ[name] for name in ("ASSETS_DIR",) if name in os.environ}
    return Settings.from_environ({**kept, **place})


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(settings: Settings, supervisor: Supervisor) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while not is_healthy(settings.port):
        if time.monotonic() > until:
            raise Unavailable("the delivery process did not come up")
        supervisor.look()
        time.sleep(LOOK_EVERY_S)


def is_healthy(port: int) -> bool:
    """Tell whether a delivery process answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
