"""Bytes by key, in a folder or in S3, by obstore. Encryption is the caller's matter (services/evidence.py)."""

import obstore
from obstore.store import ObjectStore, from_url

from assessment_engine.kernel.errors import NotFound, StorageUnavailable


class Blobs:
    """A blob store opened from a URL (`file:///folder`, `s3://bucket/prefix`, `memory:///`)."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore = from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)

    def put(self, key: str, data: bytes) -> None:
        """Write a blob whole; raises StorageUnavailable."""
        try:
            obstore.put(self._store, key, data)
        except OSError as error:
            raise StorageUnavailable("the evidence store does not answer") from error

    def get(self, key: str) -> bytes:
        """Read a blob; raises NotFound or StorageUnavailable."""
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError as error:
            raise NotFound(f"no such blob: {key}") from error
        except OSError as error:
            raise StorageUnavailable("the evidence store does not answer") from error

    def delete(self, key: str) -> None:
        """Remove a blob; absent is fine."""
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return
