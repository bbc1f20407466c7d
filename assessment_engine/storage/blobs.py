"""Bytes by key, in a folder or in S3, by obstore. Encryption is the caller's matter (services/evidence.py)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, from_url

from assessment_engine.kernel.errors import NotFound, StorageUnavailable


@dataclass(frozen=True, slots=True)
class Listed:
    """A blob that is there: its key and when it was last written."""

    key: str
    written_at: datetime


class Blobs:
    """A blob store opened from a URL (`file:///folder`, `s3://bucket/prefix`, `memory:///`)."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore = from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)
        self._folder = Path(unquote(urlsplit(url).path)) if url.startswith("file:") else None

    def put(self, key: str, data: bytes) -> None:
        """Write a blob whole; raises StorageUnavailable, also when the disk is full."""
        with _answering():
            obstore.put(self._store, key, data)

    def put_durably(self, key: str, data: bytes) -> None:
        """Write a blob and, in a folder, wait until it is on the disk; an object store is durable once it answers."""
        self.put(key, data)
        if self._folder is not None:
            with _answering():
                for path in (self._folder / key, (self._folder / key).parent):
                    _to_disk(path)

    def get(self, key: str) -> bytes:
        """Read a blob; raises NotFound or StorageUnavailable."""
        try:
            with _answering():
                return bytes(obstore.get(self._store, key).bytes())
        except (FileNotFoundError, NotFoundError) as error:
            raise NotFound(f"no such blob: {key}") from error

    def delete(self, key: str) -> None:
        """Remove a blob; absent is fine. Raises StorageUnavailable."""
        try:
            with _answering():
                obstore.delete(self._store, key)
        except (FileNotFoundError, NotFoundError):
            return

    def under(self, prefix: str) -> list[Listed]:
        """Return the blobs below a folder-like prefix, in the order of their keys; raises StorageUnavailable."""
        with _answering():
            found = [Listed(one["path"], one["last_modified"]) for some in obstore.list(self._store, prefix) for one in some]
        return sorted(found, key=lambda one: one.key)


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what a store that is away, full or locked says into our own word; that something is not there is no such thing."""
    try:
        yield
    except (FileNotFoundError, NotFoundError):
        raise
    except (OSError, BaseError) as error:
        raise StorageUnavailable("the evidence store does not answer") from error


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
