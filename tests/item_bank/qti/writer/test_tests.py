"""Tests and stimuli in every version."""

import pytest

from item_bank.qti.model import Version
from item_bank.qti.reader import parse, read_stimulus
from item_bank.qti.reader.assessment import read_test
from item_bank.qti.validity import findings
from item_bank.qti.writer import convert, write
from tests.item_bank.qti.writer.samples import document

TEST = b"""<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="T" title="A test">
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float">
<qti-default-value><qti-value>0</qti-value></qti-default-value>
</qti-outcome-declaration><qti-time-limits max-time="3600" allow-late-submission="true"/>
<qti-test-part identifier="P" navigation-mode="linear" submission-mode="individual">
<qti-item-session-control max-attempts="2" show-feedback="true"/>
<qti-assessment-section identifier="S" title="Section" visible="true" keep-together="false">
<qti-pre-condition><qti-is-null><qti-variable identifier="SCORE"/>
</qti-is-null></qti-pre-condition><qti-selection select="1" with-replacement="false"/><qti-ordering shuffle="true"/>
<qti-rubric-block view="candidate" use="instructions"><qti-content-body><p>Read.</p></qti-content-body></qti-rubric-block>
<qti-assessment-item-ref identifier="I" href="i.xml" category="a b"><qti-branch-rule target="EXIT_TEST"><qti-gt>
<qti-variable identifier="I.SCORE"/><qti-base-value base-type="float">1</qti-base-value></qti-gt></qti-branch-rule>
<qti-weight identifier="W" value="2"/>
<qti-template-default template-identifier="X"><qti-base-value base-type="integer">1</qti-base-value></qti-template-default>
</qti-assessment-item-ref>
<qti-assessment-section-ref identifier="R" href="s.xml"/></qti-assessment-section></qti-test-part>
<qti-outcome-processing><qti-set-outcome-value identifier="SCORE">
<qti-sum><qti-test-variables variable-identifier="SCORE" weight-identifier="W"/>
</qti-sum></qti-set-outcome-value></qti-outcome-processing>
<qti-test-feedback access="atEnd" outcome-identifier="SCORE" identifier="f" show-hide="show" title="Done">
<qti-content-body><p>Done.</p></qti-content-body></qti-test-feedback>
</qti-assessment-test>"""
STIMULUS = b"""<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S" title="Water" xml:lang="en">
<qti-stimulus-body><p>Water</p></qti-stimulus-body></qti-assessment-stimulus>"""


@pytest.mark.parametrize("version", list(Version))
def test_a_test_is_the_same_test_in_every_version(version: Version) -> None:
    written = convert(parse(TEST).root, version)

    assert written.problems == ()
    assert [problem for problem in findings(parse(written.xml)) if problem.severity == "invalid"] == []
    assert document(write(parse(written.xml).root)).root == document(TEST).root


def test_the_records_of_a_test_come_back() -> None:
    before, after = read_test(TEST), read_test(write(parse(write(parse(TEST).root, Version.QTI_21)).root))

    assert (after.identifier, after.title, after.outcomes, after.parts) == (before.identifier, before.title, before.outcomes, before.parts)


@pytest.mark.parametrize("version", [Version.QTI_22, Version.QTI_30])
def test_a_stimulus_comes_back(version: Version) -> None:
    written = convert(parse(STIMULUS).root, version)

    assert written.problems == ()
    assert read_stimulus(written.xml).body == read_stimulus(STIMULUS).body


def test_a_test_that_chooses_by_an_engine_cannot_be_written_in_qti_2() -> None:
    adaptive = TEST.replace(b'<qti-selection select="1" with-replacement="false"/>', b"<qti-adaptive-selection/>")

    written = convert(parse(adaptive).root, Version.QTI_22)

    assert [(problem.code, str(problem.severity)) for problem in written.problems] == [("cannot_be_written", "invalid")]
