import pytest

from item_bank.qti.model.nodes import Version
from item_bank.qti.validity.structure import ROOTS, rules
from tests.item_bank.qti.validity.samples import ITEM_21, ITEM_22, ITEM_30, SAMPLES, STIMULUS_30, TEST_21, broken, changed, found


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_right_is_found_right(name: str) -> None:
    assert found(SAMPLES[name]) == ()


BREAKS_21 = {
    "no identifier": (' identifier="choice"', "", 1, "missing_attribute"),
    "no title": (' title="Choice"', "", 1, "missing_attribute"),
    "no timeDependent": (' timeDependent="false"', "", 1, "missing_attribute"),
    "a boolean in capitals": ('adaptive="false"', 'adaptive="False"', 1, "wrong_attribute_value"),
    "an attribute of nobody": ("<itemBody>", '<itemBody colour="red">', 14, "unknown_attribute"),
    "an event attribute": ("<p>Say", '<p onclick="x()">Say', 15, "unknown_attribute"),
    "an attribute in the wrong case": ("maxChoices", "maxchoices", 16, "unknown_attribute"),
    "an identifier with a space": ('<simpleChoice identifier="B"', '<simpleChoice identifier="B 2"', 19, "wrong_attribute_value"),
    "an identifier that begins with a digit": ('<simpleChoice identifier="B"', '<simpleChoice identifier="2"', 19, "wrong_attribute_value"),
    "a cardinality that is none": (
        'cardinality="single" baseType="string"',
        'cardinality="one" baseType="string"',
        10,
        "wrong_attribute_value",
    ),
    "a base type that is none": ('baseType="string"', 'baseType="text"', 10, "wrong_attribute_value"),
    "a number that is none": ('mappedValue="1"', 'mappedValue="one"', 7, "wrong_attribute_value"),
    "a count that is none": ('expectedLength="5"', 'expectedLength="5.5"', 15, "wrong_attribute_value"),
    "an element of nobody": ("<prompt>Which?</prompt>", "<prompts>Which?</prompts>", 17, "unknown_element"),
    "an inline interaction among blocks": ("<p>Say", '<textEntryInteraction responseIdentifier="WORD"/><p>Say', 15, "element_not_allowed"),
    "a block in a paragraph": ("and choose.", "<div>and</div> choose.", 15, "element_not_allowed"),
    "a prompt after the choices": ("</choiceInteraction>", "<prompt/></choiceInteraction>", 20, "element_misplaced"),
    "an outcome before a response": (
        "<responseDeclaration",
        '<outcomeDeclaration identifier="X" cardinality="single"/><responseDeclaration',
        2,
        "element_misplaced",
    ),
    "text among blocks": ("<itemBody>", "<itemBody>Hello", 14, "text_not_allowed"),
    "a space in an empty element": (
        '<correct identifier="RESPONSE"/>',
        '<correct identifier="RESPONSE"> </correct>',
        27,
        "text_not_allowed",
    ),
    "a condition without if": ("<responseIf>", "<responseElseIf>", 24, "element_misplaced"),
    "one operand too few": ('<correct identifier="RESPONSE"/>', "", 25, "missing_element"),
    "one operand too many": ("</match>", "<null/></match>", 28, "element_misplaced"),
    "an operator of nobody": ("<match>", "<matches>", 25, "unknown_element"),
    "feedback without showHide": (' showHide="show"', "", 38, "missing_attribute"),
    "two responses of one name": ('identifier="WORD" cardinality', 'identifier="RESPONSE" cardinality', 10, "duplicate_id"),
    "an empty key": ("<value>A</value>", "", 3, "missing_element"),
}


@pytest.mark.parametrize("name", BREAKS_21)
def test_one_break_in_an_item_of_2_1_is_found_at_its_line(name: str) -> None:
    old, new, line, code = BREAKS_21[name]
    xml = changed(ITEM_21, old, new)
    if "matches" in new or "ElseIf" in new:
        xml = changed(xml, old.replace("<", "</"), new.replace("<", "</"))

    assert broken(xml)[0] == (line, code)


BREAKS_22 = {
    "a negative count": ('maxChoices="1"', 'maxChoices="-1"', 16, "wrong_attribute_value"),
    "a role that is none": ("<p>Say", '<p role="boss">Say', 15, "wrong_attribute_value"),
    "a direction that is none": ("<p>Say", '<p dir="down">Say', 15, "wrong_attribute_value"),
    "HTML5 outside its namespace": ("<p>Say", "<figure/><p>Say", 15, "unknown_element"),
    "an attribute of nobody among declarations": ('baseType="string"', 'baseType="string" hint="x"', 10, "unknown_attribute"),
}


