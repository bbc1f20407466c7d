"""What QTI 2.1 says in another way than QTI 3.0, and what it cannot say: nothing is dropped in silence."""

import pytest

from assessment_engine.kernel.errors import UnreadableFile
from item_bank.qti.model import Node, Version
from item_bank.qti.reader import parse, read_item
from item_bank.qti.writer import Written, convert, write
from tests.item_bank.items import choice, qti, response


def in_21(body: str, *, more: str = "", processing: str = "") -> Written:
    """An item with this in its body, as QTI 2.1."""
    xml = qti(responses=response("identifier", "A"), body=body, **({"processing": processing} if processing else {}))
    return convert(parse(xml.replace(b"<qti-item-body>", f"{more}<qti-item-body>".encode())).root, Version.QTI_21)


def body_of(written: Written) -> str:
    """What stands in the written item's body."""
    return written.xml.decode().partition("<itemBody>")[2].partition("</itemBody>")[0]


def codes(written: Written) -> list[tuple[str, str]]:
    """What was listed, and how bad it is."""
    return [(problem.code, str(problem.severity)) for problem in written.problems]


def test_names_namespace_and_schema_are_the_versions() -> None:
    xml = in_21(choice("A", "B")).xml.decode()

    assert xml.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"')
    assert "http://www.imsglobal.org/xsd/imsqti_v2p1 http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd" in xml
    assert '<choiceInteraction shuffle="false" maxChoices="1" responseIdentifier="RESPONSE">' in xml
    assert 'template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"' in xml


def test_the_words_of_feedback_and_rubrics_stand_without_a_content_body() -> None:
    written = in_21(
        '<qti-rubric-block view="scorer" use="scoring"><qti-content-body><p>Look</p></qti-content-body></qti-rubric-block>'
        '<qti-feedback-block outcome-identifier="F" identifier="f" show-hide="show">'
        "<qti-content-body><p>Well</p></qti-content-body></qti-feedback-block>"
    )

    assert '<rubricBlock view="scorer" use="scoring"><p>Look</p></rubricBlock>' in body_of(written)
    assert '<feedbackBlock outcomeIdentifier="F" identifier="f" showHide="show"><p>Well</p></feedbackBlock>' in body_of(written)
    assert "<qti-content-body><p>Look</p></qti-content-body>" in write(parse(written.xml).root).decode()


def test_a_picture_of_an_interaction_becomes_an_object_with_its_words() -> None:
    written = in_21(
        '<qti-hotspot-interaction response-identifier="RESPONSE" max-choices="1"><img src="a.jpg" alt="a map" width="9" height="8"/>'
        '<qti-hotspot-choice identifier="A" shape="circle" coords="1,2,3" hotspot-label="Here"/></qti-hotspot-interaction>'
    )

    assert '<object data="a.jpg" type="image/jpeg" width="9" height="8">a map</object>' in body_of(written)
    assert 'hotspotLabel="Here"' in body_of(written)
    assert codes(written) == []


def test_a_gap_picture_and_a_stage_become_objects() -> None:
    written = in_21(
        '<qti-position-object-stage><picture><source srcset="b.webp"/><img src="a.png" alt="stage"/></picture>'
        '<qti-position-object-interaction response-identifier="RESPONSE" max-choices="1" center-point="3 4"><img src="b.png" alt="pin"/>'
        "</qti-position-object-interaction></qti-position-object-stage>"
    )

    assert '<positionObjectStage><object data="a.png" type="image/png">stage</object>' in body_of(written)
    assert 'centrePoint="3 4"><object data="b.png" type="image/png">pin</object>' in body_of(written)
    again = read_item(write(parse(written.xml).root)).interactions[0]
    assert again.attributes["center-point"] == "3 4"


def test_sound_and_film_become_objects_and_captions_are_listed() -> None:
    written = in_21(
        '<qti-media-interaction response-identifier="RESPONSE"><video>'
        '<source src="a.mp4" type="video/mp4"/><source src="a.webm" type="video/webm"/>'
        '<track src="a.vtt" kind="captions"/>no film here</video></qti-media-interaction>'
    )

    assert '<mediaInteraction autostart="false" responseIdentifier="RESPONSE">' in body_of(written)
    assert '<object data="a.mp4" type="video/mp4">no film here</object>' in body_of(written)
    assert codes(written) == [("sources_not_kept", "note"), ("captions_not_kept", "note")]


