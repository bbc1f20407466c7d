"""`assessment-engine serve`, whole: a second one on the same data is refused, and when the first is killed nothing of it is left.

Ctrl-C is taken by the same lines as a polite end (runtime/supervisor.py, tried in tests/runtime); `FAULTS_LONG=1` tries it whole as well.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.running import free_port, until

HOW = [signal.SIGKILL, signal.SIGTERM, *([signal.SIGINT] if os.environ.get("FAULTS_LONG") == "1" else [])]
COMMAND = [sys.executable, "-m", "assessment_engine", "serve"]


def children_of(pid: int) -> set[int]:
    """Every process below one, of any generation."""
    below: set[int] = set()
    for task in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = task.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            below |= {int(task.parent.name), *children_of(int(task.parent.name))}
    return below


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
def test_nothing_is_left_of_a_machine_that_is_stopped_in_any_way(tmp_path: Path, how: signal.Signals) -> None:
    ports = free_port(), free_port()
    environ = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "PORT": str(ports[0]), "INGEST_PORT": str(ports[1])}
    with (tmp_path / "log").open("w") as log:
        first = subprocess.Popen(COMMAND, env=environ, stdout=log, stderr=log)
    try:
        assert until(lambda: all(answers(port) for port in ports), 180), (tmp_path / "log").read_text()
        second = subprocess.run(COMMAND, env=environ, capture_output=True, text=True, timeout=120, check=False)
        below = children_of(first.pid)
    finally:
        first.send_signal(how)
        first.wait(120)

    assert second.returncode == 1
    assert f"already_running: {tmp_path / 'data'} is in use by process {first.pid}" in second.stderr
    assert len(below) >= 7  # two servers and five processes
    assert until(lambda: not any(is_there(pid) for pid in below)), [pid for pid in below if is_there(pid)]