@pytest.mark.parametrize("name", BREAKS_22)
def test_one_break_in_an_item_of_2_2_is_found_at_its_line(name: str) -> None:
    old, new, line, code = BREAKS_22[name]

    assert broken(changed(ITEM_22, old, new)) == [(line, code)]


BREAKS_30 = {
    "a 2.x name": ("<qti-prompt>Pair</qti-prompt>", "<prompt>Pair</prompt>", 11, "unknown_element"),
    "a 2.x attribute value": ('max-associations="2"', 'max-associations="two"', 10, "wrong_attribute_value"),
    "no time-dependent": (' time-dependent="false"', "", 1, "missing_attribute"),
    "an item's identifier with a slash": ('identifier="match"', 'identifier="a/b"', 1, "wrong_attribute_value"),
    "three sets to match": ("</qti-match-interaction>", "<qti-simple-match-set/></qti-match-interaction>", 18, "element_misplaced"),
    "no match-max": (' match-max="1">A', ">A", 13, "missing_attribute"),
    "ARIA that is none": ('aria-label="part"', 'aria-hidden="maybe"', 9, "wrong_attribute_value"),
}


@pytest.mark.parametrize("name", BREAKS_30)
def test_one_break_in_an_item_of_3_0_is_found_at_its_line(name: str) -> None:
    old, new, line, code = BREAKS_30[name]

    assert broken(changed(ITEM_30, old, new)) == [(line, code)]


BREAKS_TEST = {
    "no navigation mode": (' navigationMode="linear"', "", 3, "missing_attribute"),
    "a mode that is none": ('"individual"', '"alone"', 3, "wrong_attribute_value"),
    "no visibility": (' visible="true"', "", 5, "missing_attribute"),
    "ordering before selection": (
        '<selection select="1"/>\n<ordering shuffle="true"/>',
        '<ordering/><selection select="1"/>',
        6,
        "element_misplaced",
    ),
    "an item in a part": (
        "<assessmentSection identifier",
        '<assessmentItemRef identifier="x" href="x"/><assessmentSection identifier',
        5,
        "element_not_allowed",
    ),
}


@pytest.mark.parametrize("name", BREAKS_TEST)
def test_one_break_in_a_test_is_found_at_its_line(name: str) -> None:
    old, new, line, code = BREAKS_TEST[name]

    assert broken(changed(TEST_21, old, new)) == [(line, code)]


def test_a_stimulus_must_have_a_body() -> None:
    assert (
        broken(changed(STIMULUS_30, "qti-stimulus-body>", "qti-item-body>").replace("</qti-stimulus", "</qti-item"))[0][1]
        == "element_not_allowed"
    )


def test_2_2_leaves_attributes_of_bodies_open_and_2_1_does_not() -> None:
    old, new = "<p>Say", '<p data-x="1" style="color: red">Say'

    assert broken(changed(ITEM_22, old, new)) == []
    assert [code for _, code in broken(changed(ITEM_21, old, new))] == ["unknown_attribute", "unknown_attribute"]


def test_html5_stands_in_its_own_namespace_in_2_2() -> None:
    figure = '<figure xmlns="http://www.imsglobal.org/xsd/imsqtiv2p2_html5_v1p0"><figcaption>Picture</figcaption></figure>'

    assert broken(changed(ITEM_22, "<p>Say", f"{figure}<p>Say")) == []
    assert broken(changed(ITEM_21, "<p>Say", f"{figure}<p>Say"))[0] == (15, "unknown_element")


def test_mathml_is_counted_too() -> None:
    right = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mi>x</mi></mfrac></math>'

    assert broken(changed(ITEM_21, "and choose.", right)) == []
    assert broken(changed(ITEM_21, "and choose.", right.replace("<mi>x</mi>", ""))) == [(15, "missing_element")]


MATHML = {
    "a fraction": ('<mfrac bevelled="true" linethickness="2px"><mn>1</mn><mi mathvariant="bold">x</mi></mfrac>', []),
    "a stretched bracket": ('<mo stretchy="false" fence="1" lspace="0.2em" rspace="thickmathspace" maxsize="1.5">(</mo>', []),
    "a table": ('<mtable columnalign="left right" class="a b"><mtr><mtd rowspan="2"/></mtr></mtable>', []),
    "an attribute of another namespace": ('<mi xmlns:x="http://www.w3.org/1999/xlink" x:href="a">x</mi>', []),
    "an attribute of MathML 3.0": ('<mo linebreak="newline">=</mo>', ["unknown_attribute"]),
    "a colour of old": ('<mi color="red">x</mi>', ["unknown_attribute"]),
    "a colour of old for all": ('<mstyle color="red" scriptlevel="+1"><mi>x</mi></mstyle>', []),
    "a variant that is none": ('<mi mathvariant="thick">x</mi>', ["wrong_attribute_value"]),
    "a length without its unit": ('<mspace width="1"/>', ["wrong_attribute_value"]),
    "a class that is empty": ('<mi class="">x</mi>', ["wrong_attribute_value"]),
    "a cell without a row": ("<mtable><mi>x</mi></mtable>", ["element_not_allowed"]),
    "a space that is not empty": ("<mspace> </mspace>", ["text_not_allowed"]),
    "an action without its kind": ("<maction><mi>x</mi></maction>", ["missing_attribute"]),
    "one id for two": ('<mi id="a">x</mi><mi id="a">x</mi>', ["duplicate_id"]),
}


