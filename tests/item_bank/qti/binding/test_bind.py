import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from item_bank.qti.binding import bind, typed
from item_bank.qti.model import QtiItem
from item_bank.qti.reader import read_item
from item_bank.qti.values import BaseType, Cardinality, Pair, Point, Value, single
from tests.item_bank.items import ENTRY, choice, multiple_choice, numeric, qti, response, single_choice, text_entry

DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


def bound(item: QtiItem, raw: Json, *, lenient: bool = False) -> Value | None:
    return bind(item, raw, lenient=lenient)["RESPONSE"]


def declared(base_type: str, body: str = ENTRY, cardinality: str = "single") -> QtiItem:
    return read_item(qti(responses=response(base_type, cardinality=cardinality), body=body))


@pytest.mark.parametrize("raw", [{"RESPONSE": "A"}, {"RESPONSE": ["A"]}, "A", ["A"], {"RESPONSE": {"base": {"identifier": "A"}}}])
def test_a_choice_is_bound_from_every_shape_that_a_page_may_send(raw: Json) -> None:
    assert bound(single_choice(), raw) == single(BaseType.IDENTIFIER, "A")


@pytest.mark.parametrize("raw", [None, {}, "", [], {"RESPONSE": None}, {"RESPONSE": ""}, {"RESPONSE": []}, {"RESPONSE": "  "}])
def test_nothing_given_is_null(raw: Json) -> None:
    assert bind(single_choice(), raw) == {"RESPONSE": None}


