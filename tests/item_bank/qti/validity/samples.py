"""Valid items, stimuli and tests of every version, for the tests that break one thing in them. Line numbers are those of the text below."""

from item_bank.qti.problems import Problem, Severity
from item_bank.qti.reader import parse
from item_bank.qti.validity import findings

ITEM_21 = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="choice" title="Choice" adaptive="false" \
timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
<correctResponse>
<value>A</value>
</correctResponse>
<mapping defaultValue="0">
<mapEntry mapKey="A" mappedValue="1"/>
</mapping>
</responseDeclaration>
<responseDeclaration identifier="WORD" cardinality="single" baseType="string"/>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">
<defaultValue><value>0</value></defaultValue>
</outcomeDeclaration>
<itemBody>
<p>Say <textEntryInteraction responseIdentifier="WORD" expectedLength="5"/> and choose.</p>
<choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="1">
<prompt>Which?</prompt>
<simpleChoice identifier="A">One</simpleChoice>
<simpleChoice identifier="B">Two</simpleChoice>
</choiceInteraction>
</itemBody>
<responseProcessing>
<responseCondition>
<responseIf>
<match>
<variable identifier="RESPONSE"/>
<correct identifier="RESPONSE"/>
</match>
<setOutcomeValue identifier="SCORE">
<mapResponse identifier="RESPONSE"/>
</setOutcomeValue>
</responseIf>
<responseElse>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue>
</responseElse>
</responseCondition>
</responseProcessing>
<modalFeedback outcomeIdentifier="SCORE" identifier="one" showHide="show">Well done</modalFeedback>
</assessmentItem>
"""
ITEM_22 = ITEM_21.replace("imsqti_v2p1", "imsqti_v2p2")
ITEM_30 = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="match" title="Match" \
time-dependent="false" xml:lang="hi">
<qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="directedPair">
<qti-correct-response>
<qti-value>a x</qti-value>
</qti-correct-response>
</qti-response-declaration>
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
<qti-item-body data-page="3">
<section aria-label="part">
<qti-match-interaction response-identifier="RESPONSE" max-associations="2">
<qti-prompt>Pair</qti-prompt>
<qti-simple-match-set>
<qti-simple-associable-choice identifier="a" match-max="1">A</qti-simple-associable-choice>
</qti-simple-match-set>
<qti-simple-match-set>
<qti-simple-associable-choice identifier="x" match-max="1">X</qti-simple-associable-choice>
</qti-simple-match-set>
</qti-match-interaction>
</section>
</qti-item-body>
<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
</qti-assessment-item>
"""
TEST_21 = """<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="test" title="Test">
<outcomeDeclaration identifier="TOTAL" cardinality="single" baseType="float"/>
<testPart identifier="part" navigationMode="linear" submissionMode="individual">
<itemSessionControl maxAttempts="1"/>
<assessmentSection identifier="section" title="Section" visible="true">
<selection select="1"/>
<ordering shuffle="true"/>
<assessmentItemRef identifier="one" href="one.xml">
<branchRule target="two"><gt><variable identifier="one.SCORE"/><baseValue baseType="float">1</baseValue></gt></branchRule>
<weight identifier="W" value="2"/>
</assessmentItemRef>
<assessmentItemRef identifier="two" href="two.xml" category="hard easy"/>
</assessmentSection>
</testPart>
<outcomeProcessing>
<setOutcomeValue identifier="TOTAL"><sum><testVariables variableIdentifier="SCORE"/></sum></setOutcomeValue>
</outcomeProcessing>
</assessmentTest>
"""
STIMULUS_30 = """<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="text" title="Text">
<qti-stimulus-body>
<p>Read <em>this</em>.</p>
</qti-stimulus-body>
</qti-assessment-stimulus>
"""
SAMPLES = {
    "an item of 2.1": ITEM_21,
    "an item of 2.2": ITEM_22,
    "an item of 3.0": ITEM_30,
    "a test of 2.1": TEST_21,
    "a stimulus of 3.0": STIMULUS_30,
}


def found(xml: str) -> tuple[Problem, ...]:
    """Everything that is found in a document."""
    return findings(parse(xml.encode()))


def broken(xml: str) -> list[tuple[int, str]]:
    """The lines and codes of what makes a document invalid."""
    return [(each.line, each.code) for each in found(xml) if each.severity is Severity.INVALID]


def noted(xml: str) -> list[tuple[int, str]]:
    """The lines and codes of the notes."""
    return [(each.line, each.code) for each in found(xml) if each.severity is Severity.NOTE]


def changed(xml: str, old: str, new: str) -> str:
    """The document with its first `old` changed."""
    assert old in xml, f"the sample says no {old}"
    return xml.replace(old, new, 1)
