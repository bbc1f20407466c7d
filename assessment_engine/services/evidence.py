"""The crypto of evidence: each sitting has a data key, wrapped by the deployment's evidence key; erasing the data key erases the evidence.

AES-256-GCM throughout; what is encrypted is bound to where it belongs (sitting and blob key), so that none can be put in another's place.
How long it is kept is services/retention.py; which frames are kept, and who may see them, services/incidents.py and services/draw.py.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import EvidenceAltered, EvidenceKeyUnreadable, EvidenceMissing, HashMismatch, NotFound, Unavailable
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import EvidenceRecord

_NONCE = 12


@dataclass(frozen=True, slots=True)
class DataKey:
    """One sitting's key; encrypts and decrypts its frames."""

    sitting_id: SittingId
    secret: bytes

    def encrypt(self, blob: str, jpeg: bytes) -> bytes:
        """Encrypt one frame for the place it will be kept at."""
        return _seal(self.secret, jpeg, self._place(blob))

    def decrypt(self, blob: str, sealed: bytes) -> bytes:
        """Decrypt what was kept at `blob`; raises HashMismatch when it was changed or moved."""
        return _open(self.secret, sealed, self._place(blob))

    def _place(self, blob: str) -> bytes:
        return f"{self.sitting_id}/{blob}".encode()


def data_key(engine: Engine, sitting_id: SittingId) -> DataKey:
    """Return a sitting's key, made when first asked for; raises NotFound once it is erased, EvidenceKeyUnreadable."""
    with engine.store.read() as tx:
        wrapped = tx.incidents.wrapped_key(sitting_id)
    if wrapped is None:
        wrapped = _keep_new_key(engine, sitting_id)
    try:
        return DataKey(sitting_id, _open(_wrapping_key(engine), wrapped, sitting_id.encode()))
    except HashMismatch as error:
        raise EvidenceKeyUnreadable("the key of this sitting's evidence cannot be opened with the key that is installed here") from error


def new_data_key(engine: Engine, sitting_id: SittingId) -> tuple[DataKey, bytes]:
    """Make a key for a sitting that is still to be stored, and its wrapped form to be stored with it."""
    secret = secrets.token_bytes(32)
    return DataKey(sitting_id, secret), _seal(_wrapping_key(engine), secret, sitting_id.encode())


def seal_secret(engine: Engine, place: str, secret: bytes) -> bytes:
    """Encrypt something that only this deployment may read, for the place where it will be kept."""
    return _seal(_wrapping_key(engine), secret, place.encode())


def open_secret(engine: Engine, place: str, sealed: bytes) -> bytes:
    """Decrypt what `seal_secret` made; raises EvidenceKeyUnreadable."""
    try:
        return _open(_wrapping_key(engine), sealed, place.encode())
    except HashMismatch as error:
        raise EvidenceKeyUnreadable("a secret of this deployment cannot be opened with the key that is installed here") from error


def store_frame(engine: Engine, key: DataKey, blob: str, jpeg: bytes) -> None:
    """Encrypt one frame and put it where its row will say."""
    engine.blobs.put(blob, key.encrypt(blob, jpeg))


def read_frame(engine: Engine, row: EvidenceRecord) -> bytes:
    """Return the frame of a row; raises NotFound once erased, EvidenceMissing, or EvidenceAltered."""
    key = data_key(engine, row.sitting_id)
    try:
        sealed = engine.blobs.get(row.blob)
    except NotFound as error:
        raise EvidenceMissing("this picture was kept, and is not in the store any more") from error
    jpeg = key.decrypt(row.blob, sealed)
    if row.sha256 and sha256_hex(jpeg) != row.sha256:  # a clean frame has no row of its own: its seal and the chain say that it is the one
        raise EvidenceAltered("this evidence has another hash than its row")
    return jpeg


class FrameState(StrEnum):
    """What became of a frame that was kept."""

    WHOLE = "whole"
    ERASED = "erased"
    MISSING = "missing"
    ALTERED = "altered"
    AWAY = "away"


def frame_state(engine: Engine, row: EvidenceRecord) -> tuple[FrameState, bytes | None]:
    """Return what the store still has of a frame, and the frame where it is whole; raises StorageUnavailable or EvidenceKeyUnreadable."""
    try:
        return FrameState.WHOLE, read_frame(engine, row)
    except EvidenceMissing:
        return FrameState.MISSING, None
    except EvidenceAltered:
        return FrameState.ALTERED, None
    except NotFound:
        return FrameState.ERASED, None


def lost_frames(engine: Engine, rows: Sequence[EvidenceRecord]) -> dict[FrameState, int]:
    """Count the frames of an incident that cannot be shown, by what became of them; raises nothing, for a page must show the rest."""
    try:
        states = [frame_state(engine, row)[0] for row in rows]
    except Unavailable:
        return {FrameState.AWAY: len(rows)}
    return {state: states.count(state) for state in FrameState if state is not FrameState.WHOLE and state in states}


def _keep_new_key(engine: Engine, sitting_id: SittingId) -> bytes:
    fresh = new_data_key(engine, sitting_id)[1]
    with engine.store.begin() as tx:
        tx.sittings.get_locked(sitting_id)  # two workers must not make two keys
        wrapped = tx.incidents.wrapped_key(sitting_id)
        if wrapped is None:
            tx.incidents.add_wrapped_key(sitting_id, fresh)
    return wrapped or fresh


def _wrapping_key(engine: Engine) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"evidence data keys").derive(engine.signer.evidence.seed)


def _seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def _open(key: bytes, sealed: bytes, place: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
    except (InvalidTag, ValueError) as error:
        raise EvidenceAltered("this evidence is not what was stored here") from error
