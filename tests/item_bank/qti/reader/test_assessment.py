"""Reading tests and sections of every version."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.model import (
    AssessmentTest,
    ItemRef,
    NavigationMode,
    Section,
    SectionRef,
    Selection,
    SubmissionMode,
    TimeLimits,
    Version,
    references,
)
from item_bank.qti.reader import read_section, read_test, with_sections

QTI22 = """<?xml version="1.0"?>
<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="T1" title="A test" xml:lang="hi">
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="10"/>
  <timeLimits minTime="10" maxTime="3600" allowLateSubmission="true"/>
  <testPart identifier="P1" navigationMode="nonlinear" submissionMode="simultaneous">
    <preCondition><baseValue baseType="boolean">true</baseValue></preCondition>
    <branchRule target="EXIT_TEST"><baseValue baseType="boolean">false</baseValue></branchRule>
    <itemSessionControl maxAttempts="2" showFeedback="true" allowSkipping="0"/>
    <assessmentSection identifier="S1" title="One" visible="false" keepTogether="false" required="true" fixed="true">
      <selection select="2" withReplacement="true"/>
      <ordering shuffle="true"/>
      <rubricBlock view="candidate scorer"><p>Read <b>this</b></p></rubricBlock>
      <assessmentItemRef identifier="I1" href="items/one.xml" category="easy maths" required="true">
        <timeLimits maxTime="60"/>
        <variableMapping sourceIdentifier="SCORE" targetIdentifier="POINTS"/>
        <weight identifier="W" value="2.5"/>
        <templateDefault templateIdentifier="N"><baseValue baseType="integer">3</baseValue></templateDefault>
      </assessmentItemRef>
      <assessmentSectionRef identifier="S2" href="section.xml"/>
      <assessmentSection identifier="S3" title="" visible="true">
        <assessmentItemRef identifier="I2" href="items/one.xml"/>
      </assessmentSection>
    </assessmentSection>
    <testFeedback access="during" outcomeIdentifier="SCORE" identifier="low" showHide="hide" title="Now"><p>Go on</p></testFeedback>
  </testPart>
  <outcomeProcessing><exitTest/></outcomeProcessing>
  <testFeedback access="atEnd" outcomeIdentifier="SCORE" identifier="high" showHide="show"><p>Well done</p></testFeedback>
</assessmentTest>"""

QTI30 = """<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="T1" title="A test" xml:lang="hi">
  <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="10"/>
  <qti-time-limits min-time="10" max-time="3600" allow-late-submission="true"/>
  <qti-test-part identifier="P1" navigation-mode="nonlinear" submission-mode="simultaneous">
    <qti-pre-condition><qti-base-value base-type="boolean">true</qti-base-value></qti-pre-condition>
    <qti-branch-rule target="EXIT_TEST"><qti-base-value base-type="boolean">false</qti-base-value></qti-branch-rule>
    <qti-item-session-control max-attempts="2" show-feedback="true" allow-skipping="0"/>
    <qti-assessment-section identifier="S1" title="One" visible="false" keep-together="false" required="true" fixed="true">
      <qti-selection select="2" with-replacement="true"/>
      <qti-ordering shuffle="true"/>
      <qti-rubric-block view="candidate scorer"><qti-content-body><p>Read <b>this</b></p></qti-content-body></qti-rubric-block>
      <qti-assessment-item-ref identifier="I1" href="items/one.xml" category="easy maths" required="true">
        <qti-time-limits max-time="60"/>
        <qti-variable-mapping source-identifier="SCORE" target-identifier="POINTS"/>
        <qti-weight identifier="W" value="2.5"/>
        <qti-template-default template-identifier="N"><qti-base-value base-type="integer">3</qti-base-value></qti-template-default>
      </qti-assessment-item-ref>
      <qti-assessment-section-ref identifier="S2" href="section.xml"/>
      <qti-assessment-section identifier="S3" title="" visible="true">
        <qti-assessment-item-ref identifier="I2" href="items/one.xml"/>
      </qti-assessment-section>
    </qti-assessment-section>
    <qti-test-feedback access="during" outcome-identifier="SCORE" identifier="low" show-hide="hide" title="Now">
      <qti-content-body><p>Go on</p></qti-content-body>
    </qti-test-feedback>
  </qti-test-part>
  <qti-outcome-processing><qti-exit-test/></qti-outcome-processing>
  <qti-test-feedback access="atEnd" outcome-identifier="SCORE" identifier="high" show-hide="show">
    <qti-content-body><p>Well done</p></qti-content-body>
  </qti-test-feedback>
