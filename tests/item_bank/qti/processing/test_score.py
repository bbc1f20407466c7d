import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.binding import bind
from item_bank.qti.model import QtiItem
from item_bank.qti.processing import Outcomes, max_score, score
from item_bank.qti.processing.program import compiled
from item_bank.qti.reader import read_item
from item_bank.qti.values import BaseType, integer, number, single
from tests.item_bank.items import (
    ENTRY,
    MAP,
    choice,
    demo_items,
    mapping,
    multiple_choice,
    numeric,
    qti,
    response,
    single_choice,
    text_entry,
)
from tests.item_bank.qti.processing.items import SCORE, declared, fetch, item, literal, outcomes, put, wrap
from tests.item_bank.qti.processing.trees import Plain, identifier, plain


@pytest.mark.parametrize(("answer", "worth"), [("A", 1), ("B", 0), (None, 0)])
def test_match_correct_gives_one_or_nothing(answer: str | None, worth: float) -> None:
    item = single_choice()

    outcomes = score(item, bind(item, answer))

    assert (outcomes.score, outcomes.max_score) == (worth, 1)


PARTIAL = [("", 0), ("A", 1), ("AC", 2), ("CA", 2), ("AB", 0), ("B", 0), ("ABC", 1)]


@pytest.mark.parametrize(("ticks", "worth"), PARTIAL)
def test_map_response_gives_partial_credit_within_its_bounds(ticks: str, worth: float) -> None:
    item = multiple_choice()

    outcomes = score(item, bind(item, list(ticks)))

    assert (outcomes.score, outcomes.max_score) == (worth, 2)


@given(st.sets(st.sampled_from("ABCD")))
def test_a_score_never_leaves_the_bounds_of_its_mapping(ticks: set[str]) -> None:
    item = multiple_choice()

    assert 0 <= score(item, bind(item, sorted(ticks))).score <= 2


def test_the_order_of_ticks_never_counts_in_match() -> None:
    declared = response("identifier", "A", "C", cardinality="multiple")
    item = read_item(qti(responses=declared, body=choice("A", "B", "C", max_choices=0)))

    assert [score(item, bind(item, ticks)).score for ticks in (["A", "C"], ["C", "A"], ["A"], ["A", "B", "C"])] == [1, 1, 0, 0]


@pytest.mark.parametrize(("answer", "worth"), [("sabha", 1), ("SABHA", 1), ("सभा", 1), ("other", 0), ("", 0)])
def test_text_is_compared_with_every_accepted_spelling(answer: str, worth: float) -> None:
    item = text_entry()

    assert score(item, bind(item, answer)).score == worth


def test_a_case_sensitive_key_insists_on_its_case() -> None:
    item = read_item(qti(responses=response("string", mapping=mapping(GST=1)), body=ENTRY, processing=MAP))

    assert [score(item, bind(item, answer)).score for answer in ("GST", "gst")] == [1, 0]


TOLERANCE = [
    ("0.5", "absolute", "", "9.0", 2),
    ("0.5", "absolute", "", "10", 2),
    ("0.5", "absolute", "", "10.01", 0),
    ("0.5 1", "absolute", "", "10.5", 2),
    ("0.5 1", "absolute", "", "8.9", 0),
    ("0.1", "absolute", "", "9.4", 2),
    ("0.5", "absolute", 'include-lower-bound="false"', "9.0", 0),
    ("0.5", "absolute", 'include-upper-bound="false"', "10", 0),
    ("10", "relative", "", "10.45", 2),
    ("10", "relative", "", "8.55", 2),
    ("10", "relative", "", "8.54", 0),
    ("0", "absolute", "", "९.५", 2),
    ("0", "absolute", "", "", 0),
]


@pytest.mark.parametrize(("tolerance", "mode", "more", "answer", "worth"), TOLERANCE)
def test_a_number_is_right_within_its_tolerance_edges_included(tolerance: str, mode: str, more: str, answer: str, worth: float) -> None:
    item = numeric(tolerance, mode=mode, more=more)

    assert score(item, bind(item, answer)).score == worth


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**4))
def test_an_answer_on_the_edge_of_a_decimal_tolerance_is_always_inside(centre: int, width: int) -> None:
    item = numeric(f"{width / 1000:.3f}", correct=f"{centre / 1000:.3f}")

    for edge in (centre - width, centre + width):
        assert score(item, bind(item, f"{edge / 1000:.3f}")).score == 2


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_every_demo_item_gives_full_marks_to_its_key_and_none_to_silence(lang: str) -> None:
    for variants in demo_items().values():
        item = variants[lang]
        key = item.responses["RESPONSE"].correct
        assert key is not None

        right, silent = score(item, {"RESPONSE": key}), score(item, bind(item, None))

        assert right.score == right.max_score
        assert silent.score == 0


DEFAULTS = [
    ("float", "single", "", 0.0),
    ("integer", "single", "", 0),
    ("float", "single", "2", 2.0),
    ("float", "multiple", "", None),
    ("identifier", "single", "", None),
    ("boolean", "single", "", None),
    ("string", "single", "ready", "ready"),
]


