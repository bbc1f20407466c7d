"""What QTI 2.x says in another way than QTI 3.0."""

import pytest

from assessment_engine.kernel.errors import UnreadableFile
from item_bank.qti.model import Node, Version
from item_bank.qti.reader import parse
from item_bank.qti.writer import Written, convert
from tests.item_bank.qti.writer.samples import rewritten


def from_21(body: str, *, more: str = "", namespace: str = "http://www.imsglobal.org/xsd/imsqti_v2p1") -> Written:
    """A 2.x item with this in its body, as QTI 3.0."""
    xml = (
        f'<assessmentItem xmlns="{namespace}" identifier="old" title="Old" adaptive="false" timeDependent="false">'
        f"<itemBody>{body}</itemBody>{more}</assessmentItem>"
    )
    return convert(parse(xml.encode()).root, Version.QTI_30)


def test_names_and_attributes_become_kebab_case() -> None:
    written = from_21('<extendedTextInteraction responseIdentifier="R" expectedLines="3"/>').xml.decode()

    assert '<qti-extended-text-interaction response-identifier="R" expected-lines="3"/>' in written
    assert 'adaptive="false" time-dependent="false"' in written
    assert "imsqti_asiv3p0_v1p0.xsd" in written


def test_feedback_rubrics_and_templates_get_a_content_body() -> None:
    written = from_21(
        '<rubricBlock view="scorer"><stylesheet href="a.css" type="text/css"/><p>x</p></rubricBlock>'
        '<templateBlock templateIdentifier="T" identifier="t" showHide="show"><p>y</p></templateBlock>',
        more='<modalFeedback outcomeIdentifier="F" identifier="f" showHide="show">z</modalFeedback>',
    ).xml.decode()

    assert (
        '<qti-rubric-block view="scorer" use="scoring"><qti-stylesheet href="a.css" type="text/css"/><qti-content-body><p>x</p>' in written
    )
    assert "<qti-content-body><p>y</p></qti-content-body></qti-template-block>" in written
    assert "<qti-content-body>z</qti-content-body></qti-modal-feedback>" in written


def test_standard_templates_have_their_new_address_and_others_keep_theirs() -> None:
    standard = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/map_response"/>'
    own = '<responseProcessing template="http://example.org/rptemplates/mine"/>'

    assert b'template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"' in from_21("", more=standard).xml
    assert b'template="http://example.org/rptemplates/mine"' in from_21("", more=own).xml


def test_words_behind_a_button_become_details() -> None:
    written = from_21('<infoControl title="Hint"><p>x</p></infoControl>')

    assert b"<summary>Hint</summary><p>x</p></details>" in written.xml
    assert [problem.code for problem in written.problems] == ["element_replaced"]


def test_html_that_no_qti_has_is_replaced_and_listed() -> None:
    written = from_21('<p><font color="red">x</font></p>')

    assert b'<p><span color="red">x</span></p>' in written.xml
    assert [problem.code for problem in written.problems] == ["element_replaced"]


def test_accessibility_of_another_kind_is_listed() -> None:
    more = '<apipAccessibility xmlns="http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0"><companionMaterialsInfo/></apipAccessibility>'

    written = from_21("<p>x</p>", more=more)

    assert b"apip" not in written.xml
    assert [problem.code for problem in written.problems] == ["accessibility_not_kept"]


def test_an_old_template_block_that_is_written_in_qti_3_stays_as_it_is() -> None:
    body = b"<qti-item-body><qti-template-block/></qti-item-body>"
    xml = b'<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="x">' + body + b"</qti-assessment-item>"

    assert body in rewritten(xml)


def test_a_portable_interaction_of_qti_2_gets_its_properties_as_data() -> None:
    written = from_21(
        '<customInteraction responseIdentifier="R"><p:portableCustomInteraction '
        'xmlns:p="http://www.imsglobal.org/xsd/portableCustomInteraction" '
        'customInteractionTypeIdentifier="urn:x" hook="m"><p:resources><p:libraries><p:lib id="m"/></p:libraries></p:resources>'
        '<p:properties><p:property key="a">1</p:property><p:properties key="b"><p:property key="c">2</p:property>'
        "</p:properties></p:properties>"
        "<p:markup><div>x</div></p:markup></p:portableCustomInteraction></customInteraction>"
    ).xml.decode()

    assert 'custom-interaction-type-identifier="urn:x" module="m" data-a="1" data-b-c="2"' in written
    assert '<qti-interaction-module id="m" primary-path=""/>' in written


def test_a_root_that_qti_3_lacks_is_refused() -> None:
    with pytest.raises(UnreadableFile) as caught:
        convert(Node(name="apipAccessibility", written="apipAccessibility", attributes={}, children=()), Version.QTI_30)

    assert caught.value.details["problem"] == "not_qti"
