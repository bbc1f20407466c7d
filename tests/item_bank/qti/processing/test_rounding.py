import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.item_bank.qti.processing.trees import Plain, alike, apply, identifier

NAN, INF = math.nan, math.inf

WHOLE = [
    ("round", 6.8, 7),
    ("round", 6.5, 7),
    ("round", 6.49, 6),
    ("round", -6.5, -6),
    ("round", -6.8, -7),
    ("round", 0.49999999999999994, 0),
    ("round", 5, 5),
    ("round", INF, INF),
    ("round", NAN, None),
    ("round", 1e300, None),
    ("round", None, None),
    ("round", identifier("A"), None),
    ("round", [1.5], None),
    ("truncate", 6.8, 6),
    ("truncate", -6.8, -6),
    ("truncate", 3, 3),
    ("truncate", -INF, -INF),
    ("truncate", NAN, None),
    ("truncate", None, None),
    ("truncate", "x", None),
    ("integer-to-float", 3, 3.0),
    ("integer-to-float", None, None),
    ("integer-to-float", (1, 2), None),
]


@pytest.mark.parametrize(("operator", "operand", "expected"), WHOLE)
def test_numbers_are_made_whole(operator: str, operand: Plain, expected: Plain) -> None:
    assert alike(apply(operator, operand), expected)


ROUND_TO = [
    ("decimalPlaces", "2", 3.145, 3.15),
    ("decimalPlaces", "0", 2.5, 3.0),
    ("decimalPlaces", "1", -1.25, -1.3),
    ("decimalPlaces", "TWO", 1.005, 1.01),
    ("decimalPlaces", "-1", 1.0, None),
    ("significantFigures", "3", 12345, 12300.0),
    ("significantFigures", "2", 0.012345, 0.012),
    ("significantFigures", "1", 9.5, 10.0),
    ("significantFigures", "1", 0.0, 0.0),
    ("significantFigures", "0", 1.0, None),
    ("significantFigures", "", 1.0, None),
    ("significantFigures", "3", INF, INF),
    ("significantFigures", "3", NAN, None),
    ("significantFigures", "3", None, None),
    ("significantFigures", "3", identifier("A"), None),
    ("significantFigures", "3", 1e300, 1e300),
]


@pytest.mark.parametrize(("mode", "figures", "operand", "expected"), ROUND_TO)
def test_round_to_knows_places_and_figures(mode: str, figures: str, operand: Plain, expected: Plain) -> None:
    assert alike(apply("round-to", operand, rounding_mode=mode, figures=figures), expected)


@given(st.floats(-1e15, 1e15))
def test_rounding_and_truncating_stay_near(number: float) -> None:
    rounded, truncated = apply("round", number), apply("truncate", number)

    assert isinstance(rounded, int)
    assert isinstance(truncated, int)
    assert -0.5 < rounded - number <= 0.5
    assert abs(truncated) <= abs(number) < abs(truncated) + 1


@given(st.floats(allow_nan=False), st.integers(0, 30))
def test_any_float_rounds(number: float, figures: int) -> None:
    for mode in ("decimalPlaces", "significantFigures"):
        assert isinstance(apply("round-to", number, rounding_mode=mode, figures=str(figures + 1)), float)
