import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from item_bank.qti.binding import bind
from tests.item_bank.items import multiple_choice, numeric, single_choice, text_entry

DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


@pytest.mark.parametrize("raw", [{"RESPONSE": "A"}, {"RESPONSE": ["A"]}, "A", ["A"]])
def test_a_choice_is_bound_from_every_shape_that_a_page_may_send(raw: Json) -> None:
    value = bind(single_choice(), raw)["RESPONSE"]

    assert value is not None
    assert value.atoms == ("A",)


@pytest.mark.parametrize("raw", [None, {}, "", [], {"RESPONSE": None}, {"RESPONSE": ""}, {"RESPONSE": []}, {"RESPONSE": "  "}])
def test_nothing_given_is_null(raw: Json) -> None:
    assert bind(single_choice(), raw) == {"RESPONSE": None}


MISFITS: list[Json] = [{"RESPONSE": "Z"}, {"OTHER": "A"}, {"RESPONSE": ["A", "B"]}, {"RESPONSE": True}, {"RESPONSE": {"a": 1}}, 7]


@pytest.mark.parametrize("raw", MISFITS)
def test_a_misfit_is_refused(raw: Json) -> None:
    with pytest.raises(WrongResponse):
        bind(single_choice(), raw)


@pytest.mark.parametrize("raw", [["A", "A"], ["A", "B", "C"]])
def test_ticks_must_differ_and_be_no_more_than_allowed(raw: Json) -> None:
    with pytest.raises(WrongResponse):
        bind(multiple_choice(max_choices=2), raw)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_devanagari_digits_are_the_same_number(number: object) -> None:
    written = str(number)

    assert bind(numeric("0"), written) == bind(numeric("0"), written.translate(DEVANAGARI))


@pytest.mark.parametrize("written", ["1250000", "12,50,000", "1,250,000", " 1250000 ", "१२,५०,०००", "1250000.0"])
def test_grouping_commas_of_both_habits_are_understood(written: str) -> None:
    value = bind(numeric("0"), written)["RESPONSE"]

    assert value is not None
    assert value.atom == 1_250_000


@pytest.mark.parametrize("written", ["1,2,3", "12,5", "1.2.3", "ten", "१२अ", "nan", "inf", "1e999999", "0x10"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(WrongResponse):
        bind(numeric("0"), written)


def test_text_is_bound_in_nfc_with_single_spaces() -> None:
    value = bind(text_entry(), "  \u0915\u093c   \u0958 ")["RESPONSE"]

    assert value is not None
    assert value.atom == "\u0915\u093c \u0915\u093c"


def test_a_text_beyond_the_limit_is_refused() -> None:
    with pytest.raises(WrongResponse):
        bind(text_entry(), "a" * 10_001)
