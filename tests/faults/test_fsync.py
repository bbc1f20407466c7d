"""The database's log is on the disk before a save is answered: seen from outside, by strace, in a real delivery process.

Between the request's arrival and the first byte of its 200 there must be a write to the write-ahead log and, after the last such write,
an fdatasync (or fsync) of it that came back with 0 (DESIGN promise 1). Where strace is absent or may not look, the test is skipped and
says so.
"""

import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assessment_engine.bench.faults.deployment import Deployment, a_deployment
from assessment_engine.bench.load import request
from assessment_engine.kernel.canonical import Json
from assessment_engine.services.seed_load import seed_load

ANSWERS = 4
STRACE = shutil.which("strace")
WATCHED = "trace=read,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync"
NOT_CHECKED = "the order of fsync and reply was NOT checked"

_BEGINS = re.compile(r"^(\d+) +(\w+)\((?:\d+<([^>]*)>)?(.*)$")
_ENDS = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")


def steps(trace: str) -> str:
    """What happened, a letter each: r a request came, w the log was written to, s it was on the disk, a the answer began to leave."""
    seen, unfinished = "", dict[str, str]()
    for line in trace.splitlines():
        if begun := _BEGINS.match(line):
            thread, call, path, rest = begun.groups(default="")
            seen += _step(call, path, rest) if "<unfinished ...>" not in rest or call not in ("fsync", "fdatasync") else ""
            unfinished[thread] = path
        elif ended := _ENDS.match(line):
            thread, call, rest = ended.groups()
            seen += _step(call, unfinished.get(thread, ""), rest)
    return seen


def _step(call: str, path: str, rest: str) -> str:
    if call in ("fsync", "fdatasync"):
        return "s" if path.endswith("-wal") and rest.rstrip().endswith("= 0") else ""
    if call.startswith("pwrite"):
        return "w" if path.endswith("-wal") else ""
    if call in ("read", "recvfrom", "recvmsg"):
        return "r" if re.search(r'"(PUT|POST) /api/', rest) else ""
    return "a" if '"HTTP/1.1 200' in rest else ""


EVERY_ANSWER_WAITED = re.compile(r"(r(w+s+)+a)+")


@pytest.mark.parametrize(
    ("seen", "good"), [("rwsa", True), ("rwwsarwswsa", True), ("rwas", False), ("ra", False), ("rwa", False), ("rwswa", False), ("", False)]
)
def test_the_judge_knows_an_answer_that_came_too_early(seen: str, good: bool) -> None:
    assert (EVERY_ANSWER_WAITED.fullmatch(seen) is not None) is good


def test_the_judge_reads_what_strace_writes() -> None:
    trace = """
7 recvfrom(9<TCP:[127.0.0.1:8000->127.0.0.1:4]>, "PUT /api/v1/sittings/s/answers/i H"..., 262144, 0, NULL, NULL) = 300
8 pwrite64(5</data/engine.sqlite-wal>, "7"..., 4096, 32) = 4096
8 fdatasync(5</data/engine.sqlite-wal> <unfinished ...>
7 read(3<anon_inode:[eventfd]>, "1"..., 1024) = 8
8 <... fdatasync resumed>)               = 0
7 sendto(9<TCP:[127.0.0.1:8000->127.0.0.1:4]>, "HTTP/1.1 200 OK"..., 900, 0, NULL, 0) = 900
8 fdatasync(6</data/engine.sqlite>) = 0
"""

    assert steps(trace) == "rwsa"


@pytest.mark.slow
@pytest.mark.skipif(STRACE is None, reason=f"strace is not installed: {NOT_CHECKED}")
def test_the_log_is_on_the_disk_before_a_start_and_an_answer_are_answered(tmp_path: Path) -> None:
    with a_deployment(tmp_path / "data", 3600) as deployment:
        [waiting] = seed_load(deployment.engine, 1, started=False)
        base, item = f"/api/v1/sittings/{waiting['sitting']}", waiting["items"][0]
        with watched(deployment, tmp_path / "trace"), socket.create_connection(("127.0.0.1", deployment.settings.port)) as line:
            assert ask(line, request("POST", f"{base}/start", waiting["token"])) == 200
            for revision in range(1, ANSWERS + 1):
                body: dict[str, Json] = {"revision": revision, "response": {"RESPONSE": "AB"[revision % 2]}}
                assert ask(line, request("PUT", f"{base}/answers/{item}", waiting["token"], body)) == 200

    seen = steps((tmp_path / "trace").read_text())
    assert seen.count("r") == seen.count("a") == 1 + ANSWERS
    assert EVERY_ANSWER_WAITED.fullmatch(seen)


@contextmanager
def watched(deployment: Deployment, trace: Path) -> Iterator[None]:
    """Let strace write down what the delivery process does, from when it looks until the block ends."""
    pid = deployment.serving_pid
    command = [str(STRACE), "-f", "-y", "-s", "40", "-e", WATCHED, "-o", str(trace), "-p", str(pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as looker:
        assert looker.stderr is not None
        said = looker.stderr.readline()
        if "attached" not in said:
            looker.kill()
            pytest.skip(f"strace may not look ({said.strip()}): {NOT_CHECKED}")
        yield
        looker.send_signal(signal.SIGINT)


def ask(line: socket.socket, data: bytes) -> int:
    """Send a request and wait for the whole answer; returns its status."""
    line.settimeout(60)
    line.sendall(data)
    answer = b""
    while b"\r\n\r\n" not in answer or len(answer.split(b"\r\n\r\n", 1)[1]) < int(re.findall(rb"content-length: (\d+)", answer)[0]):
        received = line.recv(65536)
        assert received, "the line ended"
        answer += received
    return int(answer[9:12])