</qti-assessment-test>"""

QTI21 = QTI22.replace("imsqti_v2p2", "imsqti_v2p1")


@pytest.fixture(params=[QTI21, QTI22, QTI30], ids=["2.1", "2.2", "3.0"])
def test(request: pytest.FixtureRequest) -> AssessmentTest:
    return read_test(request.param.encode())


def outer(test: AssessmentTest) -> Section:
    section = test.parts[0].parts[0]
    assert isinstance(section, Section)
    return section


def test_a_test_says_the_same_in_every_version(test: AssessmentTest) -> None:
    assert (test.identifier, test.title, test.lang, list(test.outcomes)) == ("T1", "A test", "hi", ["SCORE"])
    assert test.time_limits == TimeLimits(minimum=10, maximum=3600, allow_late=True)
    assert test.outcome_processing is not None
    assert test.outcome_processing.elements[0].name == "qti-exit-test"
    (feedback,) = test.feedbacks
    assert (feedback.at_end, feedback.shown.identifier, feedback.shown.show) == (True, "high", True)


def test_a_part_says_its_modes_rules_and_control(test: AssessmentTest) -> None:
    (part,) = test.parts

    assert (part.navigation, part.submission) == (NavigationMode.NONLINEAR, SubmissionMode.SIMULTANEOUS)
    assert [condition.name for condition in part.preconditions] == ["qti-base-value"]
    assert [(rule.target, rule.condition is not None) for rule in part.branch_rules] == [("EXIT_TEST", True)]
    assert (part.control.max_attempts, part.control.show_feedback, part.control.allow_skipping) == (2, True, False)
    assert (part.control.allow_review, part.control.validate_responses) == (None, None)
    (feedback,) = part.feedbacks
    assert (feedback.at_end, feedback.title, feedback.shown.show) == (False, "Now", False)


def test_a_section_says_what_it_draws_and_how(test: AssessmentTest) -> None:
    section = outer(test)

    assert section.selection == Selection(select=2, with_replacement=True)
    assert (section.shuffle, section.visible, section.keep_together, section.required, section.fixed) == (True, False, False, True, True)
    assert [sorted(rubric.view) for rubric in section.rubrics] == [["candidate", "scorer"]]
    assert [(type(each), each.identifier) for each in section.parts] == [(ItemRef, "I1"), (SectionRef, "S2"), (Section, "S3")]


def test_a_reference_to_an_item_says_what_the_test_makes_of_it(test: AssessmentTest) -> None:
    item = outer(test).parts[0]

    assert isinstance(item, ItemRef)
    assert (item.href, item.categories, item.required, item.fixed) == ("items/one.xml", frozenset({"easy", "maths"}), True, False)
    assert (item.weights, item.mappings) == ({"W": 2.5}, {"POINTS": "SCORE"})
    assert item.time_limits == TimeLimits(maximum=60)
    assert [each.template for each in item.template_defaults] == ["N"]


def test_what_a_test_needs_is_listed_once_each(test: AssessmentTest) -> None:
    assert references(test) == ("items/one.xml", "section.xml")


def test_what_is_missing_takes_its_default() -> None:
    inner = '<testPart><assessmentItemRef href="a.xml"/></testPart>'

    test = read_test(f'<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1">{inner}</assessmentTest>'.encode())

    (part,) = test.parts
    assert (part.navigation, part.submission, test.version) == (NavigationMode.LINEAR, SubmissionMode.INDIVIDUAL, Version.QTI_21)
    assert references(test) == ("a.xml",)


NOT_TESTS = [
    ("<assessmentItem/>", "not_a_test"),
    ("<manifest/>", "not_a_test"),
    ("<assessmentTest", "not_well_formed"),
    ('<!DOCTYPE t [<!ENTITY x "y">]><assessmentTest/>', "entities_forbidden"),
]


@pytest.mark.parametrize(("xml", "problem"), NOT_TESTS)
def test_what_is_no_test_is_refused(xml: str, problem: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_test(xml.encode())

    assert refused.value.details["problem"] == problem


def a_section(name: str, *hrefs: str) -> Section:
    refs = "".join(f'<assessmentSectionRef identifier="R{at}" href="{href}" required="true"/>' for at, href in enumerate(hrefs))
    xml = f'<assessmentSection xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="{name}" title="T" visible="true">{refs}'
    return read_section(f'{xml}<assessmentItemRef identifier="I{name}" href="i.xml"/></assessmentSection>'.encode())


def a_test(href: str) -> AssessmentTest:
    part = f'<testPart identifier="P"><assessmentSectionRef identifier="R" href="{href}" fixed="true"/></testPart>'
    return read_test(f'<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2">{part}</assessmentTest>'.encode())


def test_a_section_in_a_file_of_its_own_is_put_in_its_place() -> None:
    test = with_sections(a_test("s.xml"), {"s.xml": a_section("S", "t.xml", "gone.xml"), "t.xml": a_section("T")})

    section = outer(test)
    assert (section.identifier, section.fixed) == ("S", True)
    inside = section.parts[0]
    assert isinstance(inside, Section)
    assert (inside.identifier, inside.required) == ("T", True)
    assert isinstance(section.parts[1], SectionRef)


def test_what_a_section_of_another_folder_refers_to_is_moved_with_it() -> None:
    sections = {"parts/s.xml": a_section("S", "../more/t.xml"), "more/t.xml": a_section("T", "https://example.org/u.xml")}

    test = with_sections(a_test("parts/s.xml"), sections)

    assert references(test) == ("https://example.org/u.xml", "more/i.xml", "parts/i.xml")


@pytest.mark.parametrize("sections", [{"s": a_section("S", "s")}, {"s": a_section("S", "t"), "t": a_section("T", "s")}])
def test_sections_that_hold_each_other_are_refused(sections: dict[str, Section]) -> None:
    with pytest.raises(UnreadableFile) as refused:
        with_sections(a_test("s"), sections)

    assert refused.value.details["problem"] == "cyclic_section"


def test_sections_that_multiply_without_end_are_refused() -> None:
    sections = {f"s{at}": a_section(f"S{at}", f"s{at + 1}", f"s{at + 1}", f"s{at + 1}") for at in range(40)}

    with pytest.raises(TooLarge):
        with_sections(a_test("s0"), sections)


def test_another_root_is_no_section() -> None:
    with pytest.raises(UnreadableFile, match="not a QTI section"):
        read_section(b"<assessmentTest/>")


NAMES = st.sampled_from(
    [
        "testPart",
        "assessmentSection",
        "assessmentItemRef",
        "selection",
        "ordering",
        "weight",
        "timeLimits",
        "itemSessionControl",
        "preCondition",
        "branchRule",
        "and",
    ]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            "identifier",
            "href",
            "select",
            "withReplacement",
            "shuffle",
            "value",
            "maxTime",
            "maxAttempts",
            "target",
            "navigationMode",
            "fixed",
            "category",
        ]
    ),
    st.sampled_from(["", "A", "-1", "1e999", "nan", "true", "maybe", "99999999999999999999", "nonlinear"]),
)


def written(tree: Any) -> str:
    name, attributes, children = tree
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{said}>{''.join(written(child) for child in children)}</{name}>"


TREES: st.SearchStrategy[Any] = st.recursive(
    st.tuples(NAMES, ATTRIBUTES, st.just([])), lambda below: st.tuples(NAMES, ATTRIBUTES, st.lists(below, max_size=4)), max_leaves=20
)


@given(st.lists(TREES, max_size=4))
def test_any_nonsense_reads_without_failing(trees: list[Any]) -> None:
    xml = f'<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2">{"".join(map(written, trees))}</assessmentTest>'

    test = read_test(xml.encode())

    assert len(test.root.elements) == len(trees)
