"""Small items and tests for the tests of sessions, written as QTI 2.2 (short names), read by the real reader."""

from collections.abc import Mapping

from item_bank.qti.model import AssessmentTest, QtiItem
from item_bank.qti.reader import read_item, read_test
from item_bank.qti.session import TestSession
from item_bank.qti.values import BaseType, Value, single

QTI22 = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"'
MATCH = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/>'


def qti_item(
    *parts: str, identifier: str = "ITEM", adaptive: bool = False, body: str = '<textEntryInteraction responseIdentifier="RESPONSE"/>'
) -> QtiItem:
    declarations = [part for part in parts if "Declaration" in part[:25]]
    rest = [part for part in parts if part not in declarations]
    xml = (
        f'<assessmentItem {QTI22} identifier="{identifier}" title="T" adaptive="{str(adaptive).lower()}" timeDependent="false">'
        f"{''.join(declarations)}{''.join(part for part in rest if part.startswith('<templateProcessing'))}"
        f"<itemBody><p>{body}</p></itemBody>"
        f"{''.join(part for part in rest if not part.startswith('<templateProcessing'))}</assessmentItem>"
    )
    return read_item(xml.encode())


def response(name: str = "RESPONSE", correct: str = "", base_type: str = "identifier", default: str = "") -> str:
    values = (f"<defaultValue><value>{default}</value></defaultValue>" if default else "") + (
        f"<correctResponse><value>{correct}</value></correctResponse>" if correct else ""
    )
    return f'<responseDeclaration identifier="{name}" cardinality="single" baseType="{base_type}">{values}</responseDeclaration>'


def outcome(name: str = "SCORE", base_type: str = "float", default: str = "", extra: str = "", cardinality: str = "single") -> str:
    value = f"<defaultValue><value>{default}</value></defaultValue>" if default else ""
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base_type}" {extra}>{value}</outcomeDeclaration>'
    )


def question(correct: str = "A", *, maximum: str = "1") -> QtiItem:
    """An item with one response, worth 1 when it is the correct one."""
    return qti_item(response(correct=correct), outcome(extra=f'normalMinimum="-1" normalMaximum="{maximum}"'), MATCH)


QUESTION = question()


def ref(name: str, inner: str = "", **attributes: str) -> str:
    written = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f'<assessmentItemRef identifier="{name}" href="{name}.xml" {written}>{inner}</assessmentItemRef>'


def refs(names: str) -> str:
    return "".join(ref(name) for name in names.split())


def section(name: str, inner: str, **attributes: str) -> str:
    said = {"title": name, "visible": "true", **attributes}
    written = " ".join(f'{key}="{value}"' for key, value in said.items())
    return f'<assessmentSection identifier="{name}" {written}>{inner}</assessmentSection>'


def part(inner: str, name: str = "P", navigation: str = "linear", submission: str = "individual") -> str:
    return f'<testPart identifier="{name}" navigationMode="{navigation}" submissionMode="{submission}">{inner}</testPart>'


def condition(name: str, inner: str) -> str:
    """Set an outcome."""
    return f'<setOutcomeValue identifier="{name}">{inner}</setOutcomeValue>'


def qti_test(*parts: str, declarations: str = "", processing: str = "", rest: str = "") -> AssessmentTest:
    run = f"<outcomeProcessing>{processing}</outcomeProcessing>" if processing else ""
    xml = f'<assessmentTest {QTI22} identifier="TEST" title="T">{declarations}{"".join(parts)}{run}{rest}</assessmentTest>'
    return read_test(xml.encode())


class _Everything(dict[str, QtiItem]):
    """Any item that is asked for is the same small question, unless it is given."""

    def __missing__(self, href: str) -> QtiItem:
        return QUESTION

    def __contains__(self, href: object) -> bool:
        return True


def begun(test: AssessmentTest, items: Mapping[str, QtiItem] | None = None, *, seed: int = 0) -> TestSession:
    return TestSession.begin(test, _Everything(items or {}), seed=seed)


def word(text: str) -> Value:
    return single(BaseType.IDENTIFIER, text)


RIGHT, WRONG = {"RESPONSE": word("A")}, {"RESPONSE": word("B")}

TRUE = '<baseValue baseType="boolean">true</baseValue>'
FALSE = '<baseValue baseType="boolean">false</baseValue>'


def when(expression: str) -> str:
    return f"<preCondition>{expression}</preCondition>"


def branch(target: str, expression: str = TRUE) -> str:
    return f'<branchRule target="{target}">{expression}</branchRule>'


def score_of(name: str, at_least: str = "1") -> str:
    return f'<gte><variable identifier="{name}.SCORE"/><baseValue baseType="float">{at_least}</baseValue></gte>'


def current(session: TestSession) -> str | None:
    return None if session.current is None else session.current.key