MISFITS: dict[str, tuple[Json, str]] = {
    "a choice that is not there": ({"RESPONSE": "Z"}, "no_such_choice"),
    "a response that is not there": ({"OTHER": "A"}, "unknown_response"),
    "two where one is asked": ({"RESPONSE": ["A", "B"]}, "wrong_cardinality"),
    "a truth": ({"RESPONSE": True}, "wrong_type"),
    "a record": ({"RESPONSE": {"a": 1}}, "wrong_cardinality"),
    "a number": (7, "no_such_choice"),
    "a file": ({"RESPONSE": {"name": "a.png", "media_type": "image/png", "data": "AAAA"}}, "wrong_type"),
    "a list of lists": ({"RESPONSE": [["A"]]}, "wrong_shape"),
    "a list in a list, wrapped": ({"RESPONSE": [{"list": {"identifier": ["A", "B"]}}]}, "wrong_shape"),
    "two types": ({"RESPONSE": {"base": {"identifier": "A", "string": "A"}}}, "wrong_shape"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_misfit_is_refused_with_its_response_and_a_stable_code(name: str) -> None:
    raw, problem = MISFITS[name]

    with pytest.raises(WrongResponse) as refused:
        bind(single_choice(), raw)

    assert refused.value.details["problem"] == problem
    assert refused.value.details["response"] in ("RESPONSE", "OTHER")


@pytest.mark.parametrize(("raw", "problem"), [(["A", "A"], "chosen_twice"), (["A", "B", "C"], "too_many")])
def test_ticks_must_differ_and_be_no_more_than_allowed(raw: Json, problem: str) -> None:
    with pytest.raises(WrongResponse) as refused:
        bind(multiple_choice(max_choices=2), raw)

    assert refused.value.details["problem"] == problem


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_devanagari_digits_are_the_same_number(number: object) -> None:
    written = str(number)

    assert bind(numeric("0"), written) == bind(numeric("0"), written.translate(DEVANAGARI))


@pytest.mark.parametrize("written", ["1250000", "12,50,000", "1,250,000", " 1250000 ", "१२,५०,०००", "1250000.0", 1250000, 1.25e6])
def test_grouping_commas_of_both_habits_are_understood(written: Json) -> None:
    value = bound(numeric("0"), written)

    assert value is not None
    assert value.atom == 1_250_000


@pytest.mark.parametrize(
    "written", ["1,2,3", "12,5", "0,63", "1.2.3", "ten", "१२अ", "nan", "inf", "NaN", "INF", "1e999999", "0x10", "1e400", "1e309"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(WrongResponse):
        bind(numeric("0"), written)


def test_text_is_bound_in_nfc_with_single_spaces() -> None:
    value = bound(text_entry(), "  \u0915\u093c   \u0958 ")

    assert value is not None
    assert value.atom == "\u0915\u093c \u0915\u093c"


def test_joiners_are_kept_as_typed_for_who_reads_the_answer() -> None:
    value = bound(text_entry(), "क्\u200dष")

    assert value is not None
    assert value.atom == "क्\u200dष"


def test_longer_text_keeps_its_lines() -> None:
    item = declared("string", '<qti-extended-text-interaction response-identifier="RESPONSE"/>')

    value = bound(item, " first \r\n\r\n  second  ")

    assert value is not None
    assert value.atom == "first \n\n  second"


@pytest.mark.parametrize("text", ["a" * 10_001, "a\x00b", "a\ud800b"])
def test_a_text_beyond_the_limit_or_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(WrongResponse):
        bind(text_entry(), text)


TYPED: list[tuple[str, Json, object]] = [
    ("boolean", "true", True),
    ("boolean", False, False),
    ("boolean", 1, True),
    ("integer", "−५", -5),
    ("integer", 2.0, 2),
    ("float", 2, 2.0),
    ("float", "1.5e2", 150.0),
    ("pair", "A  B", Pair("A", "B")),
    ("pair", ["A", "B"], Pair("A", "B")),
    ("directedPair", {"base": {"directedPair": ["A", "B"]}}, Pair("A", "B")),
    ("point", "10 20", Point(10, 20)),
    ("point", [10, 20], Point(10, 20)),
    ("point", {"base": {"point": [10, 20]}}, Point(10, 20)),
    ("point", "१० २०", Point(10, 20)),
    ("duration", "12.5", 12.5),
    ("uri", "http://example.org/", "http://example.org/"),
    ("intOrIdentifier", "7", 7),
    ("intOrIdentifier", "seven", "seven"),
    ("identifier", 7, "7"),
    ("string", 7, "7"),
]


@pytest.mark.parametrize(("base_type", "raw", "atom"), TYPED)
def test_every_base_type_is_read_from_text_and_from_json(base_type: str, raw: Json, atom: object) -> None:
    value = bound(declared(base_type), {"RESPONSE": raw})

    assert value is not None
    assert value.atom == atom
    assert type(value.atom) is type(atom)


WRONG: list[tuple[str, Json]] = [
    ("boolean", "yes"),
    ("integer", "1.5"),
    ("integer", 1.5),
    ("integer", "12.0"),
    ("float", True),
    ("pair", "A"),
    ("pair", "A B C"),
    ("point", "10"),
    ("point", "a b"),
    ("duration", "soon"),
    ("file", "text"),
    ("identifier", "two words"),
    ("string", True),
    ("string", {"name": "a", "media_type": "text/plain", "data": "AAAA"}),
]


@pytest.mark.parametrize(("base_type", "raw"), WRONG)
def test_a_value_of_another_type_is_refused(base_type: str, raw: Json) -> None:
    with pytest.raises(WrongResponse):
        bind(declared(base_type), {"RESPONSE": raw})


@pytest.mark.parametrize(("base_type", "raw"), WRONG)
def test_lenient_binding_never_refuses(base_type: str, raw: Json) -> None:
    value = bound(declared(base_type), {"RESPONSE": raw}, lenient=True)

    assert value is None or base_type in ("string", "file") or value.atom == 12


def test_lenient_binding_keeps_what_fits() -> None:
    item = declared("integer", cardinality="multiple")

    value = bound(item, {"RESPONSE": ["1", "two", None, 3], "NOWHERE": "A"}, lenient=True)

    assert value is not None
    assert value.atoms == (1, 3)


@pytest.mark.parametrize(
    ("base_type", "raw", "atom"),
    [
        ("boolean", "True", True),
        ("integer", "12.0", 12),
        ("integer", "12.", 12),
        ("point", "10,20", Point(10, 20)),
        ("float", "INF", float("inf")),
    ],
)
def test_other_systems_have_their_own_spellings(base_type: str, raw: Json, atom: object) -> None:
    value = bound(declared(base_type), {"RESPONSE": raw}, lenient=True)

    assert value is not None
    assert value.atom == atom


def test_lenient_binding_asks_nothing_of_choices_and_leaves_text_alone() -> None:
    assert bound(single_choice(), "Z", lenient=True) == single(BaseType.IDENTIFIER, "Z")
    assert bound(text_entry(), " a  b ", lenient=True) == single(BaseType.STRING, " a  b ")
    assert bound(single_choice(), ["A", "B"], lenient=True) is None


@pytest.mark.parametrize("cardinality", ["multiple", "ordered"])
@pytest.mark.parametrize(
    "raw", [["A", "B"], {"list": {"identifier": ["A", "B"]}}, {"value": ["A", "B"], "baseType": "Identifier", "cardinality": "Multiple"}]
)
def test_containers_come_in_every_shape(cardinality: str, raw: Json) -> None:
    value = bound(declared("identifier", choice("A", "B", max_choices=0), cardinality), {"RESPONSE": raw})

    assert value is not None
    assert value.cardinality is Cardinality(cardinality)
    assert value.atoms == ("A", "B")


DEFAULT = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
    "<qti-default-value><qti-value>A</qti-value></qti-default-value></qti-response-declaration>"
)
UNBOUND = '<qti-response-declaration identifier="HIDDEN" cardinality="single" base-type="string"/>'


def test_a_response_that_the_page_says_nothing_of_has_its_default() -> None:
    item = read_item(qti(responses=DEFAULT + UNBOUND, body=choice("A", "B")))

    assert bind(item, {}) == {"RESPONSE": single(BaseType.IDENTIFIER, "A"), "HIDDEN": None}
    assert bind(item, {"RESPONSE": None})["RESPONSE"] is None


def test_a_default_that_template_processing_sets_is_left_to_it() -> None:
    rule = '<qti-set-default-value identifier="RESPONSE"><qti-base-value base-type="identifier">B</qti-base-value></qti-set-default-value>'
    xml = qti(responses=DEFAULT, body=choice("A", "B"), outcomes=f"<qti-template-processing>{rule}</qti-template-processing>")

    assert bind(read_item(xml), {}) == {}
    assert bind(read_item(xml), {"RESPONSE": "A"}) == {"RESPONSE": single(BaseType.IDENTIFIER, "A")}


def test_a_response_that_no_interaction_asks_for_is_refused() -> None:
    item = read_item(qti(responses=DEFAULT + UNBOUND, body=choice("A", "B")))

    with pytest.raises(WrongResponse) as refused:
        bind(item, {"HIDDEN": "x"})

    assert refused.value.details == {"response": "HIDDEN", "problem": "no_interaction"}


def test_several_responses_must_be_named() -> None:
    item = read_item(qti(responses=DEFAULT + UNBOUND, body=choice("A", "B")))

    with pytest.raises(WrongResponse):
        bind(item, "A")


def test_two_interactions_may_speak_for_one_response() -> None:
    """As where one template block or another shows (QTI 3.0, "templateBlock")."""
    item = read_item(qti(responses=response("identifier"), body=choice("A", "B") + choice("C", "D")))

    assert bound(item, "D") == single(BaseType.IDENTIFIER, "D")
    with pytest.raises(WrongResponse):
        bind(item, "E")


SECOND = response("float") + '<qti-response-declaration identifier="TYPED" cardinality="single" base-type="string"/>'
BOTH = '<p><qti-text-entry-interaction response-identifier="RESPONSE" string-identifier="TYPED"/></p>'


def test_what_was_typed_is_kept_beside_its_number() -> None:
    item = read_item(qti(responses=SECOND, body=BOTH))

    assert bind(item, {"RESPONSE": "1,000.50"}) == {
        "RESPONSE": single(BaseType.FLOAT, 1000.5),
        "TYPED": single(BaseType.STRING, "1,000.50"),
    }
    assert bind(item, {"RESPONSE": ""}) == {"RESPONSE": None, "TYPED": None}
    with pytest.raises(WrongResponse):
        bind(item, {"TYPED": "1"})


@pytest.mark.parametrize(("raw", "number"), [("465", 243), ("-10", -7), ("४६५", 243)])
def test_a_number_may_have_another_base(raw: str, number: int) -> None:
    item = declared("integer", '<p><qti-text-entry-interaction response-identifier="RESPONSE" base="7"/></p>')

    value = bound(item, raw)

    assert value is not None
    assert value.atom == number
    with pytest.raises(WrongResponse):
        bind(item, "8")


def test_a_button_that_was_not_pressed_is_false() -> None:
    button = '<qti-end-attempt-interaction response-identifier="RESPONSE" title="Hint"/>'

    assert bound(declared("boolean", button), {}) == single(BaseType.BOOLEAN, False)
    assert bound(declared("boolean", button), {"RESPONSE": None}) == single(BaseType.BOOLEAN, False)
    assert bound(declared("boolean", button), {"RESPONSE": "true"}) == single(BaseType.BOOLEAN, True)


def test_controls_are_filled_with_text_and_never_refused() -> None:
    file: Json = {"name": "plan.pdf", "media_type": "application/pdf", "data": "AAAA"}
    item = read_item(qti(responses=DEFAULT + UNBOUND, body=choice("A", "B")))

    assert typed(item, {"RESPONSE": ["A", 2, True], "HIDDEN": file, "OTHER": "x"}) == {
        "RESPONSE": ("A", "2", "true"),
        "HIDDEN": ("plan.pdf",),
    }
    assert typed(item, "A") == {}
    assert typed(item, {"RESPONSE": [["A"]], "HIDDEN": None}) == {"HIDDEN": ()}


def test_controls_show_a_default_until_the_page_says_otherwise() -> None:
    item = read_item(qti(responses=DEFAULT, body=choice("A", "B")))

    assert typed(item, None) == {"RESPONSE": ("A",)}
    assert typed(item, {"RESPONSE": None}) == {"RESPONSE": ()}


@pytest.mark.parametrize("raw", [10**400, -(10**400), float("inf"), float("nan"), 1e308])
def test_a_number_without_end_is_refused(raw: Json) -> None:
    with pytest.raises(WrongResponse):
        bind(numeric("0"), {"RESPONSE": raw})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_json_comes_is_bound_or_refused(raw: Json) -> None:
    for item in (single_choice(), multiple_choice(), numeric("0"), text_entry()):
        assert set(bind(item, {"RESPONSE": raw}, lenient=True)) == {"RESPONSE"}
        try:
            bind(item, {"RESPONSE": raw})
        except WrongResponse as refusal:
            assert refusal.details["problem"]
