"""A process that comes back at once: who has loaded everything stays behind and forks who works, again whenever that one is killed.

Starting Python anew takes seconds, in which candidates wait; a fork takes none. The keeper opens nothing (no database, no socket, no
thread): what it forks is as fresh as a new process. When the worker ends by itself, or too soon after its start, the keeper ends as well
and the supervisor decides.
"""

import os
import signal
import sys
import time
from contextlib import suppress

import structlog

from assessment_engine.kernel.lifeline import die_with_parent

TOO_SOON_S = 0.3
_ENDING = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger()


def stay_behind() -> None:
    """Return in a child, and in another whenever one is killed; the process that called never returns from here."""
    keeper = _Keeper()
    while True:
        began = time.monotonic()
        if keeper.fork() == 0:
            return
        code = keeper.wait()
        if keeper.ending or code >= 0 or time.monotonic() - began < TOO_SOON_S:
            sys.exit(0 if keeper.ending else abs(code))
        log.warning("worker_killed", signal=-code)


class _Keeper:
    """Forks, waits, and hands on the wish to end."""

    def __init__(self) -> None:
        self.ending = False
        self._pid, self._child = os.getpid(), 0
        self._before = {number: signal.signal(number, self._end) for number in _ENDING}

    def fork(self) -> int:
        """Fork, with the signals held back until both sides know what to do with them."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        self._child = os.fork()
        if self._child == 0:
            die_with_parent(self._pid)
            for number, before in self._before.items():
                signal.signal(number, before)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        return self._child

    def wait(self) -> int:
        """Wait for the child's end; returns its exit code, or the negative number of the signal that killed it."""
        return os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])

    def _end(self, *_: object) -> None:
        self.ending = True
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGTERM)
