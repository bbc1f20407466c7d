"""Values as cases and scripts write them in JSON: "1" is 1, order counts where it does."""

import pytest

from assessment_engine.kernel.canonical import Json
from item_bank.qti.session.comparing import is_same
from item_bank.qti.values import FALSE, TRUE, Atom, BaseType, Cardinality, Pair, Value, container, integer, number, record, single


def several(cardinality: Cardinality, base_type: BaseType, *atoms: Atom) -> Value | None:
    return container(cardinality, base_type, atoms)


RECORD = record({"x": integer(1), "y": None})
SAME: list[tuple[Value | None, Json]] = [
    (None, None),
    (None, []),
    (None, ""),
    (number(1.0), "1"),
    (number(1.0), 1),
    (number(0.1 + 0.2), 0.3),
    (number(1.2909944487358056), "1.29099444873581"),
    (integer(1), "1"),
    (integer(1), 1.0),
    (TRUE, True),
    (TRUE, "true"),
    (FALSE, False),
    (single(BaseType.PAIR, Pair("A", "B")), "B  A"),
    (single(BaseType.DIRECTED_PAIR, Pair("A", "B")), "A B"),
    (single(BaseType.DIRECTED_PAIR, Pair("A", "B")), ["A B"]),
    (several(Cardinality.MULTIPLE, BaseType.IDENTIFIER, "A", "B"), ["B", "A"]),
    (several(Cardinality.ORDERED, BaseType.IDENTIFIER, "A", "B"), ["A", "B"]),
    (several(Cardinality.MULTIPLE, BaseType.FLOAT, 1.0, 2.0), ["2", 1]),
    (several(Cardinality.MULTIPLE, BaseType.IDENTIFIER, "A"), "A"),
    (single(BaseType.STRING, "\u0958"), "\u0915\u093c"),
    (RECORD, {"x": 1, "y": None}),
]
DIFFERENT: list[tuple[Value | None, Json]] = [
    (None, 0),
    (None, False),
    (number(0.0), None),
    (number(1.0), "1.1"),
    (number(1.0), "one"),
    (integer(1), 1.5),
    (TRUE, False),
    (integer(1), True),
    (single(BaseType.DIRECTED_PAIR, Pair("A", "B")), "B A"),
    (several(Cardinality.MULTIPLE, BaseType.IDENTIFIER, "A", "B"), ["A"]),
    (several(Cardinality.MULTIPLE, BaseType.IDENTIFIER, "A", "B"), ["A", "A"]),
    (several(Cardinality.ORDERED, BaseType.IDENTIFIER, "A", "B"), ["B", "A"]),
    (single(BaseType.STRING, "a"), "A"),
    (RECORD, {"x": 1}),
    (RECORD, 1),
]


@pytest.mark.parametrize(("value", "want"), SAME)
def test_an_expected_value_may_be_written_in_its_own_way(value: Value | None, want: Json) -> None:
    assert is_same(value, want)


@pytest.mark.parametrize(("value", "want"), DIFFERENT)
def test_another_value_is_not_the_expected_one(value: Value | None, want: Json) -> None:
    assert not is_same(value, want)
