import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.values import Point
from tests.item_bank.qti.processing.trees import Plain, alike, apply, identifier, pair, typed, value

NAN, INF = math.nan, math.inf
BIG = 2**62

SUMS = [
    ("sum", (1, 2), 3),
    ("sum", (1, 2.5), 3.5),
    ("sum", (1.0, 2), 3.0),
    ("sum", ([1, 2], (3, 4), 5), 15),
    ("sum", (0.1, 0.2, -0.1, -0.2), 0.0),
    ("sum", (1, None), None),
    ("sum", (None,), None),
    ("sum", (), None),
    ("sum", (1, "x"), None),
    ("sum", (1, "2.5"), 3.5),
    ("sum", (1, True), None),
    ("sum", (BIG, BIG), None),
    ("sum", (INF, 1), INF),
    ("sum", (INF, -INF), NAN),
    ("sum", (1e308, 1e308), INF),
    ("product", (3, 4), 12),
    ("product", (3, 0.5), 1.5),
    ("product", ([2, 3], 4), 24),
    ("product", (3, None), None),
    ("product", (3, identifier("A")), None),
    ("product", (BIG, 4), None),
    ("product", (INF, 0.0), NAN),
    ("subtract", (3, 4), -1),
    ("subtract", (3.5, 1), 2.5),
    ("subtract", (-BIG, BIG * 2 - 1), None),
    ("subtract", (3, None), None),
    ("subtract", (None, 3), None),
    ("subtract", ([3], 1), None),
    ("subtract", (3,), None),
    ("divide", (7, 2), 3.5),
    ("divide", (6, 2), 3.0),
    ("divide", (1, 0), None),
    ("divide", (0, 0.0), None),
    ("divide", (1.0, INF), 0.0),
    ("divide", (INF, INF), None),
    ("divide", (1e308, 1e-308), None),
    ("divide", (None, 2), None),
    ("divide", (2, pair("A", "B")), None),
    ("power", (2, 3), 8.0),
    ("power", (4, 0.5), 2.0),
    ("power", (-8, 1 / 3), None),
    ("power", (0, -1), None),
    ("power", (0, 0), 1.0),
    ("power", (10, 400), None),
    ("power", (INF, 2), INF),
    ("power", (2, None), None),
    ("power", (2, Point(1, 1)), None),
    ("integer-divide", (7, 2), 3),
    ("integer-divide", (-7, 2), -4),
    ("integer-divide", (7, -2), -4),
    ("integer-divide", (7, 0), None),
    ("integer-divide", (7.5, 2), None),
    ("integer-divide", (8.0, 2), 4),
    ("integer-divide", (None, 2), None),
    ("integer-modulus", (7, 2), 1),
    ("integer-modulus", (-7, 2), 1),
    ("integer-modulus", (7, -2), -1),
    ("integer-modulus", (7, 0), None),
    ("integer-modulus", (7, None), None),
    ("max", (1, 3, 2), 3),
    ("max", (1, 3.0), 3.0),
    ("max", ([1, 9], 3), 9),
    ("max", (1, None), None),
    ("max", (1, identifier("A")), None),
    ("max", (1.0, NAN), NAN),
    ("max", (NAN, 1.0), NAN),
    ("min", (1, 3, 2), 1),
    ("min", (1, 0.5), 0.5),
    ("min", ((5, 4), 6), 4),
    ("min", (None, 1), None),
    ("gcd", (12, 18), 6),
    ("gcd", ([12, 18], 27), 3),
    ("gcd", (0, 5), 5),
    ("gcd", (0, 0), 0),
    ("gcd", (-12, 18), 6),
    ("gcd", (12, None), None),
    ("gcd", (12, 1.5), None),
    ("gcd", (12, INF), None),
    ("gcd", (12, "x"), None),
    ("lcm", (4, 6), 12),
    ("lcm", ([4, 6], 10), 60),
    ("lcm", (4, 0), 0),
    ("lcm", (-4, 6), 12),
    ("lcm", (4, None), None),
    ("lcm", (BIG, BIG - 1, BIG - 3), None),
    ("mod", (7, 2), 1),
    ("mod", (-7, 2), -1),
    ("mod", (7, 0), None),
    ("mod", (7.5, 2), 1.5),
]


@pytest.mark.parametrize(("operator", "operands", "expected"), SUMS)
def test_arithmetic_keeps_integers_and_knows_null(operator: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert alike(apply(operator, *operands), expected)


OPERATORS = ["sum", "product", "subtract", "divide", "power", "integer-divide", "integer-modulus", "max", "min", "gcd", "lcm"]
NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats())
ANYTHING = st.one_of(NUMBERS, st.none(), st.booleans(), st.text(max_size=3), st.lists(st.integers(-9, 9), max_size=3))


@given(st.sampled_from(OPERATORS), ANYTHING, st.booleans())
def test_null_in_gives_null_out(operator: str, other: Plain, first: bool) -> None:
    operands = (None, other) if first else (other, None)

    assert apply(operator, *operands) is None


@given(st.sampled_from(OPERATORS), ANYTHING, ANYTHING)
def test_arithmetic_never_stumbles(operator: str, left: Plain, right: Plain) -> None:
    result = apply(operator, left, right)

    assert result is None or isinstance(result, int | float)
    assert not isinstance(result, int) or -(2**63) <= result < 2**63


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=8))
def test_sums_and_products_do_not_mind_how_numbers_are_grouped(numbers: list[int]) -> None:
    assert apply("sum", *numbers) == apply("sum", numbers) == sum(numbers)
    assert apply("max", *numbers) == apply("max", tuple(numbers)) == max(numbers)


def test_a_long_product_ends_soon() -> None:
    assert typed("product", value([10**17] * 5000)) is None
