"""A sitting's paper before the start: it travels early and encrypted, and a short code opens it (ADR 0021).

The code is derived from the deployment's tickets key and the session's id, so that nothing is stored, every process knows it, and an
invigilator can read it aloud to a room without a line.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assessment_engine.kernel.ids import SessionId
from assessment_engine.services.engine import Engine

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # base 32 without I, L, O and U: nothing in it is misread or misheard
CODE_BITS = 60


def release_code(engine: Engine, session_id: SessionId) -> str:
    """Return what opens the papers of a session, as it is read aloud: three groups of four letters and digits."""
    derived = HKDF(SHA256(), 8, salt=None, info=b"paper-release-code:" + session_id.encode()).derive(engine.signer.tickets.seed)
    number = int.from_bytes(derived) >> (64 - CODE_BITS)
    letters = "".join(CROCKFORD[number >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
