"""The last-resort answer file: what a page could not send, encrypted on the device for this one sitting.

`{"version": 1, "sitting", "nonce", "ciphertext"}`: AES-256-GCM under the sitting's own key with the sitting's id as additional data, so
that no other sitting opens it and nobody changes it; inside is `{"answers": [{"item", "revision", "response"}], "nonce"}`. The page makes
it (static/answer_file.js), services/answer_files.py takes it in.
"""

import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import ForeignFile, TooLarge
from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import SigningKey, b64url, unb64url

VERSION = 1
LARGEST_FILE = 16 * 1024 * 1024
_USE = "answer-file"
_FOREIGN = "this file was not made for this sitting, or it is damaged; nothing was changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFile:
    """What was in a file: answers as the page gave them, not checked yet, and the page's newest nonce."""

    answers: tuple[dict[str, Any], ...]
    nonce: str


def file_key(key: SigningKey, sitting_id: SittingId) -> bytes:
    """Return the sitting's own key, 32 bytes; `key` is the tickets key."""
    return key.derived(_USE, sitting_id)


def open_file(key: SigningKey, sitting_id: SittingId, data: bytes) -> AnswerFile:
    """Decrypt a file; raises ForeignFile for another sitting's, a damaged one or no such file at all, and TooLarge."""
    if len(data) > LARGEST_FILE:
        raise TooLarge(f"an answer file has at most {LARGEST_FILE} bytes", limit=LARGEST_FILE)
    try:
        outside = json.loads(data)
        assert outside["version"] == VERSION
        assert outside["sitting"] == sitting_id
        nonce, ciphertext = unb64url(outside["nonce"]), unb64url(outside["ciphertext"])
        inside = json.loads(AESGCM(file_key(key, sitting_id)).decrypt(nonce, ciphertext, sitting_id.encode()))
        answers = tuple(inside["answers"])
        assert all(isinstance(answer, dict) for answer in answers)
        return AnswerFile(answers=answers, nonce=str(inside.get("nonce") or ""))
    except (AssertionError, AttributeError, InvalidTag, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ForeignFile(_FOREIGN) from error


def make_file(key: bytes, sitting_id: SittingId, nonce: bytes, content: Json) -> bytes:
    """Encrypt a file as the page does; `nonce` is 12 random bytes."""
    ciphertext = AESGCM(key).encrypt(nonce, json.dumps(content).encode(), sitting_id.encode())
    outside = {"version": VERSION, "sitting": sitting_id, "nonce": b64url(nonce), "ciphertext": b64url(ciphertext)}
    return json.dumps(outside).encode()
