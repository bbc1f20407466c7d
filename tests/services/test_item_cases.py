import json
from pathlib import Path

import pytest

from assessment_engine.cli import main
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import UnreadableFile
from assessment_engine.services.item_cases import score_cases
from tests.item_bank.items import MAP, SCORE, choice, mapping, qti, response

RESULTS = """<assessmentResult xmlns="http://www.imsglobal.org/xsd/imsqti_result_v2p2"><context sourcedId="1"/>
<itemResult identifier="other" datestamp="2026-11-25T12:00:00Z" sessionStatus="final">
 <responseVariable identifier="RESPONSE" cardinality="single"><candidateResponse><value>B</value></candidateResponse></responseVariable>
</itemResult>
<itemResult identifier="item-1" datestamp="2026-11-25T12:00:00Z" sessionStatus="final">
 <responseVariable identifier="RESPONSE" cardinality="single">
  <candidateResponse><value>A</value><value>C</value></candidateResponse></responseVariable>
 <outcomeVariable identifier="SCORE" cardinality="single" baseType="float"><value>7</value></outcomeVariable>
 <outcomeVariable identifier="STYLE" cardinality="single" baseType="float" externalScored="human"><value>3</value></outcomeVariable>
</itemResult></assessmentResult>"""
STYLE = SCORE + '<qti-outcome-declaration identifier="STYLE" cardinality="single" base-type="float" external-scored="human"/>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the cases; items stand in the folder above, as in the acceptance data."""
    worth = mapping(A=1, C=1)
    declared = response("identifier", "A", "C", cardinality="multiple", mapping=worth)
    (tmp_path / "items").mkdir()
    (tmp_path / "items" / "one.xml").write_bytes(qti(responses=response("identifier", "A"), body=choice("A", "B")))
    (tmp_path / "items" / "two.xml").write_bytes(
        qti(responses=declared, body=choice("A", "B", "C", max_choices=0), processing=MAP, outcomes=STYLE)
    )
    (tmp_path / "items" / "broken.xml").write_text("<qti-assessment-item>")
    (tmp_path / "items" / "results.xml").write_text(RESULTS)
    (tmp_path / "cases").mkdir()
    return tmp_path / "cases"


def run(folder: Path, *cases: Json) -> list[dict[str, Json]]:
    path = folder / "cases.json"
    path.write_text(json.dumps(list(cases)))
    assert main(["items", "score", "--cases", str(path)]) in (0, 1)
    found = score_cases(path)
    scored = found["cases"]
    assert isinstance(scored, list)
    told = [dict(each) for each in scored if isinstance(each, dict)]
    assert (found["total"], found["passed"]) == (len(cases), sum(each["ok"] is True for each in told))
    return told


def case(item: str = "items/one.xml", **more: Json) -> Json:
    return {"id": "case", "item": item, "responses": {"RESPONSE": "A"}, "expect": {"outcomes": {"SCORE": 1}}, **more}


def test_a_case_reports_what_was_expected_and_every_outcome(folder: Path) -> None:
    [scored] = run(folder, case())

    assert scored["ok"] is True
    assert (scored["id"], scored["item"], scored["expected"]) == ("case", "items/one.xml", {"SCORE": 1})
    assert isinstance(scored["got"], dict)
    assert scored["got"]["SCORE"] == 1.0


def test_a_broken_case_says_why_and_stops_no_other(folder: Path) -> None:
    broken: list[tuple[Json, str]] = [
        (case("items/none.xml"), "none.xml"),
        (case("items/broken.xml"), "not_well_formed"),
        (case("items/results.xml"), "not_an_item"),
        (case("quml/one.md"), "one.md"),
        (case(expect={"outcomes": {}}), "nothing_expected"),
        (case(expect=None), "not_a_case"),
        (case(assessment_result="items/none.xml"), "none.xml"),
        ("nonsense", "not_a_case"),
        ({"id": 1}, "not_a_case"),
    ]

    scored = run(folder, *(each for each, _ in broken), case())

    assert [each["ok"] for each in scored] == [False] * len(broken) + [True]
    for each, (_, words) in zip(scored, broken, strict=False):
        assert words in str(each["got"])


@pytest.mark.parametrize(
    "raw", ["A", ["A"], {"value": "A", "baseType": "Identifier", "cardinality": "Single"}, {"base": {"identifier": "A"}}]
)
def test_responses_come_in_every_form(folder: Path, raw: Json) -> None:
    assert run(folder, case(responses={"RESPONSE": raw, "NOWHERE": 1}))[0]["ok"] is True


def test_responses_are_read_from_a_result_file_and_may_be_changed(folder: Path) -> None:
    told: dict[str, Json] = {"item": "items/two.xml", "assessment_result": "items/results.xml", "responses": None}

    scored = run(
        folder,
        {**told, "expect": {"outcomes": {"SCORE": "2"}}},
        {**told, "change_responses": [["item-1", "RESPONSE", "A"]], "expect": {"outcomes": {"SCORE": "1"}}},
        {**told, "change_responses": [["other", "RESPONSE", "A"]], "expect": {"outcomes": {"SCORE": "2"}}},
        {**told, "change_responses": "nonsense", "expect": {"outcomes": {"SCORE": 2}}},
        {**told, "change_responses": [["item-1"]], "expect": {"outcomes": {"SCORE": 2}}},
    )

    assert [each["ok"] for each in scored] == [True, True, True, True, False]


