import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.values import Atom, BaseType, Cardinality, Pair, Value, container, integer, key_of, matches, number, record, same, single

QA, KA_NUKTA = "\u0958", "\u0915\u093c"


def several(cardinality: Cardinality, base_type: BaseType, *atoms: Atom) -> Value:
    value = container(cardinality, base_type, atoms)
    assert value is not None
    return value


def text(words: str) -> Value:
    return single(BaseType.STRING, words)


def test_texts_match_as_they_read() -> None:
    assert matches(text(QA), text(KA_NUKTA))
    assert matches(text("क्\u200dष"), text("क्ष"))
    assert not matches(text("क"), text(QA))
    assert not matches(text("A"), text("a"))


@pytest.mark.parametrize("cardinality", [Cardinality.MULTIPLE, Cardinality.ORDERED])
def test_texts_in_containers_match_as_they_read(cardinality: Cardinality) -> None:
    assert matches(several(cardinality, BaseType.STRING, "x", QA), several(cardinality, BaseType.STRING, "x", KA_NUKTA))


def test_the_order_counts_in_ordered_containers_only() -> None:
    for cardinality, expected in ((Cardinality.MULTIPLE, True), (Cardinality.ORDERED, False)):
        assert matches(several(cardinality, BaseType.IDENTIFIER, "A", "B"), several(cardinality, BaseType.IDENTIFIER, "B", "A")) is expected


def test_a_container_matches_with_every_member_as_often() -> None:
    twice = several(Cardinality.MULTIPLE, BaseType.IDENTIFIER, "A", "A", "B")

    assert not matches(twice, several(Cardinality.MULTIPLE, BaseType.IDENTIFIER, "A", "B", "B"))


def test_records_match_field_by_field_as_they_read() -> None:
    one, other = record({"x": text(QA), "n": None, "i": integer(1)}), record({"n": None, "i": integer(1), "x": text(KA_NUKTA)})
    assert one is not None
    assert other is not None

    assert matches(one, other)
    for wrong in (
        {"x": text(QA), "n": None},
        {"x": text(QA), "n": integer(0), "i": integer(1)},
        {"x": text(QA), "m": None, "i": integer(1)},
    ):
        different = record(wrong)
        assert different is not None
        assert not matches(one, different)


def test_identifiers_and_addresses_are_compared_as_they_are_written() -> None:
    assert not same(BaseType.IDENTIFIER, QA, KA_NUKTA)
    assert not same(BaseType.URI, "a\u200db", "ab")


def test_a_pair_has_no_direction_and_a_directed_pair_has() -> None:
    assert same(BaseType.PAIR, Pair("A", "B"), Pair("B", "A"))
    assert not same(BaseType.DIRECTED_PAIR, Pair("A", "B"), Pair("B", "A"))


def test_numbers_are_compared_by_value() -> None:
    assert matches(integer(2), single(BaseType.INTEGER, 2))
    assert matches(number(2.0), single(BaseType.FLOAT, 2))


@given(st.text(), st.text())
def test_same_texts_have_one_key(one: str, other: str) -> None:
    assert same(BaseType.STRING, one, other) is (key_of(BaseType.STRING, one) == key_of(BaseType.STRING, other))