def test_a_sound_in_the_body_stands_in_a_block() -> None:
    assert '<div><object data="a.mp3" type="audio/mpeg"/></div>' in body_of(in_21('<audio src="a.mp3"/>'))


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("<section><p>x</p></section>", '<div class="section"><p>x</p></div>'),
        ('<figure class="wide"><figcaption>x</figcaption></figure>', '<div class="wide figure"><div class="figcaption">x</div></div>'),
        ("<p><u>x</u></p>", '<p><span class="u">x</span></p>'),
        ("<p>a<wbr/>b</p>", "<p>a\u200bb</p>"),
        ("<details><summary>More</summary><p>x</p></details>", '<infoControl title="More"><p>x</p></infoControl>'),
        ('<p lang="hi">x</p>', '<p xml:lang="hi">x</p>'),
        ('<p><img src="a.png"/></p>', '<p><img alt="" src="a.png"/></p>'),
    ],
)
def test_html5_is_said_in_the_words_of_qti_2_1(html: str, written: str) -> None:
    assert written in body_of(in_21(html))


@pytest.mark.parametrize(
    ("html", "name"),
    [('<p dir="rtl">x</p>', "dir of p"), ('<p style="color: red">x</p>', "style of p"), ('<p aria-label="y">x</p>', "aria-label of p")],
)
def test_an_attribute_that_qti_2_1_has_not_is_listed(html: str, name: str) -> None:
    written = in_21(html)

    assert "<p>x</p>" in body_of(written)
    assert [problem.message for problem in written.problems] == [f"QTI 2.1 cannot say {name}"]


def test_qti_2_2_keeps_direction_and_aria() -> None:
    xml = qti(responses="", body='<p dir="rtl" aria-label="y">x</p>')

    written = convert(parse(xml).root, Version.QTI_22)

    assert '<p dir="rtl" aria-label="y">x</p>' in written.xml.decode()
    assert written.problems == ()


def test_a_catalog_is_left_out_and_listed() -> None:
    written = in_21(choice("A"), more='<qti-catalog-info><qti-catalog id="c"/></qti-catalog-info>')

    assert b"catalog" not in written.xml
    assert codes(written) == [("element_not_kept", "note")]


def test_a_context_that_rules_depend_on_cannot_be_left_out_lightly() -> None:
    written = in_21(choice("A"), more='<qti-context-declaration identifier="C" cardinality="record"/>')

    assert codes(written) == [("cannot_be_written", "invalid")]


def test_that_somebody_else_scores_cannot_be_said() -> None:
    xml = qti(responses=response("identifier", "A"), body=choice("A")).replace(
        b'base-type="float"/>', b'base-type="float" external-scored="human"/>'
    )

    assert codes(convert(parse(xml).root, Version.QTI_21)) == [("cannot_be_written", "invalid")]
    assert b'externalScored="human"' in convert(parse(xml).root, Version.QTI_22).xml


def test_a_shared_text_that_is_not_given_is_missed() -> None:
    written = in_21(choice("A"), more='<qti-assessment-stimulus-ref identifier="S" href="s.xml"/>')

    assert codes(written) == [("stimulus_not_written", "invalid")]


def test_a_portable_interaction_makes_the_journey_and_back() -> None:
    written = in_21(
        '<qti-portable-custom-interaction response-identifier="RESPONSE" custom-interaction-type-identifier="urn:x" module="m" '
        'data-colour="red">'
        '<qti-interaction-modules><qti-interaction-module id="m" primary-path="m.js"/></qti-interaction-modules>'
        "<qti-interaction-markup><div>Hello</div></qti-interaction-markup></qti-portable-custom-interaction>"
    )

    assert '<customInteraction responseIdentifier="RESPONSE"><portableCustomInteraction xmlns=' in body_of(written)
    back = write(parse(written.xml).root).decode()
    assert 'custom-interaction-type-identifier="urn:x" module="m" data-colour="red"' in back
    assert '<qti-interaction-module id="m" primary-path="m.js"/>' in back
    assert "<qti-interaction-markup><div>Hello</div></qti-interaction-markup>" in back


def test_mathml_keeps_its_namespace() -> None:
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math>'

    assert f"<p>{math}</p>" in body_of(in_21(f"<p>{math}</p>"))


def test_how_text_is_spoken_is_listed_and_the_text_kept() -> None:
    written = in_21('<p><sub xmlns="http://www.w3.org/2001/10/synthesis" alias="World Wide Web">WWW</sub></p>')

    assert "<p>WWW</p>" in body_of(written)
    assert codes(written) == [("speech_not_kept", "note")]


def test_attributes_of_other_namespaces_keep_them() -> None:
    xml = qti(responses="", body='<p xmlns:y="urn:y" y:z="1">x</p>')

    assert "{urn:y}z" in parse(write(parse(xml).root)).root.named("qti-item-body")[0].elements[0].attributes


def test_a_root_that_qti_does_not_have_is_refused() -> None:
    root = Node(name="nonsense", attributes={}, children=("a", Node(name="p", attributes={}, children=("b",))))

    with pytest.raises(UnreadableFile) as caught:
        convert(root, Version.QTI_21)

    assert caught.value.details["problem"] == "not_qti"
