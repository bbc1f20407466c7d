from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.item_bank.qti.processing.trees import Plain, apply, identifier

KNOWN = [True, False, None]

LOGIC = [
    ("and", (True, True), True),
    ("and", (True, None), None),
    ("and", (False, None), False),
    ("and", (None, False), False),
    ("and", (True,), True),
    ("or", (False, None), None),
    ("or", (None, True), True),
    ("or", (False, False), False),
    ("not", (True,), False),
    ("not", (False,), True),
    ("not", (None,), None),
    ("and", (2, True), True),
    ("and", (0.0, True), False),
    ("and", (float("nan"), True), None),
    ("and", (identifier("A"), True), None),
    ("or", ([True], False), None),
    ("not", ("true",), None),
    ("not", (True, True), None),
    ("and", (), None),
    ("or", (), None),
    ("is-null", (None,), True),
    ("is-null", (0,), False),
    ("is-null", ("",), True),
    ("is-null", ([],), True),
    ("is-null", (), None),
]


@pytest.mark.parametrize(("operator", "operands", "expected"), LOGIC)
def test_null_is_neither_true_nor_false(operator: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert apply(operator, *operands) is expected


ANY_N = [
    ("3", "4", (True, True, False, None), None),
    ("3", "4", (True, False, False, None), False),
    ("3", "4", (True, True, True, None), True),
    ("1", "2", (True, True, True), False),
    ("0", "0", (False, False), True),
    ("2", "1", (True, True), False),
    ("TWO", "TWO", (True, True), True),
    ("{TWO}", "3", (True, False), False),
    ("NOTHING", "2", (True, True), None),
    ("", "2", (True, True), None),
    ("1.5", "2", (True, True), None),
]


@pytest.mark.parametrize(("least", "most", "operands", "expected"), ANY_N)
def test_any_n_counts_truths_and_is_null_where_the_unknown_could_decide(
    least: str, most: str, operands: tuple[Plain, ...], expected: Plain
) -> None:
    assert apply("any-n", *operands, min=least, max=most) is expected


@given(st.lists(st.sampled_from(KNOWN), min_size=1, max_size=6))
def test_de_morgan_holds_in_three_valued_logic(truths: list[bool | None]) -> None:
    turned = [None if each is None else not each for each in truths]

    assert apply("and", *truths) is apply("not", apply("or", *turned))


@given(st.lists(st.sampled_from(KNOWN), min_size=1, max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_any_n_says_what_every_way_of_knowing_more_would_say(truths: list[bool | None], least: int, most: int) -> None:
    unknown = Counter(truths)[None]
    sure = Counter(truths)[True]
    possible = {least <= sure + more <= most for more in range(unknown + 1)}

    expected = possible.pop() if len(possible) == 1 else None
    answer = apply("any-n", *truths, min=str(least), max=str(most))
    assert answer is expected or (answer is None and least <= most)
