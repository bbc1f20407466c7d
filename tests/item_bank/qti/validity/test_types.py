import pytest

from item_bank.qti.model.nodes import Version
from item_bank.qti.validity.notation import compile_rules, drafts
from item_bank.qti.validity.shared_tables import CONTENT
from item_bank.qti.validity.signatures import SIGNATURES
from tests.item_bank.qti.validity.samples import ITEM_22, broken, changed, noted

MATCH = '<match>\n<variable identifier="RESPONSE"/>\n<correct identifier="RESPONSE"/>\n</match>'
CASES = {
    "and of a number": ('<and><baseValue baseType="float">1</baseValue></and>', "wrong_operand"),
    "a number for a condition": ('<sum><baseValue baseType="float">1</baseValue></sum>', "wrong_operand"),
    "member of a single": ('<member><variable identifier="RESPONSE"/><variable identifier="RESPONSE"/></member>', "wrong_operand"),
    "match of a word and a choice": ('<match><variable identifier="RESPONSE"/><variable identifier="WORD"/></match>', "wrong_operand"),
    "match of two kinds of number": (
        '<match><baseValue baseType="float">1</baseValue><baseValue baseType="integer">1</baseValue></match>',
        "number_types_mixed",
    ),
    "atan2 of one": (
        '<equal><mathOperator name="atan2"><baseValue baseType="float">1</baseValue></mathOperator><null/></equal>',
        "wrong_operand_count",
    ),
}
RIGHT = {
    "multiple of choices": '<member><variable identifier="RESPONSE"/><multiple><correct identifier="RESPONSE"/></multiple></member>',
    "nothing known": "<not><customOperator/></not>",
    "NULL": "<isNull><null/></isNull>",
    "an element of an ordered": '<match><index n="1"><ordered><correct identifier="RESPONSE"/></ordered></index>'
    '<correct identifier="RESPONSE"/></match>',
}


@pytest.mark.parametrize("name", CASES)
def test_an_operand_that_cannot_be_is_noted(name: str) -> None:
    expression, code = CASES[name]
    xml = changed(ITEM_22, MATCH, expression)

    assert code in {code for _, code in noted(xml)}
    assert broken(xml) == []


@pytest.mark.parametrize("name", RIGHT)
def test_an_operand_that_can_be_is_not(name: str) -> None:
    assert {code for _, code in noted(changed(ITEM_22, MATCH, RIGHT[name]))} <= {"unknown_operator"}


def test_a_float_outcome_that_is_given_an_integer_is_a_note() -> None:
    assert noted(changed(ITEM_22, '<baseValue baseType="float">0', '<baseValue baseType="integer">0')) == [(34, "number_types_mixed")]


def test_a_variable_without_a_name_is_looked_at_all_the_same() -> None:
    xml = changed(ITEM_22, '<outcomeDeclaration identifier="SCORE"', "<outcomeDeclaration")
    xml = changed(
        xml, '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">', '<setOutcomeValue><baseValue baseType="integer">'
    )

    assert (34, "number_types_mixed") in noted(xml)


def test_every_expression_of_the_tables_has_a_signature() -> None:
    named = compile_rules({**drafts((CONTENT, "all: (%expression)*"), Version.QTI_30)}, Version.QTI_30)["qti-all"]

    assert set(named.states[0]) - set(SIGNATURES) == {"qti-custom-operator"}
