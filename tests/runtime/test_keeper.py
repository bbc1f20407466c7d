"""The process that stays behind: what it forks comes back when it is killed, and ends when it is told to."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.running import until

PROGRAM = """
import os, time
from assessment_engine.runtime.keeper import stay_behind
stay_behind()
print(os.getpid(), flush=True)
time.sleep({seconds})
raise SystemExit({code})
"""


def a_keeper(seconds: float = 600, code: int = 0) -> "subprocess.Popen[str]":
    program = PROGRAM.format(seconds=seconds, code=code)
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


@pytest.fixture
def keeper() -> Iterator["subprocess.Popen[str]"]:
    process = a_keeper()
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def worker_of(keeper: "subprocess.Popen[str]") -> int:
    """Read on until a process says who it is; what its keeper logs is passed over."""
    assert keeper.stdout is not None
    return next(int(line) for line in keeper.stdout if line.strip().isdigit())


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_that_is_killed_is_there_again(keeper: "subprocess.Popen[str]") -> None:
    first = worker_of(keeper)
    assert until(lambda: lived_s(first) > 0.5)

    os.kill(first, signal.SIGKILL)

    assert worker_of(keeper) not in (first, keeper.pid)
    assert keeper.poll() is None


def lived_s(pid: int) -> float:
    with open("/proc/uptime") as uptime, open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
        began = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return float(uptime.read().split()[0]) - began


def test_a_keeper_that_is_killed_takes_its_worker_with_it(keeper: "subprocess.Popen[str]") -> None:
    worker = worker_of(keeper)

    keeper.kill()
    keeper.wait(60)

    assert until(lambda: not is_there(worker))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_keeper_that_is_told_to_end_ends_its_worker(keeper: "subprocess.Popen[str]", how: signal.Signals) -> None:
    worker = worker_of(keeper)

    keeper.send_signal(how)

    assert keeper.wait(60) == 0
    assert not is_there(worker)


def test_a_worker_that_ends_by_itself_or_at_once_is_not_forked_again() -> None:
    with a_keeper(seconds=0, code=3) as failing:
        assert failing.wait(60) == 3
