"""The answer file: only the sitting that it was made for opens it."""

import json
from typing import Any

import pytest

from assessment_engine.delivery.answer_file import LARGEST_FILE, file_key, make_file, open_file
from assessment_engine.kernel.errors import ForeignFile, TooLarge
from assessment_engine.kernel.ids import SittingId
from tests.builders import a_signer

MINE, OTHERS = SittingId("sit_1"), SittingId("sit_2")
CONTENT: dict[str, Any] = {"answers": [{"item": "itv_1", "revision": 3, "response": {"RESPONSE": "B"}}], "nonce": "n"}


def a_file(sitting_id: SittingId = MINE, content: Any = CONTENT) -> bytes:
    return make_file(file_key(a_signer().tickets, sitting_id), sitting_id, b"n" * 12, content)


def test_a_file_opens_for_its_own_sitting() -> None:
    opened = open_file(a_signer().tickets, MINE, a_file())

    assert opened.answers == tuple(CONTENT["answers"])
    assert opened.nonce == "n"


def test_anothers_file_does_not_open_whatever_it_is_called() -> None:
    theirs = a_file(OTHERS)
    renamed = json.dumps({**json.loads(theirs), "sitting": MINE}).encode()

    for data in (theirs, renamed):
        with pytest.raises(ForeignFile):
            open_file(a_signer().tickets, MINE, data)


def test_a_damaged_file_does_not_open() -> None:
    whole = json.loads(a_file())
    damaged = {**whole, "ciphertext": "A" + whole["ciphertext"][1:] if whole["ciphertext"][0] != "A" else "B" + whole["ciphertext"][1:]}

    with pytest.raises(ForeignFile):
        open_file(a_signer().tickets, MINE, json.dumps(damaged).encode())
    with pytest.raises(ForeignFile):
        open_file(a_signer().tickets, MINE, a_file()[:-20])


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"version": 1, "sitting": "sit_1", "nonce": 4}']
)
def test_anything_else_is_foreign(data: bytes) -> None:
    with pytest.raises(ForeignFile):
        open_file(a_signer().tickets, MINE, data)


@pytest.mark.parametrize("content", [{}, [], {"answers": 4}, {"answers": [4]}, {"answers": None}])
def test_a_file_of_our_own_key_with_nonsense_inside_is_foreign(content: Any) -> None:
    with pytest.raises(ForeignFile):
        open_file(a_signer().tickets, MINE, a_file(content=content))


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(TooLarge):
        open_file(a_signer().tickets, MINE, b" " * (LARGEST_FILE + 1))