@pytest.mark.parametrize(("base_type", "cardinality", "default", "expected"), DEFAULTS)
def test_a_number_starts_at_zero_and_everything_else_at_its_default(
    base_type: str, cardinality: str, default: str, expected: Plain
) -> None:
    values = (default,) if default else ()

    assert outcomes(item(declared("outcome", "X", base_type, *values, cardinality=cardinality)))["X"] == expected


def test_default_is_what_was_declared_not_what_a_number_starts_with() -> None:
    rules = put("X", '<default identifier="SCORE"/>') + put("Y", '<default identifier="BONUS"/>')
    declarations = SCORE + declared("outcome", "BONUS", "float", "3") + declared("outcome", "X") + declared("outcome", "Y")

    got = outcomes(item(declarations, rules))

    assert (got["X"], got["Y"]) == (None, 3)


def test_a_response_that_is_not_named_has_its_default_and_a_null_one_none() -> None:
    default = "<defaultValue><value>4</value></defaultValue>"
    one = item(declared("response", "R", "float", inside=default) + SCORE, put("SCORE", fetch("R")))

    assert (outcomes(one)["SCORE"], outcomes(one, R=None)["SCORE"]) == (4, None)


def test_the_built_in_variables_are_there() -> None:
    declarations = "".join(declared("outcome", name, kind) for name, kind in (("A", "integer"), ("D", "duration"), ("C", "identifier")))
    rules = put("A", fetch("numAttempts")) + put("D", fetch("duration")) + put("C", fetch("completionStatus"))

    first = outcomes(item(declarations, rules))
    later = score(item(declarations, rules), {}, before={"numAttempts": integer(3), "duration": single(BaseType.DURATION, 12.5)})

    assert (first["A"], first["D"], first["C"], first["completionStatus"]) == (1, 0.0, "unknown", "unknown")
    assert {"numAttempts", "duration"}.isdisjoint(first)
    assert (plain(later.values["A"]), plain(later.values["D"])) == (3, 12.5)


def adaptive() -> QtiItem:
    """Every wrong attempt costs one of three marks; a right one completes the item."""
    wrong = put("SCORE", wrap("subtract", fetch("SCORE"), literal("float", "1")))
    right = put("completionStatus", literal("identifier", "completed"))
    test = wrap("match", fetch("R"), '<correct identifier="R"/>')
    rules = wrap("responseCondition", wrap("responseIf", test, right), wrap("responseElse", wrong))
    return item(declared("response", "R", "identifier", "A") + declared("outcome", "SCORE", "float", "3"), rules)


def test_an_adaptive_item_goes_on_from_the_outcomes_before() -> None:
    one = adaptive()

    first = score(one, {"R": identifier("B")})
    second = score(one, {"R": identifier("C")}, before=first.values)
    third = score(one, {"R": identifier("A")}, before=second.values)

    assert [each.score for each in (first, second, third)] == [2, 1, 1]
    assert [plain(each.values["completionStatus"]) for each in (first, second, third)] == ["unknown", "unknown", "completed"]


def test_a_declared_completion_status_starts_unknown_too() -> None:
    assert outcomes(item(declared("outcome", "completionStatus", "identifier")))["completionStatus"] == "unknown"


def test_what_a_person_has_scored_no_rule_changes() -> None:
    external = declared("outcome", "SCORE").replace("<outcomeDeclaration", '<outcomeDeclaration externalScored="human"')
    one = item(external, put("SCORE", literal("float", "1")))

    assert score(one, {}, before={"SCORE": number(7.0)}).score == 7
    assert score(one, {}).score == 1


@pytest.mark.parametrize("odd", ["<null/>", literal("string", "much"), literal("float", "NaN"), literal("float", "INF")])
def test_a_score_that_is_no_number_counts_as_nothing(odd: str) -> None:
    one = item("", put("SCORE", odd))

    assert score(one, {}).score == 0


def test_a_score_in_words_of_digits_counts() -> None:
    assert score(item("", put("SCORE", literal("string", "2.5"))), {}).score == 2.5


def test_literals_are_read_by_their_type() -> None:
    literals = {
        "b": ("boolean", "1", True),
        "i": ("integer", "+5", 5),
        "f": ("integer", "2.5", 2.5),
        "n": ("integer", "many", None),
        "m": ("float", "-INF", -math.inf),
        "s": ("string", " x ", "x"),
        "e": ("string", "", None),
        "d": ("duration", "PT1M", 60.0),
        "u": ("unheard", "x", "x"),
    }
    rules = "".join(put(name, literal(kind, text)) for name, (kind, text, _) in literals.items())

    got = outcomes(item("", rules))

    assert {name: got[name] for name in literals} == {name: expected for name, (_, _, expected) in literals.items()}


def test_an_item_is_compiled_once() -> None:
    one = single_choice()

    assert compiled(one) is compiled(one)
    assert max_score(one) == 1


def test_outcomes_say_zero_where_there_is_no_score() -> None:
    assert Outcomes(values={}, max_score=None).score == 0