@pytest.mark.parametrize("name", MATHML)
def test_qti_2_takes_the_presentation_of_mathml_2(name: str) -> None:
    written, expected = MATHML[name]
    math = f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{written}</math>'

    assert [code for _, code in broken(changed(ITEM_21, "and choose.", math))] == expected
    assert [code for _, code in broken(changed(ITEM_22, "and choose.", math))] == expected


def test_qti_3_takes_attributes_of_mathml_3() -> None:
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mo linebreak="newline">=</mo></math>'

    assert broken(changed(ITEM_30, "<qti-prompt>Pair", f"<qti-prompt>{math}")) == []


SSML = {
    "a substitute": ('<s:sub alias="kilometre">km</s:sub>', []),
    "a break": ('<s:break time="250ms" strength="weak"/>', []),
    "emphasis on HTML": ('<s:emphasis level="strong"><q:b xmlns:q="http://www.imsglobal.org/xsd/imsqti_v2p2">so</q:b></s:emphasis>', []),
    "prosody": ('<s:prosody rate="slow" pitch="+2st" volume="-6.0dB">so</s:prosody>', []),
    "a kind of number": ('<s:say-as interpret-as="cardinal">12</s:say-as>', []),
    "a substitute for nothing": ("<s:sub>km</s:sub>", ["missing_attribute"]),
    "a break without a unit": ('<s:break time="250"/>', ["wrong_attribute_value"]),
    "a break with words": ("<s:break>now</s:break>", ["text_not_allowed"]),
    "a sound without its signs": ('<s:phoneme alphabet="ipa">so</s:phoneme>', ["missing_attribute"]),
    "an attribute of nobody": ('<s:emphasis class="x">so</s:emphasis>', ["unknown_attribute"]),
}


@pytest.mark.parametrize("name", SSML)
def test_qti_2_2_takes_the_attributes_of_ssml_1_1(name: str) -> None:
    written, expected = SSML[name]
    spoken = f'<span xmlns:s="http://www.w3.org/2010/10/synthesis">{written}</span>'

    assert [code for _, code in broken(changed(ITEM_22, "and choose.", spoken))] == expected


APIP_NS = "http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0"
SPOKEN = '<spoken><spokenText contentLinkIdentifier="s1">Two</spokenText></spoken>'
LINK = '<contentLinkInfo qtiLinkIdentifierRef="p1"><textLink><fullString/></textLink></contentLinkInfo>'
ACCESS = {
    "nothing": ("", []),
    "something to hear": (f"{LINK}<relatedElementInfo>{SPOKEN}</relatedElementInfo>", []),
    "no link": (f"<relatedElementInfo>{SPOKEN}</relatedElementInfo>", ["element_misplaced"]),
    "no answer to it": (LINK, ["missing_element"]),
    "words of nobody": (f"{LINK}<relatedElementInfo><heard/></relatedElementInfo>", ["unknown_element"]),
    "a text without its name": (
        f"{LINK}<relatedElementInfo><spoken><spokenText>Two</spokenText></spoken></relatedElementInfo>",
        ["missing_attribute"],
    ),
    "a name that a response has": (
        f"{LINK}<relatedElementInfo>{SPOKEN.replace('s1', 'RESPONSE')}</relatedElementInfo>",
        ["duplicate_id"],
    ),
}


@pytest.mark.parametrize("item", [ITEM_21, ITEM_22])
@pytest.mark.parametrize("name", ACCESS)
def test_apip_says_what_else_there_is_to_an_item(item: str, name: str) -> None:
    written, expected = ACCESS[name]
    told = f'<accessibilityInfo><accessElement identifier="a1">{written}</accessElement></accessibilityInfo>' if written else ""
    whole = changed(item, "</assessmentItem>", f'<apipAccessibility xmlns="{APIP_NS}">{told}</apipAccessibility></assessmentItem>')

    assert [code for _, code in broken(whole)] == expected


def test_a_rubric_may_be_a_document_of_its_own() -> None:
    assert broken('<rubricBlock xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" view="candidate"><p>Read.</p></rubricBlock>') == []


def a_table(columns: str) -> str:
    return changed(ITEM_21, "<p>Say", f"<div><table>{columns}<tbody><tr><td/></tr></tbody></table></div><p>Say")


