import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.values import Point
from tests.item_bank.qti.processing.trees import Plain, apply, duration, identifier

NAN, INF = math.nan, math.inf

COMPARED = [
    ("lt", (1, 2), True),
    ("lt", (2, 2), False),
    ("lte", (2, 2.0), True),
    ("gt", (2.5, 2), True),
    ("gte", (2, 2), True),
    ("gte", (1, 2), False),
    ("gt", (INF, 10), True),
    ("lt", (NAN, 10), False),
    ("gt", (None, 1), None),
    ("gt", (1, None), None),
    ("gt", ("12", 3), True),
    ("gt", ("much", 3), None),
    ("gt", (identifier("A"), 3), None),
    ("gt", ([1], 0), None),
    ("gt", (True, 0), None),
    ("gt", (1,), None),
    ("gt", (1, 2, 3), None),
    ("lt", (duration(20.0), 30), True),
    ("duration-lt", (duration(1.0), duration(2.0)), True),
    ("duration-lt", (duration(2.0), duration(2.0)), False),
    ("duration-gte", (duration(2.0), duration(2.0)), True),
    ("duration-gte", (duration(1.0), duration(2.0)), False),
    ("duration-lt", (None, duration(2.0)), None),
    ("duration-lt", (1.0, duration(2.0)), None),
]


@pytest.mark.parametrize(("operator", "operands", "expected"), COMPARED)
def test_numbers_are_compared(operator: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert apply(operator, *operands) is expected


EQUAL = [
    ({}, (1, 1.0), True),
    ({}, (0.1, 0.1), True),
    ({}, (NAN, NAN), False),
    ({}, (INF, INF), True),
    ({}, (None, 1), None),
    ({}, (1, identifier("A")), None),
    ({}, (identifier("A"), identifier("A")), True),
    ({}, ("0.63", 0.63), True),
    ({}, ("०.६३", 0.63), True),
    ({}, (Point(1, 1), 1), None),
    ({"tolerance_mode": "absolute", "tolerance": "0.5"}, (10.0, 9.5), True),
    ({"tolerance_mode": "absolute", "tolerance": "0.5"}, (10.0, 10.51), False),
    ({"tolerance_mode": "absolute", "tolerance": "0.1"}, (0.3, 0.4), True),
    ({"tolerance_mode": "absolute", "tolerance": "0.5 1"}, (10, 11), True),
    ({"tolerance_mode": "absolute", "tolerance": "0.5 1"}, (10, 9), False),
    ({"tolerance_mode": "absolute", "tolerance": "HALF TWO"}, (10, 12), True),
    ({"tolerance_mode": "absolute", "tolerance": "NOTHING"}, (10, 10), None),
    ({"tolerance_mode": "absolute", "tolerance": "-1"}, (10, 10), None),
    ({"tolerance_mode": "absolute"}, (10, 10), True),
    ({"tolerance_mode": "absolute", "tolerance": "INF"}, (10, 10), False),
    ({"tolerance_mode": "absolute", "tolerance": "1"}, (10, NAN), False),
    ({"tolerance_mode": "absolute", "tolerance": "1"}, (INF, INF), False),
    ({"tolerance_mode": "absolute", "tolerance": "0.5", "include_lower_bound": "false"}, (10, 9.5), False),
    ({"tolerance_mode": "absolute", "tolerance": "0.5", "include_upper_bound": "false"}, (10, 10.5), False),
    ({"tolerance_mode": "absolute", "tolerance": "0.5", "include_upper_bound": "false"}, (10, 9.5), True),
    ({"tolerance_mode": "relative", "tolerance": "10"}, (20, 18), True),
    ({"tolerance_mode": "relative", "tolerance": "10"}, (20, 17.9), False),
    ({"tolerance_mode": "relative", "tolerance": "10"}, (-20, -22), True),
    ({"tolerance_mode": "relative", "tolerance": "10"}, (-20, -22.1), False),
    ({"tolerance_mode": "relative", "tolerance": "10"}, (0, 0), True),
    ({"tolerance_mode": "nonsense", "tolerance": "1"}, (1, 2), False),
]


@pytest.mark.parametrize(("attributes", "operands", "expected"), EQUAL)
def test_equal_knows_its_tolerance(attributes: dict[str, str], operands: tuple[Plain, ...], expected: Plain) -> None:
    assert apply("equal", *operands, **attributes) is expected


ROUNDED = [
    ("significantFigures", "3", (3.175, 3.183), True),
    ("significantFigures", "3", (3.1749, 3.183), False),
    ("significantFigure", "3", (3.175, 3.183), True),
    ("decimalPlaces", "2", (3.175, 3.18), True),
    ("decimalPlaces", "0", (2.5, 3), True),
    ("decimalPlaces", "TWO", (1.234, 1.23), True),
    ("decimalPlaces", "-1", (1, 1), None),
    ("significantFigures", "0", (1, 1), None),
    ("significantFigures", "NOTHING", (1, 1), None),
    ("significantFigures", "3", (None, 1), None),
    ("significantFigures", "3", (1, "x"), None),
    ("significantFigures", "3", (NAN, NAN), False),
    ("significantFigures", "3", (INF, INF), True),
    ("significantFigures", "3", (0, 0.0), True),
    ("decimalPlaces", "300", (1e300, 1e300), True),
    ("significantFigures", "999999999", (5e-324, 5e-324), True),
]


@pytest.mark.parametrize(("mode", "figures", "operands", "expected"), ROUNDED)
def test_equal_rounded_rounds_the_decimals_that_were_written(mode: str, figures: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert apply("equal-rounded", *operands, rounding_mode=mode, figures=figures) is expected


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**4))
def test_an_answer_on_the_edge_of_a_decimal_tolerance_is_always_inside(centre: int, width: int) -> None:
    attributes = {"tolerance_mode": "absolute", "tolerance": f"{width / 1000:.3f}"}

    for edge in (centre - width, centre + width):
        assert apply("equal", centre / 1000, edge / 1000, **attributes) is True


@given(st.floats(), st.floats())
def test_equal_never_stumbles_over_a_float(left: float, right: float) -> None:
    for attributes in ({}, {"tolerance_mode": "absolute", "tolerance": "1"}, {"tolerance_mode": "relative", "tolerance": "1 2"}):
        assert isinstance(apply("equal", left, right, **attributes), bool)
    assert isinstance(apply("equal-rounded", left, right, rounding_mode="significantFigures", figures="4"), bool)
    assert isinstance(apply("equal-rounded", left, right, rounding_mode="decimalPlaces", figures="4"), bool)