def test_what_a_person_scored_is_kept(folder: Path) -> None:
    [scored] = run(
        folder, {"item": "items/two.xml", "assessment_result": "items/results.xml", "expect": {"outcomes": {"STYLE": "3", "SCORE": 2}}}
    )

    assert scored["ok"] is True


def test_the_score_and_the_best_score_may_be_expected_beside_the_outcomes(folder: Path) -> None:
    scored = run(
        folder, case(expect={"score": 1}), case(expect={"score": 0}), case(expect={"maxScore": 1}), case(expect={"score": 1, "maxScore": 2})
    )

    assert [each["ok"] for each in scored] == [True, False, True, False]


def test_a_file_that_is_no_list_of_cases_is_refused(folder: Path) -> None:
    for text in ("{", "7", '{"a": 1}'):
        (folder / "cases.json").write_text(text)
        with pytest.raises(UnreadableFile):
            score_cases(folder / "cases.json")


TEST = """<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="t" title="T">
<qti-outcome-declaration identifier="TOTAL" cardinality="single" base-type="float"/>
<qti-test-part identifier="P" navigation-mode="linear" submission-mode="individual">
<qti-assessment-section identifier="S" title="S" visible="true">
<qti-assessment-item-ref identifier="Q1" href="one.xml"/></qti-assessment-section>
<qti-assessment-section-ref identifier="S2" href="section.xml"/></qti-test-part>
<qti-outcome-processing><qti-set-outcome-value identifier="TOTAL"><qti-sum><qti-test-variables variable-identifier="SCORE"/></qti-sum>
</qti-set-outcome-value></qti-outcome-processing></qti-assessment-test>"""
SECTION = """<qti-assessment-section xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S2" title="S2" visible="true">
<qti-assessment-item-ref identifier="Q2" href="two.xml"/></qti-assessment-section>"""


def test_attempts_at_an_item_are_a_session(folder: Path) -> None:
    attempts: Json = [{"RESPONSE": "B"}, {"responses": {"RESPONSE": "A"}, "expect": {"outcomes": {"SCORE": 1}, "numAttempts": 2}}]

    scored = run(
        folder,
        {"item": "items/one.xml", "attempts": attempts, "expect": {"score": 1}},
        {"item": "items/one.xml", "attempts": attempts, "expect": {"outcomes": {"SCORE": 0}}},
        {"item": "items/one.xml", "attempts": 7},
    )

    assert [each["ok"] for each in scored] == [True, False, False]
    assert "not_a_script" in str(scored[2]["got"])


def test_a_whole_test_is_taken_step_by_step(folder: Path) -> None:
    (folder.parent / "items" / "test.xml").write_text(TEST)
    (folder.parent / "items" / "section.xml").write_text(SECTION)
    steps: Json = [
        {"do": "submit", "responses": {"RESPONSE": "A"}, "expect": {"outcomes": {"TOTAL": 1}}},
        {"do": "next", "expect": {"item": "Q2"}},
        {"do": "submit", "responses": {"RESPONSE": ["A", "C"]}},
    ]

    [scored] = run(folder, {"test": "items/test.xml", "steps": steps, "expect": {"outcomes": {"TOTAL": 3}}})

    assert scored["ok"] is True, scored["got"]


def test_a_test_whose_items_are_missing_says_so(folder: Path) -> None:
    (folder.parent / "items" / "test.xml").write_text(TEST.replace("one.xml", "none.xml"))

    [scored] = run(folder, {"item": "items/test.xml", "steps": []})

    assert "none.xml" in str(scored["got"])


def test_time_and_tries_may_be_given_like_responses(folder: Path) -> None:
    tries = '<qti-sum><qti-variable identifier="numAttempts"/><qti-base-value base-type="float">0.5</qti-base-value></qti-sum>'
    processing = f'<qti-set-outcome-value identifier="SCORE">{tries}</qti-set-outcome-value>'
    xml = qti(
        responses=response("identifier"),
        body=choice("A", "B"),
        processing=f"<qti-response-processing>{processing}</qti-response-processing>",
    )
    (folder.parent / "items" / "three.xml").write_bytes(xml)

    [scored] = run(folder, {"item": "items/three.xml", "responses": {"numAttempts": 3}, "expect": {"score": 3.5}})

    assert scored["ok"] is True


def test_the_command_exits_1_when_a_case_fails_and_says_which(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, case(), case(expect={"outcomes": {"SCORE": 5}}), case("items/none.xml"))
    path = str(folder / "cases.json")

    assert main(["items", "score", "--cases", path]) == 1
    words = capsys.readouterr().out
    assert "expected 5, got 1.0" in words
    assert "none.xml" in words
    assert words.endswith("1 of 3 cases as expected\n")
    assert main(["items", "score", "--cases", path, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["passed"] == 1


def test_the_command_exits_0_when_all_pass(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, case())

    assert main(["items", "score", "--cases", str(folder / "cases.json"), "--json"]) == 0
