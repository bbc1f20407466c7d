import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.processing.functions import NAMES
from tests.item_bank.qti.processing.trees import Plain, alike, apply, identifier

NAN, INF = math.nan, math.inf

MATH = [
    ("sin", 0, 0.0),
    ("cos", 0.0, 1.0),
    ("tan", 0, 0.0),
    ("sec", 0, 1.0),
    ("csc", 0, None),
    ("cot", 0, None),
    ("asin", 2, None),
    ("asin", 1, math.pi / 2),
    ("acos", 1, 0.0),
    ("acos", -1.1, None),
    ("atan", INF, math.pi / 2),
    ("asec", 0.5, None),
    ("asec", 1, 0.0),
    ("acsc", 0, None),
    ("acot", 0, math.pi / 2),
    ("sinh", 1000, INF),
    ("sinh", -1000, -INF),
    ("cosh", -1000, INF),
    ("sech", 1000, 0.0),
    ("csch", 0, None),
    ("coth", 0, None),
    ("tanh", INF, 1.0),
    ("log", 1000, 3.0),
    ("log", 0, None),
    ("ln", -1, None),
    ("ln", math.e, 1.0),
    ("exp", 0, 1.0),
    ("exp", 1000, INF),
    ("exp", -INF, 0.0),
    ("abs", -3, 3.0),
    ("abs", -3.5, 3.5),
    ("floor", -1.5, -2),
    ("ceil", 1.2, 2),
    ("floor", INF, INF),
    ("floor", NAN, None),
    ("signum", -2.5, -1),
    ("signum", 0, 0),
    ("signum", NAN, None),
    ("toDegrees", math.pi, 180.0),
    ("toRadians", 180, math.pi),
    ("sin", INF, None),
    ("sin", NAN, None),
    ("sin", None, None),
    ("sin", identifier("A"), None),
    ("sin", [1], None),
    ("nonsense", 1, None),
    ("atan2", 1, None),
]


@pytest.mark.parametrize(("name", "operand", "expected"), MATH)
def test_functions_are_null_outside_their_domain(name: str, operand: Plain, expected: Plain) -> None:
    assert alike(apply("math-operator", operand, name=name), expected)


def test_atan2_takes_two() -> None:
    assert apply("math-operator", 1, -1, name="atan2") == math.atan2(1, -1)
    assert apply("math-operator", 0, 0, name="atan2") == 0
    assert apply("math-operator", 0, None, name="atan2") is None


def test_constants_are_pi_and_e() -> None:
    assert [apply("math-constant", name=name) for name in ("pi", "e", "tau")] == [math.pi, math.e, None]


@given(st.sampled_from(sorted(NAMES)), st.one_of(st.floats(), st.integers(-(2**63), 2**63 - 1)))
def test_no_function_stumbles(name: str, operand: float) -> None:
    result = apply("math-operator", operand, name=name)

    assert result is None or (isinstance(result, int | float) and result == result)
