import json
from pathlib import Path

import pytest

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import UnreadableFile, WrongResponse
from assessment_engine.services.item_files import render_file, score_cases, score_file
from tests.item_bank.items import choice, qti, response


@pytest.fixture
def item(tmp_path: Path) -> Path:
    path = tmp_path / "items" / "one.xml"
    path.parent.mkdir()
    path.write_bytes(qti(responses=response("identifier", "A"), body=choice("A", "B")))
    return path


def test_a_file_is_scored_with_every_outcome(item: Path) -> None:
    assert score_file(item, {"RESPONSE": "A"}) == {"SCORE": 1.0}


def test_a_response_that_does_not_fit_is_refused(item: Path) -> None:
    with pytest.raises(WrongResponse):
        score_file(item, {"RESPONSE": "Z"})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.xml"):
        render_file(tmp_path / "none.xml")


def test_a_file_is_rendered_in_its_own_language(item: Path) -> None:
    assert '<div class="qti-item" lang="en">' in render_file(item)


def test_a_file_of_cases_is_scored_whole_and_a_bad_case_says_why(item: Path) -> None:
    folder = item.parent.parent / "cases"
    folder.mkdir()
    cases: list[Json] = [
        {"id": "right", "item": "items/one.xml", "responses": {"RESPONSE": "A"}, "expect": {"outcomes": {"SCORE": 1}}},
        {"id": "wrong", "item": "items/one.xml", "responses": {"RESPONSE": "B"}, "expect": {"score": 1}},
        {"id": "gone", "item": "items/two.xml", "responses": {}, "expect": {"outcomes": {}}},
    ]
    (folder / "cases.json").write_text(json.dumps(cases))

    report = score_cases(folder / "cases.json")

    assert (report["total"], report["passed"]) == (3, 1)
    scored = report["cases"]
    assert isinstance(scored, list)
    assert [case["ok"] for case in scored] == [True, False, False]
    assert "two.xml" in scored[2]["got"]
