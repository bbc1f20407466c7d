"""The encrypted paper: a code that can be read aloud opens it, for its own sitting only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.paper import ALPHABET, PaperKeys, code_of, normalised, open_paper, seal_paper
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid

CODE = code_of(bytes(range(8)))
KEYS = PaperKeys(code=CODE, salt=b"s" * 16, content_key=b"k" * 32)
CONTENT: Json = {"items": {"itv_1": {"hi": {"html": "<p>प्रश्न</p>"}}}}


def test_the_code_opens_the_paper() -> None:
    paper = seal_paper(CONTENT, "sit_1", KEYS, b"n" * 12)

    assert open_paper(paper, "sit_1", CODE) == CONTENT
    assert "itv_1" not in str(paper)


def test_neither_another_code_nor_another_sitting_opens_it() -> None:
    paper = seal_paper(CONTENT, "sit_1", KEYS, b"n" * 12)

    for sitting_id, code in [("sit_2", CODE), ("sit_1", code_of(bytes(range(1, 9))))]:
        with pytest.raises(Invalid):
            open_paper(paper, sitting_id, code)


def test_a_damaged_paper_does_not_open() -> None:
    paper = seal_paper(CONTENT, "sit_1", KEYS, b"n" * 12)
    cipher = str(paper["ciphertext"])

    with pytest.raises(Invalid):
        open_paper({**paper, "ciphertext": ("B" if cipher[0] == "A" else "A") + cipher[1:]}, "sit_1", CODE)
    with pytest.raises(Invalid):
        open_paper({}, "sit_1", CODE)


@given(st.binary(min_size=8, max_size=32))
def test_a_code_is_three_groups_of_four_that_nobody_mishears(secret: bytes) -> None:
    code = code_of(secret)

    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert set(code) <= {*ALPHABET, "-"}
    assert normalised(code) == code.replace("-", "")


@pytest.mark.parametrize("typed", ["7kq4 m0zd r1t2", "7KQ4-M0ZD-R1T2", "7KQ4MOZDRIT2", " 7k q4–mo zd.rlT2 ", "7KQ4_M0ZD_R1T2"])
def test_what_was_misread_or_misheard_is_forgiven(typed: str) -> None:
    assert normalised(typed) == "7KQ4M0ZDR1T2"


@pytest.mark.parametrize("typed", ["", "7KQ4-M0ZD-R1T", "7KQ4-M0ZD-R1T22", "अआइईउऊऋएऐओऔअ", "7KQ4-M0ZD-R1T²"])
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normalised(typed)
