"""Starts processes, starts them again when they end, and leaves none behind.

A child dies with this process, also by SIGKILL (kernel/lifeline.py), and stands in a session of its own, so that Ctrl-C reaches only us and
we stop the children in order. Decides nothing about what runs: that is serve.py.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from assessment_engine.kernel.lifeline import die_with_parent

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0
GOOD_RUN_S = 30.0  # a child that lived so long starts again without the memory of earlier failures
STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What to run, under which name."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)
    restart: bool = True
    longest_wait_s: float = LONGEST_WAIT_S  # between two starts, when it keeps ending


@dataclass(slots=True)
class _Running:
    child: Child
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_at: float = 0.0
    wait_s: float = FIRST_WAIT_S


class Supervisor:
    """Keeps children running; `look` is called again and again by whoever owns the main thread."""

    def __init__(self, log_file: Path | None = None) -> None:
        """What children say goes to `log_file`, or to where this process says things."""
        self._running: list[_Running] = []
        self._pid = os.getpid()
        self._said = log_file.open("ab") if log_file else None

    def start(self, child: Child) -> None:
        """Start a child now and keep it running."""
        running = _Running(child)
        self._running.append(running)
        self._spawn(running)

    def pids(self) -> dict[str, int]:
        """Return the pids of the children that run."""
        return {one.child.name: one.process.pid for one in self._running if one.process is not None and one.process.poll() is None}

    def look(self) -> None:
        """Notice children that ended; start them again after a wait that grows while they keep failing."""
        now = time.monotonic()
        for one in self._running:
            if one.process is not None and one.process.poll() is not None:
                self._ended(one, now)
            elif one.process is None and one.child.restart and now >= one.start_at:
                self._spawn(one)

    def watch(self, until: Callable[[], bool]) -> None:
        """Look after the children until told to stop."""
        while not until():
            self.look()
            time.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """End every child, the latest started first: politely, then not."""
        for one in reversed(self._running):
            if one.process is not None and one.process.poll() is None:
                one.process.terminate()
                try:
                    one.process.wait(STOP_WITHIN_S)
                except subprocess.TimeoutExpired:
                    log.warning("child_killed", child=one.child.name)
                    one.process.kill()
                    one.process.wait()
        self._running.clear()
        if self._said:
            self._said.close()

    def _spawn(self, one: _Running) -> None:
        pid = self._pid
        one.process = subprocess.Popen(
            list(one.child.command),
            env={**os.environ, **one.child.environ},
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(pid),
        )
        one.started_at = time.monotonic()

    def _ended(self, one: _Running, now: float) -> None:
        assert one.process is not None
        code, lived = one.process.returncode, now - one.started_at
        one.process = None
        if not one.child.restart:
            return
        if lived >= GOOD_RUN_S:
            one.wait_s = FIRST_WAIT_S
        log.warning("child_ended", child=one.child.name, code=code, again_in_s=one.wait_s)
        one.start_at, one.wait_s = now + one.wait_s, min(one.wait_s * 2, one.child.longest_wait_s)


class Stopping:
    """Becomes true at the first SIGINT or SIGTERM; a second one ends this process at once, and the kernel ends the children."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def __call__(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._asked

    def _ask(self, *_: object) -> None:
        if self._asked:
            os._exit(130)
        self._asked = True
