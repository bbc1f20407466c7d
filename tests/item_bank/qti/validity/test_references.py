import pytest

from tests.item_bank.qti.validity.samples import ITEM_21, ITEM_22, ITEM_30, TEST_21, broken, changed, noted

BREAKS = {
    "a variable that is not declared": ('<variable identifier="RESPONSE"', '<variable identifier="NOBODY"', 26, "undeclared_variable"),
    "an outcome to look up that is not declared": (
        '<setOutcomeValue identifier="SCORE">\n<mapResponse identifier="RESPONSE"/>\n</setOutcomeValue>',
        '<lookupOutcomeValue identifier="NONE">\n<mapResponse identifier="RESPONSE"/>\n</lookupOutcomeValue>',
        29,
        "undeclared_variable",
    ),
    "two choices of one name": ('<simpleChoice identifier="B"', '<simpleChoice identifier="A"', 19, "duplicate_choice"),
    "a key that is no choice": ("<value>A</value>", "<value>C</value>", 4, "unknown_choice"),
    "a default that is no number": ("<value>0</value>", "<value>none</value>", 12, "value_not_of_type"),
    "a constant that is no number": ('<baseValue baseType="float">0', '<baseValue baseType="float">nil', 34, "value_not_of_type"),
    "an identifier where a pair is declared": ('baseType="identifier"', 'baseType="pair"', 4, "value_not_of_type"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_refers_to_nothing_is_found_at_its_line(name: str) -> None:
    old, new, line, code = BREAKS[name]

    assert ((line, code) in broken(changed(ITEM_21, old, new))) is bool(code)


def test_an_outcome_declared_twice_is_found() -> None:
    twice = changed(ITEM_22, "<itemBody>", '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/><itemBody>')

    assert broken(twice) == [(14, "duplicate_variable")]


def test_an_interaction_wants_a_response_of_its_base_type() -> None:
    assert (10, "wrong_response_type") in broken(changed(ITEM_30, 'base-type="directedPair"', 'base-type="integer"'))


def test_a_pair_names_choices_on_both_sides() -> None:
    assert broken(changed(ITEM_30, "a x", "a y")) == [(4, "unknown_choice")]


def test_built_in_variables_need_no_declaration() -> None:
    for name in ("numAttempts", "duration", "completionStatus"):
        assert broken(changed(ITEM_21, '<variable identifier="RESPONSE"/>', f'<variable identifier="{name}"/>')) == []


NOTES = {
    "a response that is not declared": ('responseIdentifier="WORD"', 'responseIdentifier="OTHER"', 15, "undeclared_response"),
    "an outcome to set that is not declared": (
        '<setOutcomeValue identifier="SCORE">\n',
        '<setOutcomeValue identifier="NONE">\n',
        29,
        "undeclared_variable",
    ),
    "a variable to print that is not declared": ("and choose.", '<printedVariable identifier="NONE"/>', 15, "unknown_condition"),
    "an integer with a point": (
        'identifier="WORD" cardinality="single" baseType="string"/>',
        'identifier="WORD" cardinality="single" baseType="integer"><correctResponse><value>3.0</value></correctResponse>'
        "</responseDeclaration>",
        10,
        "value_not_of_type",
    ),
    "a mapping's key that no answer is": (
        'identifier="WORD" cardinality="single" baseType="string"/>',
        'identifier="WORD" cardinality="single" baseType="float"><mapping><mapEntry mapKey="1,5" mappedValue="1"/>'
        "</mapping></responseDeclaration>",
        10,
        "value_not_of_type",
    ),
    "choices as strings": ('baseType="identifier"', 'baseType="string"', 16, "wrong_response_type"),
    "text as identifiers": ('baseType="string"', 'baseType="identifier"', 15, "wrong_response_type"),
    "feedback by an outcome that is not declared": ('outcomeIdentifier="SCORE"', 'outcomeIdentifier="NONE"', 38, "unknown_condition"),
    "a template variable that is not declared": (
        '<simpleChoice identifier="B"',
        '<simpleChoice templateIdentifier="T" identifier="B"',
        19,
        "unknown_condition",
    ),
    "several choices into one": ('maxChoices="1"', 'maxChoices="0"', 16, "several_choices_into_one"),
    "one response for two interactions": ('responseIdentifier="WORD"', 'responseIdentifier="RESPONSE"', 16, "response_bound_twice"),
    "a response without a mapping": (
        '<mapping defaultValue="0">\n<mapEntry mapKey="A" mappedValue="1"/>\n</mapping>',
        "\n\n",
        30,
        "missing_mapping",
    ),
    "a comment": ("<itemBody>", "<itemBody><!-- so -->", 1, "comments_left_behind"),
    "a printed response": ("and choose.", '<printedVariable identifier="WORD"/>', 15, "printed_response"),
    "a variable without a base type": (' baseType="string"', "", 10, "missing_base_type"),
}


MISFITTING = {"one response for two interactions"}  # the other of the two is of another type


@pytest.mark.parametrize("name", NOTES)
def test_what_is_unwise_is_noted_and_not_refused(name: str) -> None:
    old, new, line, code = NOTES[name]
    xml = changed(ITEM_21, old, new)

    assert (line, code) in noted(xml)
    assert [code for _, code in broken(xml) if code != "wrong_response_type" or name not in MISFITTING] == []


def test_what_is_kept_only_is_noted() -> None:
    own = '<customInteraction responseIdentifier="WORD"><x:y xmlns:x="urn:x"/></customInteraction><p>Say'

    assert {"custom_interaction", "vendor_extension"} <= {code for _, code in noted(changed(ITEM_21, "<p>Say", own))}
    assert (14, "include_not_followed") in noted(
        changed(ITEM_21, "<itemBody>", '<itemBody><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="x.xml"/>')
    )


def test_a_template_of_nobody_is_noted_and_a_standard_one_is_not() -> None:
    assert noted(ITEM_30) == []
    assert noted(changed(ITEM_30, "match_correct.xml", "my_own.xml")) == [(21, "unknown_template")]


TEST_NOTES = {
    "a branch to nowhere": ('target="two"', 'target="END_TEST"', [(9, "unknown_target")]),
    "two parts of one name": ('identifier="two" href', 'identifier="one" href', [(9, "unknown_target"), (12, "duplicate_part")]),
    "an outcome that is not declared": (
        '<setOutcomeValue identifier="TOTAL">',
        '<setOutcomeValue identifier="T">',
        [(16, "unknown_in_test")],
    ),
}


@pytest.mark.parametrize("name", TEST_NOTES)
def test_what_a_test_names_and_has_not_is_noted(name: str) -> None:
    old, new, expected = TEST_NOTES[name]
    xml = changed(TEST_21, old, new)

    assert noted(xml) == expected
    assert broken(xml) == []


def test_what_another_file_may_have_is_not_missed() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="choices.xml"/>'
    xml = changed(changed(ITEM_21, "<value>A</value>", "<value>C</value>"), "<prompt>Which?", f"<prompt>{include}")

    assert (noted(xml), broken(xml)) == ([(17, "include_not_followed")], [])


def test_pairs_of_the_other_kind_are_noted() -> None:
    xml = changed(ITEM_30, 'base-type="directedPair"', 'base-type="pair"')

    assert (noted(xml), broken(xml)) == ([(10, "unusual_pair")], [])
