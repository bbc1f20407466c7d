import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.binding import bind
from item_bank.qti.processing import score
from item_bank.qti.reader import read_item
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


def condition(test: str) -> float:
    set_score = "<qti-set-outcome-value identifier='SCORE'><qti-base-value base-type='integer'>{}</qti-base-value></qti-set-outcome-value>"
    processing = (
        f"<qti-response-processing><qti-response-condition><qti-response-if>{test}{set_score.format(1)}</qti-response-if>"
        f"<qti-response-else>{set_score.format(-1)}</qti-response-else></qti-response-condition></qti-response-processing>"
    )
    item = read_item(qti(responses=response("float", "1"), body="<p>x</p>", processing=processing))
    return score(item, bind(item, None)).score


TRUE = "<qti-base-value base-type='boolean'>true</qti-base-value>"
FALSE = "<qti-base-value base-type='boolean'>false</qti-base-value>"
NULL = "<qti-gt><qti-variable identifier='RESPONSE'/><qti-base-value base-type='float'>1</qti-base-value></qti-gt>"
LOGIC = [
    (f"<qti-and>{TRUE}{TRUE}</qti-and>", 1),
    (f"<qti-and>{TRUE}{NULL}</qti-and>", -1),
    (f"<qti-not><qti-and>{FALSE}{NULL}</qti-and></qti-not>", 1),
    (f"<qti-or>{NULL}{TRUE}</qti-or>", 1),
    (f"<qti-or>{NULL}{FALSE}</qti-or>", -1),
    (f"<qti-is-null><qti-or>{NULL}{FALSE}</qti-or></qti-is-null>", 1),
    (f"<qti-is-null><qti-not>{NULL}</qti-not></qti-is-null>", 1),
    (f"<qti-not>{FALSE}</qti-not>", 1),
]


@pytest.mark.parametrize(("test", "worth"), LOGIC)
def test_null_is_neither_true_nor_false(test: str, worth: float) -> None:
    assert condition(test) == worth


def number(text: str) -> str:
    return f"<qti-base-value base-type='float'>{text}</qti-base-value>"


ARITHMETIC = [
    f"<qti-equal tolerance-mode='exact'><qti-sum>{number('1')}{number('2')}</qti-sum>{number('3')}</qti-equal>",
    f"<qti-equal tolerance-mode='exact'><qti-product>{number('4')}{number('2')}</qti-product>{number('8')}</qti-equal>",
    f"<qti-equal tolerance-mode='exact'><qti-subtract>{number('4')}{number('6')}</qti-subtract>{number('-2')}</qti-equal>",
    f"<qti-gte>{number('2')}{number('2')}</qti-gte>",
    f"<qti-lt>{number('1')}{number('2')}</qti-lt>",
    f"<qti-lte>{number('2')}{number('2')}</qti-lte>",
]


@pytest.mark.parametrize("test", ARITHMETIC)
def test_arithmetic_holds(test: str) -> None:
    assert condition(test) == 1


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_every_demo_item_gives_full_marks_to_its_key_and_none_to_silence(lang: str) -> None:
    for variants in demo_items().values():
        item = variants[lang]
        key = item.responses["RESPONSE"].correct
        assert key is not None

        right, silent = score(item, {"RESPONSE": key}), score(item, bind(item, None))

        assert right.score == right.max_score
        assert silent.score == 0
