"""Files as other systems write them: not as the specification has it, but plain in what they mean. Validity/ still names each fault."""

import pytest

from item_bank.qti.binding import bind
from item_bank.qti.model import TextEntryInteraction
from item_bank.qti.problems import Severity
from item_bank.qti.processing import score
from item_bank.qti.reader import parse, read_item
from item_bank.qti.validity import findings
from item_bank.qti.values import Cardinality

NAMESPACE = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"'
MATCH = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/>'


def an_item(declaration: str, *, first: str = "", around: str = NAMESPACE) -> str:
    return (
        f'{first}<assessmentItem {around} identifier="i" title="t" adaptive="false" timeDependent="false">{declaration}'
        f'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
        f'<itemBody><p><textEntryInteraction responseIdentifier="RESPONSE"/></p></itemBody>{MATCH}</assessmentItem>'
    )


def keyed(base_type: str, key: str, cardinality: str = "single") -> str:
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base_type}">'
        f"<correctResponse><value>{key}</value></correctResponse></responseDeclaration>"
    )


def worth(xml: str | bytes, answer: str | list[str]) -> float:
    item = read_item(xml if isinstance(xml, bytes) else xml.encode())
    return score(item, bind(item, {"RESPONSE": answer}, lenient=True)).score


@pytest.mark.parametrize(
    ("declaration", "answer"),
    [
        (keyed("integer", "3.0"), "3"),
        (keyed("integer", " 3 "), "3.0"),
        (keyed("boolean", "True"), "true"),
        (keyed("pair", "A,B"), "B A"),
        (keyed("directedPair", "\n  A\n  B\n"), "A B"),
        (keyed("point", "10,20"), "10 20"),
        (keyed("identifier", "<!-- why -->A<?pi why?>"), "A"),
        (keyed("string", "<![CDATA[a < b]]>"), "a < b"),
        (keyed("Identifier", "A", "Single"), "A"),
    ],
)
def test_a_key_is_what_it_plainly_means(declaration: str, answer: str) -> None:
    assert worth(an_item(declaration), answer) == 1.0


@pytest.mark.parametrize(("base_type", "key"), [("integer", "3.0"), ("boolean", "True"), ("pair", "A,B"), ("integer", "2.5")])
def test_a_key_that_is_not_as_its_type_has_it_is_named_and_breaks_a_clause_where_it_cannot_be_read(base_type: str, key: str) -> None:
    found = findings(parse(an_item(keyed(base_type, key)).encode()))

    expected = Severity.INVALID if key == "2.5" else Severity.NOTE
    assert ("value_not_of_type", expected) in {(each.code, each.severity) for each in found}


def test_an_integer_is_never_a_fraction() -> None:
    assert read_item(an_item(keyed("integer", "2.5")).encode()).responses["RESPONSE"].correct is None


@pytest.mark.parametrize("name", ["basetype", "BaseType", "BASETYPE", "base-type"])
def test_the_case_of_an_attribute_does_not_count(name: str) -> None:
    xml = an_item(keyed("directedPair", "A B").replace("baseType", name))

    assert worth(xml, "A B") == 1.0
    assert worth(xml, "B A") == 0.0
    assert name == "base-type" or any(each.severity is Severity.INVALID for each in findings(parse(xml.encode())))


def test_the_case_of_a_fixed_word_does_not_count() -> None:
    item = read_item(an_item(keyed("IDENTIFIER", "A", "Multiple")).encode())

    assert item.responses["RESPONSE"].cardinality is Cardinality.MULTIPLE


def test_qti_3_is_read_with_the_attributes_of_2() -> None:
    xml = (
        '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="t">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="multiple" baseType="pair"><qti-correct-response>'
        "<qti-value>A B</qti-value></qti-correct-response></qti-response-declaration>"
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" baseType="float"/><qti-item-body/>'
        '<qti-response-processing template="match_correct"/></qti-assessment-item>'
    )

    assert worth(xml, ["B A"]) == 1.0


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",  # 3.0's, over 2.x's names
        "http://www.imsglobal.org/xsd/imsqti_v2p1/",
        "https://www.imsglobal.org/question/qti_v2p1",
        "urn:ims:qti",
    ],
)
def test_a_namespace_that_does_not_go_with_the_root_is_a_fault_and_the_item_is_read(namespace: str) -> None:
    xml = an_item(keyed("identifier", "A"), around=f'xmlns="{namespace}"')

    assert worth(xml, "A") == 1.0
    assert any(each.severity is Severity.INVALID for each in findings(parse(xml.encode())))


def test_names_of_3_in_a_namespace_of_2_are_a_fault_and_the_item_is_read() -> None:
    xml = (
        '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="t" time-dependent="false">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier"><qti-correct-response>'
        "<qti-value>A</qti-value></qti-correct-response></qti-response-declaration>"
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/><qti-item-body/>'
        '<qti-response-processing template="match_correct"/></qti-assessment-item>'
    )

    assert worth(xml, "A") == 1.0
    assert any(each.severity is Severity.INVALID for each in findings(parse(xml.encode())))


@pytest.mark.parametrize(
    "xml",
    [
        an_item(keyed("identifier", "A"), around=""),
        an_item(keyed("identifier", "A"), around='xmlns="http://www.imsglobal.org/xsd/imsqti_v2p0"'),
        b"\xef\xbb\xbf" + an_item(keyed("identifier", "A")).encode(),
        an_item(keyed("identifier", "A"), first='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"),
        an_item(keyed("identifier", "A"), first='<?xml version="1.0" encoding="ISO-8859-1"?><!-- \xe9 -->').encode("latin-1"),
        an_item(keyed("identifier", "A"), first="\n<!-- made by hand -->\n<?stylesheet none?>\n"),
        an_item(keyed("identifier", "A"), around=f'{NAMESPACE} xml:base="items/"'),
    ],
)
def test_whatever_stands_around_an_item_it_is_read(xml: str | bytes) -> None:
    assert worth(xml, "A") == 1.0


def test_names_that_a_writer_of_html_lowered_are_known_and_still_invalid() -> None:
    xml = b"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t" timeDependent="false">
      <responsedeclaration identifier="RESPONSE" cardinality="single" basetype="string"><correctresponse><value>x</value></correctresponse>
      </responsedeclaration><outcomedeclaration identifier="SCORE" cardinality="single" basetype="float"/>
      <itembody><P>Say <textentryinteraction responseidentifier="RESPONSE"/></P></itembody>
      <responseprocessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/></assessmentItem>"""

    item = read_item(xml)

    assert [type(each) for each in item.interactions] == [TextEntryInteraction]
    assert score(item, bind(item, "x")).score == 1
    assert {each.code for each in findings(parse(xml))} >= {"unknown_element"}
