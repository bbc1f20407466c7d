"""A calibration record comes to an exam by its page: checked, shown in words, taken away again, and fixed once somebody has begun."""

import json
from dataclasses import replace

import pytest

from assessment_engine.exams import Exam
from assessment_engine.services import exams
from assessment_engine.services.engine import Engine
from proctoring.calibration import CalibrationRecord, Found
from proctoring.probability import Label, solved
from tests.api.test_cell_pages import Officer
from tests.services.paper import Paper, a_paper, a_sealed_sitting

RECORD = CalibrationRecord(
    budget=0.05, threshold=11.25, windows_s=(12.0, 40.0, 120.0), false_alarms=57, fresh_hours=1000.0, false_alarms_low=0.0432,
    false_alarms_high=0.0739, hours=1000.0, seed=7, generator="signal-1",
    recall=(Found(kind="continuous", found=287, total=300, low=0.926, high=0.977),),
)  # fmt: skip


@pytest.fixture
def paper(engine: Engine) -> Paper:
    return a_paper(engine)


@pytest.fixture
def officer(engine: Engine, paper: Paper) -> Officer:
    return Officer(engine, paper.officer.organisation_id)


def sent(officer: Officer, paper: Paper, written: bytes, status: int = 200) -> str:
    files = {"record": ("record.json", written, "application/json")}
    html, _ = officer.post(_page(paper) + "/calibration", {}, _page(paper), status=status, files=files)
    return html


def _page(paper: Paper) -> str:
    return f"/cell/exams/{paper.exam.id}"


def written(record: CalibrationRecord = RECORD, **changed: object) -> bytes:
    return json.dumps({**record.as_json(), **changed}).encode()


def now(engine: Engine, paper: Paper) -> Exam:
    return exams.exam_of(engine, paper.officer, paper.exam.id)


def test_without_a_record_the_page_says_that_no_budget_is_kept(officer: Officer, paper: Paper) -> None:
    assert "The limits keep no budget yet" in officer.get(_page(paper))
    assert "अभी सुनिश्चित नहीं" in officer.get(_page(paper), lang="hi")


def test_a_record_is_attached_and_said_in_words(engine: Engine, officer: Officer, paper: Paper) -> None:
    html = sent(officer, paper, written())

    assert now(engine, paper).policy.calibration == RECORD
    assert "0.057 an hour (95 %: 0.0432 to 0.0739)" in html
    assert "287 of 300: 95.7 % (95 %: 92.6 to 97.7 %), simulated" in html
    assert "1000 simulated hours, seed 7" in html
    assert "23 Nov 2026" in html
    assert RECORD.sha256 in html
    assert "Not yet shown in real exams" in html


def test_a_record_that_is_there_is_not_exchanged_by_one_officer(engine: Engine, officer: Officer, paper: Paper) -> None:
    sent(officer, paper, written())

    refused = sent(officer, paper, written(replace(RECORD, seed=8)), status=409)

    assert "two officers sign it" in refused
    assert now(engine, paper).policy.calibration == RECORD


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "no calibration record"),
        (b"[1]", "no calibration record"),
        (b"[" * 100_000, "no calibration record"),
        (b" " * 70_000, "no calibration record"),
        (b"\xff\xfe", "no calibration record"),
        (written(threshold=None), "no calibration record"),
        (written(hours=float("inf")), "no calibration record"),
        (written(false_alarms=float("inf")), "no calibration record"),
        (written(recall=[{"kind": "continuous", "found": 9, "total": 3, "low": 0, "high": 1}]), "no calibration record"),
        (written(threshold=2.0), "changed after it was made"),
        (written(sha256="0" * 64), "changed after it was made"),
        (written(replace(RECORD, budget=0.1)), "simulate --budget 0.05"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused_in_words_and_changes_nothing(
    engine: Engine, officer: Officer, paper: Paper, given: bytes, said: str
) -> None:
    before = now(engine, paper)

    html = sent(officer, paper, given, status=422)

    assert said in html
    assert "Nothing was changed" in html
    assert now(engine, paper) == before


def test_once_somebody_has_begun_the_record_stays(engine: Engine, officer: Officer, paper: Paper) -> None:
    sent(officer, paper, written())
    a_sealed_sitting(engine, paper, {})

    html = officer.get(_page(paper))
    refused = sent(officer, paper, written(), status=409)

    assert "its calibration stays as it is" in html
    assert 'type="file"' not in html
    assert "has begun this exam meanwhile" in refused
    assert now(engine, paper).policy.calibration == RECORD


def test_the_page_says_how_many_findings_were_labelled(officer: Officer, paper: Paper) -> None:
    drawn = [Label(kind="phone", picture="clear", score=0.9, true=True)] * 30 + [
        Label(kind="book", picture="poor", score=0.9, true=True)
    ] * 3

    counted = sent(officer, paper, written(replace(RECORD, probabilities=solved(drawn))))

    assert "33 labelled findings; 1 of 2 kinds and qualities of picture have the 20 that a probability takes" in counted
    assert "33 जाँची हुई बातें" in officer.get(_page(paper), lang="hi")


def test_the_page_says_that_no_finding_was_labelled(officer: Officer, paper: Paper) -> None:
    assert "not calibrated: no labelled findings" in sent(officer, paper, written())