def test_columns_stand_before_their_groups_in_2_1() -> None:
    assert broken(a_table("<col/><colgroup><col/></colgroup>")) == []
    assert broken(a_table("<colgroup/><col/>")) == [(15, "element_misplaced")]


def test_a_set_to_match_has_an_id_in_2_2_and_not_in_2_1() -> None:
    sets = '<simpleMatchSet id="a"/><simpleMatchSet/>'
    match = f'<matchInteraction responseIdentifier="RESPONSE" shuffle="false">{sets}</matchInteraction><p>Say'

    assert "unknown_attribute" in [code for _, code in broken(changed(ITEM_21, "<p>Say", match))]
    assert "unknown_attribute" not in [code for _, code in broken(changed(ITEM_22, "<p>Say", match))]


@pytest.mark.parametrize("item", [ITEM_21, ITEM_22])
def test_a_template_block_of_a_rubric_holds_no_template_inline_of_its_own(item: str) -> None:
    shown = 'templateIdentifier="T" identifier="a" showHide="show"'
    block = f"<templateBlock {shown}>%s</templateBlock>"
    rubric = f'<rubricBlock view="author">{block}</rubricBlock><p>Say'
    inline = f"<templateInline {shown}>x</templateInline>"

    assert broken(changed(item, "<p>Say", rubric % inline)) == [(15, "element_not_allowed")]
    assert broken(changed(item, "<p>Say", rubric % f"<p>{inline}</p>")) == []


@pytest.mark.parametrize("item", [ITEM_21, ITEM_22])
def test_a_random_number_can_be_summed_up(item: str) -> None:
    total = '<sum><randomFloat min="0" max="1"/><baseValue baseType="float">1</baseValue></sum>'

    assert broken(changed(item, '<mapResponse identifier="RESPONSE"/>', total)) == []


@pytest.mark.parametrize("name", ["MaxChoices", "Maxchoices", "MAXCHOICES"])
def test_an_attribute_in_another_case_is_another_attribute(name: str) -> None:
    assert broken(changed(ITEM_21, "maxChoices", name)) == [(16, "unknown_attribute")]


def test_another_namespace_is_named_once_and_the_rest_is_still_judged() -> None:
    lost = changed(ITEM_21, "http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/imsqti_v2p0")

    assert broken(lost) == [(1, "wrong_namespace")]
    assert broken(changed(lost, 'adaptive="false"', 'adaptive="no"')) == [(1, "wrong_namespace"), (1, "wrong_attribute_value")]


@pytest.mark.parametrize(
    "xml", ["<html><body/></html>", '<rss version="2.0"/>', '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"/>']
)
def test_what_is_no_qti_is_said_to_be_none(xml: str) -> None:
    assert broken(xml)[-1] == (1, "not_qti")


@pytest.mark.parametrize("version", list(Version))
def test_every_name_in_the_tables_has_a_rule(version: Version) -> None:
    known = rules(version)
    named = {name for rule in known.values() for moves in rule.states for name, (_, follows) in moves.items() if follows not in known}

    assert {name for name in named if not name.startswith("*")} - {"apip:apipAccessibility", "infoControl", "qti-info-control"} == set()
    assert ROOTS[version] <= set(known)


HTML5 = {
    "a section of HTML5": ("<qh5:section><p>a</p></qh5:section>", []),
    "a division inside it": ("<qh5:section>\n<div/></qh5:section>", [(15, "element_not_allowed")]),
    "something of QTI inside it": ("<qh5:section>\n<printedVariable identifier='SCORE'/></qh5:section>", [(15, "element_not_allowed")]),
    "text in a sound": ('<qh5:audio src="a">x</qh5:audio>', [(14, "text_not_allowed")]),
    "a film": ('<qh5:video width="320"> <qh5:source src="a" type="video/mp4"/> </qh5:video>', []),
    "a width with its unit": ('<qh5:video width="3px"/>', [(14, "wrong_attribute_value")]),
    "a caption": ('<qh5:figure><img src="a" alt=""/><qh5:figcaption>c</qh5:figcaption></qh5:figure>', []),
    "furigana": ("<p><qh5:ruby>a<qh5:rp>(</qh5:rp><qh5:rt>b</qh5:rt></qh5:ruby></p>", []),
    "the same without its namespace": ("<section><p>a</p></section>", [(14, "unknown_element")]),
}


@pytest.mark.parametrize("name", HTML5)
def test_2_2_has_a_profile_of_html5_in_a_namespace_of_its_own(name: str) -> None:
    written, expected = HTML5[name]
    xml = ITEM_22.replace("xmlns=", 'xmlns:qh5="http://www.imsglobal.org/xsd/imsqtiv2p2_html5_v1p0" xmlns=', 1)

    assert broken(changed(xml, "<itemBody>", f"<itemBody>{written}")) == expected
