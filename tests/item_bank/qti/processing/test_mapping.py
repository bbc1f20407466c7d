import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.values import BaseType, Cardinality, Point, Value, container, parse_atom
from tests.item_bank.qti.processing.items import SCORE, declared, item, outcomes, put
from tests.item_bank.qti.processing.trees import Plain, identifiers

LOOSE = 'caseSensitive="false"'


def entries(case: str = "", **worth: float) -> str:
    return "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}" {case}/>' for key, value in worth.items())


def mapped(response: Plain, mapping: str, base_type: str = "identifier", cardinality: str = "multiple") -> Plain:
    declarations = declared("response", "R", base_type, cardinality=cardinality, inside=mapping) + SCORE
    return outcomes(item(declarations, put("SCORE", '<mapResponse identifier="R"/>')), R=response)["SCORE"]


MAPPED = [
    ("A B", 'defaultValue="-1"', 1.0),
    ("A C", 'defaultValue="-1"', 3.0),
    ("A A A", 'defaultValue="-1"', 1.0),
    ("X", 'defaultValue="-1"', -1.0),
    ("X Y", 'defaultValue="-1"', -2.0),
    ("X X", 'defaultValue="-1"', -1.0),
    ("A X", 'defaultValue="-1" lowerBound="0"', 0.0),
    ("A C", 'upperBound="2"', 2.0),
    ("B X", "", 0.0),
    ("", 'defaultValue="7"', 7.0),
    ("", 'defaultValue="7" upperBound="2"', 2.0),
]


@pytest.mark.parametrize(("ticks", "attributes", "expected"), MAPPED)
def test_every_different_value_counts_once_within_the_bounds(ticks: str, attributes: str, expected: float) -> None:
    assert mapped(identifiers(ticks), f"<mapping {attributes}>{entries(A=1, B=0, C=2)}</mapping>") == expected


def test_case_counts_unless_an_entry_says_otherwise() -> None:
    loose, strict = (f"<mapping>{entries(case, Delhi=2)}</mapping>" for case in (LOOSE, ""))

    assert [mapped(word, loose, "string", "single") for word in ("DELHI", "delhi", "Agra")] == [2, 2, 0]
    assert [mapped(word, strict, "string", "single") for word in ("Delhi", "delhi")] == [2, 0]


def test_of_two_entries_that_fit_the_first_counts() -> None:
    both = f"<mapping>{entries(Delhi=1)}{entries(LOOSE, DELHI=2)}</mapping>"

    assert [mapped(word, both, "string", "single") for word in ("Delhi", "delhi")] == [1, 2]


def test_one_word_in_two_cases_is_one_answer_for_one_entry() -> None:
    loose = f"<mapping>{entries(LOOSE, Delhi=2)}</mapping>"

    assert mapped(["Delhi", "DELHI"], loose, "string") == 2


def test_text_is_the_same_however_it_was_typed() -> None:
    assert mapped("क़लम", '<mapping><mapEntry mapKey="क़लम" mappedValue="1"/></mapping>', "string", "single") == 1


KEYS = [
    ("pair", "A B", "B A", 1.0),
    ("directedPair", "A B", "A B", 1.0),
    ("directedPair", "A B", "B A", 0.0),
    ("directedPair", "A   B", "A B", 1.0),
    ("integer", "5", "5", 1.0),
    ("float", "2.50", "2.5", 1.0),
    ("boolean", "true", "1", 1.0),
    ("point", "3 4", "3 4", 1.0),
    ("uri", "http://a/b", "http://a/b", 1.0),
]


@pytest.mark.parametrize(("base_type", "key", "answer", "worth"), KEYS)
def test_keys_are_of_the_responses_type(base_type: str, key: str, answer: str, worth: float) -> None:
    atom = parse_atom(BaseType(base_type), answer)
    given_answer = Value(cardinality=Cardinality.SINGLE, base_type=BaseType(base_type), atoms=(atom,))

    assert mapped(given_answer, f'<mapping><mapEntry mapKey="{key}" mappedValue="1"/></mapping>', base_type, "single") == worth


def test_a_response_without_mapping_maps_to_null() -> None:
    assert mapped("A", "") is None


@given(st.lists(st.sampled_from("ABCXYZ"), max_size=8), st.integers(-3, 0), st.integers(0, 3))
def test_a_mapped_score_never_leaves_its_bounds(ticks: list[str], lower: int, upper: int) -> None:
    mapping = f'<mapping lowerBound="{lower}" upperBound="{upper}" defaultValue="-1">{entries(A=2, B=-2, C=1)}</mapping>'
    answer = container(Cardinality.MULTIPLE, BaseType.IDENTIFIER, ticks)

    result = mapped(answer, mapping)

    assert isinstance(result, float)
    assert lower <= result <= upper


AREAS = (
    '<areaMapEntry shape="rect" coords="0,0,10,10" mappedValue="1"/><areaMapEntry shape="circle" coords="10,10,5" mappedValue="2"/>'
    '<areaMapEntry shape="poly" coords="50,50,60,50,55,60" mappedValue="4"/>'
)


def placed(points: Plain, attributes: str = 'defaultValue="-1"', cardinality: str = "multiple") -> Plain:
    inside = f"<areaMapping {attributes}>{AREAS}</areaMapping>"
    one = item(
        declared("response", "R", "point", cardinality=cardinality, inside=inside) + SCORE,
        put("SCORE", '<mapResponsePoint identifier="R"/>'),
    )
    return outcomes(one, R=points)["SCORE"]


PLACED = [
    ([Point(1, 1)], 1.0),
    ([Point(9, 9)], 1.0),
    ([Point(12, 12)], 2.0),
    ([Point(1, 1), Point(2, 2)], 1.0),
    ([Point(1, 1), Point(12, 12), Point(55, 55)], 7.0),
    ([Point(1, 1), Point(99, 99)], 0.0),
    ([Point(90, 90), Point(99, 99)], -2.0),
    (None, -1.0),
]


@pytest.mark.parametrize(("points", "expected"), PLACED)
def test_every_area_counts_once_and_the_first_that_holds_a_point(points: Plain, expected: float) -> None:
    assert placed(points) == expected


def test_an_area_mapping_has_bounds_and_takes_a_single_point() -> None:
    assert placed([Point(1, 1), Point(12, 12), Point(55, 55)], 'upperBound="3"') == 3
    assert placed(Point(12, 12), cardinality="single") == 2
    assert mapped(Point(1, 1), "", "point", "single") is None
