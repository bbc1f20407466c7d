"""One owner for a data folder: a lock that the kernel gives back when its holder ends, however it ends, and the holder's pid in it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assessment_engine.kernel.errors import AlreadyRunning


@contextmanager
def owned(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; raises AlreadyRunning, with the holder's pid, while another process does."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "engine.pid"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise AlreadyRunning(f"{data_dir} is in use by process {pid}; stop it first, or choose another DATA_DIR", pid=pid) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
