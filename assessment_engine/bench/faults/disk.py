"""A disk that is really full: a small file system of our own, filled to the last byte. Needs root, and says so where it is not."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BALLAST = "ballast"
_PIECES = (1 << 20, 1 << 12, 1)


def may_mount() -> bool:
    """Tell whether this process may make a file system."""
    return os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def a_small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount an empty file system of that size on `folder` for the length of the block."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def fill(folder: Path) -> None:
    """Write until the system says that there is no space left; again, it takes what has become free since."""
    with (folder / BALLAST).open("ab", buffering=0) as ballast:
        for size in _PIECES:
            piece = b"\0" * size
            try:
                while True:
                    ballast.write(piece)
            except OSError:
                continue


def free(folder: Path) -> None:
    """Give the space back."""
    (folder / BALLAST).unlink()
