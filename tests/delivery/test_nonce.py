"""The server's own word for when it last spoke to a sitting."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.nonce import a_nonce, nonce_time
from assessment_engine.kernel.ids import SittingId
from tests.builders import NOON, a_signer

MINE = SittingId("sit_1")


def test_a_nonce_says_when_it_was_given_and_is_short() -> None:
    key = a_signer().tickets

    text = a_nonce(key, MINE, NOON)

    assert nonce_time(key, MINE, text) == NOON
    assert len(text) == 24


def test_a_nonce_of_another_sitting_or_another_key_says_nothing() -> None:
    text = a_nonce(a_signer().tickets, MINE, NOON)

    assert nonce_time(a_signer().tickets, SittingId("sit_2"), text) is None
    assert nonce_time(a_signer().receipts, MINE, text) is None


def test_a_nonce_cannot_be_dated_forward() -> None:
    key = a_signer().tickets
    text, later = a_nonce(key, MINE, NOON), a_nonce(a_signer().log, MINE, NOON + timedelta(minutes=9))

    assert nonce_time(key, MINE, later[:8] + text[8:]) is None


@pytest.mark.parametrize("text", ["", "x", "AAAA", "ä" * 24, "A" * 24, "A" * 4000, " " * 24])
def test_anything_else_is_no_nonce(text: str) -> None:
    assert nonce_time(a_signer().tickets, MINE, text) is None


@given(st.text(max_size=40))
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    assert nonce_time(a_signer().tickets, MINE, text) is None
