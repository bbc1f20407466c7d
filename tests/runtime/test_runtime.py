"""One machine: who may start it, what it starts, and that nothing is ever left behind."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from assessment_engine.kernel.errors import AlreadyRunning, IntegrityViolation
from assessment_engine.runtime.engine import build_engine
from assessment_engine.runtime.keys import load_signer
from assessment_engine.runtime.lock import owned
from assessment_engine.runtime.serve import Services, embedded
from assessment_engine.runtime.supervisor import Child, Stopping, Supervisor
from assessment_engine.settings import Settings

_FAMILY = """
import subprocess, sys, time
from pathlib import Path
from assessment_engine.runtime.serve import embedded
from assessment_engine.runtime.supervisor import Child
from assessment_engine.settings import Settings

GRANDCHILD = (
    "import os, subprocess, sys, time; from assessment_engine.kernel.lifeline import die_with_parent; me = os.getpid();"
    "child = subprocess.Popen(['sleep', '600'], preexec_fn=lambda: die_with_parent(me));"
    "print(me, child.pid, flush=True); time.sleep(600)"
)
with embedded(Settings.from_environ({"DATA_DIR": sys.argv[1]})) as services:
    services.supervisor.start(Child(name="parent", command=[sys.executable, "-W", "ignore", "-c", GRANDCHILD]))
    print(*services.supervisor.pids().values(), flush=True)
    time.sleep(600)
"""


def settings_for(folder: Path) -> Settings:
    return Settings.from_environ({"DATA_DIR": str(folder), "ASSETS_DIR": str(folder / "assets")})


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: "object", seconds: float = 60) -> bool:
    assert callable(condition)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def family(tmp_path: Path) -> "subprocess.Popen[str]":
    """A process that runs the embedded servers, a child and a grandchild."""
    return subprocess.Popen([sys.executable, "-c", _FAMILY, str(tmp_path)], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_is_left_when_the_first_one_ends(family: "subprocess.Popen[str]", how: signal.Signals) -> None:
    assert family.stdout is not None
    pids = [int(word) for _ in range(2) for word in family.stdout.readline().split()]

    family.send_signal(how)
    family.wait(60)

    assert len(set(pids)) == 4  # two servers, a child (named twice) and its child
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids)), [pid for pid in pids if is_alive(pid)]
    family.stdout.close()


@pytest.fixture
def signals_as_they_were() -> Iterator[None]:
    """What this process did about the two polite signals, given back to it."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_whoever_ends_it_politely_or_by_the_keyboard_asks_it_to_stop(signals_as_they_were: None, how: signal.Signals) -> None:
    stopping = Stopping()
    assert not stopping()

    signal.raise_signal(how)

    assert stopping()


def test_a_second_start_on_the_same_data_is_refused_and_says_who_has_it(tmp_path: Path) -> None:
    with owned(tmp_path), pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), owned(tmp_path):
        pass


def test_the_data_can_be_used_again_after_its_owner_was_killed(tmp_path: Path) -> None:
    program = "import sys, time; from pathlib import Path; from assessment_engine.runtime.lock import owned\n"
    program += "with owned(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    owner = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    owner.stdout.readline()
    with pytest.raises(AlreadyRunning), owned(tmp_path):
        pass

    owner.kill()
    owner.wait()
    owner.stdout.close()

    with owned(tmp_path):
        pass


def test_the_embedded_servers_answer_and_keep_frames_in_memory_only(tmp_path: Path) -> None:
    with embedded(settings_for(tmp_path)) as services:
        frames, jobs = (Redis.from_url(url) for url in (str(services.settings.frames_url), str(services.settings.jobs_url)))

        assert frames.config_get("appendonly") == {"appendonly": "no"}
        assert frames.config_get("save") == {"save": ""}
        assert jobs.config_get("appendonly") == {"appendonly": "yes"}
        frames.close()
        jobs.close()


def test_a_url_that_is_given_replaces_the_embedded_server(tmp_path: Path) -> None:
    given = Settings.from_environ({"DATA_DIR": str(tmp_path), "FRAMES_URL": "redis://frames.example", "JOBS_URL": "redis://jobs.example"})

    with embedded(given) as services:
        assert services.settings == given
        assert services.supervisor.pids() == {}


def test_a_server_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with embedded(settings_for(tmp_path)) as services:
        killed = services.supervisor.pids()["valkey-frames"]
        os.kill(killed, signal.SIGKILL)

        assert wait_until(lambda: _looked_after(services).get("valkey-frames", killed) != killed)


def _looked_after(services: Services) -> dict[str, int]:
    services.supervisor.look()
    return services.supervisor.pids()


def test_a_child_that_keeps_failing_is_started_again_ever_more_rarely() -> None:
    supervisor = Supervisor()
    supervisor.start(Child(name="failing", command=["false"]))

    starts = set()
    until = time.monotonic() + 1.3
    while time.monotonic() < until:
        supervisor.look()
        starts |= set(supervisor.pids().values())
        time.sleep(0.01)

    assert len(starts) <= 3
    supervisor.stop()


def test_keys_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    signer = load_signer(tmp_path)

    assert load_signer(tmp_path) == signer
    assert len({key.seed for key in (signer.receipts, signer.log, signer.issuer, signer.evidence, signer.tickets)}) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_key_that_is_put_aside_signs_no_more_and_is_still_believed(tmp_path: Path) -> None:
    before = load_signer(tmp_path).receipts
    (tmp_path / "keys" / "receipts.key").rename(tmp_path / "keys" / "receipts.2026.key")

    after = load_signer(tmp_path).receipts

    assert after.key_id != before.key_id
    assert after.known == {**before.known, after.key_id: after.public_bytes}


def test_a_damaged_key_is_never_used(tmp_path: Path) -> None:
    load_signer(tmp_path)
    (tmp_path / "keys" / "log.key").write_bytes(b"short")

    with pytest.raises(IntegrityViolation):
        load_signer(tmp_path)


def test_settings_survive_the_way_through_the_environment(tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {"DATA_DIR": str(tmp_path), "FRAMES_URL": "unix:///f", "JOBS_URL": "unix:///j", "DEMO": "1", "METRICS_TOKEN": "m"}
    )

    assert settings.metrics_token == "m" and "'m'" not in repr(settings)
    assert Settings.from_environ(settings.as_environ()) == settings


def test_an_engine_is_built_without_any_server(tmp_path: Path) -> None:
    engine = build_engine(settings_for(tmp_path))

    engine.store.ping()
    engine.jobs.tell("job_1")
    engine.store.engine.dispose()
