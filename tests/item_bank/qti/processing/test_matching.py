import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.values import Point
from tests.item_bank.qti.processing.trees import Plain, apply, directed, identifier, pair

MATCH = [
    (("A", "A"), True),
    (("A", "a"), False),
    ((1, 1.0), True),
    ((1, 2), False),
    ((True, True), True),
    ((True, 1), None),
    (("1", 1), None),
    ((identifier("A"), "A"), True),
    ((["A", "B"], ["B", "A"]), True),
    ((["A", "B", "B"], ["A", "A", "B"]), False),
    ((("A", "B"), ("B", "A")), False),
    ((("A", "B"), ("A", "B")), True),
    ((["A"], "A"), None),
    ((["A"], ("A",)), None),
    ((None, "A"), None),
    (("A", None), None),
    ((pair("A", "B"), pair("B", "A")), True),
    ((directed("A", "B"), directed("B", "A")), False),
    ((Point(1, 2), Point(1.0, 2.0)), True),
    (({"a": 1, "b": "x"}, {"b": "x", "a": 1}), True),
    (({"a": 1}, {"a": 2}), False),
    (("क़", "क़"), True),
    (("A",), None),
    (("A", "A", "A"), None),
]


@pytest.mark.parametrize(("operands", "expected"), MATCH)
def test_match_wants_the_same_values_of_the_same_kind(operands: tuple[Plain, ...], expected: Plain) -> None:
    assert apply("match", *operands) is expected


PLAINS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.0, 1.0, 0.5]), st.text("ab", max_size=2), st.lists(st.integers(0, 2))
)


@given(PLAINS, PLAINS)
def test_match_is_symmetric(left: Plain, right: Plain) -> None:
    assert apply("match", left, right) is apply("match", right, left)


@given(PLAINS)
def test_everything_but_null_matches_itself(one: Plain) -> None:
    expected = None if one is None or one == "" or one == [] else True

    assert apply("match", one, one) is expected


STRING_MATCH = [
    ("true", "", ("Hello", "Hello"), True),
    ("true", "", ("Hello", "hello"), False),
    ("false", "", ("Hello", "hELLO"), True),
    ("false", "", ("STRASSE", "straße"), True),
    ("true", "true", ("Hello world", "world"), True),
    ("true", "true", ("world", "Hello world"), False),
    ("false", "true", ("HELLO", "ell"), True),
    ("true", "", (identifier("A"), "A"), True),
    ("true", "", (None, "A"), None),
    ("true", "", ("A", None), None),
    ("true", "", (1, "1"), None),
    ("true", "", (["A"], "A"), None),
]


@pytest.mark.parametrize(("case", "part", "operands", "expected"), STRING_MATCH)
def test_texts_are_matched_with_or_without_case(case: str, part: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    attributes = {"case_sensitive": case} | ({"substring": part} if part else {})

    assert apply("string-match", *operands, **attributes) is expected


SUBSTRING = [
    ("true", ("ell", "Hello"), True),
    ("true", ("ELL", "Hello"), False),
    ("false", ("ELL", "Hello"), True),
    ("true", ("Hello", "ell"), False),
    ("true", (None, "Hello"), None),
    ("true", ("Hello", None), None),
    ("true", (1, "1"), None),
    ("true", ("ABCDE", 2, 2), "BC"),
    ("true", ("ABCDE", 3), "CDE"),
    ("true", ("ABCDE", 9, 2), None),
]


@pytest.mark.parametrize(("case", "operands", "expected"), SUBSTRING)
def test_the_first_text_is_sought_in_the_second(case: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert apply("substring", *operands, case_sensitive=case) == expected


PATTERNS = [
    ("[0-9]+", "123", True),
    ("[0-9]+", "a123", False),
    ("[0-9]+", "123b", False),
    ("^foo.+bob$", "foobarbob", True),
    (r"\d{2,4}", "१२३", True),
    (r"\p{Lu}\p{Ll}*", "Delhi", True),
    ("a|b", "b", True),
    ("(ab)*c", "ababc", True),
    ("[a-z-[aeiou]]+", "xyz", True),
    ("[a-z-[aeiou]]+", "xaz", False),
    ("(", "x", None),
    ("a(?=b)", "ab", None),
    ("[0-9]+", None, None),
    ("[0-9]+", 123, None),
    ("[0-9]+", ["1"], None),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), PATTERNS)
def test_a_pattern_matches_the_whole_text(pattern: str, text: Plain, expected: Plain) -> None:
    assert apply("pattern-match", text, pattern=pattern) is expected


def test_a_pattern_may_be_a_variable() -> None:
    assert apply("pattern-match", "2", pattern="operand0") is True


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [("22", "[0-9]+", True), ("a22\nb", "[0-9]+", True), ("a22", "^[0-9]+", False), ("a22", "[0-9]+$", True), ("ab", "x|b", True)],
)
def test_a_pattern_that_is_an_operand_is_looked_for_in_the_text(text: str, pattern: str, expected: bool) -> None:
    assert apply("pattern-match", text, pattern) is expected
