"""`assessment-engine proctor simulate`: a record for an exam, from simulated or recorded hours; what cannot be one is refused."""

import json
from pathlib import Path

import pytest

from assessment_engine.cli import main
from proctoring.calibration import CalibrationRecord
from proctoring.policy import STANDARD

COMMAND = ["proctor", "simulate", "--budget", "0.5", "--hours", "20"]


def test_a_record_is_written_that_a_policy_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "record.json"

    assert main([*COMMAND, "--out", str(record), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    written = CalibrationRecord.from_json(json.loads(record.read_text()))

    assert told["calibration"] == written.as_json()
    assert (written.hours, written.fresh_hours, written.budget) == (80, 20, 0.5)
    assert written.sha256[:8] in STANDARD.calibrated(written).version
    assert {one["kind"] for one in told["trials"][0]["recall"]} == {"continuous", "repeated"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{not json", "unreadable_file"),
        ("[]", "invalid"),
        ('{"fps": 2}', "invalid"),
        ('{"fps": 0, "sittings": [[0.1]]}', "invalid"),
        ('{"fps": 1, "sittings": [[0.1, 0.2]]}', "invalid"),
        ('{"fps": 1, "sittings": [["x"]]}', "invalid"),
    ],
)
def test_a_file_that_holds_no_clean_scores_is_refused(content: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean, record = tmp_path / "clean.json", tmp_path / "record.json"
    clean.write_text(content)

    assert main([*COMMAND, "--clean", str(clean), "--out", str(record)]) == 1

    assert code in capsys.readouterr().err
    assert not record.exists()
