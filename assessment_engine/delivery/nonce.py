"""The nonce that a page gets with every contact: the server's own word for when it last spoke to this sitting.

A page hands its newest one back with whatever comes late. It bounds when the page was last in touch, by the server's clock; the page can
neither make one nor date one forward, and keeping an old one back only makes it look away for longer. 24 characters, kept nowhere.
"""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import SigningKey, b64url, unb64url

_USE = "contact-nonce"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT_BYTES, _CODE_BYTES = 6, 12


def a_nonce(key: SigningKey, sitting_id: SittingId, now: datetime) -> str:
    """Return the nonce of a contact at `now`; `key` is the tickets key."""
    moment = ((now - _EPOCH) // timedelta(milliseconds=1)).to_bytes(_MOMENT_BYTES)
    return b64url(moment + _code(key, sitting_id, moment))


def nonce_time(key: SigningKey, sitting_id: SittingId, text: str) -> datetime | None:
    """Return when a nonce of this sitting was given, None for anything that is not one."""
    try:
        data = unb64url(text)
    except ValueError:
        return None
    moment, code = data[:_MOMENT_BYTES], data[_MOMENT_BYTES:]
    if len(data) != _MOMENT_BYTES + _CODE_BYTES or not hmac.compare_digest(code, _code(key, sitting_id, moment)):
        return None
    return _EPOCH + timedelta(milliseconds=int.from_bytes(moment))


def _code(key: SigningKey, sitting_id: SittingId, moment: bytes) -> bytes:
    return hmac.digest(key.derived(_USE, sitting_id), moment, sha256)[:_CODE_BYTES]
