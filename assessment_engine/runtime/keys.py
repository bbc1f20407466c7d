"""The deployment's private keys: one file a purpose under data/keys, readable by its owner only, made at the first start.

`receipts.key` signs; what lies beside it as `receipts.ANYTHING.key` signed before, and is still believed.
"""

import os
import secrets
from pathlib import Path

from assessment_engine.kernel.errors import IntegrityViolation
from assessment_engine.kernel.signing import Purpose, Signer, SigningKey

KEYS = "keys"


def load_signer(data_dir: Path) -> Signer:
    """Return the keys, making those that are missing; raises IntegrityViolation for a file that is not a key."""
    folder = data_dir / KEYS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Signer(**{str(purpose): _key(folder, purpose) for purpose in Purpose})


def _key(folder: Path, purpose: Purpose) -> SigningKey:
    earlier = [SigningKey(purpose=purpose, seed=_seed(path)) for path in sorted(folder.glob(f"{purpose}.*.key"))]
    return SigningKey(purpose=purpose, seed=_seed(folder / f"{purpose}.key"), earlier=tuple(key.public_bytes for key in earlier))


def _seed(path: Path) -> bytes:
    if not path.exists():
        _write_once(path, secrets.token_bytes(32))
    seed = path.read_bytes()
    if len(seed) != 32:
        raise IntegrityViolation(f"{path} is not a key: {len(seed)} bytes instead of 32")
    return seed


def _write_once(path: Path, seed: bytes) -> None:
    """Put a key in place whole, or leave the one that another process put there in the meantime."""
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(seed)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
