"""Reading and writing QTI Results Reporting."""

import os
from pathlib import Path

import pytest

from assessment_engine.kernel.errors import UnreadableFile
from item_bank.qti.model import AssessmentResult, ItemResult, ResultVariable, SessionStatus, VariableKind, Version
from item_bank.qti.reader import read_results
from item_bank.qti.values import BaseType, Cardinality, FileValue, Pair, Point, Value, boolean, container, integer, number, record, single
from item_bank.qti.writer import write_results

SAMPLES = Path(os.environ.get("ASSESSMENT_TESTDATA", Path(__file__).resolve().parents[4].parent / "shared" / "testdata")) / "qti" / "cito"

BODY = """<assessmentResult xmlns="{space}">
  <context sourcedId="C1"><sessionIdentifier sourceID="us" identifier="S1"/></context>
  <testResult identifier="T" datestamp="2026-01-02T03:04:05Z">
    <outcomeVariable identifier="TOTAL" cardinality="single" baseType="float" normalMaximum="10"><value>7.5</value></outcomeVariable>
  </testResult>
  <itemResult identifier="I" sequenceIndex="3" datestamp="2026-01-02T03:04:05Z" sessionStatus="pendingSubmission">
    <responseVariable identifier="RESPONSE" cardinality="ordered" baseType="identifier" choiceSequence="B A C">
      <correctResponse><value>A</value></correctResponse><candidateResponse><value> C </value><value>A</value></candidateResponse>
    </responseVariable>
    <responseVariable identifier="EMPTY" cardinality="single" baseType="string"><candidateResponse/></responseVariable>
    <templateVariable identifier="N" cardinality="single" baseType="integer"><value>4</value></templateVariable>
    <outcomeVariable identifier="SCORE" cardinality="single" baseType="float" externalScored="human"><value>2</value></outcomeVariable>
    <outcomeVariable identifier="UNTYPED" cardinality="single"><value>12</value></outcomeVariable>
    <candidateComment>Unclear</candidateComment>
  </itemResult>
</assessmentResult>"""
SPACES = {
    Version.QTI_21: "http://www.imsglobal.org/xsd/imsqti_result_v2p1",
    Version.QTI_22: "http://www.imsglobal.org/xsd/imsqti_result_v2p2",
    Version.QTI_30: "http://www.imsglobal.org/xsd/imsqti_result_v3p0",
}


@pytest.mark.parametrize("version", SPACES)
def test_results_say_the_same_in_every_version(version: Version) -> None:
    result = read_results(BODY.format(space=SPACES[version]).encode())

    assert (result.version, result.candidate, result.sessions) == (version, "C1", (("us", "S1"),))
    assert result.test is not None
    assert [(each.value, each.normal_maximum) for each in result.test.variables] == [(number(7.5), 10.0)]
    (item,) = result.items
    assert (item.identifier, item.sequence_index, item.status, item.comment) == ("I", 3, SessionStatus.PENDING_SUBMISSION, "Unclear")
    responses, outcomes = item.named(VariableKind.RESPONSE), item.named(VariableKind.OUTCOME)
    assert responses["RESPONSE"].value == container(Cardinality.ORDERED, BaseType.IDENTIFIER, ("C", "A"))
    assert (responses["RESPONSE"].written, responses["RESPONSE"].choice_sequence) == (("C", "A"), ("B", "A", "C"))
    assert responses["RESPONSE"].correct == container(Cardinality.ORDERED, BaseType.IDENTIFIER, ("A",))
    assert responses["EMPTY"].value is None
    assert (outcomes["SCORE"].scorer, outcomes["SCORE"].value) == ("human", number(2.0))
    assert (outcomes["UNTYPED"].written, outcomes["UNTYPED"].value) == (("12",), single(BaseType.STRING, "12"))
    assert item.named(VariableKind.TEMPLATE)["N"].value == integer(4)


def test_what_was_read_is_written_again() -> None:
    result = read_results(BODY.format(space=SPACES[Version.QTI_22]).encode())

    again = read_results(write_results(result))

    assert (again.items, again.test, again.sessions, again.candidate) == (result.items, result.test, result.sessions, result.candidate)
    assert again.version is Version.QTI_30


VALUES: list[Value | None] = [
    None,
    integer(-3),
    number(0.1),
    number(float("inf")),
    boolean(True),
    single(BaseType.STRING, "क्षेत्र & <b>"),
    single(BaseType.DURATION, 12.5),
    single(BaseType.POINT, Point(1, 2)),
    single(BaseType.FILE, FileValue("", "", "aGk=")),
    container(Cardinality.MULTIPLE, BaseType.DIRECTED_PAIR, (Pair("A", "B"), Pair("C", "D"))),
    record({"a": integer(1), "b": single(BaseType.STRING, "x"), "c": number(2.5)}),
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_value_of_any_type_is_written_and_read(value: Value | None) -> None:
    variable = ResultVariable(
        identifier="V",
        kind=VariableKind.RESPONSE,
        cardinality=Cardinality.SINGLE if value is None else value.cardinality,
        base_type=BaseType.STRING if value is None else value.base_type,
        value=value,
    )
    result = AssessmentResult(items=(ItemResult(identifier="I", datestamp="2026-01-02T03:04:05Z", variables=(variable,)),))

    (item,) = read_results(write_results(result)).items

    assert item.variables[0].value == value


def test_what_is_no_result_is_refused() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_results(b"<assessmentTest/>")

    assert refused.value.details["problem"] == "not_results"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no test data beside this checkout")
def test_files_of_another_system_are_read_and_written_again() -> None:
    files = sorted(path for path in SAMPLES.rglob("*.xml") if b"<assessmentResult" in path.read_bytes())
    results = [read_results(path.read_bytes()) for path in files]

    assert len(results) == 9
    assert all(result.items and result.candidate for result in results)
    assert [read_results(write_results(result)).items for result in results] == [result.items for result in results]
