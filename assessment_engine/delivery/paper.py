"""The encrypted paper: it travels to every device early, and a short code opens it when the exam begins (ADR 22).

A paper is JSON, sealed with AES-256-GCM under a content key of its own; the content key is wrapped (RFC 3394) under a key that
PBKDF2-SHA256 makes of the code. The page opens it by the same steps (static/paper.js). Pure: salt, nonce and keys are handed in by
services/papers.py.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.signing import b64url, unb64url

VERSION = 1
ITERATIONS = 100_000  # a device of ten years ago needs a second for this; the code's 60 bits do the rest
SALT_BYTES = 16
NONCE_BYTES = 12

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, so that nothing in a code is misread or misheard."""

CODE_LETTERS = 12
GROUP = 4
_FORGIVEN = str.maketrans("OILU", "011V")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKeys:
    """What a paper is sealed with: the session's code and salt, the sitting's own content key (32 bytes)."""

    code: str
    salt: bytes
    content_key: bytes


def code_of(secret: bytes) -> str:
    """Write the first 60 bits of a secret as it is read aloud: three groups of four letters and digits."""
    number = int.from_bytes(secret[:8]) >> (64 - 5 * CODE_LETTERS)
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (CODE_LETTERS - 1), -1, -5))
    return "-".join(letters[at : at + GROUP] for at in range(0, CODE_LETTERS, GROUP))


def normalised(code: str) -> str:
    """Return a code's twelve letters however it was written down or typed: small letters, spaces, dashes, O for 0, I and L for 1.

    Raises Invalid for what cannot be a code.
    """
    plain = "".join(letter for letter in code.upper() if letter.isalnum()).translate(_FORGIVEN)
    if len(plain) != CODE_LETTERS or any(letter not in ALPHABET for letter in plain):
        raise Invalid(f"a code has {CODE_LETTERS} letters and digits")
    return plain


def seal_paper(content: Json, sitting_id: str, keys: PaperKeys, nonce: bytes) -> dict[str, Json]:
    """Seal a sitting's paper; the sitting's id goes in as additional data, so that a paper opens for its own sitting only."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return {
        "version": VERSION,
        "salt": b64url(keys.salt),
        "iterations": ITERATIONS,
        "wrapped_key": b64url(aes_key_wrap(_from_code(normalised(keys.code), keys.salt, ITERATIONS), keys.content_key)),
        "nonce": b64url(nonce),
        "ciphertext": b64url(AESGCM(keys.content_key).encrypt(nonce, plain, sitting_id.encode())),
    }


def open_paper(paper: Mapping[str, Json], sitting_id: str, code: str) -> Json:
    """Open a sealed paper as the page does; raises Invalid when the code is wrong or the paper is another sitting's or damaged."""
    try:
        salt, iterations = unb64url(str(paper["salt"])), int(str(paper["iterations"]))
        content_key = aes_key_unwrap(_from_code(normalised(code), salt, iterations), unb64url(str(paper["wrapped_key"])))
        plain = AESGCM(content_key).decrypt(unb64url(str(paper["nonce"])), unb64url(str(paper["ciphertext"])), sitting_id.encode())
    except (InvalidUnwrap, InvalidTag, KeyError, ValueError) as error:
        raise Invalid("this code does not open this paper") from error
    content: Json = json.loads(plain)
    return content


@lru_cache(maxsize=64)
def _from_code(code: str, salt: bytes, iterations: int) -> bytes:
    """Make the wrapping key; kept, because all papers of a session have the same."""
    return PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt, iterations=iterations).derive(code.encode())
