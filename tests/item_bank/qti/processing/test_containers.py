import pytest

from item_bank.qti.processing.scope import MAX_STEPS
from item_bank.qti.values import BaseType, Cardinality, Point
from tests.item_bank.qti.processing.trees import (
    Plain,
    alike,
    apply,
    directed,
    duration,
    identifier,
    identifiers,
    node,
    pair,
    plain,
    run,
    scope,
    typed,
    variable,
)

MADE = [
    ("multiple", ("A", "B", ["C", "D"]), ["A", "B", "C", "D"]),
    ("multiple", (1, None, 2), [1, 2]),
    ("multiple", (), None),
    ("multiple", (None, None), None),
    ("multiple", (1, 2.5), [1.0, 2.5]),
    ("multiple", (1, "x"), None),
    ("multiple", (identifier("A"), "x"), ["A", "x"]),
    ("ordered", ("A", ("B", "C")), ("A", "B", "C")),
    ("ordered", (None, 2), (2,)),
    ("ordered", (Point(1, 2), pair("A", "B")), None),
    ("container-size", ([1, 2, 3],), 3),
    ("container-size", (("A", "A"),), 2),
    ("container-size", (None,), 0),
    ("container-size", (5,), 1),
    ("container-size", (), None),
]


@pytest.mark.parametrize(("operator", "operands", "expected"), MADE)
def test_containers_take_what_is_not_null(operator: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert alike(apply(operator, *operands), expected)


INDEX = [
    ("1", (10, 20), 10),
    ("2", (10, 20), 20),
    ("3", (10, 20), None),
    ("0", (10, 20), None),
    ("-1", (10, 20), None),
    ("TWO", (10, 20), 20),
    ("NOTHING", (10, 20), None),
    ("x", (10, 20), None),
    ("1", [7], 7),
    ("1", None, None),
    ("1", {"a": 1}, None),
]


@pytest.mark.parametrize(("place", "container", "expected"), INDEX)
def test_index_counts_from_one_and_may_name_a_variable(place: str, container: Plain, expected: Plain) -> None:
    assert alike(apply("index", container, n=place), expected)


def test_index_takes_its_place_from_a_second_operand_where_a_system_writes_it_so() -> None:
    assert apply("index", (10, 20), 2) == 20


def test_a_field_of_a_record_is_fetched_by_name() -> None:
    record: Plain = {"x": 42, "y": "A"}

    assert (apply("field-value", record, field_identifier="x"), apply("field-value", record, field_identifier="z")) == (42, None)
    assert apply("field-value", [1], field_identifier="x") is None


LOOKED_INTO = [
    ("member", ("A", ["A", "B"]), True),
    ("member", ("C", ["A", "B"]), False),
    ("member", ("A", "A"), True),
    ("member", (None, ["A"]), None),
    ("member", ("A", None), None),
    ("member", (1, ["A"]), None),
    ("member", (1, [1.0, 2.0]), True),
    ("member", (["A"], ["A"]), None),
    ("member", (identifier("A"), identifiers("A B")), True),
    ("contains", (["A", "B", "C"], ["C", "A"]), True),
    ("contains", (["A", "B", "C"], ["B", "B"]), False),
    ("contains", (["A", "B", "B", "C"], ["B", "B"]), True),
    ("contains", (("A", "B", "C"), ("C", "A")), False),
    ("contains", (("A", "B", "C"), ("B", "C")), True),
    ("contains", (("A", "A", "B"), ("A", "B")), True),
    ("contains", (("A", "B"), ("A", "B", "C")), False),
    ("contains", (["A"], None), None),
    ("contains", (None, ["A"]), None),
    ("contains", (["A"], [1]), None),
    ("contains", (["A", "B"], "B"), True),
    ("delete", ("A", ["B", "A", "C", "A"]), ["B", "C"]),
    ("delete", ("A", ("B", "A")), ("B",)),
    ("delete", ("A", ["A"]), None),
    ("delete", ("X", ["A"]), ["A"]),
    ("delete", (None, ["A"]), None),
    ("delete", ("A", None), None),
    ("delete", (("A", "B"), "B"), ("A",)),
    ("delete", (1, ["A"]), None),
]


@pytest.mark.parametrize(("operator", "operands", "expected"), LOOKED_INTO)
def test_containers_are_looked_into(operator: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert alike(apply(operator, *operands), expected)


def test_a_pair_is_a_member_in_either_order_and_a_directed_pair_in_one() -> None:
    assert apply("member", pair("B", "A"), pair("A", "B")) is True
    assert apply("member", directed("B", "A"), directed("A", "B")) is False


REPEAT = [
    ("3", ("A",), ("A", "A", "A")),
    ("2", (1, 2), (1, 2, 1, 2)),
    ("2", ((1, 2), 3), (1, 2, 3, 1, 2, 3)),
    ("TWO", (1,), (1, 1)),
    ("2", (1, None), (1, 1)),
    ("2", (None,), None),
    ("0", (1,), None),
    ("-1", (1,), None),
    ("NOTHING", (1,), None),
    ("2", (), None),
    ("2", (1, "x"), None),
]


@pytest.mark.parametrize(("times", "operands", "expected"), REPEAT)
def test_repeat_fills_an_ordered_container(times: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert alike(apply("repeat", *operands, number_repeats=times), expected)


def test_repeat_draws_again_every_time() -> None:
    drawn = plain(run(node("repeat", node("random-integer", min="1", max="1000000"), number_repeats="20"), scope()))

    assert isinstance(drawn, tuple)
    assert len(set(drawn)) == 20


@pytest.mark.parametrize("times", ["1000000000", "999999999999999999", str(MAX_STEPS)])
def test_a_giant_repeat_is_null_at_once(times: str) -> None:
    assert apply("repeat", 1, number_repeats=times) is None


def test_repeats_within_repeats_end() -> None:
    tree = variable("V")
    for _ in range(12):
        tree = node("repeat", tree, number_repeats="1000")

    assert run(tree, scope({"V": 1})) is None


def test_what_a_run_may_not_pay_for_leaves_the_rest_of_it_alone() -> None:
    running = scope({"V": [1, 2, 3]})

    assert run(node("repeat", variable("V"), number_repeats=str(MAX_STEPS)), running) is None
    assert plain(run(node("container-size", variable("V")), running)) == 3


def test_a_container_keeps_the_base_type_of_what_is_in_it() -> None:
    made = typed("ordered", duration(1.0), duration(2.0))

    assert made is not None
    assert (made.cardinality, made.base_type) == (Cardinality.ORDERED, BaseType.DURATION)
