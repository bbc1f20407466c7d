import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.values import Point
from tests.item_bank.qti.processing.trees import Plain, apply

INSIDE = [
    ("rect", "0,0,10,10", Point(5, 5), True),
    ("rect", "0,0,10,10", Point(10, 0), True),
    ("rect", "0,0,10,10", Point(10.5, 0), False),
    ("rect", "10,10,0,0", Point(5, 5), True),
    ("circle", "5,5,2", Point(6, 6), True),
    ("circle", "5,5,2", Point(7, 5), True),
    ("circle", "5,5,2", Point(7, 6), False),
    ("ellipse", "10,10,4,2", Point(14, 10), True),
    ("ellipse", "10,10,4,2", Point(10, 13), False),
    ("ellipse", "10,10,0,2", Point(10, 10), False),
    ("poly", "0,0,10,0,10,10,0,10", Point(5, 5), True),
    ("poly", "0,0,10,0,10,10,0,10,0,0", Point(5, 5), True),
    ("poly", "0,0,10,0,10,10,0,10", Point(10, 5), True),
    ("poly", "0,0,10,0,10,10,0,10", Point(0, 0), True),
    ("poly", "0,0,10,0,10,10,0,10", Point(11, 5), False),
    ("poly", "0,0,10,0,10,10,5,5,0,10", Point(5, 8), False),
    ("poly", "0 0 10 0 5 10", Point(5, 3), True),
    ("poly", "0,0,10", Point(0, 0), False),
    ("default", "", Point(999, -5), True),
    ("star", "0,0,1,1", Point(0, 0), False),
    ("rect", "0,0", Point(0, 0), False),
    ("circle", "a,b,c", Point(0, 0), False),
    ("rect", "0,0,10,10", [Point(50, 50), Point(1, 1)], True),
    ("rect", "0,0,10,10", [Point(50, 50), Point(60, 1)], False),
    ("rect", "0,0,10,10", None, None),
    ("rect", "0,0,10,10", "5 5", None),
    ("rect", "0,0,10,10", Point(math.nan, 5), False),
]


@pytest.mark.parametrize(("shape", "coords", "operand", "expected"), INSIDE)
def test_points_are_inside_areas_edges_included(shape: str, coords: str, operand: Plain, expected: Plain) -> None:
    assert apply("inside", operand, shape=shape, coords=coords) is expected


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_polygon_that_is_a_rectangle_holds_what_the_rectangle_holds(x: int, y: int) -> None:
    as_polygon = apply("inside", Point(x, y), shape="poly", coords="5,5,20,5,20,15,5,15")

    assert as_polygon is apply("inside", Point(x, y), shape="rect", coords="5,5,20,15")


@given(st.lists(st.floats(), max_size=12), st.floats(), st.floats(), st.sampled_from(["rect", "circle", "ellipse", "poly", "default"]))
def test_no_area_stumbles(coords: list[float], x: float, y: float, shape: str) -> None:
    assert isinstance(apply("inside", Point(x, y), shape=shape, coords=" ".join(map(str, coords))), bool)
