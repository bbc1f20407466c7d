"""Reading is tolerant: it refuses what is no item, and reads whatever can be read of one. What breaks a clause is validity/'s to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import AssessmentError, TooLarge, UnreadableFile
from item_bank.qti.model import ChoiceInteraction, QtiItem
from item_bank.qti.problems import Severity
from item_bank.qti.reader import parse, read_item
from item_bank.qti.validity import findings, read_item_strictly
from tests.item_bank.items import ENTRY, MAP, choice, mapping, multiple_choice, qti, response


def test_a_multiple_choice_is_read_with_its_choices_and_mapping() -> None:
    item = multiple_choice(max_choices=2)

    (interaction,) = item.interactions
    assert isinstance(interaction, ChoiceInteraction)
    assert [each.identifier for each in interaction.choices] == ["A", "B", "C", "D"]
    declared = item.responses["RESPONSE"]
    assert declared.mapping is not None
    assert (declared.mapping.lower, declared.mapping.upper) == (0, 2)


RANDOM = (
    "<qti-response-processing><qti-set-outcome-value identifier='SCORE'><qti-random/></qti-set-outcome-value></qti-response-processing>"
)
BROKEN = {
    "a script in the body": (qti(responses=response("float"), body=f"<script>x</script>{ENTRY}"), "unknown_element"),
    "an unknown interaction": (qti(responses=response("float"), body="<qti-magic-interaction/>"), "unknown_element"),
    "a key without choice": (qti(responses=response("identifier", "Z"), body=choice("A")), "unknown_choice"),
    "two choices of one name": (qti(responses=response("identifier", "A"), body=choice("A", "A")), "duplicate_choice"),
    "a response declared twice": (qti(responses=response("float") * 2, body=ENTRY, processing=""), "duplicate_variable"),
    "a choice among numbers": (qti(responses=response("float", "1"), body=choice("A")), "wrong_response_type"),
    "an unknown base type": (qti(responses=response("colour", "red"), body=ENTRY), "wrong_attribute_value"),
    "a number that is none": (qti(responses=response("float", "much"), body=ENTRY), "value_not_of_type"),
    "an expression without its operand": (qti(responses=response("float", "1"), body=ENTRY, processing=RANDOM), "missing_element"),
}
UNWISE = {
    "an undeclared response": (qti(responses="", body=choice("A"), processing=""), "undeclared_response"),
    "many choices into one": (qti(responses=response("identifier", "A"), body=choice("A", "B", max_choices=2)), "several_choices_into_one"),
    "mapping by template without mapping": (qti(responses=response("string", "a"), body=ENTRY, processing=MAP), "missing_mapping"),
    "an unknown template": (
        qti(responses=response("float", "1"), body=ENTRY, processing='<qti-response-processing template="http://x/y"/>'),
        "unknown_template",
    ),
}
REFUSED = {
    "another root": (b"<assessmentTest xmlns='http://www.imsglobal.org/xsd/imsqti_v2p1'/>", "not_an_item"),
    "half a file": (qti(responses=response("float"), body=ENTRY)[:200], "not_well_formed"),
    "nothing": (b"", "not_well_formed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_clause_is_read_and_named_and_strictly_refused(name: str) -> None:
    xml, code = BROKEN[name]

    assert isinstance(read_item(xml), QtiItem)
    assert code in {each.code for each in findings(parse(xml)) if each.severity is Severity.INVALID}
    with pytest.raises(AssessmentError):
        read_item_strictly(xml)


@pytest.mark.parametrize("name", UNWISE)
def test_what_is_only_unwise_is_read_and_noted(name: str) -> None:
    xml, code = UNWISE[name]

    assert code in {each.code for each in findings(parse(xml)) if each.severity is Severity.NOTE}
    assert read_item_strictly(xml).identifier == "item-1"


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_item_is_refused_with_its_place(name: str) -> None:
    xml, code = REFUSED[name]

    with pytest.raises(UnreadableFile) as refusal:
        read_item(xml)
    assert refusal.value.details["problem"] == code


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        read_item(b" " * 8_000_001)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="nested more than"):
        read_item(qti(responses=response("float", "1"), body="<div>" * 100 + ENTRY + "</div>" * 100))


def test_2_x_and_3_0_are_read_alike() -> None:
    three = qti(responses=response("identifier", "A", mapping=mapping(A=1)), body=choice("A", "B"))
    two = (
        b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="item-1" title="Title" adaptive="false" '
        b'timeDependent="false" xml:lang="en">\n'
        b'<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>A</value>'
        b'</correctResponse><mapping defaultValue="0"><mapEntry mapKey="A" mappedValue="1" caseSensitive="true"/></mapping>'
        b'</responseDeclaration>\n<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>\n'
        b'<itemBody><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Which?</prompt>'
        b'<simpleChoice identifier="A">Option A</simpleChoice><simpleChoice identifier="B">Option B</simpleChoice></choiceInteraction>'
        b"</itemBody>\n</assessmentItem>"
    )
    one, other = read_item(three), read_item(two)

    assert (one.responses, one.outcomes, one.interactions) == (other.responses, other.outcomes, other.interactions)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_stable_code(noise: bytes) -> None:
    with pytest.raises(AssessmentError):
        read_item(noise)


@given(st.integers(0, 1200), st.binary(min_size=1, max_size=4))
def test_a_damaged_item_is_read_or_refused_with_a_stable_code(place: int, noise: bytes) -> None:
    xml = qti(responses=response("identifier", "A"), body=choice("A", "B"))

    try:
        read_item(xml[:place] + noise + xml[place + len(noise) :])
    except AssessmentError as refusal:
        assert refusal.code in {"unreadable_file", "too_large"}
