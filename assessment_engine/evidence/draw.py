"""The secret draw: which sittings of a session are kept for audit is fixed before it begins, and can be recomputed once the secret is told.

    commitment = SHA-256 of the canonical JSON of {"draw": session, "share": share as text, "secret": 64 hex digits}
    a sitting is drawn when the first 8 bytes of HMAC-SHA256(secret, sitting), as a number, are below share x 2^64

So nobody who does not know the secret knows whom it draws, and nobody who does can draw anew: the commitment is in the log.
"""

import hmac

from assessment_engine.kernel.canonical import digest

EVERY_S = 5.0


def commitment(session_id: str, share: float, secret: bytes) -> str:
    """Return what is put into the log before a session opens."""
    return digest({"draw": session_id, "share": f"{share:g}", "secret": secret.hex()})


def is_drawn(secret: bytes, sitting_id: str, share: float) -> bool:
    """Tell whether a sitting is drawn."""
    return int.from_bytes(hmac.digest(secret, sitting_id.encode(), "sha256")[:8], "big") < share * 2**64
