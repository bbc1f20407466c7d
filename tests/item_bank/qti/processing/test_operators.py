import pytest

from item_bank.qti.processing import score
from item_bank.qti.reader import read_item
from item_bank.qti.values import BaseType, single
from tests.item_bank.items import ENTRY, qti, response
from tests.item_bank.qti.processing.trees import Plain, alike, apply, identifier

CITO = [
    ("depcp:Trim", "  test ", "test"),
    ("depcp:Trim", "   ", None),
    ("depcp:Trim", None, None),
    ("depcp:Trim", 1, None),
    ("depcp:ToAscii", "tḝst", "test"),
    ("depcp:ToAscii", "Zoë", "Zoe"),
    ("depcp:ToAscii", None, None),
    ("depcp:ParseCommaDecimal", "0,6300", 0.63),
    ("depcp:ParseCommaDecimal", "0.63", 0.63),
    ("depcp:ParseCommaDecimal", "०,६३", 0.63),
    ("depcp:ParseCommaDecimal", 0.5, 0.5),
    ("depcp:ParseCommaDecimal", "1,2,3", None),
    ("depcp:ParseCommaDecimal", "much", None),
    ("depcp:ParseCommaDecimal", identifier("A"), None),
    ("depcp:ParseCommaDecimal", None, None),
    ("nobody:Knows", "test", None),
    ("", "test", None),
]


@pytest.mark.parametrize(("definition", "operand", "expected"), CITO)
def test_citos_operators_have_adapters(definition: str, operand: Plain, expected: Plain) -> None:
    assert alike(apply("custom-operator", operand, definition=definition), expected)


@pytest.mark.parametrize("definition", ["depcp:Trim", "depcp:ToAscii", "depcp:ParseCommaDecimal"])
def test_an_operator_without_operands_is_null(definition: str) -> None:
    assert apply("custom-operator", definition=definition) is None


def test_a_registered_adapter_is_found_by_its_class_and_sees_its_node() -> None:
    processing = (
        "<qti-response-processing><qti-set-outcome-value identifier='SCORE'><qti-custom-operator class='org.example.Twice' times='2'>"
        "<qti-variable identifier='RESPONSE'/></qti-custom-operator></qti-set-outcome-value></qti-response-processing>"
    )
    item = read_item(qti(responses=response("float"), body=ENTRY, processing=processing))
    given = {"RESPONSE": single(BaseType.FLOAT, 1.5)}

    twice = score(
        item,
        given,
        operators={"org.example.Twice": lambda node, operands: single(BaseType.FLOAT, 1.5 * float(node.attributes["times"]))},
    )

    assert (twice.score, score(item, given).score) == (3, 0)
